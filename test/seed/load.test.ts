import { describe, expect, test } from 'vitest'
import type { Problem } from '../../src/domain/refusal.js'
import { builtIn } from '../../src/seed/built-in.js'
import { loadDefaultSeed, loadSeed } from '../../src/seed/load.js'
import { SeedError } from '../../src/seed/seed-error.js'
import { groupUserPath, ids, sandbox, tokens, told } from '../helper.js'

const zoe = { email: 'zoe@company.dev', full_name: 'Zoe Ray' }
const yan = { email: 'yan@company.dev', full_name: 'Yan' }
const crew = { name: 'Crew', group_type: 'OPAL_GROUP' }
const token = { access_level: 'FULL_ACCESS', secret: 'a-secret-of-this-test' }

/** The ids that are derived from the aliases `zoe` and `crew`. Users of a seed rely on them not to change. */
const derived = {
  zoe: 'd8f8c3a5-088f-509c-bbbd-da808f4e1bc2',
  crew: '40c154c0-65a4-50fe-a749-77e1d8031dc0',
  token: 'ae62d6d2-d095-54a5-a23d-38cc30a762ba',
}

/** The problems of a seed; none if it is valid. */
function problemsOf(document: unknown, root?: string): Problem[] {
  try {
    loadSeed(document, root)
    return []
  } catch (error) {
    if (error instanceof SeedError) return error.problems
    throw error
  }
}

const problem = (path: string, message: unknown) => ({ path, message })
const dateTime = (got: string) =>
  `expected a date-time such as 2026-01-01T00:00:00Z, or a relative one such as +60m or -1h, got the string "${got}"`
const notAnAlias = 'is not an allowed name: expected an alias of 1 to 64 characters a-z 0-9 _ -, not only digits'
const duration = (got: string) => `expected a duration such as 5s, 61m or 1h30m, got ${got}`

describe('a document that is not a seed', () => {
  test.each<[document: unknown, ...problem: [path: string, message: string]]>([
    [undefined, 'seed', 'is required: expected an object'],
    [null, 'seed', 'expected an object, got null'],
    [[], 'seed', 'expected an object, got a list'],
    ['version: 1', 'seed', 'expected an object, got the string "version: 1"'],
    [{}, 'seed.version', 'is required: expected 1'],
    [{ version: 2 }, 'seed.version', 'expected 1, got 2'],
    [{ version: '1' }, 'seed.version', 'expected 1, got the string "1"'],
  ])('%j is refused', (document, path, message) => {
    expect(problemsOf(document)).toEqual([problem(path, message)])
  })
})

