import fc from 'fast-check'
import { expect, test } from 'vitest'
import { propagationStatuses } from '../../src/domain/propagation.js'
import { switches } from '../../src/domain/settings.js'
import { groupTypes } from '../../src/schemas/group.js'
import { sandbox } from '../helper.js'
import { call, readApi, readControl, running, type Opened } from '../http/sandbox/calls.js'

const text = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 20 }),
  // Text with a special meaning in YAML or as a key in JavaScript.
  fc.constantFrom(
    '',
    '10',
    '1e3',
    '0x1f',
    'true',
    'null',
    '~',
    'no',
    '- a',
    '# a',
    'a: b',
    '&a',
    '*a',
    '!a',
    '@a',
    '%a',
  ),
  fc.constantFrom(
    '__proto__',
    'constructor',
    ' a ',
    'a\nb',
    'a\r\nb\n',
    '\t',
    '"',
    "'",
    '2026-01-01',
    '=',
    '<<',
    '---',
  ),
  fc.constant(`${'word '.repeat(40)}end`),
)
const filled = text.filter((word) => word !== '')
const alias = fc
  .oneof(
    fc.stringMatching(/^[a-z0-9_-]{1,8}$/),
    fc.constantFrom('__proto__', 'constructor', 'null', 'true', '1e3', '-'),
  )
  .filter((name) => !/^\d+$/.test(name))
const aliases = fc.uniqueArray(alias, { minLength: 1, maxLength: 4 })
const moment = fc
  .date({ min: new Date('2000-01-01'), max: new Date('2100-01-01'), noInvalidDate: true })
  .map((date) => date.toISOString())
const time = fc.oneof(
  moment,
  fc
    .tuple(fc.constantFrom('+', '-'), fc.integer({ min: 0, max: 500_000 }))
    .map(([sign, minutes]) => `${sign}${minutes}m`),
)
const duration = fc.oneof(
  fc.constantFrom('0s', '1ms', '1500ms', '5s', '90s', '1h30m', 'PT1H', '2d'),
  fc.nat(1e9).map((ms) => `${ms}ms`),
)
const status = fc.constantFrom(...propagationStatuses)
const timeline = fc
  .tuple(fc.array(fc.record({ status, for: duration }), { maxLength: 3 }), status)
  .map(([steps, last]) => [...steps, { status: last }])
const settings = fc.record(
  {
    ...Object.fromEntries(Object.entries(switches).map(([name, values]) => [name, fc.constantFrom(...values)])),
    propagation: timeline,
  },
  { requiredKeys: [] },
)

const user = fc.record(
  {
    full_name: text,
    user_id: fc.uuid(),
    first_name: text,
    last_name: text,
    position: text,
    hr_idp_status: fc.constantFrom('ACTIVE', 'SUSPENDED', 'DEPROVISIONED', 'DELETED', 'NOT_FOUND'),
    propagation: timeline,
  },
  { requiredKeys: ['full_name'] },
)

const levels = fc
  .uniqueArray(fc.tuple(filled, filled), { selector: ([, remoteId]) => remoteId, maxLength: 3 })
  .map((entries) => Object.fromEntries(entries) as Record<string, string>)

const requestConfiguration = fc.record({
  allow_requests: fc.boolean(),
  auto_approval: fc.boolean(),
  require_mfa_to_request: fc.boolean(),
  require_support_ticket: fc.boolean(),
  priority: fc.integer(),
})

const details = {
  description: text,
  app_id: fc.uuid(),
  remote_info: fc.record({ okta_group: fc.record({ group_id: text }) }),
  metadata: text,
  custom_request_notification: fc.oneof(text, fc.constant(null)),
  risk_sensitivity_override: fc.constantFrom('UNKNOWN', 'CRITICAL', 'LOW', 'NONE'),
}

const updates = {
  admin_owner_id: fc.uuid(),
  max_duration: fc.integer(),
  require_mfa_to_approve: fc.boolean(),
  group_leader_user_ids: fc.array(fc.uuid(), { maxLength: 2 }),
  folder_id: fc.uuid(),
  request_configurations: requestConfiguration.map((one) => [{ ...one, priority: 0 }]),
}

const group = fc.record(
  {
    name: filled,
    group_type: fc.constantFrom(...groupTypes),
    group_id: fc.uuid(),
    access_levels: levels,
    propagation: timeline,
    remote_id: text,
    remote_name: text,
    ...details,
    ...updates,
  },
  { requiredKeys: ['name', 'group_type'] },
)

const token = fc.record(
  { access_level: fc.constantFrom('FULL_ACCESS', 'READ_ONLY'), token_label: text, expires_at: time, revoked_at: time },
  { requiredKeys: ['access_level'] },
)

