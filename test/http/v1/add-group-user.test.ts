import { describe, expect, test } from 'vitest'
import { groupUserPath, ids, levels, now, requestId, sandbox, told, tokens } from '../../helper.js'

const path = groupUserPath(ids.apiGroup, ids.noor)
const inMinutes = (minutes: number) => new Date(now + minutes * 60_000).toISOString()

/** What the API Group shows of Noor, who is in no group to begin with. */
const noor = {
  group_id: ids.apiGroup,
  group_name: 'API Group',
  description: "Group required to request API's",
  user_id: ids.noor,
  access_level: { access_level_name: '', access_level_remote_id: '' },
  full_name: 'Noor Haddad',
  email: 'noor@company.dev',
  expiration_date: null as string | null,
  propagation_status: { status: 'SUCCESS' },
}
const admin = { access_level_name: 'AdministratorAccess', access_level_remote_id: levels.admin }
const readOnly = { access_level_name: 'ReadOnlyAccess', access_level_remote_id: levels.readOnly }

const invalid = (...errors: { path: string; message: string }[]) => ({
  status: 400,
  body: {
    code: 'INVALID_REQUEST',
    message: `The request is not valid: ${errors.length === 1 ? '1 problem' : `${errors.length} problems`}.`,
    errors,
    request_id: requestId,
  },
})

/** A seed in which Ada's access ran out an hour ago, and which lists three others. */
const seedWithExpired = {
  version: 1,
  users: {
    ada: { user_id: ids.ada, email: 'ada@company.dev', full_name: 'Ada Lane' },
    jake: { user_id: ids.jake, email: 'jake@company.dev', full_name: 'Jake Barnes' },
    brett: { user_id: ids.brett, email: 'brett@company.dev', full_name: 'Brett Ashley' },
    noor: { user_id: ids.noor, email: 'noor@company.dev', full_name: 'Noor Haddad' },
  },
  groups: { api: { group_id: ids.apiGroup, name: 'API Group', group_type: 'OKTA_GROUP' } },
  group_users: [
    { group: 'api', user: 'ada', expires_at: '-1h' },
    { group: 'api', user: 'jake' },
    { group: 'api', user: 'brett' },
    { group: 'api', user: 'noor' },
  ],
}

describe('the source of duration and level', () => {
  test.each([
    ['the body', '', { duration_minutes: 60 }, { expiration_date: inMinutes(60) }],
    ['the longest duration', '', { duration_minutes: 525_960 }, { expiration_date: inMinutes(525_960) }],
    ['0 in the body, for ever', '', { duration_minutes: 0 }, { expiration_date: null }],
    [
      'a level in the body',
      '',
      { duration_minutes: 0, access_level_remote_id: levels.readOnly },
      { access_level: readOnly },
    ],
    ['the default level in the body', '', { duration_minutes: 0, access_level_remote_id: '' }, {}],
    [
      'the body over the query',
      `?duration_minutes=5&access_level_remote_id=${levels.readOnly}`,
      { duration_minutes: 60, access_level_remote_id: levels.admin },
      { expiration_date: inMinutes(60), access_level: admin },
    ],
    ['0 in the body over the query', '?duration_minutes=5', { duration_minutes: 0 }, {}],
    [
      'the default level in the body over the query',
      `?access_level_remote_id=${levels.admin}`,
      { duration_minutes: 0, access_level_remote_id: '' },
      {},
    ],
    [
      'what the body leaves out, from the query',
      `?access_level_remote_id=${levels.admin}`,
      { duration_minutes: 60 },
      { expiration_date: inMinutes(60), access_level: admin },
    ],
    [
      'numbers that are integers in another spelling',
      '',
      '{"duration_minutes": 6e1}\n',
      { expiration_date: inMinutes(60) },
    ],
    ['fields that are not known, without effect', '', { duration_minutes: 0, durationMinutes: 60, comment: 'x' }, {}],
  ])('%s', async (_name, query, body, differs) => {
    const { agent } = await sandbox()
    const answer = await agent
      .post(path + query)
      .set('content-type', 'application/json')
      .send(body)
    expect(told(answer)).toEqual({ status: 200, body: { ...noor, ...differs } })
  })

  const withoutBody = [
    ['a body of null', { 'content-type': 'application/json' }, 'null'],
    ['an empty body with a JSON content type', { 'content-type': 'application/json' }, ''],
    ['no body at all', {}, undefined],
  ] as const
  const queries = [
    ['', {}],
    ['?duration_minutes=30', { expiration_date: inMinutes(30) }],
    ['?duration_minutes=525960', { expiration_date: inMinutes(525_960) }],
    ['?duration_minutes=0', {}],
    [`?access_level_remote_id=${encodeURIComponent(levels.readOnly)}`, { access_level: readOnly }],
    [
      `?duration_minutes=1&access_level_remote_id=${levels.admin}`,
      { expiration_date: inMinutes(1), access_level: admin },
    ],
    ['?access_level_remote_id=', {}],
  ] as const
  test.each(
    withoutBody.flatMap(([name, headers, body]) => queries.map((query) => [name, headers, body, ...query] as const)),
  )('%s leaves the say to the query: %o %o %s', async (_name, headers, body, query, differs) => {
    const { app } = await sandbox()
    const answer = await app.inject({
      method: 'POST',
      url: path + query,
      headers: { authorization: `Bearer ${tokens.fullAccess}`, ...headers },
      ...(body !== undefined && { payload: body }),
    })
    expect({ status: answer.statusCode, body: answer.json<unknown>() }).toEqual({
      status: 200,
      body: { ...noor, ...differs },
    })
  })
})

