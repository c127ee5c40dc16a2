import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { operations as table } from '../../src/domain/operations.js'

// shapes.json holds what Opal's newest document says about each operation; `npm run shapes` writes it. The
// simulated operations have these shapes in openapi.yaml. Every accepted difference is listed here with its reason. A new
// one fails, and so does one that is gone.

const reviewed: { why: string; differences: string[] }[] = [
  {
    why: 'The reference page has another maximum.',
    differences: ['update_group_user body.duration_minutes', 'add_group_user query.duration_minutes'].map(
      (place) => `${place}: maximum is 525960, promised is 153722867`,
    ),
  },
  {
    why: 'Lists in a query are taken in both forms, and described in the shorter one.',
    differences: [
      ...['getGroups query.tag_ids', 'getUsers query.tag_ids', 'getRemoteUsers query.remote_id'],
      ...['getRemoteUsers query.third_party_provider', 'getRemoteUsers query.user_id'],
      ...['getResources query.tag_ids'],
    ].map((place) => `${place}: explode is false, promised is true`),
  },
  {
    why: 'An answer with a body says more.',
    differences: ['updateBundle 204: is not there', 'updateBundle: success is ["200"], promised is ["200","204"]'],
  },
  {
    why: 'Every id is a UUID.',
    differences: ['CreateBundleInfo.admin_owner_id: format is "uuid", promised is none'],
  },
  {
    why: 'Null breaks the TypeScript client.',
    differences: [
      ...[
        'Campaign.configuration',
        'CampaignConfiguration.query',
        'GroupUser.access_level',
        'WebhookCredentials.hmac_credential_1',
        'WebhookCredentials.hmac_credential_2',
      ].map((place) => `${place}: type is none, promised is "null"`),
      ...[
        'Owner.reviewer_message_channel_id',
        'Owner.source_group_id',
        'User.manager_id',
        'Campaign.started_at',
        'Campaign.started_by_user_id',
        'Campaign.stopped_at',
        'Campaign.stopped_by_user_id',
        'Campaign.ended_at',
        'Campaign.ended_by_user_id',
      ].map((place) => `${place}: type is "string", promised is "null or string"`),
    ],
  },
  {
    why: 'Fields that are always present are required.',
    differences: [
      ...['Group.description', 'Group.group_type', 'Group.name', 'Owner.name', 'Tag.key'],
      ...['MessageChannel.remote_id', 'MessageChannel.third_party_provider', 'OnCallSchedule.on_call_schedule_id'],
      ...['OnCallSchedule.remote_id', 'OnCallSchedule.third_party_provider'],
      ...['RequestList.requests', 'approveRequest 200.request', 'createRequestComment 200.request'],
      ...['denyRequest 200.request'],
      ...['GroupUser.access_level', 'GroupUser.expiration_date', 'Token.expires_at', 'Token.last_used_at'],
      ...['Resource.description', 'Resource.name', 'Resource.resource_type', 'ResourceUser.expiration_date'],
      ...['description', 'expiration_date', 'resource_name'].map((field) => `ResourceAccessUser.${field}`),
      ...['GroupResource.expiration_date', 'GroupResource.group_name', 'GroupResource.resource_name'],
    ].map((place) => `${place}: is required, promised is not`),
  },
  {
    why: 'A list has at least one result.',
    differences: ['get_resource_users', 'get_user_resources'].map(
      (id) => `${id} query.limit: minimum is 1, promised is none`,
    ),
  },
  {
    why: 'They are objects, although Opal does not say so.',
    differences: [
      ...['AppValidation', 'PropagationStatus', 'Bundle', 'BundleGroup', 'BundleResource', 'CreateBundleInfo'],
      ...['ConfigurationTemplate', 'CreateConfigurationTemplateInfo', 'UpdateConfigurationTemplateInfo'],
      ...['AccessRule', 'UpdateAccessRuleInfo', 'RuleClauses', 'RuleConjunction', 'RuleDisjunction'],
      ...['TagSelector', 'UserAttributeSelector', 'CreateGroupBindingInfo.groups[]', 'UpdateGroupBindingInfo.groups[]'],
      ...['GroupBinding', 'PaginatedConfigurationTemplateList', 'PaginatedGroupBindingsList'],
      ...['addBundleGroup body', 'addBundleResource body'],
      ...['CreateRequestInfo', 'Request', 'RequestComment', 'RequestList'],
      ...['RequestCustomFieldResponse', 'RequestedItem', 'createRequest 200'],
    ].map((name) => `${name}: type is "object", promised is none`),
  },
  {
    why: 'The field that has it is deprecated.',
    differences: ['RequestItemStages: deprecated is none, promised is true'],
  },
  {
    why: 'The other form is not used.',
    differences: [
      'Request.reviewer_stages: items is "some", promised is none',
      'Request.reviewer_stages: oneOf is none, promised is [{"type":"array","items":{"$ref":"RequestReviewerStages"}},{"type":"string"}]',
      'Request.reviewer_stages: type is "array", promised is none',
    ],
  },
  {
    why: 'A name is a string, although Opal calls that a format.',
    differences: [
      'Event.actor_name: format is none, promised is "string"',
      'Event.actor_name: type is "string", promised is none',
    ],
  },
  {
    why: 'Opal shows them without documenting them.',
    differences: ['RequestConfiguration.organization_id', 'ReviewerStage.stage'].map(
      (place) => `${place}: field is "some", promised is none`,
    ),
  },
  {
    why: 'A field that is deprecated in requests is deprecated in responses, too.',
    differences: [
      ...['auto_approval', 'extensions_duration_in_minutes', 'is_requestable', 'max_duration', 'recommended_duration'],
      ...['request_template_id', 'require_mfa_to_request', 'require_support_ticket'],
    ].flatMap((field) => ['Group', 'Resource'].map((name) => `${name}.${field}: deprecated is true, promised is none`)),
  },
]

