import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { groupUserPath, ids, now, requestId, sandbox, temporaryFolder, tokens, told } from '../../helper.js'
import { as, call, running, type Opened } from './calls.js'

const minute = 60_000
const hour = 60 * minute
const day = 24 * hour
const iso = (at: number) => new Date(at).toISOString()

interface Turned {
  now: string
  mode: string
  expired: { user_id: string }[]
  settled: { user_id: string; propagation_status?: { status: string } }[]
}

async function turn(opened: Opened, body: object, token = tokens.fullAccess): Promise<Turned> {
  return (await call(opened, token, 'POST', '/_sandbox/clock', body)) as Turned
}

async function readClock(opened: Opened, token = tokens.fullAccess) {
  return (await call(opened, token, 'GET', '/_sandbox/clock')) as { now: string; mode: string }
}

describe('a frozen clock', () => {
  test.each<[change: Record<string, unknown>, shows: string]>([
    [{ advance: '0s' }, iso(now)],
    [{ advance: '1ms' }, iso(now + 1)],
    [{ advance: '90s' }, iso(now + 90_000)],
    [{ advance: '61m' }, iso(now + 61 * minute)],
    [{ advance: '1h30m' }, iso(now + 90 * minute)],
    [{ advance: '1h 30m' }, iso(now + 90 * minute)],
    [{ advance: '1.5h' }, iso(now + 90 * minute)],
    [{ advance: '2d' }, iso(now + 2 * day)],
    [{ advance: '1w' }, iso(now + 7 * day)],
    [{ advance: 'PT61M' }, iso(now + 61 * minute)],
    [{ advance: 'PT1H30M' }, iso(now + 90 * minute)],
    [{ advance: 'PT0.5S' }, iso(now + 500)],
    [{ advance: 'P2D' }, iso(now + 2 * day)],
    [{ advance: 'P1DT1H' }, iso(now + 25 * hour)],
    [{ advance: 'P1W' }, iso(now + 7 * day)],
    [{ set: '2030-05-06T07:08:09.010Z' }, '2030-05-06T07:08:09.010Z'],
    [{ set: '2030-05-06T07:08:09+02:00' }, '2030-05-06T05:08:09.000Z'],
    [{ set: '1970-01-01T00:00:00Z' }, '1970-01-01T00:00:00.000Z'],
    [{ set: '9998-12-31T17:59:59.999Z' }, '9998-12-31T17:59:59.999Z'],
    [{ freeze: true }, iso(now)],
    [{ reset: true }, iso(now)],
  ])('still does after %j, and shows %s', async (change, shows) => {
    const opened = await sandbox()
    expect(await turn(opened, change)).toMatchObject({ now: shows, mode: 'frozen' })
    expect(await readClock(opened)).toEqual({ now: shows, mode: 'frozen' })
    // A second time it is the same: it stands still.
    expect(await readClock(opened)).toEqual({ now: shows, mode: 'frozen' })
  })

  test('is advanced from its time, not from its start', async () => {
    const opened = await sandbox()
    await turn(opened, { advance: '1h' })
    await turn(opened, { set: '2030-01-01T00:00:00Z' })
    await turn(opened, { advance: '1h' })
    expect(await readClock(opened)).toEqual({ now: '2030-01-01T01:00:00.000Z', mode: 'frozen' })
    await turn(opened, { reset: true })
    expect(await readClock(opened)).toEqual({ now: iso(now), mode: 'frozen' })
  })

  test('runs on from its time when it is resumed', async () => {
    const opened = await sandbox()
    const turned = await turn(opened, { freeze: false })
    expect(turned.mode).toBe('offset')
    expectAbout(turned.now, now)
  })
})

/** The time of the test's machine passes: from `at` on, and less than a minute later. */
function expectAbout(shown: string, at: number) {
  expect(Date.parse(shown)).toBeGreaterThanOrEqual(at)
  expect(Date.parse(shown)).toBeLessThan(at + minute)
}

