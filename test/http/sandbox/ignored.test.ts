import fc from 'fast-check'
import { beforeEach, describe, expect, test, vi } from 'vitest'
import { closest } from '../../../src/schemas/closest.js'
import { groupUserPath, ids, sandbox } from '../../helper.js'
import { call, type Opened } from './calls.js'

vi.mock('../../../src/schemas/closest.js', { spy: true })
beforeEach(() => void vi.mocked(closest).mockClear())

const path = groupUserPath(ids.apiGroup, ids.jake)

async function put(opened: Opened, fields: object, query = '') {
  const { statusCode, headers, body } = await opened.app.inject({
    method: 'PUT',
    url: `${path}${query}`,
    headers: { authorization: 'Bearer org-a' },
    payload: { duration_minutes: 60, ...fields },
  })
  return { status: statusCode, ignored: headers['x-opal-sandbox-ignored'], body }
}

/** JSON with each name as a key of its own, also where JavaScript would take it for something else. */
function fieldsOf(names: string[]): object {
  return JSON.parse(`{${names.map((name) => `${JSON.stringify(name)}:1`).join(',')}}`) as object
}

describe('x-opal-sandbox-ignored', () => {
  test.each<[names: string[], query: string, ignored: string | undefined]>([
    [[], '', undefined],
    [['durationMinutes'], '', 'body.durationMinutes; did you mean duration_minutes?'],
    [['zzz'], '', 'body.zzz'],
    [['zzz', 'yyy'], '', 'body.zzz, body.yyy'],
    [[], '?duration_minute=5', 'query.duration_minute'],
    [['zzz'], '?a=1&b=2', 'body.zzz, query.a, query.b'],
    [['a\r\nset-cookie: b'], '', 'body.a%0D%0Aset-cookie: b'],
    [['\u{1f600}'], '', 'body.%F0%9F%98%80'],
    [['ä'], '', 'body.%C3%A4'],
    [['\ud800'], '', 'body.%EF%BF%BD'],
    [['\0'], '', 'body.%00'],
    [['100%'], '', 'body.100%25'],
    [['a[0] %5B'], '', 'body.a[0] %255B'],
    [['__proto__'], '', 'body.__proto__'],
    [['constructor', 'toString'], '', 'body.constructor, body.toString'],
    [
      Array.from({ length: 12 }, (_, index) => `z${index}`),
      '',
      Array.from({ length: 10 }, (_, index) => `body.z${index}`).join(', '),
    ],
  ])('of the fields %j and the query %j is %j', async (names, query, ignored) => {
    const opened = await sandbox()
    const answer = await put(opened, fieldsOf(names), query)
    expect([answer.status, answer.ignored]).toEqual([200, ignored])
  })

  test('is at most 1 KiB, and has no truncated names', async () => {
    const opened = await sandbox()
    const long = Array.from({ length: 10 }, (_, index) => String(index).repeat(199))
    const { ignored } = await put(opened, fieldsOf(long.map((name) => `z${name}`)))
    expect(ignored).toBe(
      long
        .slice(0, 4)
        .map((name) => `body.z${name}`)
        .join(', '),
    )
  })

  test('is neither on an answer that ignored nothing, nor on one that rejects these fields', async () => {
    const opened = await sandbox()
    await call(opened, 'org-a', 'PATCH', '/_sandbox/settings', { unknown_fields: 'reject' })
    const { status, ignored } = await put(opened, { zzz: 1 })
    expect([status, ignored]).toEqual([400, undefined])
  })

  test('never breaks an answer, whatever the names are', async () => {
    const opened = await sandbox()
    const name = fc.oneof(fc.string({ unit: 'binary', maxLength: 40 }), fc.string({ unit: 'grapheme', maxLength: 400 }))
    const surrogate = fc
      .array(fc.integer({ min: 0xd7f0, max: 0xe010 }), { maxLength: 5 })
      .map((codes) => String.fromCharCode(...codes))
    const control = fc.array(fc.nat(0x7f), { maxLength: 10 }).map((codes) => String.fromCharCode(...codes))
    const names = fc.array(fc.oneof(name, surrogate, control), { maxLength: 15 })
    await fc.assert(
      fc.asyncProperty(names, async (body) => {
        const query = body.map((one) => `${encodeURIComponent(one.toWellFormed())}=1`).join('&')
        const answer = await put(
          opened,
          { ...fieldsOf(body), duration_minutes: 60, access_level_remote_id: '' },
          `?${query}`,
        )
        expect(answer.status, answer.body).toBe(200)
        const text = String(answer.ignored ?? '')
        expect(text).toMatch(/^[\x20-\x7e]{0,1024}$/)
        expect(() => decodeURI(text)).not.toThrow()
      }),
      { numRuns: 200 },
    )
  })
})

