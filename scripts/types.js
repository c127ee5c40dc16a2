/** The types that the library exports; types that they reference are added. */
const roots = [
  'Clock',
  'ClockTurned',
  'ChangeSum',
  'Coverage',
  'Error',
  'Fault',
  'FaultRule',
  'Health',
  'JournalEntry',
  'ListedOrganization',
  'MagicUsers',
  'OrganizationFilled',
  'Seed',
  'Settings',
  'Snapshot',
  'TurnClock',
  'Undone',
  'Violation',
]

/** Writes schemas of openapi.yaml as TypeScript, with their descriptions, so that the types need no library. */
export function writeTypes(schemas) {
  const names = new Set(roots)
  // This also visits the names that are added on the way.
  return Array.from(names, (name) => {
    const { description, ...schema } = schemas[name]
    const type = write(schema)
    const isInterface = type.startsWith('{') && type.endsWith('}')
    return `${comment(description)}export ${isInterface ? 'interface' : 'type'} ${rename(name)} ${isInterface ? '' : '= '}${type}\n`
  }).join('\n')

  function write(schema) {
    const { $ref, type, properties, items } = schema
    if ($ref) {
      const name = $ref.slice($ref.lastIndexOf('/') + 1)
      names.add(name)
      return rename(name)
    }
    if ('const' in schema) return JSON.stringify(schema.const)
    if (schema.enum) return union(schema.enum.map((value) => JSON.stringify(value)))
    if (schema.anyOf) return union(schema.anyOf.map(write))
    if (Array.isArray(type)) return union(type.map((one) => write({ ...schema, type: one })))
    if (type === 'array') return `(${write(items)})[]`
    if (properties)
      return `{ ${Object.keys(properties)
        .map((name) => field(name, schema))
        .join('\n')} }`
    const [values] = Object.values(schema.patternProperties ?? {})
    if (type === 'object') return `Record<string, ${values ? write(values) : 'unknown'}>`
    return { integer: 'number', undefined: 'unknown' }[type] ?? type
  }

  function field(name, { properties: { [name]: schema }, required = [] }) {
    const key = /^[$\w]+$/.test(name) ? name : JSON.stringify(name)
    return `${comment(schema.description)}${key}${required.includes(name) ? '' : '?'}: ${write(schema)}`
  }
}

function union(types) {
  return types.join(' | ')
}

function comment(description) {
  return description === undefined ? '' : `/** ${description} */\n`
}

/** JavaScript already has an Error. */
function rename(name) {
  return name === 'Error' ? 'ErrorBody' : name
}