/** Operations whose shapes the document does not have. */
const nameOnly = [
  ...['get_resource_access_levels'],
  ...['createPaladin', 'getPaladin', 'updatePaladin', 'deletePaladin'],
  ...['getPaladinFromName', 'listPaladinContextSources', 'createPaladinContextSource', 'deletePaladinContextSource'],
  ...['getRequestTemplates', 'createRequestTemplate', 'updateRequestTemplate'],
  ...['getRequestTemplate', 'deleteRequestTemplate'],
  ...['getOpalScripts', 'createOpalScript', 'getOpalScript'],
  ...['updateOpalScript', 'deleteOpalScript'],
]

interface Schema {
  $ref?: string
  type?: string | string[]
  nullable?: boolean
  required?: string[]
  enum?: string[]
  properties?: Record<string, Schema>
  items?: Schema
  [keyword: string]: unknown
}

interface Parameter {
  name: string
  in: string
  required: boolean
  deprecated?: boolean
  explode?: boolean
  schema: Schema
}

interface PromisedOperation {
  method: string
  path: string
  parameters?: Parameter[]
  requestBody?: { required: boolean; schema: Schema }
  /** By status; null where there is no body. */
  responses: Record<string, Schema | null>
}

interface Content {
  content?: Record<string, { schema: Schema }>
}

interface Reference {
  $ref: string
}

interface Operation {
  operationId: string
  parameters?: (Parameter | Reference)[]
  requestBody?: { required: boolean } & Content
  responses: Record<string, Content | Reference>
  security?: unknown
}

interface Shapes {
  operations: Record<string, PromisedOperation>
  schemas: Record<string, Schema>
}

interface Document {
  paths: Record<string, Record<string, Operation>>
  components: {
    schemas: Record<string, Schema>
    parameters: Record<string, Parameter>
    responses: Record<string, Content>
    securitySchemes: unknown
  }
  security: unknown
}

const read = (file: string) => readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8')
const shapes = JSON.parse(read('shapes.json')) as Shapes
const document = parse(read('openapi.yaml')) as Document

const { components } = document
const dereference = <Value extends object>(one: Value | Reference, section: Record<string, Value>): Value =>
  '$ref' in one ? section[one.$ref.split('/').at(-1)!]! : one

const operations = new Map(
  Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { parameters = [], responses, ...operation }]) => [
      operation.operationId,
      {
        path,
        method: method.toUpperCase(),
        ...operation,
        parameters: parameters.map((one) => dereference(one, components.parameters)),
        responses: Object.fromEntries(
          Object.entries(responses).map(([status, one]) => [status, dereference(one, components.responses)]),
        ),
      },
    ]),
  ),
)

/** Keywords for people, not for programs. */
const words = new Set(['description', 'example', 'examples', 'title'])
/** Keywords that are compared by rules of their own. */
const structure = new Set(['$ref', 'type', 'nullable', 'properties', 'items', 'required', 'enum'])