describe('a misspelt field that is missing under its own name', () => {
  const missing = { path: 'body.duration_minutes', message: 'is required: expected an integer of at most 525960' }
  const refuse = async (opened: Opened, payload: object, query = '') => {
    const answer = await opened.app.inject({
      method: 'PUT',
      url: `${path}${query}`,
      headers: { authorization: 'Bearer org-a' },
      payload,
    })
    const { errors, hint } = JSON.parse(answer.body) as { errors: object[]; hint?: string }
    const { results } = (await call(opened, 'org-a', 'GET', '/_sandbox/requests')) as {
      results: { ignored?: string[]; hint?: string }[]
    }
    const entry = results.at(-1)
    return {
      status: answer.statusCode,
      errors,
      hint,
      header: answer.headers['x-opal-sandbox-ignored'],
      journal: [entry!.ignored, entry!.hint],
    }
  }

  test.each<[body: object, query: string, ignored: string[] | undefined, hint: string | undefined]>([
    [
      { durationMinutes: 60 },
      '',
      ['body.durationMinutes; did you mean duration_minutes?'],
      'Not known here: body.durationMinutes; did you mean duration_minutes?',
    ],
    [
      { duration: 60, 'duration-minutes': 60, access_level_id: '', zzz: 1 },
      '?page=1',
      [
        'body.duration',
        'body.duration-minutes; did you mean duration_minutes?',
        'body.access_level_id',
        'body.zzz',
        'query.page',
      ],
      'Not known here: body.duration-minutes; did you mean duration_minutes?',
    ],
    [{ zzz: 1 }, '', ['body.zzz'], undefined],
    [{}, '', undefined, undefined],
  ])('%j%s is told of with the refusal', async (body, query, ignored, hint) => {
    expect(await refuse(await sandbox(), body, query)).toEqual({
      status: 400,
      errors: [missing],
      hint,
      header: ignored?.join(', '),
      journal: [ignored, hint],
    })
  })

  test('is also rejected if unknown fields are', async () => {
    const opened = await sandbox()
    await call(opened, 'org-a', 'PATCH', '/_sandbox/settings', { unknown_fields: 'reject' })
    const hint = 'The setting unknown_fields is "reject" in this organization.'
    expect(await refuse(opened, { durationMinutes: 60, zzz: 1 })).toEqual({
      status: 400,
      errors: [
        missing,
        { path: 'body.durationMinutes', message: 'is not known: did you mean duration_minutes?' },
        { path: 'body.zzz', message: 'is not known' },
      ],
      hint,
      header: undefined,
      journal: [undefined, hint],
    })
  })

  test('does not exist in a list, or in a body that is not an object', async () => {
    const opened = await sandbox()
    expect((await refuse(opened, [{ durationMinutes: 60 }])).header).toBe(undefined)
  })
})

test('thousands of unknown fields cost no more than the few that are reported', async () => {
  const opened = await sandbox()
  const names = Array.from({ length: 3_000 }, (_, index) => `minutes_${index}`)
  const { ignored } = await put(opened, fieldsOf(names))
  expect(ignored?.toString().split(', ').length).toBe(10)
  expect(vi.mocked(closest).mock.calls.length).toBe(20)
})

test('the beginning of a name that is too long is reported', async () => {
  const opened = await sandbox()
  await put(opened, fieldsOf(['z'.repeat(60_000)]))
  const { results } = (await call(opened, 'org-a', 'GET', '/_sandbox/requests')) as { results: { ignored: string[] }[] }
  expect(results[0]!.ignored).toEqual([`body.${'z'.repeat(200)}...`])
})

test('more unknown fields than an answer can name are rejected with the first twenty', async () => {
  const opened = await sandbox()
  await call(opened, 'org-a', 'PATCH', '/_sandbox/settings', { unknown_fields: 'reject' })
  const { status, body } = await put(opened, fieldsOf(Array.from({ length: 30 }, (_, index) => `zz${index}`)))
  const { errors } = JSON.parse(body) as { errors: { path: string }[] }
  expect([status, errors.map(({ path }) => path)]).toEqual([
    400,
    Array.from({ length: 20 }, (_, index) => `body.zz${index}`),
  ])
})

test('a misspelt parameter is reported with the one that was meant, or rejected if unknown fields are', async () => {
  const opened = await sandbox()
  const list = () =>
    opened.app.inject({ url: '/v1/users?page_siez=1&page_size=2', headers: { authorization: 'Bearer org-a' } })
  const told = await list()
  expect([told.statusCode, told.headers['x-opal-sandbox-ignored']]).toEqual([
    200,
    'query.page_siez; did you mean page_size?',
  ])
  await call(opened, 'org-a', 'PATCH', '/_sandbox/settings', { unknown_fields: 'reject' })
  const refused = await list()
  expect([refused.statusCode, (JSON.parse(refused.body) as { errors: object[] }).errors]).toEqual([
    400,
    [{ path: 'query.page_siez', message: 'is not known: did you mean page_size?' }],
  ])
})

