import type { TSchema } from '@sinclair/typebox'
import { describe, expect, test } from 'vitest'
import { recordKinds } from '../../src/domain/records.js'
import { openSandbox } from '../../src/sandbox.js'
import { groupUserPath, ids, now, sandbox, silent, tokens } from '../helper.js'

// What holds for every route, read off the schemas of the routes themselves.

interface Route {
  id: string
  method: string
  url: string
  params?: TSchema
  querystring?: TSchema
  body?: TSchema
}

const routes = await registeredRoutes()

async function registeredRoutes(): Promise<Route[]> {
  const found: Route[] = []
  const { app, close } = openSandbox({ logger: silent })
  app.addHook('onRoute', ({ method, url, schema }) => {
    const { operationId: id, ...parts } = (schema ?? {}) as Omit<Route, 'id'> & { operationId?: string }
    if (id !== undefined && method !== 'HEAD') found.push({ ...parts, id, method: String(method), url })
  })
  await app.ready()
  await close()
  return found
}

/** Bodies that no schema alone leads to. */
const bodies: Record<string, (uuid: (name: string) => string) => object> = {
  sandbox_add_fault: (uuid) => ({ group_id: uuid('group_id'), user_id: uuid('user_id'), effect: { drop: true } }),
  sandbox_turn_clock: () => ({ advance: '1m' }),
  sandbox_save_snapshot: () => ({ name: 'before' }),
  sandbox_change_settings: () => ({ re_add: 'conflict' }),
  sandbox_replace_seed: (uuid) => ({
    version: 1,
    users: { jake: { user_id: uuid('user_id'), email: 'jake@company.dev', full_name: 'Jake Barnes' } },
    groups: {
      api: {
        group_id: uuid('group_id'),
        name: 'API',
        group_type: 'OKTA_GROUP',
        app_id: uuid('app_id'),
        group_leader_user_ids: [uuid('user_id')],
      },
    },
    tokens: { one: { token_id: uuid('token_id'), access_level: 'FULL_ACCESS', secret: tokens.fullAccess } },
    faults: [{ group_id: uuid('group_id'), user_id: uuid('user_id'), effect: { drop: true } }],
  }),
}

const isUuid = (schema: TSchema) => schema.expects === 'a UUID'

const childrenOf = (schema: TSchema): TSchema[] => [
  ...Object.values((schema.properties ?? {}) as Record<string, TSchema>),
  ...((schema.anyOf ?? []) as TSchema[]),
  ...(schema.items ? [schema.items as TSchema] : []),
]

const holdsUuid = (schema: TSchema): boolean => isUuid(schema) || childrenOf(schema).some(holdsUuid)

/** A value that a schema accepts: what is required, and whatever holds a UUID. */
function sample(schema: TSchema, name: string, uuid: (name: string) => string): unknown {
  if (isUuid(schema)) return uuid(name)
  if (schema.anyOf) return sample((schema.anyOf as TSchema[])[0]!, name, uuid)
  if (schema.const !== undefined) return schema.const as unknown
  if (schema.properties) {
    const required = new Set(schema.required as string[] | undefined)
    const fields = Object.entries(schema.properties as Record<string, TSchema>)
    const chosen = fields.filter(([field, one]) => required.has(field) || holdsUuid(one))
    return Object.fromEntries(chosen.map(([field, one]) => [field, sample(one, field, uuid)]))
  }
  if (schema.items) return [sample(schema.items as TSchema, name, uuid)]
  return { string: 'text', integer: 1, number: 1, boolean: true }[schema.type as string]
}

const unknownName = 'zzz'
const unknownValue = 'must not be seen again'

/** The same value with a field that is not known in each object. */
function misspell(schema: TSchema, value: unknown): unknown {
  if (schema.anyOf) return misspell((schema.anyOf as TSchema[])[0]!, value)
  if (Array.isArray(value)) return value.map((item) => misspell(schema.items as TSchema, item))
  if (!schema.properties) return value
  const properties = schema.properties as Record<string, TSchema>
  const fields = Object.entries(value as object).map(([name, field]) => [
    name,
    properties[name] ? misspell(properties[name], field) : (field as unknown),
  ])
  return { ...Object.fromEntries(fields), [unknownName]: unknownValue }
}

interface Made {
  /** Whether ids are sent in upper case. */
  isUpperCase?: boolean
  isMisspelt?: boolean
}

