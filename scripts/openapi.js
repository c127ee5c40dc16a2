// Writes openapi.yaml, seed.schema.json and src/library/types.ts from the schemas in the code; openapi.yaml has the
// operations that are not simulated from shapes.json, too, and its examples are recorded from a sandbox. With --check,
// fails if one of them is out of date.
import { readFile, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { format, resolveConfig } from 'prettier'
import { runnerImport } from 'vite'
import { stringify } from 'yaml'
import { bases, openSandbox, operations, refusals, SeedDocument } from '../dist/sandbox.js'
import { promisedShapes } from './shapes.js'
import { writeTypes } from './types.js'
import { yamlForVite } from './yaml-plugin.js'

const { version } = JSON.parse(await readFile(new URL('../package.json', import.meta.url), 'utf8'))

const info = {
  title: 'opal-sandbox',
  version,
  summary: "A stateful local stand-in for Opal's group access API.",
  description: [
    "The part of Opal's API (v1) that controls who is in which group, at which level and until when; and, under",
    '/_sandbox, the control plane of the sandbox. The other operations are listed under the tag `not simulated`, with the',
    'shapes that Opal documents: they return 501 NOT_SIMULATED unless a rule (POST /_sandbox/faults) answers them.',
    '',
    'Every response other than 2xx has a body of the schema Error. This includes responses that no operation lists:',
    'a path that does not exist (404 ROUTE_NOT_FOUND), a method that a path does not have (405 METHOD_NOT_ALLOWED, with',
    '`Allow`) and bytes that are not HTTP (400 INVALID_REQUEST).',
    '',
    'The schemas describe the default settings. Under the settings `timestamps`, `default_access_level`,',
    '`propagation_of_synced` and `error_body`, responses differ from them as those settings say.',
  ].join('\n'),
  license: { name: 'MIT', identifier: 'MIT' },
}

/** The headers of responses under /v1. */
const headerComponents = {
  'x-opal-sandbox-request-id': {
    required: true,
    description: 'The id of the call in the journal.',
    schema: { type: 'string', examples: ['req-1a'] },
  },
  'x-opal-sandbox-basis': {
    required: true,
    description: 'How this behavior is known: the least certain basis of all that decided the response.',
    schema: { type: 'string', enum: [...bases] },
  },
  'x-opal-sandbox-ignored': {
    description:
      'Fields and parameters that had no effect, with the name that was probably meant: at most 10, in at most 1 KiB, ' +
      'percent-encoded.',
    schema: { type: 'string', examples: ['body.durationMinutes; did you mean duration_minutes?'] },
  },
  'x-ratelimit-limit': {
    description: 'How many requests are allowed per second, by the tightest rate. Left out if there is no rate limit.',
    schema: { type: 'number' },
  },
  'x-ratelimit-remaining': {
    description: 'How many of these requests are left.',
    schema: { type: 'integer' },
  },
  'retry-after': {
    required: true,
    description: 'In how many seconds the next request will be accepted.',
    schema: { type: 'integer', minimum: 1 },
  },
}

const components = {
  schemas: {},
  parameters: {},
  responses: {},
  headers: headerComponents,
  securitySchemes: {
    BearerAuth: {
      type: 'http',
      scheme: 'bearer',
      description:
        'With the built-in seed, `opal_sandbox_full_access` can do everything and `opal_sandbox_read_only` can only read. ' +
        '`org-<name>`, with any name, opens an organization for one test, with full access.',
    },
  },
}

async function describe() {
  const paths = {}
  const { app, loadAll, close } = openSandbox({
    onApp: (app) =>
      app.addHook('onRoute', ({ url, method, schema }) => {
        if (!schema?.operationId) return
        const path = url.replaceAll(/:(\w+)/g, '{$1}')
        paths[path] = { ...paths[path], [method.toLowerCase()]: operation(schema) }
      }),
  })
  await app.ready()
  await loadAll()
  await close()
  const ownSchemas = sorted(components.schemas)
  const others = describeOthers(paths)
  shareAmong([paths, others.paths].flatMap(Object.values).flatMap(Object.values))
  return {
    openapi: '3.1.0',
    info,
    servers: [{ url: 'http://127.0.0.1:6725', description: 'The default address.' }],
    security: [{ BearerAuth: [] }],
    tags: [
      { name: 'group users', description: 'Who is in which group, at which level, until when.' },
      { name: 'groups', description: 'The groups themselves.' },
      { name: 'users', description: 'Who can be in groups.' },
      { name: 'tokens', description: 'Who can call the API.' },
      { name: 'owners', description: 'People who own or review something.' },
      { name: 'apps', description: 'What groups and resources belong to.' },
      { name: 'message channels', description: 'Where people are notified.' },
      { name: 'on-call schedules', description: 'Who is on call.' },
      { name: 'tags', description: 'Keys and values that users, groups and resources can have.' },
      { name: 'sync errors', description: 'What went wrong when Opal synced with a remote system.' },
      { name: 'bundles', description: 'Groups and resources that are requested together. Kept as records.' },
      { name: 'event streams', description: 'Where Opal sends events. Kept as records.' },
      { name: 'configuration templates', description: 'Settings for groups and resources. Kept as records.' },
      { name: 'group bindings', description: 'Groups that have the same members in Opal. Kept as records.' },
      { name: 'IdP group mappings', description: 'Groups of apps in the identity provider. Kept as records.' },
      { name: 'access rules', description: 'What gives access to users by their tags. Kept as records.' },
      { name: 'access reviews', description: 'Reviews of access. Kept as records.' },
      { name: 'campaigns', description: 'Campaigns of access reviews. Kept as records.' },
      { name: 'sessions', description: 'Who is connected to a resource. Kept as records.' },
      { name: 'not simulated', description: 'The other operations of the API: 501, unless a rule answers them.' },
      { name: 'sandbox', description: 'The control plane: not part of the API that is simulated.' },
    ],
    paths: { ...sorted(paths), ...sorted(others.paths) },
    components: {
      ...components,
      schemas: { ...ownSchemas, ...sorted(others.schemas) },
      parameters: sorted(components.parameters),
      responses: sorted(components.responses),
    },
  }
}

/**
 * Describes the operations that are not simulated, with the schemas that only they use. Those on a path of a simulated
 * operation are added to it; the other paths are returned.
 */
function describeOthers(simulatedPaths) {
  const others = { paths: {}, schemas: {} }
  const known = Object.values(simulatedPaths).flatMap(Object.values)
  const notSimulated = answerOfApi({ $ref: refTo('Error'), codes: ['NOT_SIMULATED'] }, '501')
  const general = ['401', '403', '408', '429', '431', '500', '503']
  const knownParameters = known.flatMap(({ parameters = [] }) => parameters)
  for (const { id, method, path, simulated, access } of operations) {
    if (simulated) continue
    const url = `/v1${path}`
    const paths = url in simulatedPaths ? simulatedPaths : others.paths
    const sample = simulatedPaths['/v1/groups'][access === 'read' ? 'get' : 'post'].responses
    paths[url] = { ...paths[url], [method.toLowerCase()]: describeOther(id, path, shapes.operations[id], sample) }
  }
  return others

  /** What any call can be refused with is as for a simulated operation. */
  function describeOther(operationId, path, shape, sample) {
    const { parameters = pathParameters(path), requestBody, responses = {} } = shape ?? {}
    const successes = Object.entries(responses).filter(([status]) => status.startsWith('2'))
    return {
      operationId,
      tags: ['not simulated'],
      summary: `${operationId}: not simulated`,
      ...(parameters.length > 0 && { parameters: parameters.map(describeParameter) }),
      ...(requestBody && { requestBody: { required: requestBody.required, ...contentOf(requestBody.schema) } }),
      responses: {
        ...Object.fromEntries(
          successes.map(([status, schema]) => [
            status,
            { description: 'If a rule answers so.', ...(schema && contentOf(schema)) },
          ]),
        ),
        ...Object.fromEntries(general.flatMap((status) => (sample[status] ? [[status, sample[status]]] : []))),
        501: notSimulated,
        default: injected,
      },
    }
  }

  function describeParameter({ schema, required, ...parameter }) {
    const same = knownParameters.find(({ name, in: place }) => name === parameter.name && place === 'path')
    if (same && parameter.in === 'path') return same
    return { ...parameter, ...(required && { required }), schema: convert(schema) }
  }

  function contentOf(schema) {
    return { content: { 'application/json': { schema: convert(schema) } } }
  }

  /** Writes a shape as a schema; adds the schemas that it references. */
  function convert(shape) {
    if (Array.isArray(shape)) return shape.map(convert)
    if (typeof shape !== 'object' || shape === null) return shape
    const { $ref: name, nullable, discriminator, ...rest } = shape
    const published = Object.fromEntries(Object.entries(rest).map(([key, value]) => [key, convert(value)]))
    if (discriminator) published.discriminator = { ...discriminator, mapping: mapValues(discriminator.mapping, refTo) }
    if (name === undefined) return published
    if (requiresMore(components.schemas[name], shapes.schemas[name]))
      return { ...convert(shapes.schemas[name]), ...published }
    if (!(name in components.schemas) && !(name in others.schemas)) {
      others.schemas[name] = {} // For shapes that reference themselves.
      others.schemas[name] = convert(shapes.schemas[name])
    }
    const reference = { $ref: refTo(name), ...published }
    return nullable ? { anyOf: [reference, { type: 'null' }] } : reference
  }
}

/** Whether a simulated operation always has fields that the answer of a rule can lack. */
function requiresMore({ required: ours = [] } = {}, { required: promised = [] }) {
  return ours.some((field) => !promised.includes(field))
}

function refTo(name) {
  return `#/components/schemas/${name}`
}

function mapValues(object, map) {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, map(value)]))
}

