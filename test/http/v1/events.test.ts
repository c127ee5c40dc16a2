import fc from 'fast-check'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { eventTypes } from '../../../src/domain/events.js'
import { groupUserPath, ids, now, sandbox, temporaryFolder, tokens } from '../../helper.js'
import { operations } from '../../../src/domain/operations.js'
import { nameBuiltIn, routes, sampleCall } from '../sample-calls.js'

const seed = {
  version: 1,
  tokens: {
    full_access: { secret: tokens.fullAccess, access_level: 'FULL_ACCESS', user: 'ada', token_label: 'CI' },
    other: { secret: 'another-secret', access_level: 'FULL_ACCESS', user: 'noor', token_label: 'CI' },
  },
  users: {
    ada: { user_id: ids.ada, email: 'ada@company.dev', full_name: 'Ada Lane' },
    noor: { user_id: ids.noor, email: 'noor@company.dev', full_name: 'Noor Haddad' },
    jake: { user_id: ids.jake, email: 'jake@company.dev', full_name: 'Jake Barnes' },
  },
  groups: {
    api: { group_id: ids.apiGroup, name: 'API', group_type: 'OPAL_GROUP' },
    okta: { group_id: ids.oktaGroup, name: 'Okta', group_type: 'OPAL_GROUP' },
  },
  group_users: [{ group: 'api', user: 'jake', expires_at: '+30m' }],
}

const path = groupUserPath(ids.apiGroup, ids.jake)
const other = groupUserPath(ids.oktaGroup, ids.jake)

interface Event {
  event_id: string
  event_type: string
  created_at: string
  actor_user_id: string
  api_token_name?: string
  api_token_preview?: string
  sub_events: Record<string, string>[]
}

type Agent = Awaited<ReturnType<typeof sandbox>>['agent']

async function list(agent: Agent, query: object = {}) {
  const answer = await agent.get('/v1/events').query(query).expect(200)
  return (answer.body as { results: Event[] }).results
}

const typesOf = (events: Event[]) => events.map(({ event_type }) => event_type)

const advance = (agent: Agent, by: string) => agent.post('/_sandbox/clock').send({ advance: by }).expect(200)

test('a call that changes access makes an event', async () => {
  const { agent } = await sandbox({ seed })
  await agent.put(path).send({ duration_minutes: 60 }).expect(200)
  const events = await list(agent)
  expect(events).toEqual([
    {
      event_id: 'e0000000-0000-4000-8000-000000000001',
      actor_user_id: ids.ada,
      actor_name: 'Ada Lane',
      actor_email: 'ada@company.dev',
      event_type: 'GROUP_USERS_UPDATED',
      created_at: '2022-01-23T03:56:07.000Z',
      api_token_name: 'CI',
      api_token_preview: expect.stringMatching(/^\*{26}[\da-f]{5}$/) as unknown,
      sub_events: [
        {
          sub_event_type: 'GROUP_USERS_UPDATED',
          group_id: ids.apiGroup,
          group_name: 'API',
          user_id: ids.jake,
          user_name: 'Jake Barnes',
        },
      ],
    },
  ])
  expect((await agent.get(`/v1/events/${events[0]!.event_id.toUpperCase()}`)).body).toEqual(events[0])
})

test('the same access once more, a refused call and a moved clock make no event', async () => {
  const { agent } = await sandbox({ seed })
  await agent.put(path).send({ duration_minutes: 60 })
  await agent.put(path).send({ duration_minutes: 60 }).expect(200)
  await agent.put(path).send({ duration_minutes: 'x' }).expect(400)
  await agent.delete(other).expect(404)
  await advance(agent, '5m')
  expect(typesOf(await list(agent))).toEqual(['GROUP_USERS_UPDATED'])
})

