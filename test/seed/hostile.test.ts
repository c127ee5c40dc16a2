import { describe, expect, test } from 'vitest'
import { loadSeed } from '../../src/seed/load.js'
import { SeedError } from '../../src/seed/seed-error.js'
import { sandbox, tokens } from '../helper.js'

const eve = { email: 'eve@company.dev', full_name: 'Eve Adams' }
const team = { name: 'Team', group_type: 'OPAL_GROUP' }

/** Parses JSON, since in a literal JavaScript gives a special meaning to keys such as `__proto__`. */
const parse = (json: string) => JSON.parse(json) as unknown

function cyclic(): unknown {
  const users: Record<string, unknown> = {}
  users.eve = { ...eve, propagation: users }
  return { version: 1, users }
}

function nested(levels: number): unknown {
  return parse(`${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`)
}

const unstorable = 'expected text without NUL characters or lone surrogates'

const mistakes: [what: string, document: unknown, path: string, message: string][] = [
  ['a setting that objects inherit', parse('{"version":1,"settings":{"constructor":1}}'), 'settings.constructor', ''],
  ['a setting named __proto__', parse('{"version":1,"settings":{"__proto__":{}}}'), 'settings.__proto__', ''],
  ['a section that objects inherit', parse('{"version":1,"constructor":1}'), 'constructor', 'is not known'],
  ['a section named __proto__', parse('{"version":1,"__proto__":{}}'), '__proto__', 'is not known'],
  ['a field that objects inherit', { version: 1, users: { eve: { ...eve, toString: 1 } } }, 'users.eve.toString', ''],
  [
    'an alias that objects inherit',
    { version: 1, group_users: [{ group: 'constructor', user: 'valueof' }] },
    'group_users[0].group',
    'names no group',
  ],
  ['a NUL in a name', { version: 1, users: { eve: { ...eve, full_name: 'E\0' } } }, 'users.eve.full_name', unstorable],
  [
    'a lone surrogate in a name',
    { version: 1, groups: { team: { ...team, name: '\ud800' } } },
    'groups.team.name',
    unstorable,
  ],
  [
    'a lone surrogate deep in a body',
    { version: 1, faults: [{ effect: { status: 500, body: [{ a: ['\udfff'] }] } }] },
    'faults[0].effect.body[0].a[0]',
    unstorable,
  ],
  [
    'a lone surrogate in a key',
    { version: 1, faults: [{ effect: { status: 500, body: { 'a\ud800': 1 } } }] },
    'faults[0].effect.body',
    'expected names without NUL characters or lone surrogates',
  ],
  [
    'a level with a NUL',
    { version: 1, groups: { team: { ...team, access_levels: { A: 'a\0' } } } },
    'groups.team.access_levels.A',
    unstorable,
  ],
  [
    'a counter beyond the safe integers',
    { version: 1, next_sequence: 1e300 },
    'next_sequence',
    'expected an integer, at least 1 and at most',
  ],
  [
    'a counter that would soon be beyond them',
    { version: 1, next_sequence: Number.MAX_SAFE_INTEGER },
    'next_sequence',
    'expected an integer',
  ],
  [
    'an offset beyond the safe integers',
    { version: 1, clock: { offset_ms: 1e300 } },
    'clock.offset_ms',
    'expected an integer',
  ],
  [
    'a wait beyond the safe integers',
    { version: 1, faults: [{ times: 1e300, effect: { drop: true } }] },
    'faults[0].times',
    'expected',
  ],
  [
    'a skip beyond the safe integers',
    { version: 1, faults: [{ skip: 1e300, effect: { drop: true } }] },
    'faults[0].skip',
    'expected',
  ],
  [
    'more rules than an organization can have',
    { version: 1, faults: Array.from({ length: 1_001 }, () => ({ effect: { drop: true } })) },
    'faults',
    'expected a list, at most 1000 items, got 1001 items',
  ],
  [
    'a rule body that is nested too deeply',
    { version: 1, faults: [{ effect: { status: 500, body: nested(1_001) } }] },
    '',
    'is nested more than 1000 levels deep',
  ],
  ['an object that contains itself', cyclic(), '', 'is nested more than 1000 levels deep'],
]

