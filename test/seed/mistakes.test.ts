import { describe, expect, test } from 'vitest'
import { requestId, sandbox, told, tokens } from '../helper.js'
import { as, readControl, running } from '../http/sandbox/calls.js'

const eve = { email: 'eve@company.dev', full_name: 'Eve Adams' }
const team = { name: 'Team', group_type: 'OPAL_GROUP' }
const configuration = {
  ...{ allow_requests: true, auto_approval: false, require_mfa_to_request: false, require_support_ticket: false },
  priority: 0,
}
const users = { eve }
const groups = { team: { ...team, access_levels: { Reader: 'reader', Admin: 'admin' } } }
const entry = { group: 'team', user: 'eve' }
const aTime = 'expected a date-time such as 2026-01-01T00:00:00Z, or a relative one such as +60m or -1h'
const notAnAlias = 'is not an allowed name: expected an alias of 1 to 64 characters a-z 0-9 _ -, not only digits'
const aDuration = 'expected a duration such as 5s, 61m or 1h30m'

interface Problem {
  path: string
  message: string
}

describe('a seed is rejected and not applied at all if', () => {
  test.each<[what: string, seed: unknown, ...problems: [path: string, message: string][]]>([
    [
      'the request configurations of a group have no default, or one priority twice',
      {
        version: 1,
        groups: {
          none: { ...team, request_configurations: [] },
          twice: { ...team, request_configurations: [configuration, configuration] },
        },
      },
      [
        'body.groups.none.request_configurations',
        'expected exactly one without a condition, with priority 0, got none',
      ],
      ['body.groups.twice.request_configurations[1].priority', 'is the same as before: 0'],
    ],
    ['it is null', null, ['body', 'expected an object, got null']],
    ['it is a list', [], ['body', 'expected an object, got a list']],
    ['it has no version', {}, ['body.version', 'is required: expected 1']],
    ['its version is another', { version: 2 }, ['body.version', 'expected 1, got 2']],
    ['a key is misspelt', { version: 1, usres: {} }, ['body.usres', 'is not known: did you mean users?']],
    [
      'nested keys are misspelt',
      {
        version: 1,
        settings: { readd: 'replace' },
        users: { eve: { ...eve, fullname: 'Eve' } },
        groups: { team: { ...team, acces_levels: {} } },
        group_users: [{ ...entry, expire_at: '+1h' }],
      },
      ['body.settings.readd', 'is not known: did you mean re_add?'],
      ['body.users.eve.fullname', 'is not known: did you mean full_name?'],
      ['body.groups.team.acces_levels', 'is not known: did you mean access_levels?'],
      ['body.group_users[0].expire_at', 'is not known: did you mean expires_at?'],
    ],
    [
      'enum values are misspelt',
      {
        version: 1,
        settings: { re_add: 'replac' },
        groups: { team: { ...team, group_type: 'OKTA_GRUOP' } },
        tokens: { full_access: { access_level: 'FULL' } },
      },
      ['body.settings.re_add', 'the string "replac" is not known: did you mean replace?'],
      ['body.groups.team.group_type', 'the string "OKTA_GRUOP" is not known: did you mean OKTA_GROUP?'],
      ['body.tokens.full_access.access_level', 'expected one of "FULL_ACCESS", "READ_ONLY", got the string "FULL"'],
    ],
    [
      'a group user names an unknown user, group or level',
      {
        version: 1,
        users,
        groups,
        group_users: [
          { group: 'taem', user: 'evee' },
          { ...entry, access_level: 'boss' },
        ],
      },
      ['body.group_users[0].group', 'names no group of this seed: taem; did you mean team?'],
      ['body.group_users[0].user', 'names no user of this seed: evee; did you mean eve?'],
      [
        'body.group_users[1].access_level',
        'names no level of the group team: expected one of "", reader, admin, got boss',
      ],
    ],
    [
      'it violates the schema and contradicts itself: all is reported together, without consequential errors',
      {
        version: 2,
        settings: { readd: 'replace', unknown_access_level: 'reject' },
        clock: { frozen_at: 'today', speed: 2 },
        users: { eve: { ...eve, fullname: 'Eve' }, bob: { ...eve, email: 'bob@company.dev' } },
        groups: { team: { ...team, group_typ: 'x' }, plain: team },
        tokens: { mine: { access_level: 'FULL' }, other: { access_level: 'READ_ONLY', user: 'bab' } },
        group_users: [
          { ...entry, expire_at: '+1h' },
          { ...entry, user: 'bob', access_level: 'boss' },
          { group: 'plain', user: 'eve', access_level: 'boss' },
          { group: 'plain', user: 'bob', expires_at: 'soon' },
          { group: 'plian', user: 'eve' },
        ],
        faults: [{ effect: { stats: 500 } }, { effect: {} }],
      },
      ['body.settings.readd', 'is not known: did you mean re_add?'],
      ['body.users.eve.fullname', 'is not known: did you mean full_name?'],
      ['body.groups.team.group_typ', 'is not known: did you mean group_type?'],
      ['body.group_users[0].expire_at', 'is not known: did you mean expires_at?'],
      ['body.faults[0].effect.stats', 'is not known: did you mean status?'],
      ['body.version', 'expected 1, got 2'],
      ['body.clock.speed', 'is not known: expected one of frozen_at, offset_ms'],
      ['body.tokens.mine.access_level', 'expected one of "FULL_ACCESS", "READ_ONLY", got the string "FULL"'],
      ['body.clock.frozen_at', 'expected a date-time such as 2026-01-01T00:00:00Z, got the string "today"'],
      ['body.tokens.other.user', 'names no user of this seed: bab; did you mean bob?'],
      ['body.group_users[2].access_level', 'names no level of the group plain: expected one of "", got boss'],
      ['body.group_users[3].expires_at', `${aTime}, got the string "soon"`],
      ['body.group_users[4].group', 'names no group of this seed: plian; did you mean plain?'],
      ['body.faults[1].effect', 'expected exactly one of status, delay, drop, truncate, hang, got none'],
    ],
    [
      'the owner of a token is unknown',
      { version: 1, users, tokens: { full_access: { access_level: 'FULL_ACCESS', user: 'ada' } } },
      ['body.tokens.full_access.user', 'names no user of this seed: ada'],
    ],
    [
      'times and durations are invalid',
      {
        version: 1,
        clock: { frozen_at: 'today' },
        users: { eve: { ...eve, propagation: [{ status: 'PENDING', for: '5 ages' }, { status: 'SUCCESS' }] } },
        groups,
        group_users: [{ ...entry, expires_at: '60m', pushed_at: '+1month' }],
      },
      ['body.users.eve.propagation[0].for', `${aDuration}, got the string "5 ages"`],
      ['body.clock.frozen_at', 'expected a date-time such as 2026-01-01T00:00:00Z, got the string "today"'],
      ['body.group_users[0].expires_at', `${aTime}, got the string "60m"`],
      ['body.group_users[0].pushed_at', `${aTime}, got the string "+1month"`],
    ],
    [
      'timelines lack a duration, or have one for the last status',
      {
        version: 1,
        settings: { propagation: [{ status: 'PENDING' }, { status: 'SUCCESS' }] },
        groups: { team: { ...team, propagation: [{ status: 'SUCCESS', for: '1s' }] } },
      },
      ['body.settings.propagation[0].for', 'is required: how long this status lasts, such as 5s'],
      ['body.groups.team.propagation[0].for', 'is not allowed here: the last status lasts forever'],
    ],
    [
      'a timeline is empty',
      { version: 1, settings: { propagation: [] } },
      ['body.settings.propagation', 'expected a list, at least 1 item and at most 100 items, got none'],
    ],
    [
      'a clock is both frozen and ahead',
      { version: 1, clock: { frozen_at: '2026-01-01T00:00:00Z', offset_ms: 5 } },
      ['body.clock', 'expected frozen_at or offset_ms, got both'],
    ],
    [
      'there are duplicates',
      {
        version: 1,
        users: {
          a: { ...eve, user_id: '0c000000-0000-4000-8000-00000000000a' },
          b: { ...eve, user_id: '0C000000-0000-4000-8000-00000000000A', email: 'EVE@company.dev' },
        },
        groups: {
          a: { ...team, group_id: '0c000000-0000-4000-8000-00000000000a', access_levels: { A: 'x', B: 'x' } },
          b: { ...team, group_id: '0C000000-0000-4000-8000-00000000000A' },
        },
        tokens: {
          full_access: { access_level: 'FULL_ACCESS', secret: 'a-secret' },
          other: { access_level: 'FULL_ACCESS', secret: 'a-secret' },
        },
        group_users: [
          { group: 'a', user: 'a' },
          { group: 'a', user: 'a' },
        ],
      },
      ['body.users.b', 'has the same user_id as users.a'],
      ['body.users.b', 'has the same email as users.a'],
      ['body.groups.b', 'has the same group_id as groups.a'],
      ['body.tokens.other', 'has the same secret as tokens.full_access'],
      ['body.group_users[1]', 'has the same group and user as group_users[0]'],
      ['body.groups.a.access_levels.B', 'has the same remote id as groups.a.access_levels.A'],
    ],
    [
      'effects of faults are missing, too many or incomplete',
      {
        version: 1,
        faults: [
          { effect: {} },
          { effect: { status: 500, drop: true } },
          { effect: { drop: true, message: 'no' } },
          { effect: { delay: '5', max: '1s' } },
        ],
      },
      ['body.faults[0].effect', 'expected exactly one of status, delay, drop, truncate, hang, got none'],
      ['body.faults[1].effect', 'expected exactly one of status, delay, drop, truncate, hang, got status and drop'],
      ['body.faults[2].effect.message', 'is only allowed with status'],
      ['body.faults[3].effect.max', 'is only allowed with hang'],
      ['body.faults[3].effect.delay', `${aDuration}, got the string "5"`],
    ],
    ['an alias has only digits', { version: 1, users: { 12: eve } }, ['body.users[12]', notAnAlias]],
    ['an alias has other letters', { version: 1, users: { Eve: eve } }, ['body.users.Eve', notAnAlias]],
    [
      'an alias is the one of a magic user or group',
      { version: 1, magic: true, users: { magic_success: eve }, groups: { magic: team } },
      ['body.users.magic_success', 'is the alias of a magic user: choose another one, or leave magic out'],
      ['body.groups.magic', 'is the alias of a magic group: choose another one, or leave magic out'],
    ],
    [
      'levels lack a name or an id',
      { version: 1, groups: { team: { ...team, access_levels: { Reader: '' } } } },
      ['body.groups.team.access_levels.Reader', 'expected a string, at least 1 character, got the string ""'],
    ],
    [
      'the clock would be out of range',
      { version: 1, tokens: {}, clock: { offset_ms: 253_000_000_000_000 } },
      ['body.clock.offset_ms', 'leads outside the range from 1970 to 9998-12-31T17:59:59Z'],
    ],
  ])('%s', async (_what, seed, ...problems) => {
    const opened = await sandbox(running)
    for (const token of ['org-a', tokens.fullAccess]) {
      await as(opened, token).post('/_sandbox/clock').send({ freeze: true }).expect(200)
      const before = JSON.stringify(await readControl(opened, token))
      const answer = await as(opened, token)
        .put('/_sandbox/seed')
        .set('content-type', 'application/json')
        .send(JSON.stringify(seed))
      const { errors, ...rest } = answer.body as { errors?: Problem[] }
      const byPath = (a: Problem, b: Problem) => (a.path + a.message < b.path + b.message ? -1 : 1)
      expect({ status: answer.status, rest, errors: errors?.sort(byPath) }).toEqual({
        status: 400,
        rest: {
          code: 'INVALID_REQUEST',
          message: `The request is not valid: ${problems.length === 1 ? '1 problem' : `${problems.length} problems`}.`,
          request_id: requestId,
        },
        errors: problems.map(([path, message]) => ({ path, message })).sort(byPath),
      })
      expect(JSON.stringify(await readControl(opened, token))).toBe(before)
    }
  })

  test('several aliases are not allowed: each is reported', async () => {
    const opened = await sandbox()
    const answer = await as(opened, 'org-a')
      .put('/_sandbox/seed')
      .send({ version: 1, users: { Eve: eve, Ada: { ...eve, email: 'ada@company.dev' } } })
    expect((answer.body as { errors: Problem[] }).errors.map(({ path }) => path)).toEqual([
      'body.users.Eve',
      'body.users.Ada',
    ])
  })

  test('it has more than twenty mistakes: the first twenty are reported', async () => {
    const opened = await sandbox()
    const group_users = Array.from({ length: 30 }, (_, index) => ({ group: `g${index}`, user: 'eve' }))
    const answer = await as(opened, 'org-a').put('/_sandbox/seed').send({ version: 1, users, group_users })
    expect([answer.status, (answer.body as { errors: Problem[] }).errors.length]).toEqual([400, 20])
  })

  test.each([
    ['broken', 'version: 1\nusers: [\n'],
    ['two documents', 'version: 1\n---\nversion: 1\n'],
    ['a repeated key', 'version: 1\nversion: 1\n'],
    ['an alias of nothing', 'version: *one\n'],
  ])('it is YAML with %s', async (_what, text) => {
    const opened = await sandbox()
    const before = await readControl(opened, 'org-a')
    const answer = await as(opened, 'org-a').put('/_sandbox/seed').set('content-type', 'application/yaml').send(text)
    const { errors } = answer.body as { errors: Problem[] }
    expect(told(answer)).toEqual({
      status: 400,
      body: {
        code: 'INVALID_REQUEST',
        message: 'The request is not valid: 1 problem.',
        errors: [{ path: 'body', message: expect.stringMatching(/^is not YAML: ./) as unknown }],
        request_id: requestId,
      },
    })
    expect(errors).toHaveLength(1)
    expect(await readControl(opened, 'org-a')).toEqual(before)
  })

  test('it is YAML: each mistake has its line', async () => {
    const opened = await sandbox()
    const text = 'version: 1\nusers:\n  ada:\n    full_name: Ada\n    emial: ada@company.dev\ngroups: []\n'
    const answer = await as(opened, 'org-a').put('/_sandbox/seed').set('content-type', 'application/yaml').send(text)
    const { errors } = answer.body as { errors: Problem[] }
    const lines = errors.map(({ path, message }) => [path, /\(line (\d+)\)$/.exec(message)?.[1]])
    expect(Object.fromEntries(lines)).toEqual({
      'body.users.ada.email': '3',
      'body.users.ada.emial': '5',
      'body.groups': '6',
    })
  })

  test('it has another content type', async () => {
    const opened = await sandbox()
    await as(opened, 'org-a').put('/_sandbox/seed').set('content-type', 'text/plain').send('version: 1').expect(415)
  })
})