test('a life of access in order, newest first', async () => {
  const { agent } = await sandbox({ seed })
  await agent.post(other).send({ duration_minutes: 20 })
  await advance(agent, '10m')
  await agent.put(other).send({ duration_minutes: 60 })
  await advance(agent, '2h')
  await agent.post(other).send({ duration_minutes: 0 })
  await agent.delete(other)
  const events = await list(agent)
  expect(events.map(({ event_type, created_at }) => `${created_at.slice(11, 16)} ${event_type}`)).toEqual([
    '06:06 GROUP_USERS_DELETED',
    '06:06 GROUP_USERS_CREATED',
    '05:06 GROUP_USERS_EXPIRED',
    '04:26 GROUP_USERS_EXPIRED',
    '04:06 GROUP_USERS_UPDATED',
    '03:56 GROUP_USERS_CREATED',
  ])
  expect(events[2]).toEqual({
    event_id: expect.any(String) as unknown,
    actor_user_id: '00000000-0000-0000-0000-000000000000',
    actor_name: 'Opal',
    event_type: 'GROUP_USERS_EXPIRED',
    created_at: '2022-01-23T05:06:07.000Z',
    sub_events: [expect.objectContaining({ group_id: ids.oktaGroup, user_name: 'Jake Barnes' })],
  })
})

test('the event of an expiration is the same before and after the access is given again', async () => {
  const { agent } = await sandbox({ seed })
  await advance(agent, '31m')
  const [expired] = await list(agent)
  expect(expired).toMatchObject({ event_type: 'GROUP_USERS_EXPIRED', created_at: '2022-01-23T04:26:07.000Z' })
  await agent.post(path).send({ duration_minutes: 0 })
  const events = await list(agent)
  expect(typesOf(events)).toEqual(['GROUP_USERS_CREATED', 'GROUP_USERS_EXPIRED'])
  expect(events[1]).toEqual(expired)
  expect((await agent.get(`/v1/events/${expired!.event_id}`)).body).toEqual(expired)
})

test('access that comes back with the clock has not expired', async () => {
  const { agent } = await sandbox({ seed })
  await advance(agent, '31m')
  expect(await list(agent)).toHaveLength(1)
  await agent.post('/_sandbox/clock').send({ set: '2022-01-23T04:00:00Z' })
  expect(await list(agent)).toEqual([])
})

test('deleting a user makes an event for each type, and keeps names', async () => {
  const { agent } = await sandbox({ seed })
  await agent.post(other).send({ duration_minutes: 0 })
  await agent.delete(`/v1/users/${ids.noor}`).expect(200)
  await agent.delete(`/v1/users/${ids.jake}`).expect(200)
  const events = await list(agent)
  expect(events.map(({ event_type, sub_events }) => [event_type, sub_events.map((one) => one.user_name)])).toEqual([
    ['USERS_DELETED', ['Jake Barnes']],
    // The user is gone, and names are looked up.
    ['GROUP_USERS_DELETED', [undefined, undefined]],
    ['API_TOKENS_REVOKED', [undefined]],
    ['USERS_DELETED', ['Noor Haddad']],
    ['GROUP_USERS_CREATED', [undefined]],
  ])
})