describe('what is rejected', () => {
  const tooLong = 'expected an integer of at most 525960, got 525961'
  test.each([
    [
      'an object without a duration',
      '',
      {},
      invalid({ path: 'body.duration_minutes', message: 'is required: expected an integer of at most 525960' }),
    ],
    [
      'an object without a duration, also with one in the query',
      '?duration_minutes=60',
      { access_level_remote_id: '' },
      invalid({ path: 'body.duration_minutes', message: 'is required: expected an integer of at most 525960' }),
    ],
    [
      'a body over the longest duration',
      '',
      { duration_minutes: 525_961 },
      invalid({ path: 'body.duration_minutes', message: tooLong }),
    ],
    [
      'a query over the longest duration',
      '?duration_minutes=525961',
      undefined,
      invalid({ path: 'query.duration_minutes', message: 'expected an integer of at most 525960, got 525961' }),
    ],
    [
      'a query that is no integer',
      '?duration_minutes=60.5',
      undefined,
      invalid({
        path: 'query.duration_minutes',
        message: 'expected an integer of at most 525960, got the string "60.5"',
      }),
    ],
    [
      'text in the body',
      '',
      { duration_minutes: '60' },
      invalid({ path: 'body.duration_minutes', message: 'expected an integer of at most 525960, got the string "60"' }),
    ],
    [
      'half a minute',
      '',
      { duration_minutes: 60.5 },
      invalid({ path: 'body.duration_minutes', message: 'expected an integer of at most 525960, got 60.5' }),
    ],
    [
      'null for a duration',
      '?duration_minutes=60',
      { duration_minutes: null },
      invalid({ path: 'body.duration_minutes', message: 'expected an integer of at most 525960, got null' }),
    ],
    [
      'null for a level',
      '',
      { duration_minutes: 60, access_level_remote_id: null },
      invalid({ path: 'body.access_level_remote_id', message: 'expected a string, got null' }),
    ],
    ['a list', '', [60], invalid({ path: 'body', message: 'expected an object or null, got a list' })],
    ['a number', '', '60', invalid({ path: 'body', message: 'expected an object or null, got 60' })],
  ])('%s', async (_name, query, body, refused) => {
    const { agent } = await sandbox()
    const answer = await agent
      .post(path + query)
      .set('content-type', 'application/json')
      .send(body)
    expect(told(answer)).toEqual(refused)
    expect((await agent.get(`/v1/groups/users/${ids.noor}`)).body).toEqual({ results: [], next: null, previous: null })
  })

  test('ids, query and body are reported together', async () => {
    const { agent } = await sandbox()
    const answer = await agent.post('/v1/groups/x/users/y?duration_minutes=z').send({ duration_minutes: true })
    expect(told(answer)).toEqual(
      invalid(
        { path: 'path.group_id', message: 'expected a UUID, got the string "x"' },
        { path: 'path.user_id', message: 'expected a UUID, got the string "y"' },
        {
          path: 'query.duration_minutes',
          message: 'expected an integer of at most 525960, got the string "z"',
        },
        { path: 'body.duration_minutes', message: 'expected an integer of at most 525960, got true' },
      ),
    )
  })

  test('an optional body that is missing is not reported', async () => {
    const { agent } = await sandbox()
    expect(told(await agent.post(groupUserPath('x', ids.noor)))).toEqual(
      invalid({ path: 'path.group_id', message: 'expected a UUID, got the string "x"' }),
    )
  })

  test('another content type', async () => {
    const { agent } = await sandbox()
    expect(told(await agent.post(path).type('text/plain').send('{"duration_minutes": 60}'))).toEqual({
      status: 415,
      body: {
        code: 'CONTENT_TYPE_UNSUPPORTED',
        message: 'The body is sent as text/plain; only JSON is read.',
        hint: 'Send the header "Content-Type: application/json".',
        request_id: requestId,
      },
    })
  })

  test('a level that the group does not have', async () => {
    const { agent } = await sandbox()
    const answer = await agent.post(`${path}?access_level_remote_id=${levels.admin}`).send({
      duration_minutes: 60,
      access_level_remote_id: 'admin',
    })
    expect(told(answer)).toEqual({
      status: 400,
      body: {
        code: 'ACCESS_LEVEL_NOT_FOUND',
        message:
          `The group has no access level "admin". It has "${levels.admin}" (AdministratorAccess), ` +
          `"${levels.readOnly}" (ReadOnlyAccess), "" (the default level).`,
        hint: 'Send the access_level_remote_id of one of those, or leave it out.',
        request_id: requestId,
      },
    })
  })
})