describe('an unknown name in a seed is rejected with the closest known one:', () => {
  test.each<[what: string, document: object, ...problem: [path: string, message: unknown]]>([
    ['a key', { user: {} }, 'seed.user', 'is not known: did you mean users?'],
    ['a key in another spelling', { groupUsers: [] }, 'seed.groupUsers', 'is not known: did you mean group_users?'],
    [
      'a key that is near to none',
      { everything: {} },
      'seed.everything',
      expect.stringMatching(/^is not known: expected one of version, .*\busers, groups, group_users\b/),
    ],
    [
      'a key of a user',
      { users: { zoe: { ...zoe, emial: '' } } },
      'seed.users.zoe.emial',
      'is not known: did you mean email?',
    ],
    [
      'a key of a group',
      { groups: { crew: { ...crew, access_level: {} } } },
      'seed.groups.crew.access_level',
      'is not known: did you mean access_levels?',
    ],
    [
      'a key of a token',
      { tokens: { t: { ...token, secrets: '' } } },
      'seed.tokens.t.secrets',
      'is not known: did you mean secret?',
    ],
    [
      'a key of a group user',
      { users: { zoe }, groups: { crew }, group_users: [{ group: 'crew', user: 'zoe', expire_at: '+1h' }] },
      'seed.group_users[0].expire_at',
      'is not known: did you mean expires_at?',
    ],
    ['a setting', { settings: { re_ad: 'replace' } }, 'seed.settings.re_ad', 'is not known: did you mean re_add?'],
    [
      'the value of a setting',
      { settings: { re_add: 'conflikt' } },
      'seed.settings.re_add',
      'the string "conflikt" is not known: did you mean conflict?',
    ],
    [
      'a group type',
      { groups: { crew: { ...crew, group_type: 'OKTA_GROP' } } },
      'seed.groups.crew.group_type',
      'the string "OKTA_GROP" is not known: did you mean OKTA_GROUP?',
    ],
    [
      'a propagation status',
      { users: { zoe: { ...zoe, propagation: [{ status: 'PENDNG' }] } } },
      'seed.users.zoe.propagation[0].status',
      'the string "PENDNG" is not known: did you mean PENDING?',
    ],
    [
      'a user that access names',
      { users: { tamara: zoe }, groups: { crew }, group_users: [{ group: 'crew', user: 'tamra' }] },
      'seed.group_users[0].user',
      'names no user of this seed: tamra; did you mean tamara?',
    ],
    [
      'a group that access names',
      { users: { zoe }, groups: { crew }, group_users: [{ group: 'crwe', user: 'zoe' }] },
      'seed.group_users[0].group',
      'names no group of this seed: crwe; did you mean crew?',
    ],
    [
      'a group where there is none',
      { users: { zoe }, group_users: [{ group: 'crew', user: 'zoe' }] },
      'seed.group_users[0].group',
      'names no group of this seed: crew',
    ],
    [
      'a user that a token names',
      { users: { tamara: zoe }, tokens: { t: { ...token, user: 'tamra' } } },
      'seed.tokens.t.user',
      'names no user of this seed: tamra; did you mean tamara?',
    ],
    [
      'a level',
      {
        users: { zoe },
        groups: { crew: { ...crew, access_levels: { Captain: 'captain', Sailor: 'sailor' } } },
        group_users: [{ group: 'crew', user: 'zoe', access_level: 'Captain' }],
      },
      'seed.group_users[0].access_level',
      'names no level of the group crew: expected one of "", captain, sailor, got Captain',
    ],
  ])('%s', (_what, document, path, message) => {
    expect(problemsOf({ version: 1, ...document })).toEqual([problem(path, message)])
  })
})

