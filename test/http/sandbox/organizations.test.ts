import Database from 'better-sqlite3'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { groupUserPath, ids, recordingLogger, requestId, sandbox, temporaryFolder, tokens, told } from '../../helper.js'
import { anonymous, as, call, holdRequest, readApi, readControl, readJournal, running, type Opened } from './calls.js'

const longName = 'a'.repeat(64)
const nameHint = 'Send org-<name> or org-<name>.<alias>, where name and alias have 1 to 64 characters a-z 0-9 _ -'
const add = groupUserPath(ids.apiGroup, ids.noor)
const warehouse = '0a100000-0000-4000-8000-000000000001'
const repository = '0a100000-0000-4000-8000-000000000004'

function unknownToken(message: string, hint: string) {
  return { status: 401, body: { code: 'TOKEN_UNKNOWN', message, hint, request_id: requestId } }
}

/** Something that only this organization has. */
async function mark(opened: Opened, token: string) {
  await call(opened, token, 'PATCH', '/_sandbox/settings', { re_add: 'conflict' })
}

async function isMarked(opened: Opened, token: string): Promise<boolean> {
  const settings = (await call(opened, token, 'GET', '/_sandbox/settings')) as { re_add: string }
  return settings.re_add === 'conflict'
}

describe('a token of the form org-<name>', () => {
  test.each(['org-a', 'org-0', 'org-_', 'org--', 'org-pull-request_17', `org-${longName}`])(
    '%s opens an organization, on the API and on the control plane',
    async (token) => {
      const opened = await sandbox()
      const users = await as(opened, token).get('/v1/users?page_size=1')
      const clock = await as(opened, token).get('/_sandbox/clock')
      expect([users.status, told(clock)]).toEqual([
        200,
        { status: 200, body: { now: '2022-01-23T03:56:07.000Z', mode: 'frozen' } },
      ])
    },
  )

  test('starts like the default organization', async () => {
    const opened = await sandbox()
    await readApi(opened, tokens.fullAccess)
    await readApi(opened, 'org-a')
    expect(await readApi(opened, 'org-a')).toEqual(await readApi(opened, tokens.fullAccess))
    expect(await readControl(opened, 'org-a')).toEqual(await readControl(opened, tokens.fullAccess))
  })

  test('names the same organization on both planes, in every call', async () => {
    const opened = await sandbox()
    await as(opened, 'org-a').patch('/_sandbox/settings').send({ unknown_fields: 'reject' }).expect(200)
    await as(opened, 'org-a').put(groupUserPath(ids.apiGroup, ids.jake)).send({ duration_minutes: 1, x: 1 }).expect(400)
    await as(opened, 'org-b').put(groupUserPath(ids.apiGroup, ids.jake)).send({ duration_minutes: 1, x: 1 }).expect(200)
  })

  test.each([
    ['org-', nameHint],
    ['org-A', nameHint],
    ['org-a b', undefined],
    ['org-a/b', nameHint],
    ['org-a.', nameHint],
    ['org-a.b.c', nameHint],
    ['org-.full_access', nameHint],
    ['org-a.READ_ONLY', nameHint],
    ['org-ä', undefined],
    [`org-${longName}a`, nameHint],
    [`org-a.${longName}a`, nameHint],
  ])('%s names none, and the answer says what would', async (token, hint) => {
    const { app } = await sandbox()
    for (const url of ['/v1/users', '/_sandbox/clock']) {
      const answer = await app.inject({ url, headers: { authorization: `Bearer ${token}` } })
      const expected =
        hint === undefined
          ? {
              status: 401,
              body: {
                code: 'TOKEN_MISSING',
                message: 'No token: the Authorization header is not of the form "Bearer <token>".',
                hint: 'Send the header "Authorization: Bearer <token>".',
                request_id: requestId,
              },
            }
          : unknownToken('The token names no organization.', hint)
      expect({ status: answer.statusCode, body: answer.json<unknown>() }).toEqual(expected)
    }
  })

  test.each([
    ['org-a.full_access', 200, 200],
    ['org-a.read_only', 200, 403],
    ['org-a.expired', 401, 401],
    ['org-a.revoked', 401, 401],
  ])('%s is the token that the seed calls so: it reads with %i and writes with %i', async (token, read, write) => {
    const opened = await sandbox()
    const agent = as(opened, token)
    expect([
      (await agent.get('/v1/groups')).status,
      (await agent.post(add)).status,
      // The control plane takes it for the name that it is.
      (await agent.get('/_sandbox/clock')).status,
      (await agent.post('/_sandbox/reset')).status,
    ]).toEqual([read, write, 200, 200])
  })

  test('an alias that the seed does not have is rejected on both planes, with those that it has', async () => {
    const opened = await sandbox()
    const refusal = unknownToken(
      'The organization has no token admin.',
      'Send one of these after the dot: full_access, read_only, expired, revoked, docs.',
    )
    expect(told(await as(opened, 'org-a.admin').get('/v1/groups'))).toEqual(refusal)
    expect(told(await as(opened, 'org-a.admin').get('/_sandbox/clock'))).toEqual(refusal)
  })

  test('the aliases are those of the current seed', async () => {
    const opened = await sandbox({
      seed: { version: 1, tokens: { mine: { access_level: 'FULL_ACCESS', secret: 'a-secret-of-mine' } } },
    })
    await as(opened, 'org-a.mine').get('/v1/groups').expect(200)
    await as(opened, 'a-secret-of-mine').get('/v1/groups').expect(200)
    await as(opened, tokens.fullAccess).get('/v1/groups').expect(401)
    expect(told(await as(opened, 'org-a').get('/v1/groups'))).toEqual(
      unknownToken('The organization has no token full_access.', 'Send one of these after the dot: mine.'),
    )
  })

  test('and a misspelt alias opens no organization', async () => {
    const opened = await sandbox({ maxOrganizations: 1 })
    await mark(opened, 'org-a')
    await as(opened, 'org-b.admin').get('/v1/groups').expect(401)
    expect(await isMarked(opened, 'org-a')).toBe(true)
  })

  test.each(['org-a', 'org-a.gone'])(
    'on the control plane %s names its organization, whatever its seed has',
    async (token) => {
      const opened = await sandbox()
      await call(opened, 'org-a', 'PUT', '/_sandbox/seed', { version: 1, tokens: {} })
      await as(opened, token).get('/v1/groups').expect(401)
      expect(await call(opened, token, 'GET', '/_sandbox/settings')).toMatchObject({ re_add: 'replace' })
      await call(opened, token, 'PUT', '/_sandbox/seed', { version: 1 })
      await as(opened, 'org-a').get('/v1/groups').expect(200)
    },
  )

  test('no token opens an organization if that is switched off', async () => {
    const opened = await sandbox({ allowNamed: false })
    for (const token of ['org-a', 'org-a.read_only', 'org-default']) {
      for (const path of ['/v1/groups', '/_sandbox/clock']) {
        expect(told(await as(opened, token).get(path))).toEqual(
          unknownToken(
            'Tokens of the form org-<name> are disabled.',
            'Start without --organizations off, or send a token of the seed.',
          ),
        )
      }
    }
    await as(opened, tokens.fullAccess).get('/v1/groups').expect(200)
  })

  test('org-default is not the default organization', async () => {
    const opened = await sandbox()
    await mark(opened, 'org-default')
    expect([await isMarked(opened, 'org-default'), await isMarked(opened, tokens.fullAccess)]).toEqual([true, false])
  })
})

