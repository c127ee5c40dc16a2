import { describe, expect, test } from 'vitest'
import { builtIn } from '../../../src/seed/built-in.js'
import { builtInStates } from '../../../src/seed/states.js'
import { groupUserPath, ids, levels, requestId, sandbox, told, tokens } from '../../helper.js'
import { anonymous, as } from './calls.js'

type Opened = Awaited<ReturnType<typeof sandbox>>

const jake = groupUserPath(ids.apiGroup, ids.jake)
const noor = { group_id: ids.apiGroup, user_id: ids.noor }
const unknown = 'abababab-abab-4bab-8bab-abababababab'

/** As Pact makes the call: without a token. */
async function setUp(opened: Opened, state: string, params: object = {}, action?: string) {
  const answer = await anonymous(opened).post('/_sandbox/states').send({ state, params, action })
  return told(answer)
}

const seeOf = async ({ agent }: Opened, path: string) => told(await agent.get(path))

async function membersOf({ agent }: Opened, group_id: string) {
  const { body } = (await agent.get(`/v1/groups/${group_id}/users`)) as { body: { results: Record<string, unknown>[] } }
  return body.results
}

const memberOf = async (opened: Opened, { group_id, user_id }: { group_id: string; user_id: string }) =>
  (await membersOf(opened, group_id)).find((one) => one.user_id === user_id)

/** For each built-in state: its params, and what is seen then. */
const cases: Record<
  string,
  { state?: string; params?: object; see: (opened: Opened) => Promise<unknown>; expected: unknown }
> = {
  'group exists': {
    params: { group_id: unknown },
    see: async (opened) => (await seeOf(opened, `/v1/groups/${unknown}`)).body,
    expected: expect.objectContaining({ group_id: unknown }),
  },
  'group does not exist': {
    params: { group_id: ids.plainGroup },
    see: async (opened) => (await seeOf(opened, `/v1/groups/${ids.plainGroup}`)).status,
    expected: 404,
  },
  'user exists': {
    params: { user_id: unknown },
    see: async (opened) => (await seeOf(opened, `/v1/users/${unknown}`)).body,
    expected: expect.objectContaining({ user_id: unknown, email: `state-${unknown}@state.dev` }),
  },
  'user does not exist': {
    params: { user_id: ids.noor },
    see: async (opened) => (await seeOf(opened, `/v1/users/${ids.noor}`)).status,
    expected: 404,
  },
  'user is in group': {
    params: { ...noor, access_level_remote_id: levels.readOnly },
    see: (opened) => memberOf(opened, noor),
    expected: expect.objectContaining({
      access_level: { access_level_name: 'ReadOnlyAccess', access_level_remote_id: levels.readOnly },
      expiration_date: null,
    }),
  },
  'user is not in group': { see: ({ agent }) => agent.delete(jake).then(({ status }) => status), expected: 404 },
  'access ends in N minutes': {
    state: 'access ends in 5 minutes',
    params: noor,
    see: async (opened) => (await memberOf(opened, noor))?.expiration_date,
    expected: '2022-01-23T04:01:07.000Z',
  },
  'access has expired': {
    see: (opened) => memberOf(opened, { group_id: ids.apiGroup, user_id: ids.jake }),
    expected: undefined,
  },
  'push pending': {
    params: noor,
    see: async (opened) => (await memberOf(opened, noor))?.propagation_status,
    expected: { status: 'PENDING' },
  },
  'token expired': {
    see: async (opened) => (await seeOf(opened, '/v1/users')).body,
    expected: refusal('TOKEN_EXPIRED'),
  },
  'token revoked': {
    see: async (opened) => (await seeOf(opened, '/v1/users')).body,
    expected: refusal('TOKEN_REVOKED'),
  },
  'token read-only': { see: async ({ agent }) => (await agent.delete(jake)).status, expected: 403 },
  'rate limit reached': {
    see: async ({ agent }) => {
      const { status, headers } = await agent.get('/v1/users')
      return [status, headers['retry-after'], (await agent.get('/v1/users')).status]
    },
    expected: [429, '1', 200],
  },
  'next call fails with N': {
    state: 'next call fails with 503',
    see: async ({ agent }) => [(await agent.delete(jake)).status, (await agent.delete(jake)).status],
    expected: [503, 200],
  },
  'next call is dropped': {
    see: ({ agent }) =>
      agent.get('/v1/users').then(
        () => 'answered',
        () => 'dropped',
      ),
    expected: 'dropped',
  },
}