const fault = fc
  .record(
    {
      operation: fc.constantFrom('update_group_user', 'getGroups'),
      method: fc.constantFrom('GET', 'PUT'),
      group_id: fc.uuid(),
      user_id: fc.uuid(),
      times: fc.oneof(fc.integer({ min: 1 }), fc.constant('forever')),
      skip: fc.nat(),
      phase: fc.constantFrom('before', 'after'),
      effect: fc.oneof(
        fc.record({ status: fc.integer({ min: 200, max: 599 }), message: text, body: fc.jsonValue({ maxDepth: 1 }) }),
        fc.record({ delay: duration }),
        fc.record({ hang: fc.constant(true), max: duration }),
        fc.constantFrom({ drop: true }, { hang: true }),
      ),
    },
    // So that no rule affects a call of this test.
    { requiredKeys: ['effect', 'user_id'] },
  )
  // JSON has no minus zero.
  .map((rule) => JSON.parse(JSON.stringify(rule)) as object)

/** Records with a value for each of some names. */
function byAlias<T>(names: string[], value: fc.Arbitrary<T>): fc.Arbitrary<Record<string, T>> {
  return fc
    .array(value, { minLength: names.length, maxLength: names.length })
    .map((values) => Object.fromEntries(names.map((name, index) => [name, values[index]!])))
}

/** The token of the calls: first, so that it is revoked last. */
const caller = { full_access: { access_level: 'FULL_ACCESS', created_at: '-1h' } }

const seed = fc.tuple(aliases, aliases, aliases).chain(([userNames, groupNames, tokenNames]) =>
  fc
    .record({
      frozen_at: moment,
      settings,
      users: byAlias(userNames, user),
      groups: byAlias(groupNames, group),
      tokens: fc.option(byAlias(tokenNames, token)),
      group_users: fc.uniqueArray(
        fc.record(
          {
            group: fc.constantFrom(...groupNames),
            user: fc.constantFrom(...userNames),
            level: fc.nat(3),
            expires_at: time,
            pushed_at: fc.oneof(time, fc.constant(null)),
            propagation: fc.oneof(timeline, fc.constant(null)),
          },
          { requiredKeys: ['group', 'user', 'level'] },
        ),
        { selector: (entry) => `${entry.group} ${entry.user}`, maxLength: 10 },
      ),
      faults: fc.array(fault, { maxLength: 3 }),
      magic: fc.boolean(),
    })
    .map(({ frozen_at, users, groups, tokens, group_users, ...rest }) => ({
      version: 1,
      clock: { frozen_at },
      users: withEntries(users, (name, value, index) => ({ ...value, email: `${name}.${index}@company.dev` })),
      groups,
      ...(tokens && {
        tokens: { ...caller, ...tokens, ...caller },
      }),
      group_users: group_users.map(({ level, ...entry }) => {
        const remoteIds = ['', ...Object.values(groups[entry.group]?.access_levels ?? {})]
        return { ...entry, access_level: remoteIds[level % remoteIds.length] }
      }),
      ...rest,
    })),
)

function withEntries<T, U>(record: Record<string, T>, change: (name: string, value: T, index: number) => U) {
  return Object.fromEntries(Object.entries(record).map(([name, value], index) => [name, change(name, value, index)]))
}

/** A call that names its group and user by their index among the existing ones. */
const step = fc.record({
  kind: fc.constantFrom(
    'add',
    'change',
    'remove',
    'create',
    'update',
    'delete',
    'limit',
    'contain',
    'advance',
    'set',
    'settings',
    'revoke',
    'invite',
    'promote',
    'dismiss',
    'own',
    'reown',
    'disown',
  ),
  group: fc.nat(10),
  user: fc.nat(10),
  duration_minutes: fc.oneof(fc.integer({ min: -1, max: 3 }), fc.integer({ min: 0, max: 525_960 })),
  level: fc.option(text, { nil: undefined }),
  created: fc.record(
    { name: text, group_type: fc.constantFrom(...groupTypes), remote_group_id: text, ...details },
    { requiredKeys: ['name', 'group_type', 'app_id'] },
  ),
  updated: fc.record({ name: text, description: text, ...updates }, { requiredKeys: [] }),
  advance: duration,
  set: fc.oneof(moment, fc.constantFrom('1970-01-01T00:00:00.000Z', '9998-12-31T17:59:59.999Z')),
  settings,
})
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never

