/** What the library names; what these name themselves comes along. */
const roots = [
  'Clock',
  'ClockTurned',
  'Coverage',
  'Error',
  'Fault',
  'FaultRule',
  'Health',
  'JournalEntry',
  'MagicUsers',
  'OrganizationFilled',
  'Seed',
  'Settings',
  'Snapshot',
  'TurnClock',
]

/** The schemas of openapi.yaml in TypeScript, with what they say of each field, so that its types need no library. */
export function writeTypes(schemas) {
  const names = new Set(roots)
  // What is added on the way is gone through as well.
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

/** JavaScript has an Error already. */
function rename(name) {
  return name === 'Error' ? 'ErrorBody' : name
}
