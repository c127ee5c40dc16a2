import { describe, expect, test } from 'vitest'
import { sandbox } from '../helper.js'
import { loadSeed } from '../../src/seed/load.js'
import { SeedError } from '../../src/seed/seed-error.js'

/** Uses every section of records and every kind of link. */
const seed = {
  version: 1,
  users: { ada: { email: 'ada@company.dev', full_name: 'Ada Lane', tags: ['prod'] } },
  groups: {
    eng: {
      name: 'Engineering',
      group_type: 'OPAL_GROUP',
      visibility_groups: ['ops'],
      message_channels: ['alerts'],
      on_call_schedules: ['primary'],
      containing_groups: ['ops', { group: 'eng', access_level_remote_id: 'admin' }],
      resources: [{ resource: 'db', access_level_remote_id: 'read', expiration_date: '2027-01-01T00:00:00.000Z' }],
      tags: ['prod'],
    },
    ops: { name: 'Operations', group_type: 'OPAL_GROUP' },
  },
  apps: { aws: { name: 'AWS', description: 'Cloud', app_type: 'AWS', admin_owner: 'platform' } },
  owners: {
    platform: {
      name: 'Platform',
      reviewer_message_channel: 'alerts',
      source_group: 'eng',
      access_request_escalation_period: 60,
      users: ['ada'],
    },
  },
  message_channels: { alerts: { third_party_provider: 'SLACK', remote_id: 'C1', name: '#alerts', is_private: false } },
  on_call_schedules: { primary: { third_party_provider: 'PAGER_DUTY', remote_id: 'P1', name: 'Primary' } },
  tags: { prod: { key: 'env', value: 'prod', created_at: '-1d', user_creator: 'ada' } },
  resources: { db: { name: 'Database', app: 'aws', admin_owner: 'platform', tags: ['prod'] } },
  remote_users: { ada: { user: 'ada', remote_id: 'ada-lane', third_party_provider: 'GIT_HUB' } },
  sync_errors: {
    db: { error_message: 'no', app: 'aws', resource: 'db', group: 'eng', first_seen: '-1d', last_seen: '-1h' },
  },
}

function problemsOf(document: object) {
  try {
    loadSeed({ version: 1, ...document })
    return []
  } catch (error) {
    if (error instanceof SeedError) return error.problems
    throw error
  }
}

test('an export of records and links, applied, gives the same export', async () => {
  const { app } = await sandbox({ seed })
  const call = async (method: 'GET' | 'PUT', payload?: object) => {
    const answer = await app.inject({ method, url: '/_sandbox/seed', ...(payload && { payload }) })
    expect(answer.statusCode).toBe(200)
    return answer.json<typeof seed>()
  }
  const first = await call('GET')
  const { user_id: ada } = first.users.ada as unknown as { user_id: string }
  expect(first).toMatchObject({
    ...seed,
    tags: { prod: { key: 'env', value: 'prod', created_at: '2022-01-22T03:56:07.000Z', user_creator: 'ada' } },
    sync_errors: {
      db: {
        ...{ error_message: 'no', app: 'aws', resource: 'db', group: 'eng' },
        ...{ first_seen: '2022-01-22T03:56:07.000Z', last_seen: '2022-01-23T02:56:07.000Z' },
      },
    },
  })
  expect(ada).toMatch(/^[0-9a-f-]{36}$/)
  await call('PUT', first)
  expect(await call('GET')).toEqual(first)
})

describe('a seed is rejected if', () => {
  test.each([
    [
      'a link names nothing',
      { owners: { a: { name: 'A', users: ['eve'] } } },
      'seed.owners.a.users[0]',
      /no user of this seed: eve/,
    ],
    [
      'a link is repeated',
      {
        users: { ada: { email: 'a@b.c', full_name: 'Ada' } },
        owners: { a: { name: 'A', users: ['ada', 'ada'] } },
      },
      'seed.owners.a.users[1]',
      /has the same user as seed\.owners\.a\.users\[0\]|has the same user as owners\.a\.users\[0\]/,
    ],
    [
      'a field names nothing',
      { owners: { a: { name: 'A', source_group: 'x' } } },
      'seed.owners.a.source_group',
      /no group of this seed: x/,
    ],
    [
      'a field is given twice',
      {
        owners: { a: { name: 'A' } },
        apps: {
          x: {
            ...{ name: 'X', description: '', app_type: 'AWS' },
            ...{ admin_owner: 'a', admin_owner_id: '0c000000-0000-4000-8000-000000000001' },
          },
        },
      },
      'seed.apps.x',
      /expected admin_owner or admin_owner_id, got both/,
    ],
    [
      'a required field is missing in both forms',
      { apps: { x: { name: 'X', description: '', app_type: 'AWS' } } },
      'seed.apps.x',
      /expected admin_owner, the alias of an entry of this seed, or admin_owner_id; got neither/,
    ],
    [
      'a date is none',
      { tags: { t: { key: 'k', created_at: 'soon' } } },
      'seed.tags.t.created_at',
      /expected a date-time/,
    ],
    [
      'two have one id',
      {
        owners: {
          a: { name: 'A', owner_id: '0c000000-0000-4000-8000-000000000001' },
          b: { name: 'B', owner_id: '0C000000-0000-4000-8000-000000000001' },
        },
      },
      'seed.owners.b',
      /has the same owner_id as/,
    ],
  ])('%s', (_, document, path, message) => {
    expect(problemsOf(document)).toEqual([{ path, message: expect.stringMatching(message) as string }])
  })

  test('a record is malformed; references to it are not reported, too', () => {
    const document = {
      owners: { a: { name: 5 } },
      apps: { x: { name: 'X', description: '', app_type: 'AWS', admin_owner: 'a' } },
    }
    expect(problemsOf(document)).toEqual([{ path: 'seed.owners.a.name', message: expect.any(String) as string }])
  })
})