describe('a literal secret', () => {
  test('works in the default organization', async () => {
    const opened = await sandbox()
    await mark(opened, tokens.fullAccess)
    const { body } = (await anonymous(opened).get('/_sandbox/settings')) as { body: { re_add: string } }
    expect(body.re_add).toBe('conflict')
  })

  test('of a seed in another organization does not work', async () => {
    const opened = await sandbox()
    const seed = { version: 1, tokens: { full_access: { access_level: 'FULL_ACCESS', secret: 'another-secret' } } }
    await as(opened, 'org-a').put('/_sandbox/seed').send(seed).expect(200)
    await as(opened, 'org-a').get('/v1/groups').expect(200)
    await as(opened, 'another-secret').get('/v1/groups').expect(401)
    await as(opened, tokens.fullAccess).get('/v1/groups').expect(200)
  })

  test('is kept by the token of the same alias when the default organization is replaced', async () => {
    const opened = await sandbox()
    const seed = { version: 1, tokens: { full_access: { access_level: 'READ_ONLY' } } }
    await as(opened, tokens.fullAccess).put('/_sandbox/seed').send(seed).expect(200)
    await as(opened, tokens.fullAccess).get('/v1/groups').expect(200)
    await as(opened, tokens.fullAccess).post(add).expect(403)
    await as(opened, tokens.readOnly).get('/v1/groups').expect(401)
  })

  test('of a replaced default organization survives a reset and a restart, and is not in the file', async () => {
    const folder = temporaryFolder()
    const db = join(folder, 'sandbox.db')
    const secret = 'a-secret-of-mine'
    const first = await sandbox({ db })
    const seed = { version: 1, tokens: { mine: { access_level: 'FULL_ACCESS', secret } } }
    await call(first, tokens.fullAccess, 'PUT', '/_sandbox/seed', seed)
    await call(first, secret, 'POST', '/_sandbox/snapshots', { name: 'a' })
    await first.close()
    const second = await sandbox({ db })
    await call(second, secret, 'POST', '/_sandbox/reset')
    await call(second, secret, 'GET', '/v1/groups')
    await second.close()
    const files = readdirSync(folder).map((name) => readFileSync(join(folder, name), 'latin1'))
    expect(files.filter((text) => text.includes(secret))).toEqual([])
    expect(files.filter((text) => text.includes('FULL_ACCESS')).length).toBeGreaterThan(0)
  })

  test('belongs to the token that a new seed gives it to, not to the previous one', async () => {
    const opened = await sandbox()
    const seed = {
      version: 1,
      tokens: {
        full_access: { access_level: 'READ_ONLY' },
        other: { access_level: 'FULL_ACCESS', secret: tokens.fullAccess },
      },
    }
    await anonymous(opened).put('/_sandbox/seed').send(seed).expect(200)
    await as(opened, tokens.fullAccess).post('/v1/groups/x/users/y').expect(400)
  })
})