describe('an invalid value is rejected:', () => {
  test.each<[what: string, document: object, ...problem: [path: string, message: string]]>([
    [
      'an id',
      { users: { zoe: { ...zoe, user_id: 'nope' } } },
      'seed.users.zoe.user_id',
      'expected a UUID, got the string "nope"',
    ],
    [
      'a missing name',
      { users: { zoe: { email: 'zoe@company.dev' } } },
      'seed.users.zoe.full_name',
      'is required: expected a string',
    ],
    [
      'a request without a status, which nobody could decide',
      { users: { zoe }, requests: { one: { requester: 'zoe', reason: '', duration_minutes: 60, items: [] } } },
      'seed.requests.one.status',
      expect.stringMatching(/^is required: expected /) as string,
    ],
    [
      'a name that is a number',
      { users: { zoe: { ...zoe, full_name: 5 } } },
      'seed.users.zoe.full_name',
      'expected a string, got 5',
    ],
    ['a list instead of an object', { users: [zoe] }, 'seed.users', 'expected an object, got a list'],
    ['an object instead of a list', { group_users: {} }, 'seed.group_users', 'expected a list, got an object'],
    [
      'a secret that is too short',
      { tokens: { t: { ...token, secret: 'short' } } },
      'seed.tokens.t.secret',
      expect.stringMatching(/^expected a secret of 8 to 256 characters .*, got a different string$/) as string,
    ],
    [
      'a secret with a space',
      { tokens: { t: { ...token, secret: 'two words' } } },
      'seed.tokens.t.secret',
      expect.stringMatching(/^expected a secret of 8 to 256 characters .*, got a different string$/) as string,
    ],
    [
      'a secret that names an organization',
      { tokens: { t: { ...token, secret: 'org-something' } } },
      'seed.tokens.t.secret',
      expect.stringMatching(/^expected a secret of 8 to 256 characters .*, got a different string$/) as string,
    ],
    ['an alias with a capital', { users: { Zoe: zoe } }, 'seed.users.Zoe', notAnAlias],
    ['an alias of digits', { users: { 10: zoe } }, 'seed.users[10]', notAnAlias],
    ['an alias that is too long', { users: { ['x'.repeat(65)]: zoe } }, `seed.users.${'x'.repeat(65)}`, notAnAlias],
    [
      'a level without a name',
      { groups: { crew: { ...crew, access_levels: { '': 'captain' } } } },
      'seed.groups.crew.access_levels.',
      'is not an allowed name: expected at least one character',
    ],
    [
      'a level whose id is not text, whatever its name',
      { groups: { crew: { ...crew, access_levels: { 'a\nb': 5 } } } },
      'seed.groups.crew.access_levels.a\nb',
      'expected a string, at least 1 character, got 5',
    ],
    [
      'a level whose id is that of the default one',
      { groups: { crew: { ...crew, access_levels: { Captain: '' } } } },
      'seed.groups.crew.access_levels.Captain',
      'expected a string, at least 1 character, got the string ""',
    ],
    [
      'a timeline without a step',
      { users: { zoe: { ...zoe, propagation: [] } } },
      'seed.users.zoe.propagation',
      'expected a list, at least 1 item and at most 100 items, got none',
    ],
    [
      'a step without an end that is not the last',
      { users: { zoe: { ...zoe, propagation: [{ status: 'PENDING' }, { status: 'SUCCESS' }] } } },
      'seed.users.zoe.propagation[0].for',
      'is required: how long this status lasts, such as 5s',
    ],
    [
      'a last step that has an end',
      { groups: { crew: { ...crew, propagation: [{ status: 'SUCCESS', for: '5s' }] } } },
      'seed.groups.crew.propagation[0].for',
      'is not allowed here: the last status lasts forever',
    ],
    [
      'a duration without a unit',
      { users: { zoe: { ...zoe, propagation: [{ status: 'PENDING', for: '5' }, { status: 'SUCCESS' }] } } },
      'seed.users.zoe.propagation[0].for',
      duration('the string "5"'),
    ],
    [
      'a duration that is a number',
      { users: { zoe: { ...zoe, propagation: [{ status: 'PENDING', for: 5 }, { status: 'SUCCESS' }] } } },
      'seed.users.zoe.propagation[0].for',
      duration('5'),
    ],
    [
      'a clock that is both frozen and running',
      { clock: { frozen_at: '2026-01-01T00:00:00Z', offset_ms: 5 } },
      'seed.clock',
      'expected frozen_at or offset_ms, got both',
    ],
    [
      'a clock that is frozen at an invalid moment',
      { clock: { frozen_at: 'noon' } },
      'seed.clock.frozen_at',
      'expected a date-time such as 2026-01-01T00:00:00Z, got the string "noon"',
    ],
  ])('%s', (_what, document, path, message) => {
    expect(problemsOf({ version: 1, ...document })).toEqual([problem(path, message)])
  })

  test.each([
    'tomorrow',
    '1h',
    '60',
    '+1y',
    '+',
    '2026-01-01',
    '2026-01-01T00:00:00',
    '2026-02-30T00:00:00Z',
    '+900000000d',
    '',
  ])('the time %j', (text) => {
    const tokens = { t: { ...token, expires_at: text } }
    expect(problemsOf({ version: 1, tokens })).toEqual([problem('seed.tokens.t.expires_at', dateTime(text))])
  })
})

