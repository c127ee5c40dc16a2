import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { describe, expect, test, vi } from 'vitest'
import { openSandbox } from '../src/sandbox.js'
import { SeedError } from '../src/seed/seed-error.js'
import { groupUserPath, ids, levels, now, sandbox, silent, temporaryFolder, tokens, told } from './helper.js'

type Agent = Awaited<ReturnType<typeof sandbox>>['agent']

const path = groupUserPath(ids.apiGroup, ids.jake)

async function get(agent: Agent, at: string): Promise<unknown> {
  return told(await agent.get(at))
}

const listOf = (...results: object[]) => ({ status: 200, body: { results, next: null, previous: null } })

const defaultLevel = { access_level_name: '', access_level_remote_id: '' }
const done = { status: 'SUCCESS' }
const inApi = { group_id: ids.apiGroup, group_name: 'API Group', description: "Group required to request API's" }
const jake = { user_id: ids.jake, full_name: 'Jake Barnes', email: 'jake@company.dev' }
const brett = { user_id: ids.brett, full_name: 'Brett Ashley', email: 'brett@company.dev' }
const ada = { user_id: ids.ada, full_name: 'Ada Lane', email: 'ada@company.dev' }
const seeded = { access_level: defaultLevel, expiration_date: null, propagation_status: done }

const apiAsSeeded = listOf({ ...inApi, ...jake, ...seeded }, { ...inApi, ...brett, ...seeded })
const apiAfterPut = listOf(
  {
    ...inApi,
    ...jake,
    access_level: { access_level_name: 'AdministratorAccess', access_level_remote_id: levels.admin },
    expiration_date: '2022-01-23T04:56:07.000Z',
    propagation_status: done,
  },
  { ...inApi, ...brett, ...seeded },
)
const change = { duration_minutes: 60, access_level_remote_id: levels.admin }

const ownSeed = {
  version: 1,
  tokens: { mine: { access_level: 'FULL_ACCESS', secret: 'a-secret-of-this-test' } },
  users: { zoe: { email: 'zoe@company.dev', full_name: 'Zoe' } },
}

describe('two sandboxes in one process', () => {
  test('do not share state', async () => {
    const one = await sandbox()
    const other = await sandbox()
    await one.agent.put(path).send(change)
    expect(await get(other.agent, `/v1/groups/${ids.apiGroup}/users`)).toEqual(apiAsSeeded)
  })

  test('do not share a clock', async () => {
    const one = await sandbox()
    const other = await sandbox()
    await one.agent.post('/_sandbox/clock').send({ advance: '1h' })
    expect((await other.agent.get('/_sandbox/clock')).body).toEqual({ now: '2022-01-23T03:56:07.000Z', mode: 'frozen' })
  })

  test('do not share tokens', async () => {
    const one = await sandbox({ seed: ownSeed })
    const other = await sandbox()
    const [first, second] = [
      await one.agent.get('/v1/users').auth('a-secret-of-this-test', { type: 'bearer' }),
      await other.agent.get('/v1/users').auth('a-secret-of-this-test', { type: 'bearer' }),
    ]
    expect([first.status, second.status]).toEqual([200, 401])
  })

  test('do not share organizations', async () => {
    const one = await sandbox()
    const other = await sandbox()
    await one.agent.put(path).auth('org-shared', { type: 'bearer' }).send(change)
    const answer = await other.agent.get(`/v1/groups/${ids.apiGroup}/users`).auth('org-shared', { type: 'bearer' })
    expect(told(answer)).toEqual(apiAsSeeded)
  })

  test('each number their own requests from the first', async () => {
    const answers = []
    for (const { agent } of [await sandbox(), await sandbox()]) {
      const { request_id } = (await agent.get('/nothing')).body as { request_id: string }
      answers.push(request_id)
    }
    expect(answers).toEqual(['req-1', 'req-1'])
  })

  test('close independently', async () => {
    const one = await sandbox()
    const other = await sandbox()
    await one.close()
    expect(await get(other.agent, `/v1/groups/${ids.apiGroup}/users`)).toEqual(apiAsSeeded)
  })

  test('each listen on their own port', async () => {
    const one = await sandbox()
    const other = await sandbox()
    const ports = [await one.listen({ host: '127.0.0.1', port: 0 }), await other.listen({ host: '127.0.0.1', port: 0 })]
    const answers = await Promise.all(ports.map((port) => fetch(`http://127.0.0.1:${port}/_sandbox/health`)))
    expect([new Set(ports).size, ...answers.map(({ status }) => status)]).toEqual([2, 200, 200])
  })
})