describe('DELETE /_sandbox/organization', () => {
  test('removes the organization; the next call creates it again, from the seed', async () => {
    const opened = await sandbox()
    await mark(opened, 'org-a')
    await as(opened, 'org-a').post('/_sandbox/snapshots').send({ name: 'before' }).expect(200)
    await as(opened, 'org-a').post(add).expect(200)
    const answer = await as(opened, 'org-a').delete('/_sandbox/organization')
    expect([answer.status, answer.text]).toEqual([200, ''])
    expect(await isMarked(opened, 'org-a')).toBe(false)
    expect(await call(opened, 'org-a', 'GET', '/_sandbox/snapshots')).toEqual({ results: [] })
    expect(await call(opened, 'org-a', 'GET', `/v1/groups/users/${ids.noor}`)).toEqual({
      results: [],
      next: null,
      previous: null,
    })
  })

  test.each([['with a token', tokens.fullAccess] as const, ['without one', undefined] as const])(
    'is refused for the default organization, %s',
    async (_how, token) => {
      const opened = await sandbox()
      await mark(opened, tokens.fullAccess)
      const agent = token === undefined ? anonymous(opened) : as(opened, token)
      expect(told(await agent.delete('/_sandbox/organization'))).toEqual({
        status: 409,
        body: {
          code: 'DEFAULT_ORGANIZATION',
          message: 'The organization `default` cannot be deleted.',
          hint: 'POST /_sandbox/reset resets it; a token org-<name> selects another organization.',
          request_id: requestId,
        },
      })
      expect(await isMarked(opened, tokens.fullAccess)).toBe(true)
    },
  )

  test('a request in flight does not affect the organization that is opened next', async () => {
    const opened = await sandbox()
    const port = await opened.listen({ host: '127.0.0.1', port: 0 })
    await call(opened, 'org-a', 'GET', '/v1/groups')
    const held = await holdRequest(opened, port, 'org-a', `POST ${add}`, '{"duration_minutes": 60}')
    await call(opened, 'org-a', 'DELETE', '/_sandbox/organization')
    const before = await readControl(opened, 'org-b')
    expect(await held.finish()).toBe(401)
    expect(await readControl(opened, 'org-b')).toEqual(before)
  })

  test.each<[call: string, body: object]>([
    [`POST ${add}`, { duration_minutes: 60 }],
    ['POST /v1/groups', { name: 'New', group_type: 'OPAL_GROUP', app_id: ids.unknown }],
    ['PUT /_sandbox/seed', { version: 1 }],
    ['POST /_sandbox/snapshots', { name: 'a' }],
    ['POST /_sandbox/faults', { effect: { status: 500 } }],
    ['POST /_sandbox/clock', { advance: '1h' }],
  ])('%s that is under way meanwhile is refused, and that is no failure', async (line, body) => {
    const { logger, lines } = recordingLogger('warn')
    const opened = await sandbox({ logger })
    const port = await opened.listen({ host: '127.0.0.1', port: 0 })
    const held = await holdRequest(opened, port, 'org-a', line, JSON.stringify(body))
    await call(opened, 'org-a', 'DELETE', '/_sandbox/organization')
    expect([await held.finish(), lines]).toEqual([401, []])
  })
})