/** Of an operation whose shape is not known. */
function pathParameters(path) {
  return Array.from(path.matchAll(/\{(\w+)\}/g), ([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }))
}

/** Turns the parameters and responses that several operations share into components. */
function shareAmong(operations) {
  share(
    'parameters',
    operations.flatMap(({ tags, parameters = [] }) =>
      parameters.map((parameter, index) => ({
        holder: parameters,
        key: index,
        name: planeOf(tags) + pascalCase(`${parameter.in}_${parameter.name}`),
      })),
    ),
  )
  share(
    'responses',
    operations.flatMap(({ tags, responses }) =>
      Object.keys(responses).map((status) => ({
        holder: responses,
        key: status,
        name: nameOfResponse(status === tooLargeHeaders ? '' : planeOf(tags), status, responses[status]),
      })),
    ),
  )
}

/** Leaves in place what has no name, or differs from the most common one of its name. */
function share(kind, uses) {
  const named = uses.filter(({ name }) => name !== undefined)
  const groups = [...Map.groupBy(named, ({ holder, key }) => JSON.stringify(holder[key]))]
  for (const [text, same] of groups.sort(([, a], [, b]) => b.length - a.length)) {
    const [{ name }] = same
    if (same.length === 1 || name in components[kind]) continue
    components[kind][name] = JSON.parse(text)
    for (const { holder, key } of same) holder[key] = { $ref: `#/components/${kind}/${name}` }
  }
}

