import type { TSchema } from '@sinclair/typebox'
import type { FastifyInstance } from 'fastify'
import { pino } from 'pino'
import { operations } from '../../src/domain/operations.js'
import { recordKinds, recordNouns } from '../../src/domain/records.js'
import type { RefusalCode } from '../../src/domain/refusal.js'
import { databaseUnavailable, errorBody } from '../../src/http/errors.js'
import { explainParseError } from '../../src/http/raw.js'
import { openSandbox } from '../../src/sandbox.js'
import { builtIn } from '../../src/seed/built-in.js'
import { ids, levels, now, tokens } from '../seeded.js'
import { isUuid, nameBuiltIn, routes, sameAs, sampleCall, unknownId, type Route } from './sample-calls.js'

// The examples of openapi.yaml, recorded from a sandbox with the built-in seed. They are made from the sample calls, so
// that a new operation has them without a line here; what stands here by hand says more, or keeps calls apart.

/** The parts of a request that openapi.yaml can describe. */
export interface Sent {
  path: Record<string, string>
  query: Record<string, unknown>
  body?: unknown
}

export interface Example {
  operation: string
  /** `sample`, `next_page`, a name below, or the code of the error. */
  name: string
  status: number
  /** Undefined for an empty body. */
  answer: unknown
  /** Undefined if more than this makes the answer: a token, a setting, or a request that the schemas do not allow. */
  sent?: Sent
}

type Answered = Pick<Example, 'status' | 'answer'>

/** What a call is sent with, besides what openapi.yaml describes. */
interface Circumstances {
  token?: string | null
  settings?: object
  headers?: Record<string, string>
  /** How often it is sent. The last answer counts. */
  times?: number
}

type Provoked = { sent?: Partial<Sent>; isValid?: boolean } & Circumstances

const docs = { group: '99d0b81d-14be-4cf6-bd27-348b4af1d11b', user: '32acc112-21ff-4669-91c2-21e27683eaa1' }
const [warehouse, account, wiki, repository] = [1, 2, 3, 4].map((n) => `0a100000-0000-4000-8000-00000000000${n}`) as [
  string,
  string,
  string,
  string,
]
const docsToken = 'f454d283-ca87-4a8a-bdbb-df212eca5353'

/** Calls that end something name what no other example needs, so that a tool can make all of them in any order. */
const samples: Record<string, Partial<Sent> | undefined> = {
  add_group_user: { path: { group_id: ids.apiGroup, user_id: ids.ada } },
  update_group_user: { body: { duration_minutes: 60, access_level_remote_id: levels.readOnly } },
  delete_group_user: {
    path: { group_id: '4baf8423-db0a-4037-a4cf-f79c60cb67a5', user_id: '1b978423-db0a-4037-a4cf-f79c60cb67b3' },
    // The default level, so that the call works without the parameter too.
    query: { access_level_remote_id: '' },
  },
  delete_group: { path: { group_id: docs.group } },
  deleteUser: { path: { user_id: docs.user } },
  deleteToken: { path: { token_id: docsToken } },
  getTokens: { query: { token_ids: [nameBuiltIn('token_id'), docsToken], user_id: ids.ada } },
  createOwner: { body: { name: 'Data', description: 'The data team' } },
  updateOwners: {
    body: { owners: [{ owner_id: '0c000000-0000-4000-8000-000000000002', name: 'IT', description: 'Accounts' }] },
  },
  get_group_containing_groups: { query: { access_level_remote_id: '' } },
  remove_group_containing_group: { query: { access_level_remote_id: '' } },
  removeBundleResource: { query: { access_level_remote_id: '' } },
  removeBundleGroup: { query: { access_level_remote_id: '' } },
  add_group_resource: { query: { access_level_remote_id: '' } },
  events: {
    query: {
      start_date_filter: '2022-01-01',
      end_date_filter: '2022-02-01',
      actor_filter: '00000000-0000-0000-0000-000000000000',
      object_filter: '1b978423-db0a-4037-a4cf-f79c60cb67b3',
    },
  },
  getResources: {
    query: {
      resource_type_filter: 'AWS_RDS_POSTGRES_INSTANCE',
      resource_ids: [warehouse],
      resource_name: 'Warehouse',
      parent_resource_id: account,
      ancestor_resource_id: account,
      remote_id: 'warehouse-1',
      tag_ids: ['0b100000-0000-4000-8000-000000000001'],
    },
  },
  delete_resource: { path: { resource_id: wiki } },
  updateResources: { body: { resources: [{ resource_id: wiki, name: 'Wiki', description: 'Notes' }] } },
  add_resource_user: {
    path: { resource_id: repository, user_id: ids.noor },
    query: { access_level_remote_id: 'pull', duration_minutes: 60 },
  },
  delete_resource_user: {
    path: { resource_id: repository, user_id: ids.ada },
    query: { access_level_remote_id: 'admin' },
  },
  get_resource_users: { query: { limit: 2 } },
  get_user_resources: { query: { limit: 1, include_unmanaged: false } },
  resource_user_access_status_retrieve: { query: { access_level_remote_id: '' } },
  getRequests: {
    query: {
      start_date_filter: '2022-01-01T00:00:00Z',
      end_date_filter: '2022-02-01T00:00:00Z',
      requester_id: ids.noor,
      target_user_id: ids.noor,
      group_id: ids.apiGroup,
      show_pending_only: true,
    },
  },
  getRequestsRelay: {
    query: { first: 10, after: '', last: 1, before: '', status: 'PENDING', to: ids.ada, from: ids.noor },
  },
  get_tag: { query: { tag_key: 'environment', tag_value: 'production' } },
  create_tag: { query: { tag_key: 'team', tag_value: 'data' } },
  updateUser: { body: { manager_id: ids.ada, position: 'Senior engineer' } },
}

