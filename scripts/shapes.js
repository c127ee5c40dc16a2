// Reads the shapes in an OpenAPI document of Opal's: names, types, limits and enums, none of its wording.
// `npm run shapes -- FILE-OR-URL` writes them to shapes.json.
import { readFile, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { parse } from 'yaml'

const file = new URL('../shapes.json', import.meta.url)

/** Keywords of schemas that say what a value is, as they are. The others are for people or for generators of code. */
const plain = [
  ...['format', 'enum', 'const', 'default', 'pattern', 'deprecated', 'readOnly', 'writeOnly', 'required'],
  ...['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf', 'minLength', 'maxLength'],
  ...['minItems', 'maxItems', 'uniqueItems', 'minProperties', 'maxProperties'],
]

/** The same shape is always written the same way: `type: [string, "null"]` for nullable, no list of one alternative. */
function readSchema(schema) {
  if (typeof schema !== 'object' || schema === null) return schema
  const { $ref, type, nullable, properties, items, additionalProperties, discriminator, ...rest } = schema
  const list = ['allOf', 'oneOf', 'anyOf'].find((name) => rest[name]?.length === 1)
  if (list && type === undefined) return readSchema({ ...rest[list][0], ...schema, [list]: undefined })
  const types = [type ?? []].flat()
  return compact([
    ['$ref', $ref && nameOf($ref)],
    ['type', nullable && type && !types.includes('null') ? [...types, 'null'] : type],
    ['nullable', type === undefined && nullable ? true : undefined],
    ...plain.map((name) => [name, rest[name]]),
    ['properties', properties && mapValues(properties, readSchema)],
    ['items', items && readSchema(items)],
    ...['allOf', 'oneOf', 'anyOf'].map((name) => [name, rest[name]?.map(readSchema)]),
    ['discriminator', discriminator && readDiscriminator(discriminator)],
    ['additionalProperties', readSchema(additionalProperties)],
  ])
}

function readDiscriminator({ propertyName, mapping = {} }) {
  return { propertyName, mapping: mapValues(mapping, nameOf) }
}

function nameOf(reference) {
  return reference.split('/').at(-1)
}

function readOperation(document, method, path, shared, operation) {
  const { requestBody, parameters = [], responses = {} } = operation
  const all = [...shared, ...parameters].map((parameter) => resolve(document, parameter))
  const body = requestBody && resolve(document, requestBody)
  return compact([
    ['method', method.toUpperCase()],
    ['path', path],
    ['parameters', all.length > 0 ? all.map(readParameter) : undefined],
    ['requestBody', body && { required: body.required ?? false, schema: readSchema(schemaOf(body) ?? {}) }],
    ['responses', mapValues(responses, (response) => readSchema(schemaOf(resolve(document, response)) ?? null))],
  ])
}

function readParameter({ name, in: place, required = false, deprecated, explode = true, schema = {} }) {
  return compact([
    ['name', name],
    ['in', place],
    ['required', required],
    ['deprecated', deprecated],
    ['explode', schema.type === 'array' ? explode : undefined],
    ['schema', readSchema(schema)],
  ])
}

function schemaOf({ content = {} }) {
  return content['application/json']?.schema
}

/** Follows references within the document, such as those to shared parameters. */
function resolve(document, one) {
  if (one.$ref === undefined) return one
  const parts = one.$ref.replace(/^#\//, '').split('/')
  const found = parts.reduce((value, part) => value?.[part.replaceAll('~1', '/').replaceAll('~0', '~')], document)
  if (found === undefined) throw new Error(`The document has nothing at ${one.$ref}.`)
  return resolve(document, found)
}

function compact(entries) {
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined))
}

function mapValues(object, map) {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, map(value)]))
}

const methods = new Set(['get', 'post', 'put', 'patch', 'delete'])

/** Throws if it is no OpenAPI document of version 3. */
export function readShapes(document) {
  if (!/^3\./.test(document?.openapi ?? '') || typeof document.paths !== 'object' || document.paths === null) {
    throw new Error('This is not an OpenAPI document of version 3.')
  }
  const operations = Object.entries(document.paths).flatMap(([path, item]) =>
    Object.entries(item)
      .filter(([method]) => methods.has(method))
      .map(([method, operation]) => [
        operation.operationId ?? `${method.toUpperCase()} ${path}`,
        readOperation(document, method, path, item.parameters ?? [], operation),
      ]),
  )
  return {
    operations: Object.fromEntries(operations),
    schemas: mapValues(document.components?.schemas ?? {}, readSchema),
  }
}

/** Reads an OpenAPI document, in YAML or JSON. */
export async function readDocument(source) {
  return parse(/^https?:/.test(source) ? await download(source) : await readFile(source, 'utf8'))
}

async function download(url) {
  const response = await fetch(url, { signal: AbortSignal.timeout(60_000) })
  if (!response.ok) throw new Error(`${url} answered ${response.status}.`)
  return response.text()
}

/** The shapes that this project promises to match. */
export async function promisedShapes() {
  return JSON.parse(await readFile(file, 'utf8'))
}

/** One operation or schema a line, so that a change of one is a change of its line. */
function write({ operations, schemas }) {
  const lines = (object) =>
    Object.entries(object)
      .map(([name, shape]) => `    ${JSON.stringify(name)}: ${JSON.stringify(shape)}`)
      .join(',\n')
  return `{\n  "operations": {\n${lines(operations)}\n  },\n  "schemas": {\n${lines(schemas)}\n  }\n}\n`
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await writeFile(file, write(readShapes(await readDocument(process.argv[2]))))
}
