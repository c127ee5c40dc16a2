import { describe, expect, test } from 'vitest'
import { stringify } from 'yaml'
import { groupUserPath, now, sandbox, tokens } from '../helper.js'
import { as, call, running, type Opened } from '../http/sandbox/calls.js'

type Document = Record<string, unknown>

async function put(opened: Opened, seed: Document, token = 'org-a') {
  return call(opened, token, 'PUT', '/_sandbox/seed', { version: 1, ...seed })
}

async function exported(opened: Opened, token = 'org-a') {
  return (await call(opened, token, 'GET', '/_sandbox/seed')) as Document
}

const iso = (at: number) => new Date(at).toISOString()
const eve = { email: 'eve@company.dev', full_name: 'Eve Mary Adams' }

describe('a seed', () => {
  test('can be almost empty, and is exported with everything that follows from it', async () => {
    const opened = await sandbox({ ...running, seed: { version: 1, clock: { frozen_at: '2026-01-01T00:00:00Z' } } })
    const owner = { created_at: '2026-01-01T00:00:00.000Z' }
    const past = { created_at: '2025-12-02T00:00:00.000Z' }
    expect(await exported(opened)).toEqual({
      version: 1,
      clock: { frozen_at: '2026-01-01T00:00:00.000Z' },
      settings: {
        missing_group_user_on_update: 'not_found',
        re_add: 'replace',
        negative_duration: 'revoke',
        unknown_access_level: 'reject',
        owner_in_use: 'conflict',
        existing_tag: 'conflict',
        requests: 'manual',
        unknown_fields: 'report',
        timestamps: 'milliseconds',
        default_access_level: 'object',
        propagation_of_synced: 'absent',
        error_body: 'sandbox',
        max_duration_minutes: 525_960,
        rate_limit: 'off',
      },
      tokens: {
        full_access: { ...owner, token_id: anId, access_level: 'FULL_ACCESS', token_label: 'Full access' },
        read_only: { ...owner, token_id: anId, access_level: 'READ_ONLY', token_label: 'Read only' },
        expired: {
          ...past,
          token_id: anId,
          access_level: 'FULL_ACCESS',
          token_label: 'Expired',
          expires_at: '2025-12-31T23:00:00.000Z',
        },
        revoked: {
          ...past,
          token_id: anId,
          access_level: 'FULL_ACCESS',
          token_label: 'Revoked',
          revoked_at: '2025-12-31T23:00:00.000Z',
        },
      },
      users: {},
      groups: {},
      group_users: [],
      faults: [],
      next_sequence: 5,
    })
  })

  test('gets defaults for what it leaves out', async () => {
    const opened = await sandbox()
    await put(opened, {
      users: { eve },
      groups: { team: { name: 'Team', group_type: 'OPAL_GROUP' } },
      group_users: [{ group: 'team', user: 'eve' }],
    })
    const { users, groups, group_users } = await exported(opened)
    expect({ users, groups, group_users }).toEqual({
      users: { eve: { ...eve, user_id: anId, first_name: 'Eve', last_name: 'Mary Adams', position: '' } },
      groups: { team: { group_id: anId, name: 'Team', description: '', group_type: 'OPAL_GROUP' } },
      group_users: [{ group: 'team', user: 'eve', pushed_at: iso(now) }],
    })
  })

  test('can have times relative to its own clock', async () => {
    const opened = await sandbox(running)
    await put(opened, {
      clock: { frozen_at: '2026-01-01T00:00:00Z' },
      tokens: { full_access: { access_level: 'FULL_ACCESS', created_at: '-30d', expires_at: '+1h30m' } },
      users: { eve },
      groups: { team: { name: 'Team', group_type: 'OPAL_GROUP' } },
      group_users: [{ group: 'team', user: 'eve', expires_at: '+60m', pushed_at: '-PT1H' }],
    })
    const { tokens: kept, group_users } = await exported(opened)
    expect({ kept, group_users }).toEqual({
      kept: {
        full_access: {
          token_id: anId,
          access_level: 'FULL_ACCESS',
          token_label: 'full_access',
          user: 'eve',
          created_at: '2025-12-02T00:00:00.000Z',
          expires_at: '2026-01-01T01:30:00.000Z',
        },
      },
      group_users: [
        {
          group: 'team',
          user: 'eve',
          expires_at: '2026-01-01T01:00:00.000Z',
          pushed_at: '2025-12-31T23:00:00.000Z',
        },
      ],
    })
  })

  test.each([
    [{ frozen_at: '2026-01-01T00:00:00Z' }, { frozen_at: '2026-01-01T00:00:00.000Z' }, 'frozen'],
    [{ offset_ms: -3_600_000 }, { offset_ms: -3_600_000 }, 'offset'],
    [undefined, undefined, 'real'],
  ])('with the clock %j is exported with %j, and the clock is %s', async (clock, kept, mode) => {
    const opened = await sandbox(running)
    await put(opened, { clock })
    expect((await exported(opened)).clock).toEqual(kept)
    expect(await call(opened, 'org-a', 'GET', '/_sandbox/clock')).toMatchObject({ mode })
  })

  test('sets settings, and leaves the others at their defaults', async () => {
    const opened = await sandbox()
    await call(opened, 'org-a', 'PATCH', '/_sandbox/settings', { unknown_fields: 'reject' })
    const propagation = [{ status: 'PENDING', for: '5s' }, { status: 'SUCCESS' }]
    await put(opened, { settings: { re_add: 'conflict', propagation } })
    const settings = {
      missing_group_user_on_update: 'not_found',
      re_add: 'conflict',
      negative_duration: 'revoke',
      unknown_access_level: 'reject',
      owner_in_use: 'conflict',
      existing_tag: 'conflict',
      requests: 'manual',
      unknown_fields: 'report',
      propagation,
    }
    expect(await call(opened, 'org-a', 'GET', '/_sandbox/settings')).toMatchObject(settings)
    expect((await exported(opened)).settings).toMatchObject(settings)
  })

  test('keeps fault rules in order, and exports them completely', async () => {
    const opened = await sandbox()
    const userId = '0C000000-0000-4000-8000-00000000000A'
    await put(opened, {
      faults: [
        { effect: { status: 503 } },
        { operation: 'update_group_user', method: 'PUT', times: 2, skip: 1, effect: { delay: '90s' } },
        { user_id: userId, times: 'forever', phase: 'after', effect: { drop: true } },
        { effect: { hang: true, max: '30s' } },
        { effect: { status: 429, code: 'X', message: 'Y', body: { a: [1] }, headers: { 'retry-after': '1' } } },
      ],
    })
    const rest = { times: 1, skip: 0, phase: 'before' }
    expect((await exported(opened)).faults).toEqual([
      { ...rest, effect: { status: 503 } },
      { ...rest, operation: 'update_group_user', method: 'PUT', times: 2, skip: 1, effect: { delay: '90s' } },
      { ...rest, user_id: userId.toLowerCase(), times: 'forever', phase: 'after', effect: { drop: true } },
      { ...rest, effect: { hang: true, max: '30s' } },
      { ...rest, effect: { status: 429, code: 'X', message: 'Y', body: { a: [1] }, headers: { 'retry-after': '1' } } },
    ])
  })

  test('can give a group all fields that the API shows', async () => {
    const opened = await sandbox()
    const details = {
      app_id: '0c000000-0000-4000-8000-000000000001',
      remote_id: 'remote',
      remote_name: 'Remote',
      remote_info: { okta_group: { group_id: 'okta' } },
      admin_owner_id: '0c000000-0000-4000-8000-000000000002',
      group_leader_user_ids: ['0c000000-0000-4000-8000-000000000003'],
      custom_request_notification: null,
      require_mfa_to_approve: true,
      last_successful_sync: { id: '0c000000-0000-4000-8000-000000000004', completed_at: '2026-01-01T00:00:00Z' },
    }
    const group = {
      group_id: '0c000000-0000-4000-8000-00000000000a',
      name: 'Team',
      description: 'All of us',
      group_type: 'OKTA_GROUP',
      ...details,
    }
    await put(opened, { groups: { team: { ...group, risk_sensitivity_override: 'HIGH' } } })
    const shown = { ...group, risk_sensitivity_override: 'HIGH', risk_sensitivity: 'HIGH' }
    expect(await call(opened, 'org-a', 'GET', `/v1/groups/${group.group_id}`)).toEqual(shown)
    expect((await exported(opened)).groups).toEqual({ team: { ...group, risk_sensitivity_override: 'HIGH' } })
  })

  test('with magic adds the magic users last, and is exported without that key', async () => {
    const opened = await sandbox()
    await put(opened, { users: { eve }, magic: true })
    const { users, groups, magic, faults } = (await exported(opened)) as Record<string, object>
    expect([Object.keys(users ?? {}).length, Object.keys(users ?? {})[0], Object.keys(groups ?? {}), magic]).toEqual([
      32,
      'eve',
      ['magic'],
      undefined,
    ])
    expect(faults).toHaveLength(10)
  })

  test('can be YAML', async () => {
    const opened = await sandbox()
    const seed = { version: 1, users: { eve }, clock: { frozen_at: '2026-01-01T00:00:00Z' } }
    for (const type of ['application/yaml', 'application/x-yaml', 'text/yaml', 'application/json; charset=utf-8']) {
      const text = type.includes('yaml') ? stringify(seed) : JSON.stringify(seed)
      const answer = await as(opened, 'org-a').put('/_sandbox/seed').set('content-type', type).send(text)
      expect(answer.status, type).toBe(200)
      expect(Object.keys((await exported(opened)).users as object)).toEqual(['eve'])
      await call(opened, 'org-a', 'DELETE', '/_sandbox/organization')
    }
  })

  test('is what a reset restores from then on', async () => {
    const opened = await sandbox()
    await put(opened, { users: { eve } })
    const before = await exported(opened)
    await call(opened, 'org-a', 'PATCH', '/_sandbox/settings', { re_add: 'conflict' })
    await call(opened, 'org-a', 'POST', '/_sandbox/clock', { advance: '1d' })
    await call(opened, 'org-a', 'POST', '/v1/groups', { name: 'New', group_type: 'OPAL_GROUP', app_id: noId })
    await call(opened, 'org-a', 'POST', '/_sandbox/reset')
    expect(await exported(opened)).toEqual(before)
    // The others go back to their own.
    await call(opened, 'org-b', 'POST', '/_sandbox/reset')
    expect(Object.keys((await exported(opened, 'org-b')).users as object)[0]).toBe('jake')
  })

  test('that is an export can hold levels that were accepted under a different setting', async () => {
    const opened = await sandbox()
    const path = groupUserPath('1b978423-db0a-4037-a4cf-f79c60cb67b3', '0a000000-0000-4000-8000-000000000002')
    await call(opened, 'org-a', 'PATCH', '/_sandbox/settings', { unknown_access_level: 'accept' })
    await call(opened, 'org-a', 'POST', path, { duration_minutes: 60, access_level_remote_id: 'nowhere' })
    await call(opened, 'org-a', 'PATCH', '/_sandbox/settings', { unknown_access_level: 'reject' })
    await call(opened, 'org-a', 'POST', '/_sandbox/snapshots', { name: 'before' })
    const before = await exported(opened)
    await put(opened, before, 'org-b')
    expect(await exported(opened, 'org-b')).toEqual(before)
    await call(opened, 'org-a', 'POST', '/_sandbox/snapshots/before/restore')
    expect(await exported(opened)).toEqual(before)
  })

  test.each(['1970-01-01T00:00:00.000Z', '9998-12-31T17:59:59.999Z'])(
    'can be exported at %s and imported again, with times outside the range of a clock',
    async (frozen_at) => {
      const opened = await sandbox(running)
      await put(opened, {
        clock: { frozen_at },
        users: { eve },
        groups: { team: { name: 'Team', group_type: 'OPAL_GROUP' } },
        group_users: [{ group: 'team', user: 'eve', expires_at: '+525960m', pushed_at: '-1h' }],
      })
      const before = await exported(opened)
      await put(opened, before, 'org-b')
      expect(await exported(opened, 'org-b')).toEqual(before)
    },
  )
})