test('of several mistakes the first in order of precedence is reported', async () => {
  const { agent } = await sandbox()
  const both = groupUserPath(ids.unknown, ids.unknown)
  const user = groupUserPath(ids.apiGroup, ids.unknown)
  const tooLong = { duration_minutes: 525_961, access_level_remote_id: 'admin' }
  const level = { duration_minutes: 60, access_level_remote_id: 'admin' }
  const calls = [
    agent.post('/v1/groups/x/users/y').auth('nobody', { type: 'bearer' }).send({}),
    agent.post('/v1/groups/x/users/y').auth(tokens.readOnly, { type: 'bearer' }).send({}),
    agent.post(both).type('text/plain').send('60'),
    agent.post(both).send(tooLong),
    agent.post(both).send(level),
    agent.post(user).send(level),
    agent.post(path).send(level),
  ]
  const codes = []
  for (const call of calls) {
    const { status, body } = (await call) as { status: number; body: { code: string } }
    codes.push(`${status} ${body.code}`)
  }
  expect(codes).toEqual([
    '401 TOKEN_UNKNOWN',
    '403 TOKEN_READ_ONLY',
    '415 CONTENT_TYPE_UNSUPPORTED',
    '400 INVALID_REQUEST',
    '404 GROUP_NOT_FOUND',
    '404 USER_NOT_FOUND',
    '400 ACCESS_LEVEL_NOT_FOUND',
  ])
})

describe('a user who is in the group already', () => {
  test('is replaced, with an indefinite duration and the default level', async () => {
    const { agent } = await sandbox()
    await agent.post(path).send({ duration_minutes: 60, access_level_remote_id: levels.admin }).expect(200)
    expect(told(await agent.post(path))).toEqual({ status: 200, body: noor })
    expect((await agent.get(`/v1/groups/users/${ids.noor}`)).body).toEqual({
      results: [noor],
      next: null,
      previous: null,
    })
  })

  test('keeps their place in the list', async () => {
    const { agent } = await sandbox()
    const list = `/v1/groups/${ids.apiGroup}/users`
    const before = (await agent.get(list)).body as { results: { user_id: string }[] }
    const [first, ...others] = before.results
    expect(first?.user_id).toBe(ids.jake)
    const added = await agent.post(groupUserPath(ids.apiGroup, ids.jake)).send({ duration_minutes: 60 })
    expect((await agent.get(list)).body).toEqual({ ...before, results: [added.body, ...others] })
  })

  test('gets a new place if their access had expired', async () => {
    const { agent } = await sandbox({ seed: seedWithExpired })
    const list = `/v1/groups/${ids.apiGroup}/users`
    const before = (await agent.get(list)).body as { results: { user_id: string }[] }
    expect(before.results.map(({ user_id }) => user_id)).toEqual([ids.jake, ids.brett, ids.noor])
    const added = await agent.post(groupUserPath(ids.apiGroup, ids.ada))
    expect((await agent.get(list)).body).toEqual({ ...before, results: [...before.results, added.body] })
  })

  test('gets a new place if their access was removed', async () => {
    const { agent } = await sandbox({ seed: seedWithExpired })
    const list = `/v1/groups/${ids.apiGroup}/users`
    await agent.delete(groupUserPath(ids.apiGroup, ids.jake)).expect(200)
    await agent.post(groupUserPath(ids.apiGroup, ids.jake)).expect(200)
    const { results } = (await agent.get(list)).body as { results: { user_id: string }[] }
    expect(results.map(({ user_id }) => user_id)).toEqual([ids.brett, ids.noor, ids.jake])
  })
})