describe('the limit of organizations', () => {
  /** What is in the file of a sandbox that was closed. */
  function names(file: string): string[] {
    const db = new Database(file, { readonly: true })
    try {
      return db.prepare<[], string>('SELECT name FROM organizations ORDER BY name').pluck().all()
    } finally {
      db.close()
    }
  }

  async function openLimited(maxOrganizations = 3) {
    const file = join(temporaryFolder(), 'sandbox.db')
    const opened = await sandbox({ db: file, maxOrganizations })
    return {
      ...opened,
      async left() {
        await opened.close()
        return names(file)
      },
    }
  }

  test.each<[what: string, uses: string[], left: string[]]>([
    ['three beside the default one are kept', ['org-a', 'org-b', 'org-c'], ['org-a', 'org-b', 'org-c']],
    ['the first one goes for a fourth', ['org-a', 'org-b', 'org-c', 'org-d'], ['org-b', 'org-c', 'org-d']],
    ['one that was used again stays', ['org-a', 'org-b', 'org-c', 'org-a', 'org-d'], ['org-a', 'org-c', 'org-d']],
    [
      'use with another of its tokens is use',
      ['org-a', 'org-b', 'org-c', 'org-a.read_only', 'org-d'],
      ['org-a', 'org-c', 'org-d'],
    ],
    [
      'use of the default one pushes out nobody',
      ['org-a', 'org-b', 'org-c', tokens.fullAccess, tokens.readOnly],
      ['org-a', 'org-b', 'org-c'],
    ],
    [
      'the default one stays, however long it is unused',
      [tokens.fullAccess, 'org-a', 'org-b', 'org-c', 'org-d', 'org-e', 'org-f', 'org-g'],
      ['org-e', 'org-f', 'org-g'],
    ],
  ])('%s', async (_what, uses, left) => {
    for (const path of ['/v1/groups', '/_sandbox/clock']) {
      const opened = await openLimited()
      for (const token of uses) await call(opened, token, 'GET', path)
      expect(await opened.left()).toEqual(['default', ...left])
    }
  })

  test.each([
    ['PUT /v1/groups', '{"groups": []}'],
    ['PUT /_sandbox/seed', '{"version": 1}'],
    ['PATCH /_sandbox/settings', '{"re_add": "replace"}'],
  ])('one with %s in flight stays, and the next one goes', async (head, body) => {
    const opened = await openLimited()
    const port = await opened.listen({ host: '127.0.0.1', port: 0 })
    const held = await holdRequest(opened, port, 'org-a', head, body)
    for (const token of ['org-b', 'org-c', 'org-d']) await call(opened, token, 'GET', '/v1/groups')
    expect(await held.finish()).toBe(200)
    expect(await opened.left()).toEqual(['default', 'org-a', 'org-c', 'org-d'])
  })

  test('one whose request is done or was cut off can be evicted', async () => {
    const opened = await openLimited()
    const port = await opened.listen({ host: '127.0.0.1', port: 0 })
    const done = await holdRequest(opened, port, 'org-a', 'PUT /v1/groups', '{"groups": []}')
    const cut = await holdRequest(opened, port, 'org-b', 'PUT /v1/groups', '{"groups": []}')
    expect(await done.finish()).toBe(200)
    await cut.cut()
    for (const token of ['org-c', 'org-d', 'org-e']) await call(opened, token, 'GET', '/v1/groups')
    expect(await opened.left()).toEqual(['default', 'org-c', 'org-d', 'org-e'])
  })

  test('is exceeded if all are in use', async () => {
    const opened = await openLimited(1)
    const port = await opened.listen({ host: '127.0.0.1', port: 0 })
    const all = ['org-a', 'org-b', 'org-c']
    const held = []
    for (const token of all) held.push(await holdRequest(opened, port, token, 'PUT /v1/groups', '{"groups": []}'))
    for (const request of held) expect(await request.finish()).toBe(200)
    expect(await opened.left()).toEqual(['default', ...all])
  })

  test('those of an earlier run count, and are evicted first', async () => {
    const file = join(temporaryFolder(), 'sandbox.db')
    const first = await sandbox({ db: file })
    for (const token of ['org-a', 'org-b', 'org-c']) await call(first, token, 'GET', '/v1/groups')
    await first.close()
    const second = await sandbox({ db: file, maxOrganizations: 3 })
    await call(second, 'org-a', 'GET', '/v1/groups')
    await call(second, 'org-d', 'GET', '/v1/groups')
    await second.close()
    expect(names(file)).toEqual(['default', 'org-a', 'org-c', 'org-d'])
  })

  test('an evicted organization starts again from the seed', async () => {
    const opened = await openLimited(1)
    await mark(opened, 'org-a')
    await call(opened, 'org-b', 'GET', '/v1/groups')
    expect(await isMarked(opened, 'org-a')).toBe(false)
  })
})