/** Lists how `actual`, from openapi.yaml, differs from what is promised. */
function compareSchemas(place: string, promised: Schema, actual: Schema): string[] {
  const name = promised.$ref
  if (name !== undefined && name === actual.$ref?.split('/').at(-1)) {
    // The two are compared once, under their name; here, only the keywords beside the reference.
    return compareKeywords(place, promised, actual)
  }
  const [a, b] = [resolve(promised, shapes.schemas), resolve(actual, document.components.schemas)]
  return [
    ...compareKeywords(place, a, b),
    ...compareFields(place, a, b),
    ...(a.items && b.items ? compareSchemas(`${place}[]`, a.items, b.items) : []),
    ...difference(place, 'items', a.items && 'some', b.items && 'some'),
  ]
}

function resolve({ $ref, ...rest }: Schema, schemas: Record<string, Schema>): Schema {
  return $ref === undefined ? rest : { ...schemas[$ref.split('/').at(-1)!], ...rest }
}

function compareKeywords(place: string, promised: Schema, actual: Schema): string[] {
  const keywords = new Set([...Object.keys(promised), ...Object.keys(actual)])
  return [
    ...difference(place, 'type', typesOf(promised), typesOf(actual)),
    ...compareValues(place, promised.enum ?? [], actual.enum ?? []),
    ...[...keywords]
      .filter((keyword) => !words.has(keyword) && !structure.has(keyword))
      .flatMap((keyword) => difference(place, keyword, sorted(promised[keyword]), sorted(actual[keyword]))),
  ]
}

function compareValues(place: string, promised: string[], actual: string[]): string[] {
  return [
    ...promised.filter((value) => !actual.includes(value)).map((value) => `${place}: ${value} is promised`),
    ...actual.filter((value) => !promised.includes(value)).map((value) => `${place}: ${value} is not promised`),
  ]
}

/** Only null can stand beside a reference. */
function typesOf({ type, nullable }: Schema): string | undefined {
  const types = [type ?? [], nullable ? 'null' : []].flat()
  return types.length === 0 ? undefined : types.toSorted().join(' or ')
}

function isNullable({ type }: Schema): boolean {
  return [type].flat().includes('null')
}

function compareFields(place: string, promised: Schema, actual: Schema): string[] {
  const names = new Set([...Object.keys(promised.properties ?? {}), ...Object.keys(actual.properties ?? {})])
  return [...names].flatMap((name) => {
    const [a, b] = [promised.properties?.[name], actual.properties?.[name]]
    if (!a || !b) return difference(`${place}.${name}`, 'field', a && 'some', b && 'some')
    const [mustA, mustB] = [promised, actual].map(({ required = [] }) => required.includes(name))
    const required =
      mustA === mustB ? [] : [`${place}.${name}: is ${mustB ? '' : 'not '}required, promised is${mustA ? '' : ' not'}`]
    return [...required, ...compareSchemas(`${place}.${name}`, a, b)]
  })
}

/** The order of a list of words does not matter. */
function sorted(value: unknown): unknown {
  return Array.isArray(value) ? [...(value as unknown[])].sort() : value
}

function difference(place: string, keyword: string, promised: unknown, actual: unknown): string[] {
  const [a, b] = [promised, actual].map((value) => (value === undefined ? 'none' : JSON.stringify(value)))
  return a === b ? [] : [`${place}: ${keyword} is ${b}, promised is ${a}`]
}

function compareOperation(name: string, promised: PromisedOperation): string[] {
  const actual = operations.get(name)
  if (!actual) return [`${name}: is not there`]
  const key = (parameter: Parameter) => `${name} ${parameter.in}.${parameter.name}`
  const parameters = (list: Parameter[] = []) => new Map(list.map((parameter) => [key(parameter), parameter]))
  const [a, b] = [parameters(promised.parameters), parameters(actual.parameters)]
  const successes = (responses: object) => Object.keys(responses).filter((status) => status.startsWith('2'))
  return [
    ...difference(name, 'method', promised.method, actual.method),
    ...difference(name, 'path', `/v1${promised.path}`, actual.path),
    ...difference(name, 'security', undefined, actual.security),
    ...[...new Set([...a.keys(), ...b.keys()])].flatMap((place) => compareParameter(place, a.get(place), b.get(place))),
    ...difference(`${name} body`, 'required', promised.requestBody?.required, actual.requestBody?.required),
    ...compareSchemas(`${name} body`, promised.requestBody?.schema ?? {}, schemaOf(actual.requestBody) ?? {}),
    ...difference(name, 'success', successes(promised.responses), successes(actual.responses)),
    ...Object.entries(promised.responses).flatMap(([status, schema]) => {
      const response = actual.responses[status]
      if (!response) return [`${name} ${status}: is not there`]
      // The content of a refusal is this project's own.
      return status.startsWith('2') ? compareSchemas(`${name} ${status}`, schema ?? {}, schemaOf(response) ?? {}) : []
    }),
  ]
}