function refusal(code: string): unknown {
  return expect.objectContaining({ code })
}

describe('the state', () => {
  test.each(Object.keys(builtInStates))('%s is set up, and taken down again', async (name) => {
    const opened = await sandbox()
    const before = (await seeOf(opened, '/_sandbox/seed')).body
    const { state = name, params = {}, see, expected } = cases[name]!
    expect((await setUp(opened, state, params)).status).toBe(200)
    expect(await see(opened)).toEqual(expected)
    expect(await setUp(opened, state, params, 'teardown')).toEqual({ status: 200, body: {} })
    const after = (await seeOf(opened, '/_sandbox/seed')).body as object
    expect({ ...after, next_sequence: 0 }).toEqual({ ...(before as object), next_sequence: 0 })
  })

  test('returns the group and the user that it is about', async () => {
    const opened = await sandbox()
    expect(await setUp(opened, 'user is in group', { user_id: ids.noor.toUpperCase() })).toEqual({
      status: 200,
      body: { group_id: ids.apiGroup, user_id: ids.noor },
    })
  })

  test('adds to the state before, and the first teardown restores all of it', async () => {
    const opened = await sandbox()
    await setUp(opened, 'user is in group', noor)
    await setUp(opened, 'access ends in 1 minutes')
    await setUp(opened, 'next call fails with 503')
    expect((await opened.agent.get('/v1/users')).status).toBe(503)
    expect((await membersOf(opened, ids.apiGroup)).map((one) => one.expiration_date)).toEqual([
      null,
      null,
      '2022-01-23T03:57:07.000Z',
    ])
    await setUp(opened, 'next call fails with 503', {}, 'teardown')
    await setUp(opened, 'user is in group', noor, 'teardown')
    expect((await membersOf(opened, ids.apiGroup)).map((one) => one.user_id)).toEqual([ids.jake, ids.brett])
  })

  test('is set up in the organization that is named', async () => {
    const opened = await sandbox()
    await setUp(opened, 'user is in group', { ...noor, opal_organization: 'org-pact' })
    const own = (await as(opened, 'org-pact').get(`/v1/groups/${ids.apiGroup}/users`)) as {
      body: { results: object[] }
    }
    expect([own.body.results.length, (await membersOf(opened, ids.apiGroup)).length]).toEqual([3, 2])
    const answer = await as(opened, 'org-pact')
      .post('/_sandbox/states')
      .send({ state: 'user exists', params: { opal_organization: 'default' } })
    expect(answer.status).toBe(400)
  })

  test('keeps the journal', async () => {
    const opened = await sandbox()
    await opened.agent.get('/v1/users')
    await setUp(opened, 'user exists')
    expect((await seeOf(opened, '/_sandbox/requests')).body).toMatchObject({ results: [{ operation: 'getUsers' }] })
  })

  test.each([
    ['user is in grup', 'Did you mean user is in group?'],
    ['access ends in N minutes', 'Did you mean access ends in N minutes?'],
    ['constructor', expect.stringContaining('The states are ') as unknown],
  ])('%s is unknown', async (state, hint) => {
    expect(await setUp(await sandbox(), state)).toEqual({
      status: 404,
      body: { code: 'STATE_NOT_FOUND', message: `There is no state "${state}".`, hint, request_id: requestId },
    })
  })

  test.each([
    ['next call fails with 199', {}, 'body.faults[0].effect.status'],
    ['user is in group', { group_id: 'x' }, 'body.params.group_id'],
  ])('%s with a mistake changes nothing', async (state, params, path) => {
    const opened = await sandbox()
    const before = await seeOf(opened, '/_sandbox/seed')
    const { status, body } = await setUp(opened, state, params)
    const { errors } = body as { errors: { path: string }[] }
    expect([status, errors.map((one) => one.path)]).toEqual([400, [path]])
    expect(await seeOf(opened, '/_sandbox/seed')).toEqual(before)
  })

  test('of the seed adds its fragment', async () => {
    const states = {
      'noor has access': { group_users: [{ group: 'api', user: 'noor', expires_at: '+5m' }] },
      'jake is pending': { users: { jake: { propagation: [{ status: 'PENDING' as const }] } } },
    }
    const opened = await sandbox({ seed: { ...builtIn, states } })
    await setUp(opened, 'noor has access')
    await setUp(opened, 'jake is pending')
    expect((await memberOf(opened, noor))?.expiration_date).toBe('2022-01-23T04:01:07.000Z')
    const { body } = (await opened.agent.put(jake).send({ duration_minutes: 5 })) as { body: object }
    expect(body).toMatchObject({ full_name: 'Jake Barnes', propagation_status: { status: 'PENDING' } })
    expect((await setUp(opened, 'noor has acces')).body).toMatchObject({ hint: 'Did you mean noor has access?' })
  })
})