test('the state of an organization is still there after a restart', async () => {
  const db = join(temporaryFolder(), 'sandbox.db')
  const first = await sandbox({ ...running, db })
  for (const change of Object.values(changes)) await change(first, 'org-a')
  await call(first, 'org-a', 'POST', '/_sandbox/clock', { freeze: true })
  await readApi(first, 'org-a')
  const before = { ...(await readControl(first, 'org-a')), ...(await readApi(first, 'org-a')) }
  await first.close()
  const second = await sandbox({ ...running, db })
  const after = async () => ({ ...(await readControl(second, 'org-a')), ...(await readApi(second, 'org-a')) })
  // When a token was last used is not kept.
  await after()
  expect(await after()).toEqual(before)
})

test('an organization with its own seed is reset to it after a restart, too', async () => {
  const db = join(temporaryFolder(), 'sandbox.db')
  const first = await sandbox({ db })
  const seed = { version: 1, users: { eve: { email: 'eve@company.dev', full_name: 'Eve Adams' } } }
  await call(first, 'org-a', 'PUT', '/_sandbox/seed', seed)
  const before = await readControl(first, 'org-a')
  await call(first, 'org-a', 'POST', '/v1/groups', newGroup)
  await first.close()
  const second = await sandbox({ db })
  await call(second, 'org-a', 'POST', '/_sandbox/reset')
  expect(await readControl(second, 'org-a')).toEqual(before)
})

const newGroup = { name: 'New', group_type: 'OPAL_GROUP', app_id: ids.unknown }

/** By table, something that changes its rows in an organization: a table that is not here makes the test fail. */
const changes: Record<string, (opened: Opened, token: string) => Promise<unknown>> = {
  organizations: (opened, token) =>
    call(opened, token, 'PATCH', '/_sandbox/settings', { negative_duration: 'reject', unknown_fields: 'reject' }),
  users: async (opened, token) => {
    const seed = (await call(opened, token, 'GET', '/_sandbox/seed')) as Record<string, Record<string, object>>
    const eve = { email: 'eve@company.dev', full_name: 'Eve Adams' }
    const levels = { ...seed.groups?.plain, access_levels: { Reader: 'reader' } }
    await call(opened, token, 'PUT', '/_sandbox/seed', {
      ...seed,
      users: { ...seed.users, eve },
      groups: { ...seed.groups, plain: levels },
      faults: [],
    })
  },
  access_levels: async () => undefined, // with users
  faults: async () => undefined, // with users
  tokens: async (opened, token) => {
    const { results } = (await call(opened, token, 'GET', '/v1/tokens')) as { results: { token_id: string }[] }
    await call(opened, token, 'DELETE', `/v1/tokens/${results.at(-1)?.token_id}`)
  },
  groups: (opened, token) => call(opened, token, 'POST', '/v1/groups', newGroup),
  group_users: async (opened, token) => {
    await call(opened, token, 'POST', add, { duration_minutes: 60 })
    await call(opened, token, 'PUT', groupUserPath(ids.apiGroup, ids.jake), { duration_minutes: 30 })
    await call(opened, token, 'DELETE', groupUserPath(ids.apiGroup, ids.brett))
  },
  resources: (opened, token) =>
    call(opened, token, 'POST', '/v1/resources', { name: 'Vault', resource_type: 'CUSTOM', app_id: ids.unknown }),
  resource_users: (opened, token) =>
    call(opened, token, 'PUT', `/v1/resources/${warehouse}/users/${ids.jake}`, { duration_minutes: 30 }),
  resource_access_levels: (opened, token) => call(opened, token, 'DELETE', `/v1/resources/${repository}`),
  records: (opened, token) => call(opened, token, 'POST', '/v1/owners', { name: 'Data', user_ids: [ids.ada] }),
  links: async () => undefined, // with records
  events: async () => undefined, // with all of these
  snapshots: (opened, token) => call(opened, token, 'POST', '/_sandbox/snapshots', { name: 'before' }),
}