function compareParameter(place: string, promised: Parameter | undefined, actual: Parameter | undefined): string[] {
  if (!promised || !actual) return difference(place, 'parameter', promised && 'some', actual && 'some')
  return [
    ...difference(place, 'required', promised.required, actual.required),
    ...difference(place, 'deprecated', promised.deprecated, actual.deprecated),
    ...difference(place, 'explode', promised.explode, actual.explode),
    ...compareSchemas(place, promised.schema, actual.schema),
  ]
}

function schemaOf(holder: Content | undefined): Schema | undefined {
  return holder?.content?.['application/json']?.schema
}

/** The names of all schemas that these shapes reference. */
function schemasBehind(shape: unknown, names = new Set<string>()): Set<string> {
  if (typeof shape !== 'object' || shape === null) return names
  const { $ref } = shape as Schema
  if ($ref !== undefined && !names.has($ref)) schemasBehind(shapes.schemas[$ref], names.add($ref))
  for (const part of Object.values(shape)) schemasBehind(part, names)
  return names
}

/** The differences that apply everywhere. */
function differencesEverywhere(promises: [id: string, promised: PromisedOperation][]): string[] {
  const requested = schemasBehind(promises.map(([, { parameters, requestBody }]) => [parameters, requestBody]))
  const shown = schemasBehind(promises.map(([, { responses }]) => responses))
  const onlyShown = [...shown].filter((name) => !requested.has(name) && !shapes.schemas[name]!.enum)
  return [
    // An empty page would never reach the end.
    ...promises.flatMap(([id, { parameters = [] }]) => {
      const { schema } = parameters.find(({ name }) => name === 'page_size') ?? {}
      if (!schema) return []
      const maximum = schema.maximum === undefined ? [`${id} query.page_size: maximum is 1000, promised is none`] : []
      return [`${id} query.page_size: minimum is 1, promised is none`, ...maximum]
    }),
    // Responses are closed, so that the tests find undocumented fields.
    ...onlyShown
      .filter((name) => shapes.schemas[name]!.additionalProperties === undefined)
      .map((name) => `${name}: additionalProperties is false, promised is none`),
    // All fields of a list are always present.
    ...onlyShown.flatMap((name) => {
      const { properties = {}, required = [] } = shapes.schemas[name]!
      return (
        Object.keys(properties)
          .filter((field) => ('results' in properties || 'next' in properties) && !required.includes(field))
          // Where null is not allowed, the last page has no `next`.
          .filter((field) => !['next', 'previous'].includes(field) || isNullable(properties[field]!))
          .map((field) => `${name}.${field}: is required, promised is not`)
      )
    }),
  ]
}

test('openapi.yaml matches every promised shape, except for reviewed differences', () => {
  const simulated = table.filter(({ id, simulated }) => simulated && !nameOnly.includes(id))
  const promises = simulated.map(({ id }): [string, PromisedOperation] => {
    const promised = shapes.operations[id]
    if (!promised) throw new Error(`shapes.json has no shape of ${id}`)
    return [id, promised]
  })
  const differences = [
    ...promises.flatMap(([id, promised]) => compareOperation(id, promised)),
    ...[...schemasBehind(promises)].flatMap((name) => {
      const actual = document.components.schemas[name]
      return actual ? compareSchemas(name, shapes.schemas[name]!, actual) : [`${name}: is not there`]
    }),
  ]
  // Nothing grows without bound.
  const isOwnLimit = (difference: string) => difference.endsWith(': maxItems is 10000, promised is none')
  expect(differences.filter((difference) => !isOwnLimit(difference)).toSorted()).toEqual(
    [...reviewed.flatMap((review) => review.differences), ...differencesEverywhere(promises)].toSorted(),
  )
})

test('every call needs a bearer token', () => {
  expect([document.security, document.components.securitySchemes]).toEqual([
    [{ BearerAuth: [] }],
    { BearerAuth: { type: 'http', scheme: 'bearer', description: expect.any(String) as unknown } },
  ])
})

test('the table of operations has every operation of the API', () => {
  const rows = table.map(({ id, method, path }) => [id, { method, path }])
  const known = Object.entries(shapes.operations).map(([id, { method, path }]) => [id, { method, path }])
  expect(rows).toEqual(expect.arrayContaining(known))
})

test('these operations are known by name only', () => {
  expect(table.map(({ id }) => id).filter((id) => !(id in shapes.operations))).toEqual(nameOnly)
})