/** Names a refusal after its codes, anything else after its schema. */
function nameOfResponse(plane, status, { content }) {
  if (status === 'default') return 'FaultInjected'
  const { schema, examples } = content?.['application/json'] ?? {}
  if (status.startsWith('2')) return schema?.$ref?.split('/').at(-1)
  const codes = Object.keys(examples).map((code) => pascalCase(code.replace(/_NOT_FOUND$/, '')))
  const place = examples.INVALID_REQUEST?.value.errors?.[0].path
  return `${plane}Refusal${status}${codes.join('Or')}${place ? pascalCase(place.replaceAll(/\W+/g, '_')) : ''}`
}

function planeOf(tags) {
  return tags.includes('sandbox') ? 'Sandbox' : ''
}

function pascalCase(name) {
  const words = name.toLowerCase().split('_')
  return words.map((word) => word[0].toUpperCase() + word.slice(1)).join('')
}

/** The response of a fault rule is up to its author. */
const injected = {
  description: 'The response of a fault rule: any status and body, and other headers, as the rule says.',
  headers: headersOfApi(),
  content: { 'application/json': { schema: {} } },
}

function operation({ params, querystring, body, response, ...rest }) {
  const isSandbox = rest.tags.includes('sandbox')
  const describeAnswer = isSandbox ? answer : answerOfApi
  const recorded = examples.filter(({ operation }) => operation === rest.operationId)
  const sent = recorded.filter(({ sent }) => sent)
  return {
    ...rest,
    ...((params || querystring) && {
      parameters: [...parameters('path', params, sent), ...parameters('query', querystring, sent)],
    }),
    ...(body && { requestBody: requestBody(body, sent) }),
    responses: {
      ...Object.fromEntries(
        Object.entries(withCommonRefusals(response)).map(([status, schema]) => [
          status,
          describeAnswer(
            schema,
            status,
            recorded.filter((example) => example.status === Number(status)),
          ),
        ]),
      ),
      ...(!isSandbox && { default: injected }),
    },
  }
}

