import { describe, expect, test } from 'vitest'
import { groupUserPath, ids, requestId, sandbox, told, tokens } from '../../helper.js'
import { as, call, type Opened } from '../sandbox/calls.js'

const path = groupUserPath(ids.apiGroup, ids.jake)
const createGroup = {
  method: 'POST',
  url: '/v1/groups',
  body: { name: 'New', group_type: 'OPAL_GROUP', app_id: ids.unknown },
}
const updateGroups = { method: 'PUT', url: '/v1/groups', body: { groups: [] } }
const readUsers = { method: 'GET', url: '/v1/user?user_id=' + ids.jake }
const update = { method: 'PUT', url: path, body: { duration_minutes: 60 } }

interface Made {
  method: string
  url: string
  body?: object
}

const setRate = (opened: Opened, rate_limit: unknown, token = tokens.fullAccess) =>
  call(opened, token, 'PATCH', '/_sandbox/settings', { rate_limit })

/** The machine's clock, in the hands of the test; rates are counted on it. */
async function timed() {
  const clock = { at: Date.parse('2026-01-01T00:00:00Z') }
  const opened = await sandbox({ realNow: () => clock.at })
  const make = ({ method, url, body }: Made, token = tokens.fullAccess) =>
    opened.app.inject({
      method: method as 'GET',
      url,
      headers: { authorization: `Bearer ${token}` },
      ...(body && { payload: body }),
    })
  /** How many of so many calls are let through. */
  const passes = async (made: Made, count: number) => {
    let passed = 0
    for (let turn = 0; turn < count; turn++) if ((await make(made)).statusCode === 200) passed++
    return passed
  }
  return { ...opened, clock, make, passes }
}

const limited = (limit: number, seconds: number) => ({
  status: 429,
  body: {
    code: 'RATE_LIMITED',
    message: `More than ${limit} requests a second.`,
    hint: `Retry in ${seconds} s, or set rate_limit to "off" with PATCH /_sandbox/settings.`,
    request_id: requestId,
  },
})