describe('a seed is rejected with path and reason for', () => {
  test.each(mistakes)('%s', (_what, document, path, message) => {
    const problems = problemsOf(document)
    expect(problems).toContainEqual({
      path: path === '' ? 'seed' : `seed.${path}`,
      message: expect.stringContaining(message) as string,
    })
  })

  test.each(mistakes.filter(([what]) => !what.includes('contains itself')))(
    '%s, sent as JSON',
    async (_what, document, path) => {
      const { app } = await sandbox()
      const { statusCode, body } = await app.inject({
        method: 'PUT',
        url: '/_sandbox/seed',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${tokens.fullAccess}` },
        payload: JSON.stringify(document),
      })
      const { errors } = JSON.parse(body) as { errors: { path: string }[] }
      expect({ statusCode, paths: errors.map((one) => one.path) }).toEqual({
        statusCode: 400,
        paths: expect.arrayContaining([path === '' ? 'body' : `body.${path}`]) as string[],
      })
    },
  )
})

function problemsOf(document: unknown) {
  try {
    loadSeed(document)
    return []
  } catch (error) {
    if (!(error instanceof SeedError)) throw error
    return error.problems
  }
}

test('emails that only differ after a NUL are rejected before they are compared', () => {
  const users = { a: { ...eve, email: 'e\0a' }, b: { ...eve, email: 'e\0b' } }
  expect(problemsOf({ version: 1, users }).map(({ path }) => path)).toEqual([
    'seed.users.a.email',
    'seed.users.b.email',
  ])
})

test('a secret of the wrong form is never quoted', () => {
  const [problem] = problemsOf({
    version: 1,
    tokens: { full_access: { access_level: 'FULL_ACCESS', secret: 'hunter2' } },
  })
  expect(problem?.path).toBe('seed.tokens.full_access.secret')
  expect(problem?.message).not.toContain('hunter2')
})

describe('YAML over HTTP', () => {
  async function put(payload: string) {
    const { app } = await sandbox()
    const headers = { 'content-type': 'application/yaml', authorization: `Bearer ${tokens.fullAccess}` }
    const { statusCode, body } = await app.inject({ method: 'PUT', url: '/_sandbox/seed', headers, payload })
    return { statusCode, body: JSON.parse(body) as Record<string, unknown> }
  }

  test('is accepted up to 1 MiB', async () => {
    const text = `version: 1\n#${'x'.repeat(1024 * 1024 - 12)}`
    expect((await put(text)).statusCode).toBe(200)
    expect(await put(`${text}x`)).toMatchObject({
      statusCode: 413,
      body: {
        code: 'BODY_TOO_LARGE',
        message: 'A seed as YAML can have at most 1024 KiB.',
        hint: 'Send it as JSON, which is much faster to parse: application/json.',
      },
    })
  })

  test.each([
    [
      'a repeated key',
      'version: 1\nusers: {}\nusers: {}',
      'is not YAML: line 3: the key users occurs twice in one map',
    ],
    ['a syntax error', 'version: 1\nusers: [', 'is not YAML: line 2: Flow sequence in block collection'],
    ['a missing anchor', 'version: 1\nusers: *none', 'is not YAML: Unresolved alias'],
    ['an alias that contains itself', '&all\nversion: 1\nusers: *all', 'is nested more than 1000 levels deep'],
    [
      'aliases that multiply',
      `a: &a [x, x]\n${Array.from({ length: 25 }, (_, i) => `b${i}: &b${i} [*${i === 0 ? 'a' : `b${i - 1}`}, *${i === 0 ? 'a' : `b${i - 1}`}]`).join('\n')}`,
      'is not YAML: Excessive alias count',
    ],
  ])('rejects %s', async (_what, text, message) => {
    expect(await put(text)).toMatchObject({
      statusCode: 400,
      body: { errors: [{ path: 'body', message: expect.stringContaining(message) as string }] },
    })
  })
})
