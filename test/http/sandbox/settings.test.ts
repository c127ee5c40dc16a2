import { describe, expect, test } from 'vitest'
import { groupUserPath, ids, levels, now, requestId, sandbox, told, tokens } from '../../helper.js'
import { anonymous, as, call, type Opened } from './calls.js'

const defaults = {
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
}

const jake = groupUserPath(ids.apiGroup, ids.jake)
const noor = groupUserPath(ids.apiGroup, ids.noor)

describe('each switch, by default and switched', () => {
  type Call = [method: 'PUT' | 'POST', path: string, body: object]

  test.each<[setting: object, calls: Call[], byDefault: number[], switched: number[]]>([
    [
      { missing_group_user_on_update: 'create' },
      [
        ['PUT', noor, { duration_minutes: -1 }],
        ['PUT', noor, { duration_minutes: 60 }],
        ['PUT', noor, { duration_minutes: 60 }],
      ],
      [404, 404, 404],
      [404, 200, 200],
    ],
    [
      { re_add: 'conflict' },
      [
        ['POST', noor, { duration_minutes: 60 }],
        ['POST', noor, { duration_minutes: 60 }],
        ['PUT', noor, { duration_minutes: 60 }],
      ],
      [200, 200, 200],
      [200, 409, 200],
    ],
    [
      { negative_duration: 'reject' },
      [
        ['PUT', jake, { duration_minutes: -1 }],
        ['PUT', jake, { duration_minutes: 60 }],
        ['POST', noor, { duration_minutes: -1 }],
        ['POST', noor, { duration_minutes: 0 }],
      ],
      [200, 404, 200, 200],
      [400, 200, 400, 200],
    ],
    [
      { unknown_access_level: 'accept' },
      [
        ['PUT', jake, { duration_minutes: 60, access_level_remote_id: 'nowhere' }],
        ['POST', noor, { duration_minutes: 60, access_level_remote_id: 'nowhere' }],
        ['PUT', jake, { duration_minutes: 60, access_level_remote_id: levels.admin }],
      ],
      [400, 400, 200],
      [200, 200, 200],
    ],
    [{ existing_tag: 'return' }, [['POST', '/v1/tag', { tag_key: 'pii' }]], [409], [200]],
    [
      { unknown_fields: 'reject' },
      [
        ['PUT', jake, { duration_minutes: 60, durationMinutes: 60 }],
        ['POST', `${noor}?duration=60`, { duration_minutes: 60 }],
        ['PUT', jake, { duration_minutes: 60 }],
      ],
      [200, 200, 200],
      [400, 400, 200],
    ],
  ])('%j', async (setting, calls, byDefault, switched) => {
    const opened = await sandbox()
    async function statuses(token: string) {
      const seen = []
      for (const [method, path, body] of calls) {
        const agent = as(opened, token)
        seen.push((await (method === 'PUT' ? agent.put(path) : agent.post(path)).send(body)).status)
      }
      return seen
    }
    expect(await call(opened, 'org-a', 'PATCH', '/_sandbox/settings', setting)).toEqual({ ...defaults, ...setting })
    expect([await statuses('org-b'), await statuses('org-a')]).toEqual([byDefault, switched])
    // And back again.
    await call(opened, 'org-a', 'POST', '/_sandbox/reset')
    expect(await statuses('org-a')).toEqual(byDefault)
  })

  test('an unknown level has an id and no name', async () => {
    const opened = await sandbox()
    await call(opened, 'org-a', 'PATCH', '/_sandbox/settings', { unknown_access_level: 'accept' })
    const body = { duration_minutes: 60, access_level_remote_id: 'nowhere' }
    expect(await call(opened, 'org-a', 'POST', noor, body)).toMatchObject({
      access_level: { access_level_name: '', access_level_remote_id: 'nowhere' },
    })
  })

  test('the error names the setting', async () => {
    const opened = await sandbox()
    await call(opened, 'org-a', 'PATCH', '/_sandbox/settings', { unknown_fields: 'reject' })
    const answer = await as(opened, 'org-a').put(`${jake}?page=1`).send({ duration_minutes: 60, durationMinutes: 5 })
    expect(told(answer)).toEqual({
      status: 400,
      body: {
        code: 'INVALID_REQUEST',
        message: 'The request is not valid: 2 problems.',
        errors: [
          { path: 'body.durationMinutes', message: 'is not known: did you mean duration_minutes?' },
          { path: 'query.page', message: 'is not known' },
        ],
        hint: 'The setting unknown_fields is "reject" in this organization.',
        request_id: requestId,
      },
    })
  })
})