/** Calls a route in a new sandbox where each id of a request names something; tells the answer and the state after it. */
async function callRoute(route: Route, { isUpperCase = false, isMisspelt = false }: Made) {
  const { app } = await sandbox({ now })
  const inject = async (method: string, url: string, payload?: object) =>
    app.inject({
      method: method as 'GET',
      url,
      headers: { authorization: `Bearer ${tokens.fullAccess}` },
      ...(payload && { payload }),
    })
  await inject('PUT', groupUserPath(ids.apiGroup, ids.jake), { duration_minutes: 60 })
  const listed = (await inject('GET', '/v1/tokens')).json<{ results: { token_id: string; user_id: string }[] }>()
  const { token_id, user_id: owner } = listed.results.at(-1)!
  const exported = (await inject('GET', '/_sandbox/seed')).json<
    Record<string, Record<string, Record<string, string>>>
  >()
  const named: Record<string, string | undefined> = {
    ...Object.fromEntries(
      Object.values(recordKinds).map(({ section, idField }) => [
        idField,
        Object.values(exported[section] ?? {}).at(-1)?.[idField],
      ]),
    ),
    reviewer_message_channel_id: Object.values(exported.message_channels!)[0]!.message_channel_id,
    source_group_id: ids.apiGroup,
    user_ids: ids.jake,
    group_id: ids.apiGroup,
    group_ids: ids.apiGroup,
    user_id: route.id === 'getTokens' ? owner : ids.jake,
    token_id,
    token_ids: token_id,
  }
  const tagged = [`users/${ids.jake}`, `groups/${ids.apiGroup}`, `resources/${named.resource_id}`]
  for (const path of tagged) await inject('POST', `/v1/tags/${named.tag_id}/${path}`)
  const uuid = (name: string) => {
    const id = named[name] ?? 'abcdefab-cdef-4abc-8def-abcdefabcdef'
    return isUpperCase ? id.toUpperCase() : id
  }
  const { method, url, params, querystring, body } = route
  const path = url.replaceAll(/:(\w+)/g, (_, name: string) =>
    params && isUuid((params.properties as Record<string, TSchema>)[name]!) ? uuid(name) : 'before',
  )
  const query = querystring && (sample(querystring, '', uuid) as Record<string, string>)
  const given = body && (bodies[route.id]?.(uuid) ?? sample(body, '', uuid))
  const schema = body && ((body.documentedSchema as TSchema | undefined) ?? body)
  const payload = schema && isMisspelt ? misspell(schema, given) : given
  const search = new URLSearchParams(query)
  const answer = await inject(method, `${path}${query ? `?${String(search)}` : ''}`, payload as object | undefined)
  const seed = await inject('GET', '/_sandbox/seed')
  const entry = await inject('GET', `/_sandbox/requests/${String(answer.headers['x-opal-sandbox-request-id'])}`)
  return { answer, seed: seed.body, journal: entry.body }
}

const withoutRealTime = (text: string) =>
  text.replaceAll(/"received_at":"[^"]*"/g, '').replaceAll(/"duration_ms":[\d.]+/g, '')

describe('an id in upper case means the same as in lower case', () => {
  const withUuids = routes.filter(
    ({ id, params, querystring, body }) =>
      id === 'sandbox_replace_seed' || [params, querystring, body].some((schema) => schema && holdsUuid(schema)),
  )

  test('is asked of most operations', () => expect(withUuids.length).toBeGreaterThanOrEqual(16))

  test.each(withUuids.map((route) => [route.id, route] as const))('%s', async (_id, route) => {
    const lower = await callRoute(route, {})
    const upper = await callRoute(route, { isUpperCase: true })
    expect(lower.answer.statusCode, lower.answer.body).toBe(200)
    expect(upper.answer.statusCode, upper.answer.body).toBe(200)
    expect(withoutRealTime(upper.answer.body)).toBe(withoutRealTime(lower.answer.body))
    expect(upper.seed).toBe(lower.seed)
  })
})

describe('a field of a body that is not known is neither stored nor echoed', () => {
  const withBodies = routes.filter(({ body }) => body)

  test.each(withBodies.map((route) => [route.id, route] as const))('%s', async (_id, route) => {
    const { answer, seed, journal } = await callRoute(route, { isMisspelt: true })
    expect(answer.body).not.toContain(unknownValue)
    expect(seed).not.toContain(unknownValue)
    if (route.url.startsWith('/_sandbox')) {
      expect(answer.statusCode).toBe(400)
      expect(answer.body).toContain(`body.${unknownName}`)
      return
    }
    expect(answer.statusCode, answer.body).toBe(200)
    expect(answer.headers['x-opal-sandbox-ignored']).toContain(`body.${unknownName}`)
    // The journal shows what came.
    expect(journal).toContain(unknownValue)
  })
})