describe('a rate limit', () => {
  test('is off by default, without headers', async () => {
    const { passes, make } = await timed()
    expect(await passes(readUsers, 300)).toBe(300)
    const { headers } = await make(readUsers)
    expect(Object.keys(headers).filter((name) => /rate|retry/i.test(name))).toEqual([])
  })

  test.each<[rate: unknown, made: Made, passed: number]>([
    ['documented', readUsers, 100],
    ['documented', update, 100],
    ['documented', createGroup, 50],
    ['documented', updateGroups, 50],
    [{ requests_per_second: 7 }, readUsers, 7],
    [{ requests_per_second: 7 }, createGroup, 7],
    [{ requests_per_second: 7, group_writes_per_second: 3 }, createGroup, 3],
    [{ requests_per_second: 7, group_writes_per_second: 3 }, updateGroups, 3],
    [{ requests_per_second: 7, group_writes_per_second: 3 }, update, 7],
    [{ requests_per_second: 3, group_writes_per_second: 7 }, createGroup, 3],
    [{ requests_per_second: 0.5 }, readUsers, 1],
    [{ requests_per_second: 2.5 }, readUsers, 2],
    ['off', createGroup, 120],
  ])('%j lets of 120 calls at once through, of %j: %i', async (rate, made, passed) => {
    const opened = await timed()
    await setRate(opened, rate)
    expect(await opened.passes(made, 120)).toBe(passed)
  })

  test('counts the writes of groups among all', async () => {
    const opened = await timed()
    await setRate(opened, 'documented')
    expect([await opened.passes(createGroup, 50), await opened.passes(readUsers, 120)]).toEqual([50, 50])
  })

  test('counts no write of groups that exceeds the limit for them', async () => {
    const opened = await timed()
    await setRate(opened, { requests_per_second: 10, group_writes_per_second: 3 })
    expect([await opened.passes(createGroup, 30), await opened.passes(readUsers, 30)]).toEqual([3, 7])
  })

  test('reports the nearer limit to a write of groups', async () => {
    const opened = await timed()
    await setRate(opened, { requests_per_second: 4, group_writes_per_second: 3 })
    const told = async (made: Made) => {
      const { statusCode, headers } = await opened.make(made)
      return [statusCode, headers['x-ratelimit-limit'], headers['x-ratelimit-remaining']]
    }
    expect([await told(createGroup), await told(readUsers), await told(readUsers), await told(createGroup)]).toEqual([
      [200, '3', '2'],
      [200, '4', '2'],
      [200, '4', '1'],
      [200, '4', '0'],
    ])
    expect(await told(createGroup)).toEqual([429, '4', '0'])
  })

  test('counts rejected calls, and those that match no route', async () => {
    const opened = await timed()
    await setRate(opened, { requests_per_second: 4 })
    const statuses: number[] = []
    const calls = ['/v1/nothing', '/v1/request-templates', '/v1/user', '/v1/groups/%zz', '/v1/groups']
    for (const url of calls) statuses.push((await opened.make({ method: 'GET', url })).statusCode)
    expect(statuses).toEqual([404, 501, 400, 400, 429])
    expect((await opened.make({ method: 'GET', url: '/v1/groups/%zz' })).statusCode).toBe(429)
  })

  test('reports what is left, and when to retry', async () => {
    const opened = await timed()
    await setRate(opened, { requests_per_second: 2 })
    const told: unknown[] = []
    for (let turn = 0; turn < 4; turn++) {
      const { statusCode, headers } = await opened.make(readUsers)
      const { 'x-ratelimit-limit': limit, 'x-ratelimit-remaining': remaining, 'retry-after': retryAfter } = headers
      told.push({ statusCode, limit, remaining, retryAfter })
    }
    const refused = { statusCode: 429, limit: '2', remaining: '0', retryAfter: '1' }
    expect(told).toEqual([
      { statusCode: 200, limit: '2', remaining: '1', retryAfter: undefined },
      { statusCode: 200, limit: '2', remaining: '0', retryAfter: undefined },
      refused,
      refused,
    ])
  })

  test.each([
    [1, 1],
    [100, 1],
    [0.5, 2],
    [0.3, 4],
    [0.001, 1000],
  ])('of %d a second says in Retry-After %i s, and is kept then', async (rate, seconds) => {
    const opened = await timed()
    await setRate(opened, { requests_per_second: rate })
    await opened.passes(readUsers, Math.ceil(rate))
    const answer = await opened.make(readUsers)
    expect({ status: answer.statusCode, body: answer.json<unknown>() }).toEqual(limited(rate, seconds))
    expect(answer.headers['retry-after']).toBe(String(seconds))
    opened.clock.at += seconds * 1000
    expect((await opened.make(readUsers)).statusCode).toBe(200)
  })

  test('refills as time passes', async () => {
    const opened = await timed()
    await setRate(opened, { requests_per_second: 10 })
    expect(await opened.passes(readUsers, 20)).toBe(10)
    opened.clock.at += 300
    expect(await opened.passes(readUsers, 20)).toBe(3)
    opened.clock.at += 60_000
    expect(await opened.passes(readUsers, 20)).toBe(10)
  })

  test.each([
    ['advanced', { advance: '1s' }, 10],
    ['set forward', { set: '2022-01-23T03:56:07.001Z' }, 10],
    ['set back', { set: '2021-01-01T00:00:00Z' }, 0],
    ['turned by nothing', { advance: '0s' }, 0],
  ])('fills again, under a frozen clock, when that is %s: %j lets %i more through', async (_how, change, passed) => {
    const opened = await timed()
    await setRate(opened, { requests_per_second: 10 })
    expect(await opened.passes(readUsers, 20)).toBe(10)
    await call(opened, tokens.fullAccess, 'POST', '/_sandbox/clock', change)
    expect(await opened.passes(readUsers, 20)).toBe(passed)
  })

  test('survives setting the clock of the machine back', async () => {
    const opened = await timed()
    await setRate(opened, { requests_per_second: 10 })
    expect(await opened.passes(readUsers, 20)).toBe(10)
    opened.clock.at -= 3_600_000
    expect(await opened.passes(readUsers, 20)).toBe(0)
    opened.clock.at += 1_000
    expect(await opened.passes(readUsers, 20)).toBe(10)
  })

  test("is one organization's, over all its tokens, and not of the control plane", async () => {
    const opened = await timed()
    await setRate(opened, { requests_per_second: 2 }, 'org-one')
    const status = async (token: string) => (await opened.make(readUsers, token)).statusCode
    expect([await status('org-one'), await status('org-one.read_only')]).toEqual([200, 200])
    expect([await status('org-one'), await status('org-one.read_only'), await status('org-two')]).toEqual([
      429, 429, 200,
    ])
    expect(told(await as(opened, 'org-one').get('/_sandbox/settings'))).toEqual({
      status: 200,
      body: expect.objectContaining({ rate_limit: { requests_per_second: 2 } }) as unknown,
    })
  })

  test('is refilled by a reset', async () => {
    const opened = await timed()
    await setRate(opened, { requests_per_second: 1 })
    expect(await opened.passes(readUsers, 3)).toBe(1)
    await call(opened, tokens.fullAccess, 'POST', '/_sandbox/reset')
    expect(await opened.passes(readUsers, 300)).toBe(300)
  })
})

test('an unknown token is rejected before the rate, a read-only one after it', async () => {
  const opened = await timed()
  await setRate(opened, { requests_per_second: 2 })
  const status = async (token: string) => (await opened.make(update, token)).statusCode
  const seen: number[] = []
  for (const token of ['stranger', tokens.expired, tokens.readOnly, tokens.fullAccess]) seen.push(await status(token))
  expect(seen).toEqual([401, 401, 403, 200])
  const spent: number[] = []
  for (const token of ['stranger', tokens.expired, tokens.readOnly, tokens.fullAccess]) spent.push(await status(token))
  expect(spent).toEqual([401, 401, 429, 429])
})

test.each<[rate: unknown, place: string, message: string]>([
  ['on', 'body.rate_limit', 'expected "off" or "documented" or an object, got the string "on"'],
  ['documentd', 'body.rate_limit', 'the string "documentd" is not known: did you mean documented?'],
  [{}, 'body.rate_limit.requests_per_second', 'is required: expected a number, at least 0.001'],
  [{ requests_per_second: 0 }, 'body.rate_limit.requests_per_second', 'expected a number, at least 0.001, got 0'],
  [
    { requests_per_second: 1, groups: 1 },
    'body.rate_limit.groups',
    'is not known: expected one of requests_per_second, group_writes_per_second',
  ],
])('the rate %j is refused', async (rate_limit, place, message) => {
  const { agent } = await sandbox()
  expect(told(await agent.patch('/_sandbox/settings').send({ rate_limit }))).toEqual({
    status: 400,
    body: {
      code: 'INVALID_REQUEST',
      message: 'The request is not valid: 1 problem.',
      errors: [{ path: place, message }],
      request_id: requestId,
    },
  })
})