describe('a running clock', () => {
  test("shows the machine's time", async () => {
    const opened = await sandbox(running)
    const began = Date.now()
    const clock = await readClock(opened)
    expect(clock.mode).toBe('real')
    expectAbout(clock.now, began)
  })

  test.each<[change: object, mode: string, ahead: number]>([
    [{ advance: '1h' }, 'offset', hour],
    [{ advance: '0s' }, 'offset', 0],
    [{ freeze: true }, 'frozen', 0],
    [{ freeze: false }, 'real', 0],
    [{ reset: true }, 'real', 0],
  ])('after %j is %s, %i ms ahead', async (change, mode, ahead) => {
    const opened = await sandbox(running)
    const began = Date.now()
    const turned = await turn(opened, change)
    expect(turned.mode).toBe(mode)
    expectAbout(turned.now, began + ahead)
    const clock = await readClock(opened)
    expect(clock.mode).toBe(mode)
    expectAbout(clock.now, began + ahead)
  })

  test('runs on from the time to which it is set', async () => {
    const opened = await sandbox(running)
    const at = Date.parse('2001-02-03T04:05:06Z')
    const turned = await turn(opened, { set: '2001-02-03T04:05:06Z' })
    expect(turned).toEqual({
      now: turned.now,
      mode: 'offset',
      expired: [],
      expired_count: 0,
      settled: [],
      settled_count: 0,
    })
    expectAbout(turned.now, at)
    await turn(opened, { advance: '1d' })
    expectAbout((await readClock(opened)).now, at + day)
    expect((await turn(opened, { freeze: false })).mode).toBe('offset')
    const { mode, now: shown } = await turn(opened, { reset: true })
    expect(mode).toBe('real')
    expectAbout(shown, Date.now() - minute / 2)
  })
})

describe('a clock cannot be changed', () => {
  const one = 'expected exactly one of advance, set, freeze and reset'
  const duration = 'a duration such as 61m, 1h30m, 2d or PT1H'
  const moment = 'expected a date-time with a zone, from 1970 to 9998-12-31T17:59:59Z, such as 2026-01-01T00:00:00Z'

  test.each<[body: unknown, path: string, message: string]>([
    [{}, 'body', `${one}, got none`],
    [{ advance: '1m', set: '2026-01-01T00:00:00Z' }, 'body', `${one}, got advance and set`],
    [{ freeze: true, reset: true }, 'body', `${one}, got freeze and reset`],
    [{ advanse: '1m' }, 'body.advanse', 'is not known: did you mean advance?'],
    [{ now: '1m' }, 'body.now', 'is not known: expected one of advance, set, freeze, reset'],
    [{ advance: 61 }, 'body.advance', `expected ${duration}, got 61`],
    [{ advance: null }, 'body.advance', `expected ${duration}, got null`],
    [{ advance: '61' }, 'body.advance', `expected ${duration}, got "61"`],
    [{ advance: '' }, 'body.advance', `expected ${duration}, got ""`],
    [{ advance: '-5m' }, 'body.advance', `expected ${duration}, got "-5m"`],
    [{ advance: '1 fortnight' }, 'body.advance', `expected ${duration}, got "1 fortnight"`],
    [{ advance: '1mo' }, 'body.advance', `expected ${duration}, got "1mo"`],
    [{ advance: 'P1M' }, 'body.advance', `expected ${duration}, got "P1M"`],
    [{ advance: 'P1Y' }, 'body.advance', `expected ${duration}, got "P1Y"`],
    [{ advance: 'P' }, 'body.advance', `expected ${duration}, got "P"`],
    [{ advance: '9'.repeat(30) + 's' }, 'body.advance', `expected ${duration}, got "${'9'.repeat(30)}s"`],
    [{ set: 'tomorrow' }, 'body.set', `${moment}, got "tomorrow"`],
    [{ set: '2026-01-01' }, 'body.set', `${moment}, got "2026-01-01"`],
    [{ set: '2026-01-01T00:00:00' }, 'body.set', `${moment}, got "2026-01-01T00:00:00"`],
    [{ set: '2026-02-30T00:00:00Z' }, 'body.set', `${moment}, got "2026-02-30T00:00:00Z"`],
    [{ set: '1969-12-31T23:59:59.999Z' }, 'body.set', `${moment}, got "1969-12-31T23:59:59.999Z"`],
    [{ set: '9999-01-01T00:00:00Z' }, 'body.set', `${moment}, got "9999-01-01T00:00:00Z"`],
    [{ set: 1767225600000 }, 'body.set', 'expected a date-time such as 2026-01-01T00:00:00Z, got 1767225600000'],
    [{ freeze: 'yes' }, 'body.freeze', 'expected true or false, got the string "yes"'],
    [{ freeze: null }, 'body.freeze', 'expected true or false, got null'],
    [{ reset: false }, 'body.reset', 'expected true, got false'],
    [{ advance: '2914000d' }, 'body', 'leads outside the range from 1970 to 9998-12-31T17:59:59Z'],
    [{ advance: '99999999d' }, 'body', 'leads outside the range from 1970 to 9998-12-31T17:59:59Z'],
    [null, 'body', 'expected an object, got null'],
    [[], 'body', 'expected an object, got a list'],
    ['1m', 'body', 'expected an object, got the string "1m"'],
  ])('by %j', async (body, path, message) => {
    const opened = await sandbox()
    const answer = await opened.agent
      .post('/_sandbox/clock')
      .set('content-type', 'application/json')
      .send(JSON.stringify(body))
    const isOutOfRange = message.startsWith('leads')
    expect(told(answer)).toEqual({
      status: 400,
      body: {
        code: 'INVALID_REQUEST',
        message: isOutOfRange
          ? 'The clock can show times from 1970 to 9998-12-31T17:59:59Z.'
          : 'The request is not valid: 1 problem.',
        errors: [{ path, message }],
        request_id: requestId,
      },
    })
    expect(await readClock(opened)).toEqual({ now: iso(now), mode: 'frozen' })
  })

  test('by a missing body, or one that is not JSON', async () => {
    const { agent } = await sandbox()
    expect((await agent.post('/_sandbox/clock')).status).toBe(400)
    expect((await agent.post('/_sandbox/clock').set('content-type', 'application/json').send('{')).status).toBe(400)
    expect((await agent.post('/_sandbox/clock').type('form').send({ advance: '1m' })).status).toBe(415)
  })
})