const anId = expect.stringMatching(/^[0-9a-f-]{36}$/) as unknown
const noId = 'ffffffff-ffff-4fff-8fff-ffffffffffff'
const newGroup = { name: 'New', group_type: 'OPAL_GROUP', app_id: noId }

describe('ids', () => {
  async function create(opened: Opened, token = 'org-a'): Promise<string> {
    return ((await call(opened, token, 'POST', '/v1/groups', newGroup)) as { group_id: string }).group_id
  }

  test('derived from a seed are the same in every organization, and differ by alias and noun', async () => {
    const opened = await sandbox()
    const seed = {
      users: { a: eve, b: { ...eve, email: 'b@company.dev' } },
      groups: { a: { name: 'A', group_type: 'OPAL_GROUP' } },
      tokens: { full_access: { access_level: 'FULL_ACCESS' }, a: { access_level: 'READ_ONLY' } },
    }
    await put(opened, seed)
    await put(opened, seed, 'org-b')
    const document = await exported(opened)
    expect(await exported(opened, 'org-b')).toEqual(document)
    const { users, groups, tokens: kept } = document as Record<string, Record<string, Record<string, string>>>
    const all = [users?.a?.user_id, users?.b?.user_id, groups?.a?.group_id, kept?.a?.token_id]
    expect(new Set(all).size).toBe(4)
  })

  test('are the same for the same calls after a reset, and in another organization', async () => {
    const opened = await sandbox()
    const given = [await create(opened), await create(opened)]
    await call(opened, 'org-a', 'POST', '/_sandbox/reset')
    expect([await create(opened), await create(opened)]).toEqual(given)
    expect([await create(opened, 'org-b'), await create(opened, tokens.fullAccess)]).toEqual([given[0], given[0]])
  })

  test('are not reused after a deletion', async () => {
    const opened = await sandbox()
    const first = await create(opened)
    await call(opened, 'org-a', 'DELETE', `/v1/groups/${first}`)
    const second = await create(opened)
    await put(opened, await exported(opened), 'org-b')
    expect(new Set([first, second, await create(opened), await create(opened, 'org-b')]).size).toBe(3)
    expect(await create(opened, 'org-b')).toBe(await create(opened))
  })

  test('do not collide with those of an import, whatever its counter says', async () => {
    const opened = await sandbox()
    const given = [await create(opened), await create(opened), await create(opened)]
    await call(opened, 'org-a', 'DELETE', `/v1/groups/${given[0]}`)
    const { next_sequence, ...document } = await exported(opened)
    await put(opened, document, 'org-b')
    const created = [await create(opened, 'org-b'), await create(opened, 'org-b'), await create(opened, 'org-b')]
    expect(new Set([...given.slice(1), ...created]).size).toBe(5)
    await put(opened, { ...document, next_sequence: 1_000 }, 'org-b')
    expect(given).not.toContain(await create(opened, 'org-b'))
    expect((await exported(opened, 'org-b')).next_sequence).toBe(1_001)
  })
})