describe('a setting for other observed behavior', () => {
  const settle = (opened: Opened, settings: object) => call(opened, 'org-a', 'PATCH', '/_sandbox/settings', settings)
  const list = async (opened: Opened, path: string) =>
    ((await call(opened, 'org-a', 'GET', path)) as { results: Record<string, unknown>[] }).results

  test.each([
    ['2022-01-23T03:56:07.120Z', '2022-01-23T04:56:07.12Z'],
    ['2022-01-23T03:56:07.001Z', '2022-01-23T04:56:07.001Z'],
    ['2022-01-23T03:56:10.000Z', '2022-01-23T04:56:10Z'],
  ])('timestamps: at %s access of an hour ends at %s', async (set, expected) => {
    const opened = await sandbox()
    await settle(opened, { timestamps: 'microseconds' })
    await call(opened, 'org-a', 'POST', '/_sandbox/clock', { set })
    const grant = { duration_minutes: 60 }
    expect(await call(opened, 'org-a', 'PUT', jake, grant)).toMatchObject({ expiration_date: expected })
    expect(await call(opened, 'org-a', 'POST', noor, grant)).toMatchObject({ expiration_date: expected })
    const listed = await list(opened, `/v1/groups/${ids.apiGroup}/users`)
    expect(listed.map(({ expiration_date }) => expiration_date)).toEqual([expected, null, expected])
    expect((await list(opened, `/v1/groups/users/${ids.noor}`))[0]).toMatchObject({ expiration_date: expected })
    // The control plane is not Opal's.
    expect(await call(opened, 'org-a', 'GET', '/_sandbox/clock')).toMatchObject({ now: set })
  })

  test('timestamps: also the dates of tokens', async () => {
    const opened = await sandbox()
    await settle(opened, { timestamps: 'microseconds' })
    const listed = await list(opened, '/v1/tokens')
    const dates = listed.flatMap(({ created_at, expires_at, last_used_at }) => [created_at, expires_at, last_used_at])
    const texts = dates.filter((date) => typeof date === 'string')
    expect(texts).toContain('2022-01-23T03:56:07Z')
    for (const date of texts) expect(date).toMatch(/^[-\d]{10}T[:\d]{8}Z$/)
  })

  test.each([
    ['null', { access_level: null }],
    [null, { access_level: null }],
    ['absent', {}],
  ])('default_access_level: %j shows the default level so', async (default_access_level, expected) => {
    const opened = await sandbox()
    await settle(opened, { default_access_level })
    const shown = (one: unknown) =>
      Object.fromEntries(Object.entries(one as object).filter(([name]) => name === 'access_level'))
    const grant = { duration_minutes: 60, access_level_remote_id: '' }
    expect(shown(await call(opened, 'org-a', 'PUT', jake, grant))).toEqual(expected)
    expect(shown(await call(opened, 'org-a', 'POST', noor, grant))).toEqual(expected)
    expect(shown((await list(opened, `/v1/groups/${ids.apiGroup}/users`))[0])).toEqual(expected)
    expect(shown((await list(opened, `/v1/groups/users/${ids.noor}`))[0])).toEqual(expected)
    const other = { duration_minutes: 60, access_level_remote_id: levels.admin }
    expect(await call(opened, 'org-a', 'PUT', jake, other)).toMatchObject({
      access_level: { access_level_remote_id: levels.admin },
    })
  })

  test.each(['null', null])('propagation_of_synced: %j', async (propagation_of_synced) => {
    const opened = await sandbox()
    await settle(opened, { propagation_of_synced })
    expect(await list(opened, `/v1/groups/${ids.plainGroup}/users`)).toMatchObject([{ propagation_status: null }])
    expect((await list(opened, `/v1/groups/${ids.apiGroup}/users`))[0]).toMatchObject({
      propagation_status: { status: 'SUCCESS' },
    })
  })

  test('error_body: only under /v1, for every error', async () => {
    const opened = await sandbox()
    await call(opened, tokens.fullAccess, 'PATCH', '/_sandbox/settings', { error_body: 'opal_2024' })
    const fault = { operation: 'getUsers', effect: { status: 503, code: 'BUSY', message: 'Come back.' } }
    await call(opened, tokens.fullAccess, 'POST', '/_sandbox/faults', fault)
    const agent = as(opened, tokens.fullAccess)
    const invalid = { Message: 'The request is not valid: 1 problem.' }
    expect(told(await agent.put(jake).send({}))).toEqual({ status: 400, body: invalid })
    expect(told(await agent.get('/v1/groups/%zz'))).toEqual({ status: 400, body: invalid })
    expect(told(await agent.get('/v1/users'))).toEqual({ status: 503, body: { Message: 'Come back.' } })
    const paths = [`/v1/groups/${ids.unknown}`, '/v1/nothing', '/v1/request-templates', '/v1/groups/']
    for (const path of paths) expect((await agent.get(path)).body).toEqual({ Message: expect.any(String) as string })
    expect(told(await anonymous(opened).get('/v1/users'))).toEqual({
      status: 401,
      body: { Message: 'No token: there is no Authorization header.' },
    })
    expect((await agent.get('/_sandbox/nothing')).body).toMatchObject({ code: 'ROUTE_NOT_FOUND' })
    expect((await agent.get('/nothing')).body).toMatchObject({ code: 'ROUTE_NOT_FOUND' })
    expect((await as(opened, 'org-a').get('/v1/nothing')).body).toMatchObject({ code: 'ROUTE_NOT_FOUND' })
    // The journal knows the code all the same.
    expect(await call(opened, tokens.fullAccess, 'GET', '/_sandbox/requests?status=400')).toMatchObject({
      results: [{ rule: 'INVALID_REQUEST', answer: invalid }, { rule: 'INVALID_REQUEST' }],
    })
  })

  describe('max_duration_minutes', () => {
    const tooLong = (place: string, most: number, got: number) => ({
      path: `${place}.duration_minutes`,
      message: `expected an integer of at most ${most}, got ${got}`,
    })

    test.each([60, 525_960, 153_722_867])('%d is the longest that a PUT and a POST can name', async (most) => {
      const opened = await sandbox()
      await settle(opened, { max_duration_minutes: most })
      const agent = as(opened, 'org-a')
      const expires = (minutes: number) => new Date(now + minutes * 60_000).toISOString()
      expect((await agent.put(jake).send({ duration_minutes: most })).body).toMatchObject({
        expiration_date: expires(most),
      })
      expect((await agent.post(noor).send({ duration_minutes: most })).status).toBe(200)
      expect((await agent.post(`${noor}?duration_minutes=${most}`)).status).toBe(200)
      const errors = [
        (await agent.put(jake).send({ duration_minutes: most + 1 })).body,
        (await agent.post(noor).send({ duration_minutes: most + 1 })).body,
        (await agent.post(`${noor}?duration_minutes=${most + 1}`)).body,
        (await agent.post(`${noor}?duration_minutes=${most + 1}`).send({ duration_minutes: 1 })).body,
      ] as { errors: unknown; hint?: string }[]
      expect(errors.map((one) => one.errors)).toEqual([
        [tooLong('body', most, most + 1)],
        [tooLong('body', most, most + 1)],
        [tooLong('query', most, most + 1)],
        [tooLong('query', most, most + 1)],
      ])
      expect(errors[0]!.hint).toBe(
        most === 525_960 ? undefined : `The setting max_duration_minutes is ${most} in this organization.`,
      )
    })

    test('is in the report of other mistakes', async () => {
      const opened = await sandbox()
      await settle(opened, { max_duration_minutes: 60 })
      const agent = as(opened, 'org-a')
      const group = { path: 'path.group_id', message: 'expected a UUID, got the string "api"' }
      const body = (await agent.put(groupUserPath('api', ids.jake)).send({ duration_minutes: 61 })).body as object
      expect(body).toMatchObject({ errors: [group, tooLong('body', 60, 61)] })
      expect((await agent.put(jake).send({ duration_minutes: '60' })).body).toMatchObject({
        errors: [{ path: 'body.duration_minutes', message: 'expected an integer of at most 60, got the string "60"' }],
      })
    })

    test('cannot exceed the year 9999', async () => {
      const opened = await sandbox()
      await settle(opened, { max_duration_minutes: Number.MAX_SAFE_INTEGER })
      const minutes = [4_195_989_843, 4_195_989_844, Number.MAX_SAFE_INTEGER]
      const statuses = []
      for (const duration_minutes of minutes) {
        statuses.push((await as(opened, 'org-a').put(jake).send({ duration_minutes })).status)
      }
      expect(statuses).toEqual([200, 400, 400])
    })

    test.each([0, -1, 1.5, '60', null])('%j is rejected', async (max_duration_minutes) => {
      const answer = await as(await sandbox(), 'org-a')
        .patch('/_sandbox/settings')
        .send({ max_duration_minutes })
      expect(answer.body).toMatchObject({ errors: [{ path: 'body.max_duration_minutes' }] })
    })
  })

  test('is part of a seed, where null needs no quotes, and of its export', async () => {
    const settings =
      '{ timestamps: microseconds, default_access_level: null, propagation_of_synced: null, error_body: opal_2024, max_duration_minutes: 60 }'
    const opened = await sandbox()
    await as(opened, 'org-a')
      .put('/_sandbox/seed')
      .type('application/yaml')
      .send(`version: 1\nsettings: ${settings}\n`)
      .expect(200)
    const chosen = {
      ...defaults,
      timestamps: 'microseconds',
      default_access_level: 'null',
      propagation_of_synced: 'null',
      error_body: 'opal_2024',
      max_duration_minutes: 60,
    }
    expect(await call(opened, 'org-a', 'GET', '/_sandbox/settings')).toEqual(chosen)
    expect(await call(opened, 'org-a', 'GET', '/_sandbox/seed')).toMatchObject({ settings: chosen })
  })
})