/** A group, users u0, u1 ..., and for each how long the access lasts and its timeline. */
function seedOf(accesses: { minutes?: number; timeline?: object[] }[]) {
  return {
    version: 1,
    users: Object.fromEntries(
      accesses.map(({ timeline }, index) => [
        `u${index}`,
        { email: `u${index}@company.dev`, full_name: `User ${index}`, ...(timeline && { propagation: timeline }) },
      ]),
    ),
    groups: { team: { name: 'Team', group_type: 'OPAL_GROUP' } },
    group_users: accesses.map(({ minutes }, index) => ({
      group: 'team',
      user: `u${index}`,
      ...(minutes !== undefined && { expires_at: `+${minutes}m` }),
    })),
  }
}

/** What is told of a turn, by the numbers of the users. */
async function turnOf(opened: Opened, change: object) {
  const { expired, settled } = await turn(opened, change)
  const name = (groupUser: object) => (groupUser as { full_name: string }).full_name.replace('User ', 'u')
  return {
    expired: expired.map(name).join(' '),
    settled: settled.map((row) => `${name(row)} ${row.propagation_status?.status ?? 'none'}`).join(', '),
  }
}

describe('changing the clock returns', () => {
  test('complete group users, as in a list', async () => {
    const opened = await sandbox()
    await call(opened, tokens.fullAccess, 'POST', groupUserPath(ids.oktaGroup, ids.noor), { duration_minutes: 60 })
    const noor = {
      group_id: ids.oktaGroup,
      group_name: 'Okta Engineering',
      description: 'All engineers',
      user_id: ids.noor,
      access_level: { access_level_name: '', access_level_remote_id: '' },
      full_name: 'Noor Haddad',
      email: 'noor@company.dev',
      expiration_date: iso(now + hour),
      propagation_status: { status: 'SUCCESS' },
    }
    const jake = {
      ...noor,
      user_id: ids.jake,
      full_name: 'Jake Barnes',
      email: 'jake@company.dev',
      expiration_date: null,
    }
    expect(await turn(opened, { advance: '61m' })).toEqual({
      now: iso(now + 61 * minute),
      mode: 'frozen',
      expired: [noor],
      expired_count: 1,
      settled: [jake, noor],
      settled_count: 2,
    })
    expect(await turn(opened, { advance: '61m' })).toEqual({
      now: iso(now + 122 * minute),
      mode: 'frozen',
      expired: [],
      expired_count: 0,
      settled: [],
      settled_count: 0,
    })
  })

  test('at most 1,000 of each, in chronological order, and their count', async () => {
    const indexes = Array.from({ length: 1_002 }, (_, index) => index)
    const seed = {
      version: 1,
      users: Object.fromEntries(indexes.map((i) => [`u${i}`, { email: `u${i}@company.dev`, full_name: `User ${i}` }])),
      groups: { team: { name: 'Team', group_type: 'OPAL_GROUP' } },
      group_users: indexes.map((i) => ({
        group: 'team',
        user: `u${i}`,
        expires_at: `+${2_000 - i}m`,
        propagation: [{ status: 'PENDING', for: `${i + 1}s` }, { status: 'SUCCESS' }],
      })),
    }
    const opened = await sandbox({ seed })
    const { expired, expired_count, settled, settled_count } = (await turn(opened, { advance: '2d' })) as unknown as {
      expired: { full_name: string }[]
      expired_count: number
      settled: { full_name: string }[]
      settled_count: number
    }
    expect([expired_count, settled_count]).toEqual([1_002, 1_002])
    expect(expired.map(({ full_name }) => full_name)).toEqual(indexes.slice(2).map((i) => `User ${1_003 - i}`))
    expect(settled.map(({ full_name }) => full_name)).toEqual(indexes.slice(0, 1_000).map((i) => `User ${i}`))
  })

  const pending = { status: 'PENDING', for: '5s' }
  const slow = { status: 'PENDING', for: '2m' }
  const success = { status: 'SUCCESS' }
  const failed = { status: 'ERR_TIMEOUT' }

  test.each<[what: string, accesses: Parameters<typeof seedOf>[0], change: object, told: object]>([
    ['nothing where nothing happens', [{}, { minutes: 2 }], { advance: '1m' }, { expired: '', settled: '' }],
    [
      'whose access ended, in order of time',
      [{ minutes: 3 }, { minutes: 1 }, {}, { minutes: 2 }, { minutes: 5 }],
      { advance: '4m' },
      { expired: 'u1 u3 u0', settled: '' },
    ],
    [
      'those of one moment in the order in which they were added',
      [{ minutes: 1 }, { minutes: 1 }, { minutes: 1 }],
      { advance: '1m' },
      { expired: 'u0 u1 u2', settled: '' },
    ],
    ['of access that ends at that very moment', [{ minutes: 1 }], { advance: '1m' }, { expired: 'u0', settled: '' }],
    [
      'nothing of access that ends just after it',
      [{ minutes: 1 }],
      { advance: '59999ms' },
      { expired: '', settled: '' },
    ],
    [
      'whose push settled, in order of time',
      [{ timeline: [slow, failed] }, { timeline: [pending, success] }, { timeline: [success] }, {}],
      { advance: '4m' },
      { expired: '', settled: 'u1 SUCCESS, u0 ERR_TIMEOUT' },
    ],
    [
      'of a push that settles at that very moment',
      [{ timeline: [pending, success] }],
      { advance: '5s' },
      { expired: '', settled: 'u0 SUCCESS' },
    ],
    [
      'nothing of a push that settles just after it',
      [{ timeline: [pending, success] }],
      { advance: '4999ms' },
      { expired: '', settled: '' },
    ],
    [
      'the last step of many that were passed, at its time',
      [
        { timeline: [pending, { status: 'PENDING_TICKET_CREATION', for: '3m' }, success] },
        { timeline: [slow, success] },
        { timeline: [{ status: 'PENDING', for: '1m' }, { status: 'ERR_UNKNOWN', for: '9m' }, success] },
      ],
      { advance: '4m' },
      { expired: '', settled: 'u2 ERR_UNKNOWN, u1 SUCCESS, u0 SUCCESS' },
    ],
    [
      'nothing of a push that came back to the status that it had',
      [{ timeline: [pending, { status: 'ERR_UNKNOWN', for: '1m' }, { status: 'PENDING' }] }],
      { advance: '4m' },
      { expired: '', settled: '' },
    ],
    [
      'of access that settled, and then ended',
      [{ minutes: 3, timeline: [slow, success] }],
      { advance: '4m' },
      { expired: 'u0', settled: 'u0 SUCCESS' },
    ],
    [
      'nothing of a push that would have settled after the access ended',
      [{ minutes: 1, timeline: [slow, success] }],
      { advance: '4m' },
      { expired: 'u0', settled: '' },
    ],
    [
      'nothing of a push that would have settled as the access ended',
      [{ minutes: 2, timeline: [slow, success] }],
      { advance: '4m' },
      { expired: 'u0', settled: '' },
    ],
    ['as much when the clock is set', [{ minutes: 1 }], { set: iso(now + hour) }, { expired: 'u0', settled: '' }],
    [
      'nothing that ended when it is set back',
      [{ minutes: 1 }],
      { set: iso(now - hour) },
      { expired: '', settled: '' },
    ],
  ])('%s', async (_what, accesses, change, expected) => {
    const opened = await sandbox({ seed: seedOf(accesses) })
    expect(await turnOf(opened, change)).toEqual(expected)
  })

  test('one step at a time', async () => {
    const timeline = [pending, { status: 'PENDING_TICKET_CREATION', for: '5s' }, success]
    const opened = await sandbox({ seed: seedOf([{ timeline, minutes: 1 }]) })
    const steps = []
    for (const advance of ['4s', '1s', '4s', '1s', '49s', '1s', '1s'])
      steps.push(Object.values(await turnOf(opened, { advance })))
    expect(steps).toEqual([
      ['', ''],
      ['', 'u0 PENDING_TICKET_CREATION'],
      ['', ''],
      ['', 'u0 SUCCESS'],
      ['', ''],
      ['u0', ''],
      ['', ''],
    ])
  })

  test('the status of a push again if the clock is set back before it settled', async () => {
    const opened = await sandbox({ seed: seedOf([{ timeline: [pending, success] }]) })
    await turn(opened, { advance: '1m' })
    expect(await turnOf(opened, { set: iso(now) })).toEqual({ expired: '', settled: 'u0 PENDING' })
    expect(await turnOf(opened, { advance: '1m' })).toEqual({ expired: '', settled: 'u0 SUCCESS' })
  })

  test('nothing of removed access', async () => {
    const opened = await sandbox()
    const path = groupUserPath(ids.oktaGroup, ids.noor)
    await call(opened, tokens.fullAccess, 'POST', path, { duration_minutes: 60 })
    await call(opened, tokens.fullAccess, 'DELETE', path)
    await call(opened, tokens.fullAccess, 'DELETE', groupUserPath(ids.oktaGroup, ids.jake))
    expect(await turn(opened, { advance: '61m' })).toMatchObject({ expired: [], settled: [] })
  })
})