describe('a seed in YAML', () => {
  const text = `
version: 1
x-people:
  engineer: &engineer { position: Engineer, hr_idp_status: ACTIVE }
  senior: &senior { position: Senior Engineer }
users:
  ada: { <<: *engineer, email: ada@company.dev, full_name: Ada Lovelace }
  eve: { <<: [*senior, *engineer], email: eve@company.dev, full_name: Eve Adams }
  bob: { <<: *engineer, position: Manager, email: bob@company.dev, full_name: Bob Baker }
`

  test('can repeat shared blocks with merge keys; own keys win, then those of the first block', async () => {
    const opened = await sandbox(running)
    const headers = { 'content-type': 'application/yaml', authorization: 'Bearer org-a' }
    const { statusCode, body } = await opened.app.inject({
      method: 'PUT',
      url: '/_sandbox/seed',
      headers,
      payload: text,
    })
    expect({ statusCode, body }).toMatchObject({ statusCode: 200 })
    const { users } = (await exported(opened)) as {
      users: Record<string, { position: string; hr_idp_status?: string }>
    }
    expect(
      Object.entries(users).map(([alias, { position, hr_idp_status }]) => [alias, position, hr_idp_status]),
    ).toEqual([
      ['ada', 'Engineer', 'ACTIVE'],
      ['eve', 'Senior Engineer', 'ACTIVE'],
      ['bob', 'Manager', 'ACTIVE'],
    ])
  })

  test('can have keys that begin with x- only at the top level', async () => {
    const opened = await sandbox(running)
    await put(opened, { 'x-anything': { at: ['all'] } })
    expect(Object.keys(await exported(opened))).not.toContain('x-anything')
    const wrong = await opened.agent
      .put('/_sandbox/seed')
      .send({ version: 1, settings: { 'x-anything': 1 } })
      .expect(400)
    expect(wrong.body).toMatchObject({ errors: [{ path: 'body.settings.x-anything' }] })
  })
})
