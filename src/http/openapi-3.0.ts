/** What OpenAPI 3.0 does not say in a schema, or says otherwise. */
type Schema = Record<string, unknown>

/** Parts of a document that are values, which stay as they are even if they look like schemas. */
const values = new Set(['example', 'default', 'enum', 'required'])

/** Converts our document to OpenAPI 3.0, for tools that do not know 3.1. Knows the keywords that ours uses. */
export function toOpenapi30(document: Schema): Schema {
  const { openapi: _, info, ...rest } = document
  const { summary: __, license: ___, ...kept } = info as Schema
  return { openapi: '3.0.3', info: { ...kept, license: { name: 'MIT' } }, ...(convert(rest) as Schema) }

  function convert(value: unknown): unknown {
    if (Array.isArray(value)) return value.map(convert)
    if (typeof value !== 'object' || value === null) return value
    const entries = Object.entries(value).map(([key, one]): [string, unknown] => {
      // Named examples are an object; those of a schema, which 3.0 does not have, are a list.
      if (values.has(key) || key === 'examples') return [key, one]
      // Its keys are names, and no keywords.
      if (key === 'properties') return [key, convertAll(one as Schema)]
      if (key === 'headers') return [key, convert(requiredOf(one as Schema))]
      return [key, convert(one)]
    })
    const converted = Object.fromEntries(entries)
    return 'in' in converted ? convertParameter(converted) : convertSchema(converted)
  }

  /** Dredd expects every header that is listed, whether it is required or not. */
  function requiredOf(headers: Schema): Schema {
    const required = Object.entries(headers).filter(([, header]) => find(header as Schema).required === true)
    return Object.fromEntries(required)
  }

  /** What a reference names; anything else as it is. */
  function find(one: Schema): Schema {
    if (typeof one.$ref !== 'string') return one
    const path = one.$ref.split('/').slice(1)
    return path.reduce<unknown>((value, key) => (value as Schema)[key], document) as Schema
  }

  function convertAll(properties: Schema): Schema {
    return Object.fromEntries(Object.entries(properties).map(([name, value]) => [name, convert(value)]))
  }

  function convertSchema(schema: Schema): Schema {
    const { $ref, type, anyOf, examples, patternProperties, ...rest } = schema
    if ($ref !== undefined) return Object.keys(schema).length === 1 ? schema : { allOf: [{ $ref }], ...rest }
    const changed: Schema = { ...(type !== undefined && { type }), ...rest }
    if ('const' in changed) {
      changed.enum = [changed.const]
      delete changed.const
    }
    if (Array.isArray(type)) {
      changed.type = type.find((one) => one !== 'null') as unknown
      changed.nullable = true
    }
    if (Array.isArray(anyOf)) Object.assign(changed, convertUnion(anyOf as Schema[]))
    if (Array.isArray(examples)) changed.example = examples[0] as unknown
    else if (examples !== undefined) changed.examples = examples
    if (patternProperties !== undefined) {
      const patterns = Object.values(patternProperties as Schema)
      changed.additionalProperties = patterns.length === 1 ? patterns[0] : true
    }
    return changed
  }

  /** Null is a keyword in 3.0, and only valid beside a type. */
  function convertUnion(anyOf: Schema[]): Schema {
    const branches = anyOf.filter(({ type }) => type !== 'null')
    if (branches.length === anyOf.length) return { anyOf }
    const [first = {}, ...others] = branches
    if (others.length > 0) return { type: find(first).type, anyOf: branches, nullable: true }
    return '$ref' in first ? { type: find(first).type, allOf: [first], nullable: true } : { ...first, nullable: true }
  }
}

/** Dredd reads one example of a parameter, and not the named ones, which exclude it. */
function convertParameter(parameter: Schema): Schema {
  const { examples, ...rest } = parameter
  const { sample } = (examples ?? {}) as { sample?: { value: unknown } }
  return sample ? { ...rest, example: sample.value } : parameter
}