describe('when the clock is set back', () => {
  const path = groupUserPath(ids.apiGroup, ids.noor)

  async function members(opened: Opened): Promise<string[]> {
    const { results } = (await call(opened, tokens.fullAccess, 'GET', `/v1/groups/${ids.apiGroup}/users`)) as {
      results: { user_id: string }[]
    }
    return results.map(({ user_id }) => user_id)
  }

  test('expired access is back', async () => {
    const opened = await sandbox()
    await call(opened, tokens.fullAccess, 'POST', path, { duration_minutes: 60 })
    await turn(opened, { advance: '60m' })
    expect(await members(opened)).toEqual([ids.jake, ids.brett])
    expect((await opened.agent.put(path).send({ duration_minutes: 60 })).status).toBe(404)
    await turn(opened, { set: iso(now + 59 * minute) })
    expect(await members(opened)).toEqual([ids.jake, ids.brett, ids.noor])
    expect((await opened.agent.put(path).send({ duration_minutes: 60 })).status).toBe(200)
  })

  test.each<[how: string, end: (opened: Opened) => Promise<unknown>]>([
    ['was deleted', (opened) => call(opened, tokens.fullAccess, 'DELETE', path)],
    ['was ended by a PUT', (opened) => call(opened, tokens.fullAccess, 'PUT', path, { duration_minutes: -1 })],
    ['was ended by a POST', (opened) => call(opened, tokens.fullAccess, 'POST', path, { duration_minutes: -1 })],
  ])('access that %s is not', async (_how, end) => {
    const opened = await sandbox()
    await call(opened, tokens.fullAccess, 'POST', path, { duration_minutes: 60 })
    await turn(opened, { advance: '1m' })
    await end(opened)
    await turn(opened, { set: iso(now) })
    expect(await members(opened)).toEqual([ids.jake, ids.brett])
  })

  test('a token that was revoked stays revoked', async () => {
    const opened = await sandbox()
    const { results } = (await call(opened, 'org-a', 'GET', '/v1/tokens')) as { results: { token_id: string }[] }
    await call(opened, 'org-a', 'DELETE', `/v1/tokens/${results[0]?.token_id}`)
    await turn(opened, { set: '2001-01-01T00:00:00Z' }, 'org-a')
    await as(opened, 'org-a').get('/v1/tokens').expect(401)
  })
})