describe('organizations are isolated', () => {
  type Rows = Record<string, Record<string, unknown[]>>

  /** Every row of a file, by organization and table. */
  function readRows(file: string): Rows {
    const db = new Database(file, { readonly: true })
    try {
      const tables = db
        .prepare<[], string>("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
        .pluck()
        .all()
      const organizations = db
        .prepare<[], { organization_id: number; name: string }>('SELECT organization_id, name FROM organizations')
        .all()
      return Object.fromEntries(
        organizations.map(({ organization_id, name }) => [
          name,
          Object.fromEntries(
            tables.map((table) => [
              table,
              db.prepare(`SELECT * FROM ${table} WHERE organization_id = ?`).all(organization_id),
            ]),
          ),
        ]),
      )
    } finally {
      db.close()
    }
  }

  test('a change in one changes no row of another one, in any table', async () => {
    const db = join(temporaryFolder(), 'sandbox.db')
    async function run(work: (opened: Opened) => Promise<unknown>) {
      const opened = await sandbox({ db })
      await work(opened)
      await opened.close()
      return readRows(db)
    }

    const begun = await run(async (opened) => {
      for (const token of ['org-a', 'org-b']) await call(opened, token, 'POST', '/_sandbox/snapshots', { name: 'old' })
    })
    const changed = await run(async (opened) => {
      for (const change of Object.values(changes)) await change(opened, 'org-a')
    })
    const { 'org-a': a, ...others } = changed
    const { 'org-a': wasA, ...wereOthers } = begun
    expect(Object.keys(a ?? {}).sort()).toEqual(Object.keys(changes).sort())
    for (const table of Object.keys(a ?? {})) expect(a?.[table], table).not.toEqual(wasA?.[table])
    expect(others).toEqual(wereOthers)

    expect(await run((opened) => call(opened, 'org-a', 'DELETE', '/_sandbox/organization'))).toEqual(others)
  })

  /** By operation of the control plane, a call of it that can be made in an organization called org-a. */
  const controlCalls: Record<string, [method: string, path: string, body?: object][]> = {
    sandbox_health: [['GET', '/health']],
    sandbox_get_clock: [['GET', '/clock']],
    sandbox_turn_clock: [
      ['POST', '/clock', { advance: '61m' }],
      ['POST', '/clock', { set: '1999-01-01T00:00:00Z' }],
      ['POST', '/clock', { freeze: false }],
      ['POST', '/clock', { reset: true }],
    ],
    sandbox_list_magic: [['GET', '/magic']],
    sandbox_list_organizations: [['GET', '/organizations']],
    sandbox_delete_organization: [['DELETE', '/organization']],
    sandbox_reset: [['POST', '/reset']],
    sandbox_export_seed: [['GET', '/seed']],
    sandbox_replace_seed: [['PUT', '/seed', { version: 1, settings: { re_add: 'conflict' } }]],
    sandbox_get_settings: [['GET', '/settings']],
    sandbox_change_settings: [
      [
        'PATCH',
        '/settings',
        { re_add: 'conflict', propagation: [{ status: 'PENDING', for: '1s' }, { status: 'SUCCESS' }] },
      ],
    ],
    sandbox_list_snapshots: [['GET', '/snapshots']],
    sandbox_save_snapshot: [['POST', '/snapshots', { name: 'mine' }]],
    sandbox_restore_snapshot: [['POST', '/snapshots/old/restore']],
    sandbox_delete_snapshot: [['DELETE', '/snapshots/old']],
    sandbox_list_faults: [['GET', '/faults']],
    sandbox_add_fault: [['POST', '/faults', { times: 'forever', effect: { status: 503 } }]],
    sandbox_delete_fault: [['DELETE', '/faults/{fault_id}']],
    sandbox_delete_faults: [['DELETE', '/faults']],
    sandbox_list_requests: [['GET', '/requests']],
    sandbox_wait_for_requests: [['GET', '/requests/wait?operation=add_group_user']],
    sandbox_get_request: [['GET', '/requests/{request_id}']],
    sandbox_clear_requests: [['DELETE', '/requests']],
    sandbox_get_coverage: [['GET', '/coverage']],
    sandbox_get_changes: [['GET', '/changes']],
    sandbox_list_violations: [['GET', '/violations']],
    sandbox_undo: [['POST', '/undo', { to: 'req-1' }]],
    sandbox_get_snapshot_changes: [['GET', '/snapshots/old/changes']],
  }

  /** Ids of things that org-a has. */
  async function idsOf(opened: Opened) {
    const first = async (path: string) => {
      const { results } = (await call(opened, 'org-a', 'GET', path)) as { results: Record<string, string>[] }
      return results[0]!
    }
    return { ...(await first('/_sandbox/faults')), ...(await first('/_sandbox/requests')) } as Record<string, string>
  }

  interface Operation {
    operationId: string
    tags?: string[]
  }

  const { paths } = parse(readFileSync(new URL('../../../openapi.yaml', import.meta.url), 'utf8')) as {
    paths: Record<string, Record<string, Operation>>
  }
  const operations = Object.values(paths)
    .flatMap((path) => Object.values(path))
    .filter(({ tags }) => tags?.includes('sandbox'))
    .map(({ operationId }) => operationId)

  test.each(operations)('%s in one changes nothing that can be read of another one', async (operation) => {
    const opened = await sandbox()
    const others = ['org-b', tokens.fullAccess]
    async function readOthers() {
      const read = []
      for (const token of others) {
        read.push(await readControl(opened, token), await readJournal(opened, token), await readApi(opened, token))
      }
      return read
    }
    for (const token of ['org-a', ...others]) {
      // So that the state is not simply the seed, and the same names mean something in all of them.
      await call(opened, token, 'POST', '/_sandbox/snapshots', { name: 'old' })
      await call(opened, token, 'POST', add, { duration_minutes: 60 })
    }
    await readOthers()
    const before = await readOthers()
    const calls = controlCalls[operation]
    expect(calls, `${operation} has no call in this test`).toBeDefined()
    const known = await idsOf(opened)
    for (const [method, path, body] of calls ?? []) {
      const named = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => known[name]!)
      await call(opened, 'org-a', method, `/_sandbox${named}`, body)
      expect(await readOthers()).toEqual(before)
    }
  })
})