describe('filters', () => {
  const preview = /^\*{26}[\da-f]{5}$/

  /** An hour apart: Ada extends access to API, Noor gives access to Okta, the first access expires. */
  async function prepare() {
    const { agent, app } = await sandbox({ seed })
    await agent.put(path).send({ duration_minutes: 90 })
    await advance(agent, '1h')
    await app.inject({
      method: 'POST',
      url: other,
      headers: { authorization: 'Bearer another-secret' },
      payload: { duration_minutes: 0 },
    })
    await advance(agent, '1h')
    return agent
  }

  const [expired, created, updated] = ['GROUP_USERS_EXPIRED', 'GROUP_USERS_CREATED', 'GROUP_USERS_UPDATED']

  test.each<[query: Record<string, string>, types: string[]]>([
    [{}, [expired, created, updated]],
    [{ start_date_filter: '2022-01-23T04:56:07Z' }, [expired, created]],
    [{ start_date_filter: '2022-01-23T06:56:07+02:00' }, [expired, created]],
    [{ start_date_filter: '2022-01-23T04:56:07.001Z' }, [expired]],
    [{ end_date_filter: '2022-01-23T04:56:07Z' }, [created, updated]],
    [{ start_date_filter: '2022-01-23' }, [expired, created, updated]],
    [{ end_date_filter: '2022-01-23' }, []],
    [{ end_date_filter: '2022-01-24' }, [expired, created, updated]],
    [{ actor_filter: ids.ada }, [updated]],
    [{ actor_filter: ids.noor.toUpperCase() }, [created]],
    [{ actor_filter: '00000000-0000-0000-0000-000000000000' }, [expired]],
    [{ actor_filter: ids.jake }, []],
    [{ object_filter: ids.oktaGroup }, [created]],
    [{ object_filter: ids.jake }, [expired, created, updated]],
    // Whoever acts is no object.
    [{ object_filter: ids.ada }, []],
    [{ event_type_filter: 'GROUP_USERS_CREATED' }, [created]],
    [{ event_type_filter: 'USERS_CREATED' }, []],
    [{ object_filter: ids.jake, start_date_filter: '2022-01-23T04:00:00Z', actor_filter: ids.noor }, [created]],
    [{ api_token_filter: 'CI' }, []],
  ])('%j', async (query, types) => {
    expect(typesOf(await list(await prepare(), query))).toEqual(types)
  })

  test('a token by its name and preview', async () => {
    const agent = await prepare()
    const [, second] = await list(agent)
    expect(second!.api_token_preview).toMatch(preview)
    const api_token_filter = `CI:${second!.api_token_preview}`
    expect(await list(agent, { api_token_filter })).toEqual([second])
  })

  test.each([
    ['start_date_filter', 'yesterday'],
    ['end_date_filter', '2022-02-31'],
    ['end_date_filter', '2022-01-01T00:00:00'],
    ['actor_filter', 'ada'],
    ['cursor', 'x'],
  ])('%s=%s is rejected', async (name, value) => {
    const { agent } = await sandbox({ seed })
    const answer = await agent
      .get('/v1/events')
      .query({ [name]: value })
      .expect(400)
    const { errors } = answer.body as { errors: { path: string }[] }
    expect(errors.map((one) => one.path)).toEqual([`query.${name}`])
  })
})

test('pages neither repeat nor hide events, also if more happen in between', async () => {
  const { agent } = await sandbox({ seed })
  const minutes = [1, 2, 3, 4, 5, 6, 7]
  for (const duration_minutes of minutes) await agent.put(path).send({ duration_minutes })
  const all = await list(agent)
  expect(all).toHaveLength(7)
  const seen: Event[] = []
  let cursor = ''
  do {
    const answer = await agent.get('/v1/events').query({ page_size: 3, cursor })
    const page = answer.body as { results: Event[]; next: string | null; previous: string | null }
    expect(page.previous).toBe(cursor === '' ? null : cursor)
    seen.push(...page.results)
    cursor = page.next ?? ''
    await agent.put(path).send({ duration_minutes: 100 + seen.length })
  } while (cursor !== '')
  expect(seen).toEqual(all)
})

test('every organization has its own events', async () => {
  const { agent, app } = await sandbox()
  const elsewhere = { authorization: 'Bearer org-elsewhere' }
  await app.inject({ method: 'PUT', url: path, headers: elsewhere, payload: { duration_minutes: 60 } })
  const own = typesOf(await list(agent))
  const { results } = (await app.inject({ url: '/v1/events', headers: elsewhere })).json<{ results: Event[] }>()
  const expired = ['GROUP_USERS_EXPIRED', 'GROUP_USERS_EXPIRED']
  expect([own, typesOf(results)]).toEqual([expired, ['GROUP_USERS_UPDATED', ...expired]])
  expect((await agent.get(`/v1/events/${results[0]!.event_id}`)).status).toBe(404)
})

test.each<[what: string, call: (agent: Agent) => Promise<unknown>]>([
  ['a reset', (agent) => agent.post('/_sandbox/reset').expect(200)],
  ['a new seed', (agent) => agent.put('/_sandbox/seed').send(seed).expect(200)],
  ['a restored snapshot', (agent) => agent.post('/_sandbox/snapshots/first/restore').expect(200)],
])('%s begins anew', async (_what, call) => {
  const { agent } = await sandbox({ seed })
  await agent.post('/_sandbox/snapshots').send({ name: 'first' })
  await agent.put(path).send({ duration_minutes: 60 })
  await call(agent)
  expect(await list(agent)).toEqual([])
  await agent.put(path).send({ duration_minutes: 50 })
  expect((await list(agent)).map(({ event_id }) => event_id)).toEqual(['e0000000-0000-4000-8000-000000000001'])
})