describe('a token', () => {
  const expiring = {
    version: 1,
    tokens: { full_access: { access_level: 'FULL_ACCESS', secret: tokens.fullAccess, expires_at: '+1h' } },
  }

  test.each([tokens.fullAccess, 'org-a'])('expires by the clock: %s', async (token) => {
    const opened = await sandbox({ seed: expiring })
    const status = async () => (await as(opened, token).get('/v1/groups')).status
    const statuses = [await status()]
    for (const change of [{ advance: '3599999ms' }, { advance: '1ms' }, { set: iso(now) }]) {
      // The control plane lets it in all the same, or nobody could turn the clock back.
      await turn(opened, change, token)
      statuses.push(await status())
    }
    expect(statuses).toEqual([200, 200, 401, 200])
  })

  test('that expired gets the time in its error, and still works on the control plane', async () => {
    const opened = await sandbox({ seed: expiring })
    await turn(opened, { advance: '2h' }, 'org-a')
    expect(told(await as(opened, 'org-a').get('/v1/groups'))).toEqual({
      status: 401,
      body: {
        code: 'TOKEN_EXPIRED',
        message: `The token expired at ${iso(now + hour)}.`,
        hint: 'Use another token.',
        request_id: requestId,
      },
    })
    await as(opened, 'org-a').post('/_sandbox/reset').expect(200)
    await as(opened, 'org-a').get('/v1/groups').expect(200)
  })
})