/** The codes that any operation can be rejected with, whatever its route does: a GET can come with a compressed body. */
const commonCodes = ['CONTENT_TYPE_UNSUPPORTED', 'REQUEST_TIMEOUT', 'HEADERS_TOO_LARGE', 'DATABASE_UNAVAILABLE']

/** Node rejects such a request before it is known what it calls, so both planes answer the same. */
const tooLargeHeaders = String(refusals.HEADERS_TOO_LARGE.status)

function withCommonRefusals(response) {
  const { codes: _, ...error } = response[500]
  const responses = { ...response }
  for (const code of commonCodes) {
    const { status } = refusals[code]
    responses[status] = { ...error, codes: [...new Set([...(responses[status]?.codes ?? []), code])] }
  }
  return responses
}

/** A body that may be null may also be left out. */
function requestBody(schema, sent) {
  const [body] = schema.anyOf ?? [schema]
  return {
    required: schema.anyOf === undefined,
    content: json(
      body,
      named(sent, ({ sent }) => sent.body),
    ),
  }
}

/** Examples in the form of openapi.yaml; undefined if there are none. */
function named(examples, valueOf) {
  const values = examples.map((example) => [example.name, { value: valueOf(example) }])
  const shown = values.filter(([, { value }]) => value !== undefined)
  return shown.length > 0 ? Object.fromEntries(shown) : undefined
}

function parameters(place, schema, sent) {
  return Object.entries(schema?.properties ?? {}).map(([name, { description, deprecated, ...property }]) => ({
    name,
    in: place,
    required: schema.required?.includes(name) ?? false,
    ...(deprecated && { deprecated }),
    description,
    ...(property.type === 'array' && { style: 'form', explode: false }),
    schema: publish(property),
    ...withExamples(named(sent, ({ sent }) => sent[place][name])),
  }))
}

function withExamples(examples) {
  return examples && { examples }
}

function answerOfApi(schema, status, recorded) {
  const { description, headers, ...rest } = answer(schema, status, recorded)
  if (status === tooLargeHeaders) return { description, ...rest }
  return { description, headers: { ...headers, ...headersOfApi(status) }, ...rest }
}

/** The headers of responses with this status. Calls that are refused early lack those that are set later. */
function headersOfApi(status) {
  const names = Object.keys(headerComponents).filter((name) => {
    if (name === 'retry-after') return status === '429'
    if (name === 'x-opal-sandbox-ignored') return !['401', '403', '413', '415', '429'].includes(status)
    return !name.startsWith('x-ratelimit') || status !== '401'
  })
  return Object.fromEntries(names.map((name) => [name, { $ref: `#/components/headers/${name}` }]))
}

/** Describes a response. A refusal lists its possible codes. */
function answer({ codes, ...schema }, _status, recorded = []) {
  if (schema.type === 'undefined') return { description: schema.description }
  const values = named(recorded, ({ answer }) => answer)
  if (codes === undefined) return { description: schema.description, content: json(schema, values) }
  // Without an example of its own, a code is shown with its meaning.
  const other = (code) => general[code] ?? { code, message: sentence(refusals[code].means), request_id: 'req-1' }
  const examples = Object.fromEntries(codes.map((code) => [code, values?.[code] ?? { value: other(code) }]))
  return {
    description: codes.map((code) => `\`${code}\`: ${sentence(refusals[code].means)}`).join('\n\n'),
    ...(codes.some((code) => refusals[code].headers) && { headers: headers(refusals[codes[0]].headers) }),
    content: { 'application/json': { schema: publish(schema), examples } },
  }
}

function headers(values) {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [
      name,
      { schema: { type: 'string' }, description: `Always ${value}.` },
    ]),
  )
}