test('a call after a reset in the same transaction makes an event of the new state', async () => {
  const { agent, app } = await sandbox({ seed })
  await agent.put(path).send({ duration_minutes: 60 })
  const headers = { authorization: `Bearer ${tokens.fullAccess}` }
  await Promise.all([
    app.inject({ method: 'POST', url: '/_sandbox/reset', headers }),
    app.inject({ method: 'POST', url: other, headers, payload: { duration_minutes: 0 } }),
  ])
  const members = (await agent.get(`/v1/groups/${ids.oktaGroup}/users`)).body as { results: unknown[] }
  expect(await list(agent)).toHaveLength(members.results.length)
})

test('events outlive the journal and a restart', async () => {
  const db = join(temporaryFolder(), 'sandbox.db')
  const first = await sandbox({ seed, db, journal: { entries: 1 } })
  const count = 300
  for (let minutes = 1; minutes <= count; minutes++) await first.agent.put(path).send({ duration_minutes: minutes })
  const before = await list(first.agent, { page_size: 1000 })
  expect(before).toHaveLength(count)
  await first.close()
  const second = await sandbox({ seed, db })
  expect(await list(second.agent, { page_size: 1000 })).toEqual(before)
  await second.agent.put(path).send({ duration_minutes: 1 })
  const after = await list(second.agent, { page_size: 1000 })
  expect(after.slice(1)).toEqual(before)
  expect(after[0]!.event_id).toBe(`e0000000-0000-4000-8000-${(count + 1).toString(16).padStart(12, '0')}`)
})

const writes = routes.filter(({ id }) => operations.some((one) => one.id === id && one.access === 'write'))

test('whatever the journal says a call has changed has an event', { timeout: 60_000 }, async () => {
  const { agent } = await sandbox()
  const named: Record<string, Partial<Record<string, string>>> = eventTypes
  await fc.assert(
    fc.asyncProperty(fc.shuffledSubarray(writes, { minLength: 1, maxLength: 8 }), async (calls) => {
      await agent.post('/_sandbox/reset')
      const old = (await list(agent)).map(({ event_id }) => event_id)
      for (const route of calls) {
        const { method, url, body } = sampleCall(route, nameBuiltIn)
        await agent[method.toLowerCase() as 'post'](url).send(body as object)
      }
      const { results } = (await agent.get('/_sandbox/requests')).body as {
        results: { changes?: { noun: string; key: object; change: string }[] }[]
      }
      const changed = results.flatMap(({ changes = [] }) =>
        changes.map(({ noun, key, change }) => JSON.stringify([named[noun]?.[change], Object.values(key).sort()])),
      )
      const events = (await list(agent, { page_size: 1000 })).filter((one) => !old.includes(one.event_id))
      const told = events.flatMap(({ sub_events }) =>
        sub_events.map(({ sub_event_type, ...object }) => {
          const objectIds = Object.entries(object).flatMap(([name, id]) => (name.endsWith('_id') ? [id] : []))
          // The journal shows a decision as an update.
          const type = sub_event_type?.replace(/^REQUESTS_(APPROVED|DENIED)$/, 'REQUESTS_UPDATED')
          return JSON.stringify([type, objectIds.sort()])
        }),
      )
      expect(told.toSorted()).toEqual(changed.toSorted())
    }),
    { numRuns: 40 },
  )
})

test('the built-in seed has two events', async () => {
  const { agent } = await sandbox()
  expect((await list(agent)).map(({ event_type, created_at }) => [event_type, now - Date.parse(created_at)])).toEqual([
    ['GROUP_USERS_EXPIRED', 30 * 60_000],
    ['GROUP_USERS_EXPIRED', 60 * 60_000],
  ])
})