describe('after a restart on the same file', () => {
  test('a clock with an offset still has it', async () => {
    const db = join(temporaryFolder(), 'sandbox.db')
    const first = await sandbox({ ...running, db })
    await turn(first, { set: '2001-02-03T04:05:06Z' }, 'org-a')
    await first.close()
    const second = await sandbox({ ...running, db })
    const clock = await readClock(second, 'org-a')
    expect(clock.mode).toBe('offset')
    expectAbout(clock.now, Date.parse('2001-02-03T04:05:06Z'))
    expect((await readClock(second)).mode).toBe('real')
  })

  test('a frozen clock stays where it was, whatever happens to the other', async () => {
    const db = join(temporaryFolder(), 'sandbox.db')
    const first = await sandbox({ ...running, db })
    await turn(first, { freeze: true })
    await turn(first, { set: '2001-02-03T04:05:06Z' })
    await first.close()
    const second = await sandbox({ ...running, db })
    expect(await readClock(second)).toEqual({ now: '2001-02-03T04:05:06.000Z', mode: 'frozen' })
    expect((await readClock(second, 'org-a')).mode).toBe('real')
  })

  test('--now overrides the stored clock of every organization, and is not stored', async () => {
    const db = join(temporaryFolder(), 'sandbox.db')
    const first = await sandbox({ ...running, db })
    await turn(first, { freeze: true })
    await turn(first, { set: '2001-02-03T04:05:06Z' })
    await turn(first, { advance: '1h' }, 'org-a')
    await first.close()

    const second = await sandbox({ db })
    for (const token of [tokens.fullAccess, 'org-a', 'org-new']) {
      expect(await readClock(second, token)).toEqual({ now: iso(now), mode: 'frozen' })
    }
    await turn(second, { advance: '1h' })
    await turn(second, { freeze: false }, 'org-a')
    expect(await readClock(second)).toEqual({ now: iso(now + hour), mode: 'frozen' })
    await turn(second, { reset: true })
    expect(await readClock(second)).toEqual({ now: iso(now), mode: 'frozen' })
    await call(second, 'org-new', 'POST', '/_sandbox/reset')
    expect(await readClock(second, 'org-new')).toEqual({ now: iso(now), mode: 'frozen' })
    await second.close()

    const third = await sandbox({ ...running, db })
    expect(await readClock(third)).toEqual({ now: '2001-02-03T04:05:06.000Z', mode: 'frozen' })
    const clock = await readClock(third, 'org-a')
    expect(clock.mode).toBe('offset')
    expectAbout(clock.now, Date.now() + hour - minute / 2)
    expect((await readClock(third, 'org-new')).mode).toBe('real')
  })
})

test('a reset restores the clock of the seed', async () => {
  const opened = await sandbox({ ...running, seed: { version: 1, clock: { frozen_at: '2026-01-01T00:00:00Z' } } })
  expect(await readClock(opened)).toEqual({ now: '2026-01-01T00:00:00.000Z', mode: 'frozen' })
  await turn(opened, { freeze: false })
  await turn(opened, { advance: '1d' })
  await turn(opened, { reset: true })
  expect(await readClock(opened)).toEqual({ now: '2026-01-01T00:00:00.000Z', mode: 'frozen' })
})

test('a running clock can be set to its last moment, however slow the machine', async () => {
  let real = now
  const opened = await sandbox({ ...running, realNow: () => real++ })
  const last = '9998-12-31T17:59:59.999Z'
  expect(await turn(opened, { set: last })).toMatchObject({ now: last, mode: 'offset' })
})