describe('the list of organizations', () => {
  test('has the most recently used first, with their last use and number of group users', async () => {
    const opened = await sandbox()
    await call(opened, 'org-a', 'DELETE', `${groupUserPath(ids.apiGroup, ids.jake)}?access_level_remote_id=`)
    await call(opened, 'org-b', 'GET', '/_sandbox/clock')
    await call(opened, 'org-a', 'POST', '/_sandbox/clock', { advance: '1h' })
    await call(opened, 'org-a', 'GET', '/v1/users')
    expect(await call(opened, tokens.fullAccess, 'GET', '/_sandbox/organizations')).toEqual({
      results: [
        { name: 'default', last_used_at: null, group_users: 40 },
        { name: 'org-a', last_used_at: '2022-01-23T04:56:07.000Z', group_users: 39 },
        { name: 'org-b', last_used_at: null, group_users: 40 },
      ],
    })
  })

  test('includes those of an earlier start', async () => {
    const db = join(temporaryFolder(), 'sandbox.db')
    const first = await sandbox({ db })
    await call(first, 'org-a', 'GET', '/v1/users')
    await first.close()
    expect(await call(await sandbox({ db }), tokens.fullAccess, 'GET', '/_sandbox/organizations')).toEqual({
      results: [
        { name: 'default', last_used_at: null, group_users: 40 },
        { name: 'org-a', last_used_at: null, group_users: 40 },
      ],
    })
  })

  test('shows others only to default, since a name is a token', async () => {
    const opened = await sandbox()
    await call(opened, 'org-a', 'GET', '/v1/users')
    expect(await call(opened, 'org-b', 'GET', '/_sandbox/organizations')).toEqual({
      results: [{ name: 'org-b', last_used_at: null, group_users: 40 }],
    })
  })
})