/** `recorded` are named examples; without them, the schema may have one. */
function json({ examples, alsoAs, ...schema }, recorded) {
  const example = recorded ? undefined : examples?.[0]
  const content = { schema: publish(schema), ...withExamples(recorded), ...(example !== undefined && { example }) }
  return {
    'application/json': content,
    ...(alsoAs && { [alsoAs]: { schema: alsoAs.startsWith('text/') ? { type: 'string' } : publish(schema) } }),
  }
}

const publish = publisher(components.schemas, '#/components/schemas/')

/** Converts schemas to their published form: moves titled ones into `definitions`, and removes our own keywords. */
function publisher(definitions, base) {
  return function publish(schema) {
    if (Array.isArray(schema)) return schema.map(publish)
    if (typeof schema !== 'object' || schema === null) return schema
    if (schema.documentedSchema) return publish(schema.documentedSchema)
    const {
      title,
      expects: _,
      expectsNames: __,
      isSecret: ___,
      refersTo: ____,
      isMoment: _____,
      documentedFormat,
      documentedMaximum,
      documentedPatterns,
      documentedEnum,
      documentedNullable,
      ...rest
    } = schema
    if (documentedPatterns) rest.patternProperties = documentedPatterns
    if (documentedFormat) {
      delete rest.pattern
      rest.format = documentedFormat
    }
    if (documentedMaximum !== undefined) rest.maximum = documentedMaximum
    if (documentedEnum) {
      delete rest.anyOf
      delete rest.const
      rest.type = 'string'
      rest.enum = [...documentedEnum]
    }
    if (documentedNullable) {
      const branch = publish(rest.anyOf[0])
      delete rest.anyOf
      // Null beside a reference would need a union.
      Object.assign(rest, branch, branch.type && { type: [branch.type, 'null'] })
    }
    // Keywords about one use of a definition stand beside its reference.
    const use = {}
    for (const key of ['deprecated', 'readOnly']) {
      if (title !== undefined && key in rest) {
        use[key] = rest[key]
        delete rest[key]
      }
    }
    const published = Object.fromEntries(Object.entries(rest).map(([key, value]) => [key, publish(value)]))
    if (title === undefined) return published
    definitions[title] = published
    return { $ref: `${base}${title}`, ...use }
  }
}

/** The schema of seeds as a document of its own, for editors. */
function describeSeed() {
  const definitions = {}
  publisher(definitions, '#/$defs/')(SeedDocument)
  const { Seed, ...others } = definitions
  return { $schema: 'https://json-schema.org/draft/2020-12/schema', title: 'opal-sandbox seed', ...Seed, $defs: others }
}

function sentence(phrase) {
  return `${phrase[0].toUpperCase()}${phrase.slice(1)}.`
}

function sorted(object) {
  return Object.fromEntries(Object.entries(object).sort(([a], [b]) => (a < b ? -1 : 1)))
}

const shapes = await promisedShapes()
const { module: recorder } = await runnerImport(fileURLToPath(new URL('../test/http/examples.ts', import.meta.url)), {
  configFile: false,
  logLevel: 'error',
  plugins: [yamlForVite],
})
// The sandbox of dist: what the recorder imports itself can load nothing more once it is imported.
const examples = await recorder.recordExamples(openSandbox)
const general = await recorder.recordGeneral(openSandbox)
const written = 'Written by `npm run openapi` from the schemas of the routes. Change those.'
const description = await describe()
const types = `// ${written}\n\n${writeTypes(description.components.schemas)}`
const files = {
  'openapi.yaml': `# ${written}\n${stringify(description, { aliasDuplicateObjects: false, lineWidth: 120, compat: 'yaml-1.1' })}`,
  'seed.schema.json': `${JSON.stringify(describeSeed(), null, 2)}\n`,
  'src/library/types.ts': await format(types, {
    ...(await resolveConfig('src/library/types.ts')),
    parser: 'typescript',
  }),
}
for (const [name, text] of Object.entries(files)) {
  const file = new URL(`../${name}`, import.meta.url)
  if (!process.argv.includes('--check')) {
    await writeFile(file, text)
  } else if ((await readFile(file, 'utf8').catch(() => '')) !== text) {
    console.error(`${name} is out of date. Run npm run openapi and commit the result.`)
    process.exitCode = 1
  }
}