describe('PATCH /_sandbox/seed', () => {
  test('adds entries, changes those that exist, and keeps the rest', async () => {
    const opened = await sandbox()
    const { agent } = opened
    await agent.post('/_sandbox/clock').send({ advance: '1h' })
    const fragment = {
      users: {
        jake: { position: 'Manager' },
        lee: { user_id: unknown.toUpperCase(), email: 'lee@company.dev', full_name: 'Lee Wu' },
      },
      group_users: [
        { group: 'api', user: 'lee', expires_at: '+5m' },
        { group: 'api', user: 'jake', expires_at: '+1m' },
      ],
      settings: { re_add: 'conflict' },
    }
    expect((await agent.patch('/_sandbox/seed').send(fragment)).status).toBe(200)
    expect((await seeOf(opened, `/v1/users/${ids.jake}`)).body).toMatchObject({
      position: 'Manager',
      full_name: 'Jake Barnes',
    })
    expect((await membersOf(opened, ids.apiGroup)).map((one) => [one.user_id, one.expiration_date])).toEqual([
      [ids.brett, null],
      [unknown, '2022-01-23T05:01:07.000Z'],
      [ids.jake, '2022-01-23T04:57:07.000Z'],
    ])
    expect((await seeOf(opened, '/_sandbox/settings')).body).toMatchObject({ re_add: 'conflict' })
    expect((await agent.get('/v1/users').auth(tokens.readOnly, { type: 'bearer' })).status).toBe(200)
    await agent.post('/_sandbox/reset')
    expect((await seeOf(opened, `/v1/users/${unknown}`)).status).toBe(404)
  })

  test.each([
    [{ users: { lee: { email: 'lee@company.dev' } } }, ['body.users.lee.full_name']],
    [{ user: {} }, ['body.user']],
    [
      { group_users: [{ group: 'nope', user: 'jake' }] },
      [expect.stringMatching(/^body\.group_users\[\d+\]\.group$/) as unknown],
    ],
  ])('%j changes nothing', async (fragment, paths) => {
    const opened = await sandbox()
    const before = await seeOf(opened, '/_sandbox/seed')
    const answer = (await opened.agent.patch('/_sandbox/seed').send(fragment)) as {
      status: number
      body: { errors: { path: string }[] }
    }
    expect([answer.status, answer.body.errors.map(({ path }) => path)]).toEqual([400, paths])
    expect(await seeOf(opened, '/_sandbox/seed')).toEqual(before)
  })
})