/** Requests with parameters that do not go together with those of the sample. */
const others: Record<string, Record<string, Partial<Sent>>> = {
  events: { by_token: { query: { api_token_filter: `Full access:${'*'.repeat(26)}aab8c` } } },
}

/** Values of query parameters whose schemas do not lead to a result. */
const queryValues: Record<string, unknown> = {
  group_ids: [ids.apiGroup, ids.oktaGroup],
  group_type_filter: 'AWS_SSO_GROUP',
  group_name: 'API Group',
  requestable: true,
  email: 'jake@company.dev',
  name: 'Platform',
  app_type_filter: ['AWS_SSO'],
  third_party_provider: ['PAGER_DUTY'],
  remote_id: ['PXPGF42'],
  contains: 'Analytics',
  status: 'DRAFT',
}

/** How to provoke the errors that an id in the request does not. */
const provoked: Partial<Record<RefusalCode, (route: Route) => Provoked | undefined>> = {
  TOKEN_MISSING: () => ({ token: null }),
  TOKEN_UNKNOWN: () => ({ token: 'opal_sandbox_unknown' }),
  TOKEN_EXPIRED: () => ({ token: tokens.expired }),
  TOKEN_REVOKED: () => ({ token: tokens.revoked }),
  TOKEN_READ_ONLY: () => ({ token: tokens.readOnly }),
  RATE_LIMITED: () => ({ settings: { rate_limit: { requests_per_second: 1 } }, times: 2 }),
  BODY_TOO_LARGE: () => ({ headers: { 'content-length': '999999999' } }),
  INVALID_REQUEST: invalidate,
  GROUP_USER_NOT_FOUND: () => ({ sent: { path: { user_id: ids.noor } }, isValid: true }),
  ACCESS_LEVEL_NOT_FOUND: () => ({
    sent: { body: { duration_minutes: 60, access_level_remote_id: 'unknown' } },
    isValid: true,
  }),
  GROUP_USER_EXISTS: () => ({ sent: { path: { user_id: ids.jake } }, settings: { re_add: 'conflict' } }),
  USER_EXISTS: () => ({ sent: { body: { email: 'jake@company.dev' } }, isValid: true }),
  MANAGER_CYCLE: () => ({ sent: { body: { manager_id: ids.jake } }, isValid: true }),
  OWN_USER: () => ({ sent: { path: { user_id: ids.ada } }, isValid: true }),
  OWNER_IN_USE: () => ({ sent: { path: { owner_id: firstIds.owner_id ?? '' } }, isValid: true }),
  NOT_SIMULATED: () => ({ sent: { query: { tag_ids: [firstIds.tag_id, nameBuiltIn('tag_id')] } }, isValid: true }),
  CROSS_SITE_REQUEST: () => ({ headers: { 'sec-fetch-site': 'cross-site', origin: 'http://example.com' } }),
}

/** The id of the first record of each kind. Sample calls name the last one, which only the example of a DELETE uses. */
const firstIds = Object.fromEntries(
  recordNouns.flatMap((noun) => {
    const { idField, section } = recordKinds[noun]
    const [entry] = Object.values(builtIn[section] ?? {}) as Record<string, string | undefined>[]
    return entry?.[idField] === undefined ? [] : [[idField, entry[idField]]]
  }),
) as Record<string, string | undefined>

/** Records the examples of all operations of both planes, in the order of the routes. */
export async function recordExamples(open = openSandbox): Promise<Example[]> {
  const { app, close } = open({ now })
  const general = new Map<string, Answered>()
  try {
    const examples: Example[] = []
    for (const route of routes) examples.push(...(await recordRoute(app, route, general)))
    return examples
  } finally {
    await close()
  }
}