describe('a duplicate is rejected:', () => {
  const id = '0A000000-0000-4000-8000-00000000000a'

  test.each<[what: string, document: object, ...problem: [path: string, message: string]]>([
    [
      'the id of a user, in another case',
      { users: { zoe: { ...zoe, user_id: id }, yan: { ...yan, user_id: id.toLowerCase() } } },
      'seed.users.yan',
      'has the same user_id as users.zoe',
    ],
    [
      'the address of a user, in another case',
      { users: { zoe, yan: { ...yan, email: 'Zoe@Company.dev' } } },
      'seed.users.yan',
      'has the same email as users.zoe',
    ],
    [
      'the id of a group',
      { groups: { crew: { ...crew, group_id: id }, staff: { ...crew, group_id: id } } },
      'seed.groups.staff',
      'has the same group_id as groups.crew',
    ],
    [
      'the id of a token',
      { tokens: { one: { ...token, token_id: id }, two: { ...token, secret: 'another-secret', token_id: id } } },
      'seed.tokens.two',
      'has the same token_id as tokens.one',
    ],
    ['a secret', { tokens: { one: token, two: token } }, 'seed.tokens.two', 'has the same secret as tokens.one'],
    [
      'the id of a level',
      { groups: { crew: { ...crew, access_levels: { Captain: 'x', Sailor: 'x' } } } },
      'seed.groups.crew.access_levels.Sailor',
      'has the same remote id as groups.crew.access_levels.Captain',
    ],
    [
      'the access of a user to a group',
      {
        users: { zoe },
        groups: { crew: { ...crew, access_levels: { Captain: 'x' } } },
        group_users: [
          { group: 'crew', user: 'zoe' },
          { group: 'crew', user: 'zoe', access_level: 'x' },
        ],
      },
      'seed.group_users[1]',
      'has the same group and user as group_users[0]',
    ],
    [
      'the alias of a magic user',
      { magic: true, users: { magic_success: zoe } },
      'seed.users.magic_success',
      'is the alias of a magic user: choose another one, or leave magic out',
    ],
    [
      'the alias of the magic group',
      { magic: true, groups: { magic: crew } },
      'seed.groups.magic',
      'is the alias of a magic group: choose another one, or leave magic out',
    ],
  ])('%s', (_what, document, path, message) => {
    expect(problemsOf({ version: 1, ...document })).toEqual([problem(path, message)])
  })
})

describe('a seed with several mistakes', () => {
  test('is rejected with all violations of the schema', () => {
    const document = {
      version: 2,
      user: {},
      settings: { re_ad: 'replace', negative_duration: 'rejekt' },
      users: { Zoe: zoe, 'Zo e': zoe, yan: { email: 'yan@company.dev' }, ada: { ...yan, user_id: 'nope' } },
      group_users: [{ group: 'crew' }],
    }
    expect(new Set(problemsOf(document))).toEqual(
      new Set([
        problem('seed.users.Zo e', 'has the same email as users.Zoe'),
        problem('seed.version', 'expected 1, got 2'),
        problem('seed.user', 'is not known: did you mean users?'),
        problem('seed.settings.re_ad', 'is not known: did you mean re_add?'),
        problem('seed.settings.negative_duration', 'the string "rejekt" is not known: did you mean reject?'),
        problem('seed.users.Zoe', notAnAlias),
        problem('seed.users.Zo e', notAnAlias),
        problem('seed.users.yan.full_name', 'is required: expected a string'),
        problem('seed.users.ada.user_id', 'expected a UUID, got the string "nope"'),
        problem('seed.group_users[0].user', expect.stringMatching(/^is required: expected an alias /)),
      ]),
    )
  })

  test('is rejected with all contradictions', () => {
    const document = {
      version: 1,
      tokens: { one: { ...token, user: 'nobody', expires_at: 'soon' }, two: token },
      users: { zoe: { ...zoe, propagation: [{ status: 'PENDING' }, { status: 'SUCCESS', for: 'long' }] }, yan: zoe },
      groups: { crew },
      group_users: [
        { group: 'crew', user: 'zoe', access_level: 'captain', expires_at: 'later' },
        { group: 'staff', user: 'zoe' },
        { group: 'crew', user: 'zoe' },
      ],
    }
    expect(new Set(problemsOf(document))).toEqual(
      new Set([
        problem('seed.tokens.one.user', 'names no user of this seed: nobody'),
        problem('seed.tokens.one.expires_at', dateTime('soon')),
        problem('seed.tokens.two', 'has the same secret as tokens.one'),
        problem('seed.users.zoe.propagation[0].for', 'is required: how long this status lasts, such as 5s'),
        problem('seed.users.zoe.propagation[1].for', 'is not allowed here: the last status lasts forever'),
        problem('seed.users.zoe.propagation[1].for', duration('the string "long"')),
        problem('seed.users.yan', 'has the same email as users.zoe'),
        problem(
          'seed.group_users[0].access_level',
          'names no level of the group crew: expected one of "", got captain',
        ),
        problem('seed.group_users[0].expires_at', dateTime('later')),
        problem('seed.group_users[1].group', 'names no group of this seed: staff'),
        problem('seed.group_users[2]', 'has the same group and user as group_users[0]'),
      ]),
    )
  })

  test.each([
    [
      'violations of the schema',
      { users: Object.fromEntries(Array.from({ length: 30 }, (_, index) => [`user_${index}`, {}])) },
    ],
    [
      'contradictions',
      { users: { zoe }, group_users: Array.from({ length: 30 }, () => ({ group: 'crew', user: 'zoe' })) },
    ],
  ])('is refused with at most twenty %s', (_kind, document) => {
    expect(problemsOf({ version: 1, ...document })).toHaveLength(20)
  })

  test('is one error whose message lists each one', () => {
    expect(() => loadSeed({ version: 2, user: {} })).toThrow(
      'seed.user is not known: did you mean users?; seed.version expected 1, got 2',
    )
  })

  test('is rejected with paths that begin with the name of the document', () => {
    expect(problemsOf({ version: 1, users: { zoe, yan: { ...yan, email: zoe.email } } }, 'body')).toEqual([
      problem('body.users.yan', 'has the same email as users.zoe'),
    ])
  })

  test('changes nothing in an organization', async () => {
    const { agent } = await sandbox()
    const before = (await agent.get('/_sandbox/seed')).body as unknown
    await agent
      .put('/_sandbox/seed')
      .send({ version: 1, users: { zoe }, groups: { crew }, group_users: [{ group: 'crew', user: 'yan' }] })
    expect((await agent.get('/_sandbox/seed')).body).toEqual(before)
  })
})