test('a sandbox closes while a test has replaced the timers', async () => {
  const opened = await sandbox()
  const socket = connect(await opened.listen({ host: '127.0.0.1', port: 0 }), '127.0.0.1')
  await once(socket, 'connect')
  vi.useFakeTimers()
  try {
    // Nothing was ever asked on this connection: Node itself would wait for it.
    await opened.close()
  } finally {
    vi.useRealTimers()
    socket.destroy()
  }
  expect(opened.app.server.listening).toBe(false)
})

describe('a sandbox on a file', () => {
  /** A file that was left by a sandbox in which one thing was changed. */
  async function fileAfterChange(): Promise<string> {
    const db = join(temporaryFolder(), 'sandbox.db')
    const opened = await sandbox({ db })
    await opened.agent.put(path).send(change)
    await opened.close()
    return db
  }

  test('keeps its state over a restart', async () => {
    const { agent } = await sandbox({ db: await fileAfterChange() })
    expect(await get(agent, `/v1/groups/${ids.apiGroup}/users`)).toEqual(apiAfterPut)
  })

  test('keeps its state over many restarts', async () => {
    const db = await fileAfterChange()
    for (let restart = 0; restart < 3; restart++) await (await sandbox({ db })).close()
    const { agent } = await sandbox({ db })
    expect(await get(agent, `/v1/groups/${ids.apiGroup}/users`)).toEqual(apiAfterPut)
  })

  test('starts over from the seed with fresh', async () => {
    const { agent } = await sandbox({ db: await fileAfterChange(), fresh: true })
    expect(await get(agent, `/v1/groups/${ids.apiGroup}/users`)).toEqual(apiAsSeeded)
  })

  test('keeps its state when it is given another seed', async () => {
    const { agent } = await sandbox({ db: await fileAfterChange(), seed: ownSeed })
    expect(await get(agent, `/v1/groups/${ids.apiGroup}/users`)).toEqual(apiAfterPut)
  })

  test('keeps its tokens when it is given another seed', async () => {
    const opened = await sandbox({ db: await fileAfterChange(), seed: ownSeed })
    expect(opened.builtInTokens().map(({ secret }) => secret)).toEqual(Object.values(tokens))
  })

  test.each([
    ['another seed', { seed: ownSeed }, true],
    ['the same seed', {}, false],
    ['another seed and told to begin again', { seed: ownSeed, fresh: true }, false],
  ])('knows whether its seed has changed when it is given %s', async (_what, options, changed) => {
    const opened = await sandbox({ db: await fileAfterChange(), ...options })
    expect(opened.organizations.hasSeedChanged()).toBe(changed)
  })

  test('uses the other seed with fresh', async () => {
    const { agent } = await sandbox({ db: await fileAfterChange(), seed: ownSeed, fresh: true })
    const answer = await agent.get('/v1/users').auth('a-secret-of-this-test', { type: 'bearer' })
    expect((answer.body as { results: { email: string }[] }).results.map(({ email }) => email)).toEqual([
      'zoe@company.dev',
    ])
  })

  test('is not created for a seed with mistakes', () => {
    const db = join(temporaryFolder(), 'sandbox.db')
    expect(() => openSandbox({ db, seed: {}, logger: silent })).toThrow(SeedError)
    expect(existsSync(db)).toBe(false)
  })

  test('is left unchanged by a seed with mistakes, even with fresh', async () => {
    const db = await fileAfterChange()
    expect(() => openSandbox({ db, seed: {}, fresh: true, logger: silent })).toThrow(SeedError)
    const { agent } = await sandbox({ db })
    expect(await get(agent, `/v1/groups/${ids.apiGroup}/users`)).toEqual(apiAfterPut)
  })
})

test('a sandbox in memory starts from the seed each time', async () => {
  const before = await sandbox()
  await before.agent.put(path).send(change)
  await before.close()
  const { agent } = await sandbox()
  expect(await get(agent, `/v1/groups/${ids.apiGroup}/users`)).toEqual(apiAsSeeded)
})