describe('inside of a body', () => {
  const group = { group_id: ids.apiGroup }
  const stage = { require_manager_approval: true, operator: 'AND', owner_ids: [] }
  const configuration = {
    allow_requests: true,
    auto_approval: false,
    require_mfa_to_request: false,
    require_support_ticket: false,
    priority: 0,
  }
  const created = { name: 'New', group_type: 'GIT_HUB_TEAM', app_id: ids.unknown }

  const send = async (opened: Opened, method: 'PUT' | 'POST', payload: object) => {
    const answer = await opened.app.inject({
      method,
      url: '/v1/groups',
      headers: { authorization: 'Bearer org-a' },
      payload,
    })
    const { results } = (await call(opened, 'org-a', 'GET', '/_sandbox/requests')) as {
      results: { ignored?: string[] }[]
    }
    const { errors } = JSON.parse(answer.body) as { errors?: object[] }
    return {
      status: answer.statusCode,
      header: answer.headers['x-opal-sandbox-ignored'],
      journal: results.at(-1)!.ignored,
      errors,
    }
  }

  const bodies: ['PUT' | 'POST', body: object, ignored: [path: string, nearest?: string][]][] = [
    ['PUT', { groups: [{ ...group, name: 'A' }] }, []],
    ['PUT', { groups: [{ ...group, nmae: 'A' }] }, [['body.groups[0].nmae', 'name']]],
    ['PUT', { groups: [group, { ...group, zzz: 1 }], grups: [] }, [['body.groups[1].zzz'], ['body.grups', 'groups']]],
    ['PUT', { groups: [{ ...group, group_leader_user_ids: [ids.jake], custom_request_notification: null }] }, []],
    [
      'PUT',
      {
        groups: [
          {
            ...group,
            request_configurations: [
              { ...configuration, condition: { group_idz: [] }, reviewer_stages: [stage, { ...stage, zzz: 1 }] },
            ],
          },
        ],
      },
      [
        ['body.groups[0].request_configurations[0].condition.group_idz', 'group_ids'],
        ['body.groups[0].request_configurations[0].reviewer_stages[1].zzz'],
      ],
    ],
    [
      'POST',
      { ...created, remote_info: { github_taem: {}, github_team: { team_slug: 'a', team_slag: 'b' } } },
      [
        ['body.remote_info.github_taem', 'github_team'],
        ['body.remote_info.github_team.team_slag', 'team_slug'],
      ],
    ],
    ['POST', { ...created, name: 'Other', metadata: '{"a": 1}' }, []],
  ]

  test.each(bodies)('of %s /v1/groups %j is reported: %j', async (method, body, ignored) => {
    const names = ignored.map(([path, nearest]) => (nearest === undefined ? path : `${path}; did you mean ${nearest}?`))
    expect(await send(await sandbox(), method, body)).toEqual({
      status: 200,
      header: names.length === 0 ? undefined : names.join(', '),
      journal: names.length === 0 ? undefined : names,
      errors: undefined,
    })
  })

  test.each(bodies.filter(([, , ignored]) => ignored.length > 0))(
    'of %s /v1/groups %j is refused where unknown fields are',
    async (method, body, ignored) => {
      const opened = await sandbox()
      await call(opened, 'org-a', 'PATCH', '/_sandbox/settings', { unknown_fields: 'reject' })
      expect(await send(opened, method, body)).toEqual({
        status: 400,
        header: undefined,
        journal: undefined,
        errors: ignored.map(([path, nearest]) => ({
          path,
          message: nearest === undefined ? 'is not known' : `is not known: did you mean ${nearest}?`,
        })),
      })
    },
  )

  test.each<[body: object]>([
    [{ groups: { zzz: 1 } }],
    [{ groups: [[{ zzz: 1 }], 'zzz', null] }],
    [{ groups: [{ ...group, name: { zzz: 1 }, request_configurations: 'zzz' }] }],
  ])('%j, which has another shape, is refused for that', async (body) => {
    expect((await send(await sandbox(), 'PUT', body)).status).toBe(400)
  })

  test('thousands cost no more than the few that are reported', async () => {
    const opened = await sandbox()
    const groups = Array.from({ length: 3_000 }, (_, index) => ({ ...group, [`descriptoin${index}`]: 1 }))
    const { header } = await send(opened, 'PUT', { groups })
    expect(header?.toString().split(', ').length).toBe(10)
    expect(vi.mocked(closest).mock.calls.length).toBe(20)
  })
})