describe('a seed', () => {
  test('can be almost empty', async () => {
    const { agent } = await sandbox({ seed: { version: 1 } })
    expect(told(await agent.get('/v1/groups'))).toEqual({
      status: 200,
      body: { results: [], next: null, previous: null },
    })
  })

  test('can name a schema, for editors', () => {
    expect(problemsOf({ version: 1, $schema: './seed.schema.json' })).toEqual([])
  })

  test('that is built in has no problems', () => {
    expect(loadDefaultSeed()).toEqual(loadSeed(builtIn))
  })

  test('always loads to the same, and does not change the document', () => {
    const document = {
      version: 1,
      magic: true,
      users: { zoe },
      groups: { crew },
      group_users: [{ group: 'crew', user: 'zoe' }],
    }
    const copy = structuredClone(document)
    expect([loadSeed(document), document]).toEqual([loadSeed(copy), copy])
  })

  test('has a digest that differs from that of others', () => {
    const digests = [{ version: 1 }, { version: 1, users: {} }, { version: 1, users: { zoe } }, { version: 1 }].map(
      (document) => loadSeed(document).digest,
    )
    expect([new Set(digests).size, digests[0] === digests[3]]).toEqual([3, true])
  })

  test('derives missing ids from the alias, always in the same way', () => {
    const { users, groups, tokens } = loadSeed({ version: 1, users: { zoe }, groups: { crew }, tokens: { zoe: token } })
    expect([users[0]?.user_id, groups[0]?.group_id, tokens[0]?.token_id]).toEqual([
      derived.zoe,
      derived.crew,
      derived.token,
    ])
  })

  test('gives the same ids regardless of its other content', () => {
    const { users } = loadSeed({ version: 1, users: { yan, zoe: { ...zoe, full_name: 'Another Name' } } })
    expect(users[1]?.user_id).toBe(derived.zoe)
  })

  test('has ids in lower case', () => {
    const user_id = '0A000000-0000-4000-8000-00000000000A'
    expect(loadSeed({ version: 1, users: { zoe: { ...zoe, user_id } } }).users[0]?.user_id).toBe(user_id.toLowerCase())
  })

  test.each([
    ['Zoe', 'Zoe', ''],
    ['Zoe Ray', 'Zoe', 'Ray'],
    ['Zoe Ann Ray', 'Zoe', 'Ann Ray'],
    ['', '', ''],
  ])('takes the full name %j apart into %j and %j', (full_name, first_name, last_name) => {
    const [user] = loadSeed({ version: 1, users: { zoe: { ...zoe, full_name } } }).users
    expect([user?.first_name, user?.last_name]).toEqual([first_name, last_name])
  })

  test('is the same as an object and as parsed JSON', () => {
    const document = { version: 1, users: { zoe }, groups: { crew }, group_users: [{ group: 'crew', user: 'zoe' }] }
    expect(loadSeed(JSON.parse(JSON.stringify(document)))).toEqual(loadSeed(document))
  })
})