/** `general` has the answers, by plane and code, that are the same for all operations. */
async function recordRoute(app: FastifyInstance, route: Route, general: Map<string, Answered>): Promise<Example[]> {
  const [, plane = ''] = route.url.split('/')
  const found: Example[] = []
  const { page_size, cursor, ...filters } = sampleOf(route).query
  const sent = { ...sampleOf(route), query: filters }
  const required = pick(filters, (route.querystring?.required ?? []) as string[])
  const add = async (name: string, sent: Sent) =>
    found.push({ operation: route.id, name, sent, ...(await replay(app, route, sent)) })

  if (plane === 'v1') {
    const { answer } = await replay(app, route, sent)
    const isLong = page_size !== undefined && resultsOf(answer).length > 3
    const size = 'limit' in filters ? { limit: 1 } : { page_size: 1 }
    const first = cursor === undefined ? undefined : await replay(app, route, { ...sent, query: size })
    const { next } = (first?.answer ?? {}) as { next?: string | null }
    // Some calls take a cursor, and return all at once.
    const isWhole = first !== undefined && next === undefined
    const query = { ...filters, ...(isLong && { page_size }), ...(isWhole && { page_size, cursor }) }
    await add('sample', { ...sent, query })
    if (next) await add('next_page', { ...sent, query: { cursor: next, ...size } })
  }
  for (const [name, other] of Object.entries(others[route.id] ?? {})) {
    await add(name, { ...sent, query: {}, ...other })
  }
  for (const code of new Set(Object.values(route.response ?? {}).flatMap(({ codes = [] }) => codes))) {
    const provocation = provoked[code]?.(route) ?? missing(code, sampleOf(route))
    if (!provocation) continue
    const { sent: changed, isValid = false, ...circumstances } = provocation
    const whole = merge({ ...sent, query: required }, changed)
    const key = `${plane} ${code}`
    const answered = general.get(key) ?? (await replay(app, route, whole, circumstances))
    if (!changed && code !== 'BODY_TOO_LARGE') general.set(key, answered)
    // Not every code can be provoked at every operation.
    if ((answered.answer as { code?: unknown } | undefined)?.code !== code) continue
    found.push({ operation: route.id, name: code, ...answered, ...(isValid && { sent: whole }) })
  }
  return found
}

/** The answers, by code, that any operation can give and no request provokes at will, and that of one not simulated. */
export async function recordGeneral(open = openSandbox): Promise<Record<string, unknown>> {
  const refusals = [
    explainParseError({ code: 'HPE_HEADER_OVERFLOW' }),
    explainParseError({ code: 'ERR_HTTP_REQUEST_TIMEOUT' }),
    databaseUnavailable('database or disk is full'),
  ]
  const { app, close } = open({
    logger: pino({ level: 'silent' }),
    checkAnswer: (_schema, json) => {
      if (json.includes('results')) throw new Error('the sandbox fails')
    },
  })
  try {
    const get = (url: string, headers = {}) => replay(app, { method: 'GET', url }, { path: {}, query: {} }, { headers })
    const other = operations.find(
      ({ simulated, method, path }) => !simulated && method === 'GET' && !path.includes('{'),
    )!
    return {
      ...Object.fromEntries(refusals.map((refusal) => [refusal.code, errorBody(refusal, 'req-1')])),
      INTERNAL_ERROR: (await get('/v1/users')).answer,
      CONTENT_TYPE_UNSUPPORTED: (await get('/v1/users', { 'content-encoding': 'gzip' })).answer,
      NOT_SIMULATED: (await get(`/v1${other.path}`)).answer,
    }
  } finally {
    await close()
  }
}

/** Sends a request to an organization that is as the built-in seed says. */
export async function replay(
  app: FastifyInstance,
  { method, url }: Pick<Route, 'method' | 'url'>,
  { path, query, body }: Sent,
  { token = tokens.fullAccess, settings, headers, times = 1 }: Circumstances = {},
): Promise<Answered> {
  const administer = (method: 'POST' | 'PATCH', what: string, payload?: object) =>
    app.inject({
      method,
      url: `/_sandbox/${what}`,
      headers: { authorization: `Bearer ${tokens.fullAccess}` },
      ...(payload && { payload }),
    })
  await administer('POST', 'reset')
  if (settings) await administer('PATCH', 'settings', settings)
  const parameters = Object.entries(query).map(([name, value]): [string, string] => [name, String(value)])
  const target = url.replaceAll(/:(\w+)/g, (_, name: string) => encodeURIComponent(path[name] ?? ''))
  const send = () =>
    app.inject({
      method: method as 'GET',
      url: parameters.length > 0 ? `${target}?${String(new URLSearchParams(parameters))}` : target,
      headers: { ...(token !== null && { authorization: `Bearer ${token}` }), ...headers },
      ...(body !== undefined && body !== null && { payload: body }),
    })
  let answered = await send()
  for (let time = 1; time < times; time++) answered = await send()
  // The first request of a sandbox has this id.
  const text = answered.body.replaceAll(/\breq-[0-9a-z]+\b/g, 'req-1')
  return { status: answered.statusCode, answer: text === '' ? undefined : (JSON.parse(text) as unknown) }
}