describe('settings', () => {
  const read = (opened: Opened) => call(opened, 'org-a', 'GET', '/_sandbox/settings')

  test('start with the defaults, and change one by one', async () => {
    const opened = await sandbox()
    expect(await read(opened)).toEqual(defaults)
    await call(opened, 'org-a', 'PATCH', '/_sandbox/settings', { re_add: 'conflict' })
    const propagation = [{ status: 'PENDING', for: '90s' }, { status: 'SUCCESS' }]
    await call(opened, 'org-a', 'PATCH', '/_sandbox/settings', { propagation })
    await call(opened, 'org-a', 'PATCH', '/_sandbox/settings', {})
    expect(await read(opened)).toEqual({ ...defaults, re_add: 'conflict', propagation })
    await call(opened, 'org-a', 'PATCH', '/_sandbox/settings', { propagation: null })
    expect(await read(opened)).toEqual({ ...defaults, re_add: 'conflict' })
  })

  test.each<[body: object | null, path: string, message: string]>([
    [{ re_ad: 'replace' }, 'body.re_ad', 'is not known: did you mean re_add?'],
    [{ re_add: 'conflicts' }, 'body.re_add', 'the string "conflicts" is not known: did you mean conflict?'],
    [{ re_add: null }, 'body.re_add', 'expected one of "replace", "conflict", got null'],
    [
      { propagation: [{ status: 'PENDING' }, { status: 'SUCCESS' }] },
      'body.propagation[0].for',
      'is required: how long this status lasts, such as 5s',
    ],
    [
      { propagation: [{ status: 'SUCESS' }] },
      'body.propagation[0].status',
      'the string "SUCESS" is not known: did you mean SUCCESS?',
    ],
    [null, 'body', 'expected an object, got null'],
  ])('do not change by %j, nor by what stands beside it', async (body, path, message) => {
    const opened = await sandbox()
    const answer = await as(opened, 'org-a')
      .patch('/_sandbox/settings')
      .set('content-type', 'application/json')
      .send(JSON.stringify(body && { unknown_fields: 'reject', ...body }))
    expect(told(answer)).toEqual({
      status: 400,
      body: {
        code: 'INVALID_REQUEST',
        message: 'The request is not valid: 1 problem.',
        errors: [{ path, message }],
        request_id: requestId,
      },
    })
    expect(await read(opened)).toEqual(defaults)
  })
})