async function take({ app }: Opened, { kind, ...given }: Step) {
  const get = async <T>(url: string) =>
    (await app.inject({ url, headers: { authorization: 'Bearer org-a' } })).json<{ results: T[] }>().results
  const groups = await get<{ group_id: string }>('/v1/groups')
  const users = await get<{ user_id: string }>('/v1/users')
  const group_id = groups[given.group % groups.length]?.group_id ?? ''
  const user_id = users[given.user % users.length]?.user_id ?? ''
  const owners = await get<{ owner_id: string }>('/v1/owners')
  const owner_id = owners[given.group % owners.length]?.owner_id ?? ''
  const manager_id = users[given.group % users.length]?.user_id ?? ''
  const other = groups[given.user % groups.length]?.group_id ?? ''
  const path = `/v1/groups/${group_id}/users/${user_id}`
  const { name } = given.created
  const body = { duration_minutes: given.duration_minutes, access_level_remote_id: given.level }
  const calls: Record<typeof kind, [method: string, url: string, body?: object]> = {
    add: ['POST', path, body],
    change: ['PUT', path, body],
    remove: ['DELETE', path],
    create: ['POST', '/v1/groups', given.created],
    update: ['PUT', '/v1/groups', { groups: [{ ...given.updated, group_id }] }],
    delete: ['DELETE', `/v1/groups/${group_id}`],
    limit: ['PUT', `/v1/groups/${group_id}/visibility`, { visibility: 'LIMITED', visibility_group_ids: [other] }],
    contain: ['POST', `/v1/groups/${group_id}/containing-groups`, { containing_group_id: other, ...body }],
    advance: ['POST', '/_sandbox/clock', { advance: given.advance }],
    set: ['POST', '/_sandbox/clock', { set: given.set }],
    settings: ['PATCH', '/_sandbox/settings', given.settings],
    invite: ['POST', '/v1/users', { email: `${name}@${given.group}`, first_name: name, last_name: '', role: 'ADMIN' }],
    promote: ['PATCH', `/v1/users/${user_id}`, { position: name, manager_id }],
    // The export of a revoked token does not say whose it was.
    dismiss: ['DELETE', (await get(`/v1/tokens?user_id=${user_id}`)).length > 0 ? '/v1' : `/v1/users/${user_id}`],
    own: ['POST', '/v1/owners', { name, user_ids: [user_id, manager_id], source_group_id: group_id }],
    reown: ['PUT', '/v1/owners', { owners: [{ owner_id, name, source_group_id: group_id }] }],
    disown: ['DELETE', `/v1/owners/${owner_id}`],
    revoke: ['DELETE', `/v1/tokens/${(await get<{ token_id: string }>('/v1/tokens')).at(-1)?.token_id}`],
  }
  const [method, url, payload] = calls[kind]
  const answer = await app.inject({
    method: method as 'GET',
    url,
    headers: { authorization: 'Bearer org-a' },
    ...(payload && { payload }),
  })
  expect(answer.statusCode, answer.body).toBeLessThan(500)
}

/** Checks that another organization becomes identical to org-a by importing its export, as JSON and as YAML. */
async function expectRoundTrip(opened: Opened) {
  const exported = (await call(opened, 'org-a', 'GET', '/_sandbox/seed')) as object
  await call(opened, 'org-b', 'PUT', '/_sandbox/seed', exported)
  expect(await call(opened, 'org-b', 'GET', '/_sandbox/seed')).toEqual(exported)
  expect(await readApi(opened, 'org-b')).toEqual(await readApi(opened, 'org-a'))
  // Snapshots are not exported, and fault rules get new numbers; their content is in the export.
  const apart = { snapshots: {}, faults: {} }
  expect({ ...(await readControl(opened, 'org-b')), ...apart }).toEqual({
    ...(await readControl(opened, 'org-a')),
    ...apart,
  })

  const yaml = await opened.app.inject({
    url: '/_sandbox/seed',
    headers: { authorization: 'Bearer org-a', accept: 'application/yaml' },
  })
  const put = await opened.app.inject({
    method: 'PUT',
    url: '/_sandbox/seed',
    headers: { authorization: 'Bearer org-c', 'content-type': 'application/yaml' },
    payload: yaml.body,
  })
  expect(put.statusCode, put.body).toBe(200)
  expect(await call(opened, 'org-c', 'GET', '/_sandbox/seed')).toEqual(exported)
  return exported
}

test('any seed, exported and imported into another organization, makes an identical one', async () => {
  const opened = await sandbox(running)
  await fc.assert(
    fc.asyncProperty(seed, async (document) => {
      await call(opened, 'org-a', 'PUT', '/_sandbox/seed', document)
      await expectRoundTrip(opened)
    }),
    { numRuns: 25 },
  )
})

test('so does any state that calls lead to, and its snapshot restores it', async () => {
  const opened = await sandbox(running)
  await fc.assert(
    fc.asyncProperty(seed, fc.array(step, { maxLength: 15 }), async (document, steps) => {
      // A run that failed before may have changed it.
      for (const token of ['org-a', 'org-b', 'org-c']) await call(opened, token, 'POST', '/_sandbox/reset')
      await call(opened, 'org-a', 'PUT', '/_sandbox/seed', document)
      const begun = await call(opened, 'org-a', 'GET', '/_sandbox/seed')
      for (const one of steps) {
        await take(opened, one)
        // A revoked or expired token is rejected.
        if (
          (await opened.app.inject({ url: '/v1/users', headers: { authorization: 'Bearer org-a' } })).statusCode !== 200
        )
          return
      }
      const exported = await expectRoundTrip(opened)

      await call(opened, 'org-a', 'POST', '/_sandbox/snapshots', { name: 'after' })
      await call(opened, 'org-a', 'POST', '/_sandbox/reset')
      expect(await call(opened, 'org-a', 'GET', '/_sandbox/seed')).toEqual(begun)
      await call(opened, 'org-a', 'POST', '/_sandbox/snapshots/after/restore')
      expect(await call(opened, 'org-a', 'GET', '/_sandbox/seed')).toEqual(exported)
    }),
    { numRuns: 40 },
  )
})