/** The sample call of a route, with its optional query parameters. */
function sampleOf(route: Route): Sent {
  const isDelete = route.method === 'DELETE'
  const name = (field: string) => (isDelete ? undefined : firstIds[sameAs[field] ?? field]) ?? nameBuiltIn(field)
  const call = sampleCall(route, name)
  const [pathOfCall = ''] = call.url.split('?')
  const parts = pathOfCall.split('/').map(decodeURIComponent)
  const names = route.url.split('/')
  const path = Object.fromEntries(
    names.flatMap((part, at) => (part.startsWith(':') ? [[part.slice(1), parts[at]!]] : [])),
  )
  const [example] = (route.body?.examples ?? []) as unknown[]
  const parameters = Object.entries((route.querystring?.properties ?? {}) as Record<string, TSchema>)
  const query = Object.fromEntries(
    parameters.flatMap(([field, schema]) => {
      const value = queryValue(field, schema, name)
      return value === undefined ? [] : [[field, value]]
    }),
  )
  return merge({ path, query, body: example ?? call.body }, samples[route.id])
}

function queryValue(field: string, schema: TSchema, name: (field: string) => string): unknown {
  if (field === 'page_size') return 2
  if (field === 'cursor') return ''
  if (field in queryValues) return queryValues[field]
  if (isUuid(schema)) return name(field)
  // Specmatic takes a list of one for a text.
  if (schema.items && isUuid(schema.items as TSchema)) return [...new Set([name(field), nameBuiltIn(field)])]
  return (schema.examples as unknown[] | undefined)?.[0]
}

function merge(sent: Sent, changed: Partial<Sent> = {}): Sent {
  const path = { ...sent.path, ...changed.path }
  const query = { ...sent.query, ...changed.query }
  const body = changed.body === undefined ? sent.body : { ...(sent.body as object), ...(changed.body as object) }
  return { path, query, body }
}

/** Replaces the id that is said not to be found, wherever it stands. Undefined if it stands nowhere. */
function missing(code: RefusalCode, sent: Sent): Provoked | undefined {
  const [, noun] = /^([A-Z_]+)_NOT_FOUND$/.exec(code) ?? []
  if (noun === undefined) return undefined
  const word = noun.toLowerCase()
  const fields = new Set([`${word}_id`, `${word}_ids`, `initial_${word}_ids`, `${word}_name`])
  const replace = (field: string, value: unknown): unknown => {
    if (fields.has(field)) return Array.isArray(value) ? [unknownId] : unknownId
    if (Array.isArray(value)) return value.map((item) => replace('', item))
    if (typeof value !== 'object' || value === null) return value
    return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, replace(key, one)]))
  }
  const { path, query, body } = replace('', sent) as Sent
  const changed = { path, query: pick(query, [...fields]), body }
  return JSON.stringify({ path, query, body }) === JSON.stringify(sent) ? undefined : { sent: changed, isValid: true }
}

function pick(values: Record<string, unknown>, names: string[]) {
  return Object.fromEntries(Object.entries(values).filter(([name]) => names.includes(name)))
}

/** Breaks the first id of a request, else the size of a page, else the body. */
function invalidate({ params, querystring, body }: Route): Provoked | undefined {
  const [id] =
    Object.entries((params?.properties ?? {}) as Record<string, TSchema>).find(([, one]) => isUuid(one)) ?? []
  if (id !== undefined) return { sent: { path: { [id]: 'api-group' } } }
  const parameters = (querystring?.properties ?? {}) as Record<string, TSchema>
  if ('page_size' in parameters) return { sent: { query: { page_size: 5000 } } }
  const field = Object.keys(parameters).find((name) => isUuid(parameters[name]!))
  if (field !== undefined) return { sent: { query: { [field]: 'jake' } } }
  const [first] = (body?.required ?? []) as string[]
  return first === undefined ? undefined : { sent: { body: { [first]: 1 } } }
}

function resultsOf(answer: unknown): unknown[] {
  return (answer as { results?: unknown[] } | undefined)?.results ?? []
}
