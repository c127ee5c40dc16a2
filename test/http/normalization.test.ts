import type { TSchema } from '@sinclair/typebox'
import { describe, expect, test } from 'vitest'
import { groupUserPath, ids, now, sandbox, tokens } from '../helper.js'
import { holdsUuid, nameBuiltIn, routes, sampleCall, type Route } from './sample-calls.js'

// What holds for every route, read off the schemas of the routes themselves.

/** Bodies of the control plane that no schema alone leads to. */
const bodies: Record<string, (uuid: (name: string) => string) => object> = {
  sandbox_add_fault: (uuid) => ({ group_id: uuid('group_id'), user_id: uuid('user_id'), effect: { drop: true } }),
  sandbox_turn_clock: () => ({ advance: '1m' }),
  sandbox_set_state: (uuid) => ({ state: 'user is in group', params: { user_id: uuid('user_id') } }),
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
  const uuid = (name: string) => (isUpperCase ? nameBuiltIn(name).toUpperCase() : nameBuiltIn(name))
  const { body } = route
  const given = sampleCall(route, uuid, { [route.id]: bodies[route.id]?.(uuid) })
  const schema = body && ((body.documentedSchema as TSchema | undefined) ?? body)
  const payload = schema && isMisspelt ? misspell(schema, given.body) : given.body
  const answer = await inject(given.method, given.url, payload as object | undefined)
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
    expect([200, 201, 204], lower.answer.body).toContain(lower.answer.statusCode)
    expect(upper.answer.statusCode, upper.answer.body).toBe(lower.answer.statusCode)
    expect(withoutRealTime(upper.answer.body)).toBe(withoutRealTime(lower.answer.body))
    expect(upper.seed).toBe(lower.seed)
  })
})

describe('an unknown field of a body is neither stored nor echoed', () => {
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
    expect([200, 201], answer.body).toContain(answer.statusCode)
    expect(answer.headers['x-opal-sandbox-ignored']).toContain(`body.${unknownName}`)
    // The journal shows what came.
    expect(journal).toContain(unknownValue)
  })
})