describe('the built-in seed', () => {
  /** The first of what is there; the magic ones come last. */
  async function first(at: string, count: number): Promise<unknown> {
    const { agent } = await sandbox()
    const answer = await agent.get(`${at}?page_size=${count}`)
    return (answer.body as { results: unknown }).results
  }

  test("has the documentation's users, and two more", async () => {
    expect(await first('/v1/users', 4)).toEqual([
      { ...jake, first_name: 'Jake', last_name: 'Barnes', position: 'Engineer', hr_idp_status: 'ACTIVE' },
      { ...brett, first_name: 'Brett', last_name: 'Ashley', position: 'Engineer', hr_idp_status: 'DEPROVISIONED' },
      { ...ada, first_name: 'Ada', last_name: 'Lane', position: 'Administrator', hr_idp_status: 'ACTIVE' },
      {
        user_id: ids.noor,
        full_name: 'Noor Haddad',
        email: 'noor@company.dev',
        first_name: 'Noor',
        last_name: 'Haddad',
        position: 'Analyst',
        hr_idp_status: 'NOT_FOUND',
      },
    ])
  })

  test("has the documentation's group, and one of each kind that is treated otherwise", async () => {
    expect(await first('/v1/groups', 4)).toEqual([
      {
        group_id: ids.apiGroup,
        name: 'API Group',
        description: "Group required to request API's",
        group_type: 'AWS_SSO_GROUP',
        app_id: '0e000000-0000-4000-8000-000000000001',
        admin_owner_id: '0c000000-0000-4000-8000-000000000001',
        remote_id: '90676f7a21-6f1b2c9e-5d0a-4b7e-8c3f-2a1d9e8b7c60',
        remote_name: 'api-group',
        risk_sensitivity: 'UNKNOWN',
        // It can be requested for a day, and its owner reviews.
        is_requestable: true,
        auto_approval: false,
        max_duration: 1440,
        require_manager_approval: false,
        require_mfa_to_request: false,
        require_support_ticket: false,
        request_configurations: [expect.objectContaining({ max_duration_minutes: 1440 })],
        request_configuration_list: [expect.objectContaining({ max_duration_minutes: 1440 })],
      },
      {
        group_id: ids.oktaGroup,
        name: 'Okta Engineering',
        description: 'All engineers',
        group_type: 'OKTA_GROUP',
        app_id: '0e000000-0000-4000-8000-000000000002',
        admin_owner_id: '0c000000-0000-4000-8000-000000000002',
        remote_id: '00g1a2b3c4d5e6f7g8h9',
        remote_name: 'Engineering',
        risk_sensitivity: 'UNKNOWN',
      },
      {
        group_id: ids.gitlabGroup,
        name: 'GitLab Platform',
        description: "The platform team's repositories",
        group_type: 'GIT_LAB_GROUP',
        app_id: '0e000000-0000-4000-8000-000000000003',
        admin_owner_id: '0c000000-0000-4000-8000-000000000001',
        remote_id: '9970',
        remote_name: 'platform',
        risk_sensitivity: 'UNKNOWN',
      },
      {
        group_id: ids.plainGroup,
        name: 'Announcements',
        description: '',
        group_type: 'OPAL_GROUP',
        app_id: '0e000000-0000-4000-8000-000000000004',
        admin_owner_id: '0c000000-0000-4000-8000-000000000002',
        remote_id: ids.plainGroup,
        remote_name: 'Announcements',
        risk_sensitivity: 'UNKNOWN',
      },
    ])
  })

  const members: [group: string, group_id: string, list: object][] = [
    ['the API Group', ids.apiGroup, apiAsSeeded],
    [
      'the Okta group, whose pushes take their time',
      ids.oktaGroup,
      listOf({
        group_id: ids.oktaGroup,
        group_name: 'Okta Engineering',
        description: 'All engineers',
        ...jake,
        ...seeded,
        propagation_status: { status: 'PENDING' },
      }),
    ],
    [
      'the GitLab group, at a level',
      ids.gitlabGroup,
      listOf({
        group_id: ids.gitlabGroup,
        group_name: 'GitLab Platform',
        description: "The platform team's repositories",
        ...ada,
        ...seeded,
        access_level: { access_level_name: 'Maintainer', access_level_remote_id: '40' },
      }),
    ],
    [
      'the group without levels, from the remote system',
      ids.plainGroup,
      listOf({
        group_id: ids.plainGroup,
        group_name: 'Announcements',
        description: '',
        ...brett,
        access_level: defaultLevel,
        expiration_date: null,
      }),
    ],
  ]

  test.each(members)('has the members of %s', async (_group, group_id, list) => {
    const { agent } = await sandbox()
    expect(await get(agent, `/v1/groups/${group_id}/users`)).toEqual(list)
  })

  test.each([
    ['PENDING', '4999ms'],
    ['SUCCESS', '5s'],
  ])('has pushes to the Okta group that are %s after %s', async (status, advance) => {
    const { agent } = await sandbox()
    await agent.post('/_sandbox/clock').send({ advance })
    const { results } = (await agent.get(`/v1/groups/${ids.oktaGroup}/users`)).body as { results: object[] }
    expect(results.map((result) => 'propagation_status' in result && result.propagation_status)).toEqual([{ status }])
  })

  const groupLevels: [group_id: string, id: string, name: string][] = [
    [ids.apiGroup, levels.admin, 'AdministratorAccess'],
    [ids.apiGroup, levels.readOnly, 'ReadOnlyAccess'],
    [ids.gitlabGroup, '10', 'Guest'],
    [ids.gitlabGroup, '20', 'Reporter'],
    [ids.gitlabGroup, '30', 'Developer'],
    [ids.gitlabGroup, '40', 'Maintainer'],
    [ids.gitlabGroup, '50', 'Owner'],
  ]

  test.each(groupLevels)(
    'has in group %s the level %s, %s',
    async (group_id, access_level_remote_id, access_level_name) => {
      const { agent } = await sandbox()
      const answer = await agent
        .post(groupUserPath(group_id, ids.noor))
        .send({ duration_minutes: 60, access_level_remote_id })
      expect((answer.body as { access_level: unknown }).access_level).toEqual({
        access_level_name,
        access_level_remote_id,
      })
    },
  )

  test('has only the default level in the other groups', async () => {
    const { agent } = await sandbox()
    const messages = []
    for (const group_id of [ids.oktaGroup, ids.plainGroup]) {
      const call = agent.post(groupUserPath(group_id, ids.noor))
      const { message } = (await call.send({ duration_minutes: 60, access_level_remote_id: 'nope' })).body as {
        message: string
      }
      messages.push(message)
    }
    const message = 'The group has no access level "nope". It has "" (the default level).'
    expect(messages).toEqual([message, message])
  })

  const documented = [
    '/v1/users/f92aa855-cea9-4814-b9d8-f2a60d3e4a06',
    '/v1/users/1b978423-db0a-4037-a4cf-f79c60cb67b3',
    '/v1/users/32acc112-21ff-4669-91c2-21e27683eaa1',
    '/v1/groups/4baf8423-db0a-4037-a4cf-f79c60cb67a5',
    '/v1/groups/32acc112-21ff-4669-91c2-21e27683eaa1',
    '/v1/groups/f454d283-ca87-4a8a-bdbb-df212eca5353',
    '/v1/groups/f454d283-ca87-4a87-bdbb-df212eca5353',
    '/v1/groups/99d0b81d-14be-4cf6-bd27-348b4af1d11b',
  ]

  test.each(documented)("has %s, an id of the examples in Opal's documentation", async (path) => {
    const { agent } = await sandbox()
    const { full_name, name = full_name } = (await agent.get(path)).body as { full_name?: string; name?: string }
    expect(name).toMatch(/^Docs example/)
  })

  test('has these ids after all others that its file lists', async () => {
    const { agent } = await sandbox()
    const groups = (await agent.get('/v1/groups')).body as { results: { name: string }[] }
    expect(groups.results.map(({ name }) => name)).toEqual([
      'API Group',
      'Okta Engineering',
      'GitLab Platform',
      'Announcements',
      ...[1, 2, 3, 4, 5].map((number) => `Docs example ${number}`),
      'Magic outcomes',
    ])
  })

  test('has members in the group that the documentation has them in', async () => {
    const { agent } = await sandbox()
    const answer = await agent.get('/v1/groups/4baf8423-db0a-4037-a4cf-f79c60cb67a5/users')
    expect((answer.body as { results: { user_id: string }[] }).results.map(({ user_id }) => user_id)).toEqual([
      'f92aa855-cea9-4814-b9d8-f2a60d3e4a06',
      '1b978423-db0a-4037-a4cf-f79c60cb67b3',
    ])
  })

  const uuid = expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/) as unknown
  const ofAda = { creator_user_id: ids.ada, user_id: ids.ada, last_used_at: null, expires_at: null }
  const start = new Date(now).toISOString()

  test('lists its tokens, except the revoked one', async () => {
    const { agent } = await sandbox()
    expect(await get(agent, '/v1/tokens')).toEqual(
      listOf(
        {
          ...ofAda,
          token_id: uuid,
          token_label: 'Full access',
          access_level: 'FULL_ACCESS',
          created_at: start,
          last_used_at: start,
        },
        { ...ofAda, token_id: uuid, token_label: 'Read only', access_level: 'READ_ONLY', created_at: start },
        {
          ...ofAda,
          token_id: uuid,
          token_label: 'Expired',
          access_level: 'FULL_ACCESS',
          created_at: '2021-12-24T03:56:07.000Z',
          expires_at: '2022-01-23T02:56:07.000Z',
        },
        {
          ...ofAda,
          creator_user_id: '32acc112-21ff-4669-91c2-21e27683eaa1',
          user_id: '32acc112-21ff-4669-91c2-21e27683eaa1',
          token_id: 'f454d283-ca87-4a8a-bdbb-df212eca5353',
          token_label: "Example of Opal's documentation",
          access_level: 'READ_ONLY',
          created_at: '2022-01-01T00:00:00.000Z',
        },
      ),
    )
  })

  test('has four tokens whose labels do not reveal them', async () => {
    const opened = await sandbox()
    const shown = opened.builtInTokens()
    const labels = shown.map(({ token_label }) => token_label)
    expect({
      secrets: shown.map(({ secret }) => secret),
      telling: labels.filter((label) => shown.some(({ secret }) => label.includes(secret))),
    }).toEqual({ secrets: Object.values(tokens), telling: [] })
  })
})