describe('a seed without tokens', () => {
  test.each([
    ['full access', tokens.fullAccess, 200],
    ['read only', tokens.readOnly, 200],
    ['expired', tokens.expired, 401],
    ['revoked', tokens.revoked, 401],
  ])('uses the built-in ones: %s', async (_kind, secret, status) => {
    const { agent } = await sandbox({ seed: { version: 1, users: { zoe } } })
    expect((await agent.get('/v1/users').auth(secret, { type: 'bearer' })).status).toBe(status)
  })

  test.each([
    ['the user of the same alias', { zoe, ada: yan }, ids.ada, 'ada'],
    ['the first user', { zoe, yan }, derived.zoe, 'zoe'],
  ])('gives them to %s', async (_whom, users, user_id, alias) => {
    const given = alias === 'ada' ? { ...users, ada: { ...yan, user_id } } : users
    const seed = loadSeed({ version: 1, users: given })
    expect(new Set(seed.tokens.map((kept) => kept.user_id))).toEqual(new Set([user_id]))
  })

  test('can be used even if it has no users either', async () => {
    const { agent } = await sandbox({ seed: { version: 1 } })
    expect((await agent.get('/v1/users')).status).toBe(200)
  })
})

test('a seed with tokens has only those', async () => {
  const { agent } = await sandbox({ seed: { version: 1, tokens: { mine: token } } })
  const answers = []
  for (const secret of [token.secret, ...Object.values(tokens)]) {
    const { status } = await agent.get('/v1/users').auth(secret, { type: 'bearer' })
    answers.push(status)
  }
  expect(answers).toEqual([200, 401, 401, 401, 401])
})

describe('a time of a seed', () => {
  const crewOf = (access: object) => ({
    version: 1,
    users: { zoe },
    groups: { crew },
    group_users: [{ group: 'crew', user: 'zoe', ...access }],
  })

  async function expirationDates(access: object): Promise<unknown[]> {
    const { agent } = await sandbox({ seed: crewOf(access) })
    const { results } = (await agent.get(`/v1/groups/${derived.crew}/users`)).body as {
      results: { expiration_date: unknown }[]
    }
    return results.map(({ expiration_date }) => expiration_date)
  }

  test.each([
    ['as a date', '2022-02-01T00:00:00.000Z', ['2022-02-01T00:00:00.000Z']],
    ['as a date without milliseconds', '2022-02-01T00:00:00Z', ['2022-02-01T00:00:00.000Z']],
    ['as a date in another zone', '2022-02-01T02:00:00+02:00', ['2022-02-01T00:00:00.000Z']],
    ['from now', '+60m', ['2022-01-23T04:56:07.000Z']],
    ['from now, in several units', '+1d2h3m4s5ms', ['2022-01-24T05:59:11.005Z']],
    ['a millisecond from now', '+1ms', ['2022-01-23T03:56:07.001Z']],
    ['now', '+0s', []],
    ['before now', '-1h', []],
    ['as a date before now', '2022-01-23T03:56:06.999Z', []],
  ])('may be written %s: %s', async (_how, expires_at, dates) => {
    expect(await expirationDates({ expires_at })).toEqual(dates)
  })

  test('that is left out means never', async () => {
    expect(await expirationDates({})).toEqual([null])
  })

  test('in the far future has not passed', async () => {
    expect(await expirationDates({ expires_at: '+4000000d' })).toHaveLength(1)
  })

  test('in the distant past has passed', async () => {
    expect(await expirationDates({ expires_at: '-4000000d' })).toEqual([])
  })

  test('is relative to the clock of the seed, if it has one', async () => {
    const seed = { ...crewOf({ expires_at: '+60m' }), clock: { frozen_at: '2030-01-01T00:00:00Z' } }
    const { agent } = await sandbox({ seed, now: undefined })
    const { results } = (await agent.get(`/v1/groups/${derived.crew}/users`)).body as {
      results: { expiration_date: unknown }[]
    }
    expect(results.map(({ expiration_date }) => expiration_date)).toEqual(['2030-01-01T01:00:00.000Z'])
  })

  test('is resolved again from the clock at a reset', async () => {
    const { agent } = await sandbox({ seed: crewOf({ expires_at: '+60m' }) })
    await agent.post('/_sandbox/clock').send({ advance: '2h' })
    await agent.post('/_sandbox/reset')
    const { results } = (await agent.get(`/v1/groups/${derived.crew}/users`)).body as {
      results: { expiration_date: unknown }[]
    }
    expect(results.map(({ expiration_date }) => expiration_date)).toEqual(['2022-01-23T04:56:07.000Z'])
  })

  test.each([
    ['4 seconds ago', '-4s', { status: 'PENDING' }],
    ['5 seconds ago', '-5s', { status: 'SUCCESS' }],
    ['in the remote system only', null, undefined],
  ])('tells how far a push has come that was made %s', async (_when, pushed_at, propagation_status) => {
    const seed = crewOf({ pushed_at, propagation: [{ status: 'PENDING', for: '5s' }, { status: 'SUCCESS' }] })
    const { agent } = await sandbox({ seed })
    const { results } = (await agent.get(`/v1/groups/${derived.crew}/users`)).body as {
      results: { propagation_status?: unknown }[]
    }
    expect(results.map((result) => result.propagation_status)).toEqual([propagation_status])
  })
})