describe('a negative duration', () => {
  test.each([
    ['in the body', '', { duration_minutes: -1 }],
    ['in the query', '?duration_minutes=-1', undefined],
    ['of any size', '', { duration_minutes: -1e12 }],
  ])('%s ends access at once', async (_name, query, body) => {
    const { agent } = await sandbox()
    await agent.post(path).expect(200)
    const answer = await agent.post(path + query).send(body)
    expect(told(answer)).toEqual({ status: 200, body: { ...noor, expiration_date: inMinutes(0) } })
    expect((await agent.get(`/v1/groups/users/${ids.noor}`)).body).toEqual({ results: [], next: null, previous: null })
  })

  test('gives none to users without one', async () => {
    const { agent } = await sandbox()
    const answer = await agent.post(path).send({ duration_minutes: -1 })
    expect(told(answer)).toEqual({ status: 200, body: { ...noor, expiration_date: inMinutes(0) } })
    expect((await agent.get(`/v1/groups/users/${ids.noor}`)).body).toEqual({ results: [], next: null, previous: null })
  })
})

describe('with other settings', () => {
  const rejected = (path: string) =>
    invalid({ path, message: 'expected 0 or more, got -1: this organization\'s setting negative_duration is "reject"' })
  const withHint = (answer: ReturnType<typeof invalid>, hint: string) => ({ ...answer, body: { ...answer.body, hint } })
  const end = 'End access with DELETE on the same path.'
  const jake = groupUserPath(ids.apiGroup, ids.jake)
  const reject = 'The setting unknown_fields is "reject" in this organization.'
  test.each([
    [
      're_add: conflict',
      jake,
      { duration_minutes: 60 },
      {
        status: 409,
        body: {
          code: 'GROUP_USER_EXISTS',
          message: `User ${ids.jake} is already in group ${ids.apiGroup}.`,
          hint: `The setting re_add is "conflict" in this organization. Change the access with PUT ${jake}.`,
          request_id: requestId,
        },
      },
    ],
    ['re_add: conflict', path, { duration_minutes: 0 }, { status: 200, body: noor }],
    ['negative_duration: reject', jake, { duration_minutes: -1 }, withHint(rejected('body.duration_minutes'), end)],
    [
      'negative_duration: reject',
      `${jake}?duration_minutes=-1`,
      undefined,
      withHint(rejected('query.duration_minutes'), end),
    ],
    [
      'unknown_access_level: accept',
      path,
      { duration_minutes: 0, access_level_remote_id: 'new' },
      { status: 200, body: { ...noor, access_level: { access_level_name: '', access_level_remote_id: 'new' } } },
    ],
    [
      'unknown_fields: reject',
      `${path}?durationMinutes=60`,
      { duration_minutes: 60, level: '' },
      withHint(
        invalid(
          { path: 'body.level', message: 'is not known' },
          { path: 'query.durationMinutes', message: 'is not known: did you mean duration_minutes?' },
        ),
        reject,
      ),
    ],
    [
      'unknown_fields: reject',
      `${path}?level=x`,
      undefined,
      withHint(invalid({ path: 'query.level', message: 'is not known' }), reject),
    ],
  ])('%s: %s %o', async (setting, url, body, answer) => {
    const { agent } = await sandbox()
    const [name = '', value] = setting.split(': ')
    await agent
      .patch('/_sandbox/settings')
      .send({ [name]: value })
      .expect(200)
    const list = `/v1/groups/users/${ids.jake}`
    const before = told(await agent.get(list))
    expect(told(await agent.post(url).send(body))).toEqual(answer)
    expect(told(await agent.get(list))).toEqual(before)
  })
})

test("a push takes the group's timeline", async () => {
  const { agent } = await sandbox()
  const answer = await agent.post(groupUserPath(ids.oktaGroup, ids.noor))
  expect(told(answer)).toEqual({
    status: 200,
    body: {
      ...noor,
      group_id: ids.oktaGroup,
      group_name: 'Okta Engineering',
      description: 'All engineers',
      propagation_status: { status: 'PENDING' },
    },
  })
})

test('access that was synced from the remote system has a propagation status once it is added here', async () => {
  const { agent } = await sandbox()
  const list = `/v1/groups/${ids.plainGroup}/users`
  const before = (await agent.get(list)).body as { results: object[] }
  expect(before.results[0]).not.toHaveProperty('propagation_status')
  const added = await agent.post(groupUserPath(ids.plainGroup, ids.brett))
  expect((await agent.get(list)).body).toEqual({
    ...before,
    results: [{ ...before.results[0], propagation_status: { status: 'SUCCESS' } }],
  })
  expect(added.body).toEqual({ ...before.results[0], propagation_status: { status: 'SUCCESS' } })
})

test.each([
  ['upper-case ids', groupUserPath(ids.apiGroup.toUpperCase(), ids.noor.toUpperCase())],
  ['a doubled slash', path.replace('/v1', '/v1/')],
  ['a trailing slash', `${path}/`],
])('%s are the same path', async (_name, spelling) => {
  const { agent } = await sandbox()
  expect(told(await agent.post(spelling))).toEqual({ status: 200, body: noor })
})