describe('the settings of a seed', () => {
  test('are those of the organization', async () => {
    const seed = { version: 1, users: { zoe }, groups: { crew }, settings: { missing_group_user_on_update: 'create' } }
    const { agent } = await sandbox({ seed })
    expect((await agent.put(groupUserPath(derived.crew, derived.zoe)).send({ duration_minutes: 0 })).status).toBe(200)
  })

  test('that accept levels which a group does not have also accept them in the seed', () => {
    const document = {
      version: 1,
      settings: { unknown_access_level: 'accept' },
      users: { zoe },
      groups: { crew },
      group_users: [{ group: 'crew', user: 'zoe', access_level: 'captain' }],
    }
    expect(problemsOf(document)).toEqual([])
  })
})

describe('the propagation of access', () => {
  const pending = [{ status: 'PENDING' }]
  const failed = [{ status: 'ERR_TIMEOUT' }]
  const skipped = [{ status: 'ERR_TICKET_CREATION_SKIPPED' }]
  const unknown = [{ status: 'ERR_UNKNOWN' }]

  test.each<
    [whose: string, timelines: { own?: object; user?: object; group?: object; organization?: object }, status: string]
  >([
    ['its own', { own: pending, user: failed, group: skipped, organization: unknown }, 'PENDING'],
    ["the user's", { user: failed, group: skipped, organization: unknown }, 'ERR_TIMEOUT'],
    ["the group's", { group: skipped, organization: unknown }, 'ERR_TICKET_CREATION_SKIPPED'],
    ["the organization's", { organization: unknown }, 'ERR_UNKNOWN'],
    ['none', {}, 'SUCCESS'],
  ])('is %s, where there is none before it', async (_whose, { own, user, group, organization }, status) => {
    const seed = {
      version: 1,
      ...(organization && { settings: { propagation: organization } }),
      users: { zoe: { ...zoe, ...(user && { propagation: user }) } },
      groups: { crew: { ...crew, ...(group && { propagation: group }) } },
      group_users: [{ group: 'crew', user: 'zoe', ...(own && { propagation: own }) }],
    }
    const { agent } = await sandbox({ seed })
    const { results } = (await agent.get(`/v1/groups/${derived.crew}/users`)).body as {
      results: { propagation_status: unknown }[]
    }
    expect(results.map(({ propagation_status }) => propagation_status)).toEqual([{ status }])
  })
})
