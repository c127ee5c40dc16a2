import { once } from 'node:events'
import { connect } from 'node:net'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import fc from 'fast-check'
import { describe, expect, onTestFinished, test } from 'vitest'
import { openSandbox } from '../../../src/sandbox.js'
import { groupUserPath, ids, now, requestId, sandbox, silent, temporaryFolder, told, tokens } from '../../helper.js'
import { call, type Opened } from '../sandbox/calls.js'
import { listening, read, send, type Outcome } from '../wire.js'

const path = groupUserPath(ids.apiGroup, ids.jake)
const anHour = JSON.stringify({ duration_minutes: 60 })
const magicGroup = '00000000-0000-4000-8000-00000000cafe'
const magicUser = (end: string) => `00000000-0000-4000-a000-${end.padStart(12, '0')}`

/** Jake's access to the API Group, as it is after a PUT of 60 minutes. */
const jake = {
  group_id: ids.apiGroup,
  group_name: 'API Group',
  description: "Group required to request API's",
  user_id: ids.jake,
  access_level: { access_level_name: '', access_level_remote_id: '' },
  full_name: 'Jake Barnes',
  email: 'jake@company.dev',
  expiration_date: '2022-01-23T04:56:07.000Z',
  propagation_status: { status: 'SUCCESS' },
}
const done = { status: 200, body: jake }

interface Shown {
  fault_id: string
  hits: number
  [key: string]: unknown
}

async function add(opened: Opened, rule: object, token = tokens.fullAccess): Promise<Shown> {
  return (await call(opened, token, 'POST', '/_sandbox/faults', rule)) as Shown
}

/** The rules that are not those of the magic users. */
async function list(opened: Opened, token = tokens.fullAccess): Promise<Shown[]> {
  const { results } = (await call(opened, token, 'GET', '/_sandbox/faults')) as { results: Shown[] }
  return results.filter(({ user_id }) => !String(user_id).startsWith('00000000-0000-4000-a000-'))
}

const hits = async (opened: Opened) => (await list(opened)).map((rule) => rule.hits)

/** Waits until the only rule has met so many calls. */
const met = (opened: Opened, count: number) =>
  expect.poll(() => hits(opened), { interval: 5, timeout: 10_000 }).toEqual([count])

const put = (port: number, body = anHour, to = path) => send(port, 'PUT', to, { body })

/** When Jake's access to the API Group ends. */
async function expirationOfJake(opened: Opened) {
  const url = `/v1/groups/${ids.apiGroup}/users`
  const { results } = (await call(opened, tokens.fullAccess, 'GET', url)) as { results: (typeof jake)[] }
  return results.find(({ user_id }) => user_id === ids.jake)?.expiration_date
}

const injected = (status: number, rest: object = {}) => ({
  status,
  body: {
    code: 'FAULT_INJECTED',
    message: expect.stringMatching(/^The fault rule fault-\d+ made this call fail\.$/) as unknown,
    hint: 'GET /_sandbox/faults lists the rules.',
    request_id: requestId,
    ...rest,
  },
})

async function timed<T>(work: () => Promise<T>): Promise<{ result: T; ms: number }> {
  const began = performance.now()
  const result = await work()
  return { result, ms: performance.now() - began }
}

const seeded = null
const changed = '2022-01-23T04:56:07.000Z'

describe('an effect', () => {
  test.each<[effect: object, phase: string, ends: object, leaves: string | null]>([
    [{ status: 503 }, 'before', injected(503), seeded],
    [{ status: 503 }, 'after', injected(503), changed],
    [{ delay: '30ms' }, 'before', done, changed],
    [{ delay: '30ms' }, 'after', done, changed],
    [{ drop: true }, 'before', { end: 'cut before' }, seeded],
    [{ drop: true }, 'after', { end: 'cut before' }, changed],
    [{ truncate: true }, 'after', { end: 'cut within' }, changed],
    [{ hang: true, max: '30ms' }, 'before', done, changed],
    [{ hang: true, max: '30ms' }, 'after', done, changed],
  ])('%o %s the work ends in %o and leaves %s, and the retry is answered', async (effect, phase, ends, leaves) => {
    const opened = await listening()
    const rule = await add(opened, { effect, phase })
    expect(rule).toEqual({ fault_id: rule.fault_id, hits: 0, times: 1, skip: 0, phase, effect })
    expect(read(await put(opened.port))).toEqual(ends)
    expect(await expirationOfJake(opened)).toBe(leaves)
    expect(await list(opened)).toEqual([{ ...rule, hits: 1 }])
    expect(read(await put(opened.port))).toEqual(done)
    expect(await list(opened)).toEqual([{ ...rule, hits: 1 }])
  })

  test.each(['before', 'after'])('of a delay %s the work takes at least this long', async (phase) => {
    const opened = await listening()
    await add(opened, { effect: { delay: '120ms' }, phase })
    const { result, ms } = await timed(() => put(opened.port))
    expect(read(result)).toEqual(done)
    expect(ms).toBeGreaterThan(115)
  })

  test.each(['before', 'after'])('of a hang %s the work takes no longer than its max', async (phase) => {
    const opened = await listening()
    await add(opened, { effect: { hang: true, max: '120ms' }, phase })
    const { result, ms } = await timed(() => put(opened.port))
    expect(read(result)).toEqual(done)
    expect(ms).toBeGreaterThan(115)
    expect(ms).toBeLessThan(5_000)
  })

  test('that drops the connection after access was ended leaves nothing for the retry to end', async () => {
    const opened = await listening()
    await add(opened, { effect: { drop: true }, phase: 'after' })
    const end = () => send(opened.port, 'DELETE', path)
    expect(read(await end())).toEqual({ end: 'cut before' })
    expect(read(await end())).toEqual({
      status: 404,
      body: {
        code: 'GROUP_USER_NOT_FOUND',
        message: `User ${ids.jake} has no access to group ${ids.apiGroup}.`,
        hint: `Grant access first with POST ${path}.`,
        request_id: requestId,
      },
    })
  })

  test('that truncates promises more than it sends, and sends the first half', async () => {
    const opened = await listening()
    await add(opened, { effect: { truncate: true } })
    const { end, status, headers, text } = await put(opened.port)
    const whole = JSON.stringify(jake)
    expect({ end, status, text }).toEqual({ end: 'cut within', status: 200, text: whole.slice(0, whole.length / 2) })
    expect(headers).toMatchObject({
      'content-type': 'application/json',
      'content-length': String(whole.length),
      'x-opal-sandbox-request-id': requestId,
      'x-opal-sandbox-basis': 'inferred',
    })
  })

  test('that truncates an empty answer promises one byte that never comes', async () => {
    const opened = await listening()
    await add(opened, { effect: { truncate: true } })
    const { end, status, headers, text } = await send(opened.port, 'DELETE', path)
    expect({ end, status, text, length: headers['content-length'] }).toEqual({
      end: 'cut within',
      status: 200,
      text: '',
      length: '1',
    })
    expect(await expirationOfJake(opened)).toBe(undefined)
  })
})

describe('without a socket', () => {
  test.each<[effect: object, phase: string, leaves: string | null]>([
    [{ drop: true }, 'before', seeded],
    [{ drop: true }, 'after', changed],
    [{ truncate: true }, 'after', changed],
  ])('%o %s the work fails the call and leaves %s', async (effect, phase, leaves) => {
    const opened = await sandbox()
    await add(opened, { effect, phase })
    const ask = () => call(opened, tokens.fullAccess, 'PUT', path, { duration_minutes: 60 })
    await expect(ask()).rejects.toMatchObject({ code: 'LIGHT_ECONNRESET' })
    expect(await expirationOfJake(opened)).toBe(leaves)
    expect(await ask()).toEqual(jake)
  })
})

describe('on a connection with several calls', () => {
  const head = (method: string, to: string, rest: string[] = []) =>
    [`${method} ${to} HTTP/1.1`, 'Host: 127.0.0.1', `Authorization: Bearer ${tokens.fullAccess}`, ...rest, '', ''].join(
      '\r\n',
    )
  const ask = head('GET', '/v1/groups?page_size=1')
  const change = head('PUT', path, ['Content-Type: application/json', `Content-Length: ${anHour.length}`]) + anHour

  /** What comes over one connection before it ends: the statuses, and how much follows the last head. */
  async function over(port: number, ...sent: string[]) {
    const socket = connect(port, '127.0.0.1')
    await once(socket, 'connect')
    const received = text(socket)
    socket.write(sent.join(''))
    const answers = (await received).split('HTTP/1.1 ').slice(1)
    const [, last = ''] = answers.at(-1)?.split('\r\n\r\n') ?? []
    return { statuses: answers.map((answer) => Number(answer.slice(0, 3))), last }
  }

  test.each<[effect: object, phase: string, leaves: string | null, statuses: number[], last: unknown]>([
    [{ drop: true }, 'before', seeded, [200], expect.stringContaining('results')],
    [{ drop: true }, 'after', changed, [200], expect.stringContaining('results')],
    [{ truncate: true }, 'after', changed, [200, 200], JSON.stringify(jake).slice(0, JSON.stringify(jake).length / 2)],
  ])('%o %s the work lets the answer before it go', async (effect, phase, leaves, statuses, last) => {
    const opened = await listening()
    await add(opened, { operation: 'update_group_user', effect, phase })
    expect(await over(opened.port, ask, change, ask)).toEqual({ statuses, last })
    expect(await expirationOfJake(opened)).toBe(leaves)
  })
})

describe('a status', () => {
  test.each<[effect: object, answer: object, headers: object]>([
    [{ status: 500 }, injected(500), { 'content-type': 'application/json' }],
    [
      { status: 429, headers: { 'Retry-After': '7' } },
      injected(429),
      { 'retry-after': '7', 'content-type': 'application/json' },
    ],
    [{ status: 403, code: 'NO_LICENSE' }, injected(403, { code: 'NO_LICENSE' }), {}],
    [{ status: 409, message: 'Too late.' }, injected(409, { message: 'Too late.' }), {}],
    [
      { status: 503, code: 'DOWN', message: 'Back soon.', headers: { 'retry-after': '120', 'x-from': 'proxy' } },
      injected(503, { code: 'DOWN', message: 'Back soon.' }),
      { 'retry-after': '120', 'x-from': 'proxy' },
    ],
    [{ status: 502, body: { error: 'Bad Gateway' } }, { status: 502, body: { error: 'Bad Gateway' } }, {}],
    [{ status: 502, body: [] }, { status: 502, body: [] }, {}],
    [{ status: 502, body: null }, { status: 502, body: null }, {}],
    [{ status: 200, body: { results: 'not a list' } }, { status: 200, body: { results: 'not a list' } }, {}],
    [{ status: 201, body: {} }, { status: 201, body: {} }, {}],
  ])('%o is answered as the rule says', async (effect, answer, headers) => {
    const opened = await listening()
    await add(opened, { effect })
    const outcome = await put(opened.port)
    expect(read(outcome)).toEqual(answer)
    expect(outcome.headers).toMatchObject({
      ...headers,
      'x-opal-sandbox-request-id': requestId,
      'x-opal-sandbox-basis': 'assumed',
    })
  })

  test('can have a body that is not JSON', async () => {
    const opened = await listening()
    const body = '<html><body>502 Bad Gateway</body></html>'
    await add(opened, { effect: { status: 502, body, headers: { 'Content-Type': 'text/html' } } })
    const { status, headers, text } = await put(opened.port)
    expect({ status, type: headers['content-type'], text }).toEqual({ status: 502, type: 'text/html', text: body })
  })

  test.each([204, 205, 304])('%i has no body, and the connection stays open', async (status) => {
    const opened = await listening()
    await add(opened, { effect: { status } })
    expect(read(await put(opened.port))).toEqual({ status, body: undefined })
    expect(read(await put(opened.port))).toEqual(done)
  })

  test.each(['before', 'after'])('is sent whole %s the work, even if the real answer is longer', async (phase) => {
    const opened = await listening()
    await add(opened, { effect: { status: 500, body: 'no' }, phase })
    const { end, headers, text } = await put(opened.port)
    expect({ end, text, length: headers['content-length'] }).toEqual({ end: 'whole', text: 'no', length: '2' })
  })
})

describe('a call that hangs', () => {
  const hanging = { effect: { hang: true } }

  test.each<[how: string, end: (opened: Opened) => Promise<unknown>]>([
    [
      'its rule is deleted',
      async (opened) => {
        const [rule] = await list(opened)
        return call(opened, tokens.fullAccess, 'DELETE', `/_sandbox/faults/${rule!.fault_id}`)
      },
    ],
    ['all rules are deleted', (opened) => call(opened, tokens.fullAccess, 'DELETE', '/_sandbox/faults')],
  ])('before the work goes on when %s', async (_how, end) => {
    const opened = await listening()
    await add(opened, hanging)
    const answer = put(opened.port)
    await met(opened, 1)
    await end(opened)
    expect(read(await answer)).toEqual(done)
  })

  const anew: [what: string, begin: (opened: Opened, token: string) => Promise<unknown>][] = [
    ['reset', (opened, token) => call(opened, token, 'POST', '/_sandbox/reset')],
    ['replaced', (opened, token) => call(opened, token, 'PUT', '/_sandbox/seed', { version: 1, magic: true })],
    ['restored', (opened, token) => call(opened, token, 'POST', '/_sandbox/snapshots/before/restore')],
    ['deleted', (opened, token) => call(opened, token, 'DELETE', '/_sandbox/organization')],
  ]

  test.each(anew.flatMap(([what, begin]) => ['before', 'after'].map((phase) => [what, phase, begin] as const)))(
    'when its organization is %s is cut %s the work, and nothing of it is left',
    async (_what, phase, begin) => {
      const opened = await listening()
      const token = 'org-held'
      await call(opened, token, 'POST', '/_sandbox/snapshots', { name: 'before' })
      await call(opened, token, 'DELETE', '/_sandbox/faults')
      await add(opened, { ...hanging, phase }, token)
      const answer = send(opened.port, 'PUT', path, { token, body: anHour })
      await expect.poll(async () => (await list(opened, token)).map((rule) => rule.hits), { interval: 5 }).toEqual([1])
      await begin(opened, token)
      const seed = await call(opened, token, 'GET', '/_sandbox/seed')
      expect(read(await answer)).toEqual({ end: 'cut before' })
      expect(await call(opened, token, 'GET', '/_sandbox/seed')).toEqual(seed)
      expect(await call(opened, token, 'GET', '/_sandbox/requests?operation=update_group_user')).toEqual({
        results: [],
      })
    },
  )

  test('does not hang if its client is already gone', async () => {
    const opened = openSandbox({ logger: silent })
    onTestFinished(() => opened.close())
    opened.app.addHook('onRequest', async (request, reply) => {
      if (!request.url.startsWith('/v1')) return
      reply.raw.destroy()
      await once(reply.raw, 'close')
    })
    const { fault_id } = await add(opened, { effect: { hang: true } })
    await expect(call(opened, tokens.fullAccess, 'GET', '/v1/groups')).rejects.toThrow('destroyed')
    await met(opened, 1)
    const fault = opened.organizations.default.faults.list().find((one) => one.fault_id === fault_id)
    expect(fault?.releases.size).toBe(0)
    const { results } = (await call(opened, tokens.fullAccess, 'GET', '/_sandbox/requests')) as { results: object[] }
    expect(results).toEqual([expect.objectContaining({ operation: 'getGroups' })])
  })

  test.each<[phase: string, times: number | 'forever', count: number]>([
    ['before', 1, 1],
    ['after', 1, 1],
    ['before', 'forever', 20],
    ['after', 'forever', 20],
  ])('%s the work (times: %s, %i calls) is let go by the close, within a second', async (phase, times, count) => {
    const opened = await listening()
    await add(opened, { ...hanging, phase, times })
    const answers = Promise.all(Array.from({ length: count }, () => put(opened.port)))
    await met(opened, count)
    const { ms } = await timed(() => opened.close())
    expect(ms).toBeLessThan(1_000)
    expect((await answers).map(read)).toEqual(Array.from({ length: count }, () => done))
  })

  test('blocks no other call, on either plane', async () => {
    const opened = await listening()
    await add(opened, { ...hanging, user_id: ids.jake, times: 'forever' })
    const held = Array.from({ length: 10 }, () => put(opened.port))
    await met(opened, 10)
    const other = groupUserPath(ids.apiGroup, ids.brett)
    for (let turn = 0; turn < 20; turn++) expect((await put(opened.port, anHour, other)).status).toBe(200)
    expect((await send(opened.port, 'GET', '/v1/groups')).status).toBe(200)
    expect((await send(opened.port, 'GET', '/_sandbox/health')).status).toBe(200)
    expect(await expirationOfJake(opened)).toBe(null)
    await call(opened, tokens.fullAccess, 'DELETE', '/_sandbox/faults')
    expect((await Promise.all(held)).map(read)).toEqual(held.map(() => done))
  })

  test('that its client aborts is not done, and the journal says so', async () => {
    const opened = await listening()
    const { fault_id } = await add(opened, hanging)
    const giveUp = new AbortController()
    const answer = send(opened.port, 'PUT', path, { body: anHour, signal: giveUp.signal })
    await met(opened, 1)
    giveUp.abort()
    expect(read(await answer)).toEqual({ end: 'cut before' })
    const url = '/_sandbox/requests/wait?operation=update_group_user&timeout=10s'
    expect(await call(opened, tokens.fullAccess, 'GET', url)).toEqual({
      results: [
        expect.objectContaining({
          operation: 'update_group_user',
          fault: { fault_id, effect: 'hang', phase: 'before' },
        }),
      ],
    })
    await call(opened, tokens.fullAccess, 'DELETE', `/_sandbox/faults/${fault_id}`)
    expect(await expirationOfJake(opened)).toBe(null)
  })
})

describe('a rule', () => {
  const statuses = async (port: number, count: number) => {
    const seen: (number | undefined)[] = []
    for (let turn = 0; turn < count; turn++) seen.push((await put(port)).status)
    return seen
  }
  const fails = (status: number, rest: object = {}) => ({ ...rest, effect: { status } })

  test.each<[rules: object[], statuses: number[], hits: number[]]>([
    [[fails(503)], [503, 200, 200], [1]],
    [[fails(503, { times: 3 })], [503, 503, 503, 200], [3]],
    [[fails(503, { times: 'forever' })], [503, 503, 503, 503, 503], [5]],
    [[fails(503, { skip: 2 })], [200, 200, 503, 200, 200], [1]],
    [[fails(503, { skip: 3, times: 2 })], [200, 200, 200, 503, 503, 200], [2]],
    [[fails(503, { skip: 1, times: 'forever' })], [200, 503, 503, 503], [3]],
    [
      [fails(503), fails(502)],
      [503, 502, 200],
      [1, 1],
    ],
    [
      [fails(503, { times: 'forever' }), fails(502)],
      [503, 503, 503],
      [3, 0],
    ],
    [
      [fails(503, { skip: 1 }), fails(502)],
      [502, 503, 200],
      [1, 1],
    ],
    [
      [fails(503, { user_id: ids.brett }), fails(502)],
      [502, 200],
      [0, 1],
    ],
    [
      [fails(503, { phase: 'after' }), fails(502)],
      [502, 503, 200],
      [1, 1],
    ],
    [
      [fails(503, { phase: 'after' }), { effect: { delay: '1ms' } }],
      [200, 503, 200],
      [1, 1],
    ],
  ])('%j: calls are answered %j', async (rules, expected, counted) => {
    const opened = await listening()
    for (const rule of rules) await add(opened, rule)
    expect(await statuses(opened.port, expected.length)).toEqual(expected)
    expect(await hits(opened)).toEqual(counted)
  })

  test.each<[phase: string, times: number]>([
    ['before', 1],
    ['after', 1],
    ['before', 7],
    ['after', 7],
  ])('%s the work with times: %i meets exactly so many of 50 parallel calls', async (phase, times) => {
    const opened = await listening()
    await add(opened, { times, phase, effect: { status: 503 } })
    const outcomes = await Promise.all(Array.from({ length: 50 }, () => put(opened.port)))
    const count = (status: number) => outcomes.filter((outcome) => outcome.status === status).length
    expect([count(503), count(200), await hits(opened)]).toEqual([times, 50 - times, [times]])
  })

  test('applies to exactly as many parallel calls as it says, whatever other rules exist', async () => {
    const opened = await sandbox()
    const rule = fc.record({
      skip: fc.nat(6),
      times: fc.oneof(fc.integer({ min: 1, max: 6 }), fc.constant('forever' as const)),
      phase: fc.constantFrom('before', 'after'),
    })
    let organizations = 0
    await fc.assert(
      fc.asyncProperty(fc.array(rule, { maxLength: 5 }), fc.nat(25), async (rules, count) => {
        const token = `org-${++organizations}`
        for (const [index, one] of rules.entries())
          await add(opened, { ...one, effect: { status: 500 + index } }, token)
        const headers = { authorization: `Bearer ${token}` }
        const answers = await Promise.all(
          Array.from({ length: count }, () =>
            opened.app.inject({ method: 'PUT', url: path, headers, payload: { duration_minutes: 60 } }),
          ),
        )
        // Those that come as far as a rule, less those that it lets pass, and no more than it has times.
        let left = count
        const expected = rules.map(() => 0)
        for (const phase of ['before', 'after']) {
          for (const [index, { skip, times, ...one }] of rules.entries()) {
            if (one.phase !== phase) continue
            expected[index] = Math.min(times === 'forever' ? Infinity : times, Math.max(0, left - skip))
            left -= expected[index]
          }
        }
        const met = (status: number) => answers.filter(({ statusCode }) => statusCode === status).length
        expect([rules.map((_, index) => met(500 + index)), met(200)]).toEqual([expected, left])
        expect((await list(opened, token)).map((one) => one.hits)).toEqual(expected)
      }),
      { numRuns: 60 },
    )
  })

  test('that drops the connection applies to exactly one of 50 parallel calls', async () => {
    const opened = await listening()
    await add(opened, { effect: { drop: true } })
    const outcomes = await Promise.all(Array.from({ length: 50 }, () => put(opened.port)))
    const count = (end: Outcome['end']) => outcomes.filter((outcome) => outcome.end === end).length
    expect([count('cut before'), count('whole')]).toEqual([1, 49])
  })

  const users = `/v1/groups/${ids.apiGroup}/users`
  test.each<[match: object, method: string, url: string, meets: boolean]>([
    [{}, 'GET', '/v1/groups', true],
    [{}, 'PUT', path, true],
    [{ operation: 'update_group_user' }, 'PUT', path, true],
    [{ operation: 'update_group_user' }, 'POST', path, false],
    [{ operation: 'update_group_user' }, 'GET', users, false],
    [{ operation: 'getGroups' }, 'GET', '/v1/groups?page_size=1', true],
    [{ operation: 'getGroups' }, 'GET', `/v1/groups/${ids.apiGroup}`, false],
    [{ method: 'PUT' }, 'PUT', path, true],
    [{ method: 'PUT' }, 'POST', path, false],
    [{ method: 'GET' }, 'GET', users, true],
    [{ group_id: ids.apiGroup }, 'PUT', path, true],
    [{ group_id: ids.apiGroup }, 'GET', users, true],
    [{ group_id: ids.apiGroup.toUpperCase() }, 'PUT', path, true],
    [
      { group_id: ids.apiGroup },
      'PUT',
      path.toUpperCase().replace('/V1/GROUPS', '/v1/groups').replace('USERS', 'users'),
      true,
    ],
    [{ group_id: ids.oktaGroup }, 'PUT', path, false],
    [{ group_id: ids.apiGroup }, 'GET', '/v1/groups', false],
    [{ user_id: ids.jake }, 'PUT', path, true],
    [{ user_id: ids.jake }, 'GET', `/v1/groups/users/${ids.jake}`, true],
    [{ user_id: ids.brett }, 'PUT', path, false],
    [{ user_id: ids.jake }, 'GET', `/v1/user?user_id=${ids.jake}`, false],
    [{ operation: 'update_group_user', method: 'PUT', group_id: ids.apiGroup, user_id: ids.jake }, 'PUT', path, true],
    [{ operation: 'update_group_user', method: 'POST' }, 'PUT', path, false],
    [{ group_id: ids.apiGroup, user_id: ids.brett }, 'PUT', path, false],
    [{}, 'GET', '/v1/event-streams', true],
    [{}, 'GET', '/v1/nothing', false],
    [{}, 'PATCH', path, false],
    [{}, 'GET', '/_sandbox/clock', false],
  ])('that matches %j and %s %s: %s', async (match, method, url, meets) => {
    const opened = await listening()
    await add(opened, { ...match, effect: { status: 418 } })
    const { status } = await send(opened.port, method, url, method === 'GET' ? {} : { body: anHour })
    expect([status === 418, await hits(opened)]).toEqual([meets, [meets ? 1 : 0]])
  })

  test.each<[what: string, given: Parameters<typeof send>[3], status: number]>([
    ['no token', { token: null, body: anHour }, 401],
    ['a read-only token', { token: tokens.readOnly, body: anHour }, 403],
    ['a body that is no JSON', { body: '{' }, 400],
    ['a body of another type', { body: anHour, headers: { 'content-type': 'text/plain' } }, 415],
    ['a body that is too long', { body: JSON.stringify({ x: 'x'.repeat(65 * 1024) }) }, 413],
  ])('is not spent on a call with %s', async (_what, given, status) => {
    const opened = await listening()
    await add(opened, { effect: { status: 418 } })
    expect((await send(opened.port, 'PUT', path, given)).status).toBe(status)
    expect(await hits(opened)).toEqual([0])
  })

  test('before the work also applies to calls that would be rejected', async () => {
    const opened = await listening()
    await add(opened, { effect: { status: 418 } })
    expect((await put(opened.port, '{}')).status).toBe(418)
    expect((await put(opened.port, '{}')).status).toBe(400)
  })

  test.each<[body: string, to: string, status: number]>([
    ['{}', path, 400],
    [anHour, groupUserPath(ids.apiGroup, ids.unknown), 404],
    [JSON.stringify({ duration_minutes: 60, access_level_remote_id: 'nope' }), path, 400],
  ])('after the work is not spent on %s to %s, which is answered %i', async (body, to, status) => {
    const opened = await listening()
    await add(opened, { phase: 'after', effect: { status: 503 } })
    expect((await put(opened.port, body, to)).status).toBe(status)
    expect(await hits(opened)).toEqual([0])
    expect((await put(opened.port)).status).toBe(503)
  })

  test('only applies in its own organization', async () => {
    const opened = await listening()
    await add(opened, { times: 'forever', effect: { status: 503 } }, 'org-one')
    const status = async (token: string) => (await send(opened.port, 'PUT', path, { token, body: anHour })).status
    expect([await status('org-one'), await status('org-two'), await status(tokens.fullAccess)]).toEqual([503, 200, 200])
  })

  test('that was deleted no longer applies, and its id is unknown', async () => {
    const opened = await listening()
    const first = await add(opened, { times: 'forever', effect: { status: 503 } })
    const second = await add(opened, { times: 'forever', effect: { status: 502 } })
    const remove = () => opened.agent.delete(`/_sandbox/faults/${first.fault_id}`)
    expect(told(await remove())).toEqual({ status: 200, body: {} })
    expect(await statuses(opened.port, 1)).toEqual([502])
    expect(await list(opened)).toEqual([{ ...second, hits: 1 }])
    expect(told(await remove())).toEqual({
      status: 404,
      body: {
        code: 'FAULT_NOT_FOUND',
        message: `There is no fault rule ${first.fault_id}.`,
        hint: 'GET /_sandbox/faults lists the rules.',
        request_id: requestId,
      },
    })
    await call(opened, tokens.fullAccess, 'DELETE', '/_sandbox/faults')
    expect(await call(opened, tokens.fullAccess, 'GET', '/_sandbox/faults')).toEqual({ results: [] })
    expect(await statuses(opened.port, 1)).toEqual([200])
  })
})

describe('a magic user', () => {
  const answered = (expiration_date: string) => ({
    status: 200,
    body: expect.objectContaining({ group_id: magicGroup, expiration_date }) as unknown,
  })

  const table: [end: string, outcomes: object[]][] = [
    ['403', [injected(403), injected(403)]],
    ['404', [injected(404), injected(404)]],
    ['409', [injected(409), injected(409)]],
    ['429', [injected(429), answered(changed)]],
    ['500', [injected(500), injected(500)]],
    ['502', [injected(502), injected(502)]],
    ['503', [injected(503), injected(503)]],
    ['51ee', [answered(changed)]],
    ['dead', [{ end: 'cut before' }, { end: 'cut before' }]],
    ['dead2', [{ end: 'cut before' }, { end: 'cut before' }]],
  ]
  test.concurrent.each(
    table.flatMap(([end, outcomes]) => ['PUT', 'POST'].map((method) => ({ end, outcomes, method }))),
  )('...$end is met by $method', async ({ end, outcomes, method }) => {
    const opened = await listening()
    const user_id = magicUser(end)
    for (const outcome of outcomes) {
      const { result, ms } = await timed(() =>
        send(opened.port, method, groupUserPath(magicGroup, user_id), { body: anHour }),
      )
      expect(read(result)).toEqual(outcome)
      if (end === '51ee') expect(ms).toBeGreaterThan(1_990)
      if (result.status === 429) expect(result.headers['retry-after']).toBe('1')
    }
    const url = `/v1/groups/users/${user_id}`
    // That the work is done shows where nothing hides it: the rules are gone.
    await call(opened, tokens.fullAccess, 'DELETE', '/_sandbox/faults')
    const { results } = (await call(opened, tokens.fullAccess, 'GET', url)) as { results: (typeof jake)[] }
    const isDone = ['429', '51ee', 'dead2'].includes(end)
    expect(results.map(({ expiration_date }) => expiration_date)).toEqual([isDone ? changed : seeded])
  })
})

describe('the rules of an organization', () => {
  const rules = [
    {
      operation: 'update_group_user',
      times: 2,
      skip: 1,
      phase: 'before',
      effect: { status: 503, code: 'X', body: {} },
    },
    { method: 'GET', times: 'forever', skip: 0, phase: 'after', effect: { delay: '1500ms' } },
    { group_id: ids.apiGroup, times: 1, skip: 0, phase: 'after', effect: { truncate: true } },
    { user_id: ids.jake, times: 1, skip: 0, phase: 'before', effect: { hang: true, max: '90s' } },
    { user_id: ids.jake, times: 1, skip: 5, phase: 'before', effect: { drop: true } },
  ]
  const org = 'org-rules'
  const plain = (shown: Shown[]) =>
    shown.map(({ fault_id, hits, ...rule }) => ({ isNamed: fault_id !== '', hits, rule }))
  const fresh = (some: object[]) => some.map((rule) => ({ isNamed: true, hits: 0, rule }))

  test('survive a restart, but their hits do not', async () => {
    const db = join(temporaryFolder(), 'opal.db')
    const before = await listening({ db })
    const added: Shown[] = []
    for (const rule of rules) added.push(await add(before, rule))
    for (let turn = 0; turn < 2; turn++) await put(before.port, anHour, groupUserPath(ids.apiGroup, ids.brett))
    expect((await list(before))[0]).toEqual({ ...added[0], hits: 1 })
    await before.close()
    const after = await listening({ db })
    expect(await list(after)).toEqual(added)
    const [first] = added
    await call(after, tokens.fullAccess, 'DELETE', `/_sandbox/faults/${first!.fault_id}`)
    await after.close()
    expect(await list(await sandbox({ db }))).toEqual(added.slice(1))
  })

  test('are exported and imported', async () => {
    const opened = await sandbox()
    for (const rule of rules) await add(opened, rule, org)
    const seed = (await call(opened, org, 'GET', '/_sandbox/seed')) as { faults: { user_id?: string }[] }
    expect(seed.faults.slice(-rules.length)).toEqual(rules)
    await call(opened, 'org-other', 'PUT', '/_sandbox/seed', seed)
    expect(plain(await list(opened, 'org-other'))).toEqual(fresh(rules))
    await call(opened, 'org-other', 'DELETE', '/_sandbox/faults')
    await call(opened, 'org-other', 'POST', '/_sandbox/reset')
    expect(plain(await list(opened, 'org-other'))).toEqual(fresh(rules))
  })

  test('are replaced by those of the seed at a reset, with no hits', async () => {
    const opened = await listening()
    await add(opened, { times: 'forever', effect: { status: 503 } })
    const slow = groupUserPath(magicGroup, magicUser('429'))
    expect((await put(opened.port)).status).toBe(503)
    await call(opened, tokens.fullAccess, 'DELETE', '/_sandbox/faults')
    expect((await put(opened.port, anHour, slow)).status).toBe(200)
    await call(opened, tokens.fullAccess, 'POST', '/_sandbox/reset')
    expect(await list(opened)).toEqual([])
    expect((await put(opened.port)).status).toBe(200)
    expect([(await put(opened.port, anHour, slow)).status, (await put(opened.port, anHour, slow)).status]).toEqual([
      429, 200,
    ])
    await call(opened, tokens.fullAccess, 'POST', '/_sandbox/reset')
    expect((await put(opened.port, anHour, slow)).status).toBe(429)
  })

  test('are part of a snapshot', async () => {
    const opened = await sandbox()
    for (const rule of rules) await add(opened, rule, org)
    await call(opened, org, 'POST', '/_sandbox/snapshots', { name: 'failing' })
    await call(opened, org, 'DELETE', '/_sandbox/faults')
    await add(opened, { effect: { status: 500 } }, org)
    await call(opened, org, 'POST', '/_sandbox/snapshots/failing/restore')
    expect(plain(await list(opened, org))).toEqual(fresh(rules))
  })
})

describe('a rule is rejected', () => {
  const effect = { status: 503 }
  const exactlyOne = (got: string) => `expected exactly one of status, delay, drop, truncate, hang, got ${got}`
  const integer = (limits: string, got: string) => `expected an integer, ${limits}, got ${got}`
  const noDuration = (got: string) => `expected a duration such as 5s, 61m or 1h30m, got ${got}`

  test.each<[rule: unknown, ...problems: [path: string, message: string][]]>([
    [{}, ['body.effect', 'is required: expected an object']],
    [{ effect: {} }, ['body.effect', exactlyOne('none')]],
    [{ effect: { status: 503, drop: true } }, ['body.effect', exactlyOne('status and drop')]],
    [{ effect: { delay: '1s', hang: true } }, ['body.effect', exactlyOne('delay and hang')]],
    [
      { effect: { status: 500, delay: '1s', drop: true, truncate: true, hang: true } },
      ['body.effect', exactlyOne('status and delay and drop and truncate and hang')],
    ],
    [{ effect: { max: '1s' } }, ['body.effect', exactlyOne('none')], ['body.effect.max', 'is only allowed with hang']],
    [{ effect: { drop: true, max: '1s' } }, ['body.effect.max', 'is only allowed with hang']],
    [{ effect: { drop: true, code: 'X' } }, ['body.effect.code', 'is only allowed with status']],
    [
      { effect: { hang: true, message: 'X', body: {}, headers: {} } },
      ['body.effect.message', 'is only allowed with status'],
      ['body.effect.body', 'is only allowed with status'],
      ['body.effect.headers', 'is only allowed with status'],
    ],
    [
      { phase: 'before', effect: { truncate: true } },
      ['body.phase', 'expected after: before the work there is no response to truncate'],
    ],
    [{ effect, times: 0 }, ['body.times', 'expected an integer from 1 to 1000000000000 or "forever", got 0']],
    [{ effect, times: -1 }, ['body.times', 'expected an integer from 1 to 1000000000000 or "forever", got -1']],
    [{ effect, times: 1.5 }, ['body.times', 'expected an integer from 1 to 1000000000000 or "forever", got 1.5']],
    [
      { effect, times: 'always' },
      ['body.times', 'expected an integer from 1 to 1000000000000 or "forever", got the string "always"'],
    ],
    [{ effect, times: 'for-ever' }, ['body.times', 'the string "for-ever" is not known: did you mean forever?']],
    [{ effect, skip: -1 }, ['body.skip', 'expected an integer from 0 to 1000000000000, got -1']],
    [{ effect, phase: 'between' }, ['body.phase', 'expected one of "before", "after", got the string "between"']],
    [
      { effect, operation: 'updateGroupUser' },
      ['body.operation', 'the string "updateGroupUser" is not known: did you mean update_group_user?'],
    ],
    [
      { effect, operation: 'getgroup' },
      ['body.operation', 'the string "getgroup" is not known: did you mean getGroup?'],
    ],
    [{ effect, method: 'put' }, ['body.method', 'the string "put" is not known: did you mean PUT?']],
    [{ effect, group_id: 'api' }, ['body.group_id', 'expected a UUID, got the string "api"']],
    [
      { effect, user_id: `urn:uuid:${ids.jake}` },
      ['body.user_id', `expected a UUID, got the string "urn:uuid:${ids.jake}"`],
    ],
    [{ effect, userId: ids.jake }, ['body.userId', 'is not known: did you mean user_id?']],
    [
      { effect, hits: 3 },
      ['body.hits', 'is not known: expected one of operation, method, group_id, user_id, times, skip, phase, effect'],
    ],
    [{ effect: { statsu: 503 } }, ['body.effect.statsu', 'is not known: did you mean status?']],
    [{ effect: { status: 199 } }, ['body.effect.status', integer('at least 200 and at most 599', '199')]],
    [{ effect: { status: 600 } }, ['body.effect.status', integer('at least 200 and at most 599', '600')]],
    [{ effect: { status: 503.5 } }, ['body.effect.status', integer('at least 200 and at most 599', '503.5')]],
    [
      { effect: { status: '503' } },
      ['body.effect.status', integer('at least 200 and at most 599', 'the string "503"')],
    ],
    [{ effect: { drop: false } }, ['body.effect.drop', 'expected true, got false']],
    [{ effect: { delay: 'soon' } }, ['body.effect.delay', noDuration('the string "soon"')]],
    [{ effect: { delay: 2 } }, ['body.effect.delay', noDuration('2')]],
    [{ effect: { hang: true, max: '-1s' } }, ['body.effect.max', noDuration('the string "-1s"')]],
    [{ effect: { status: 503, headers: { a: 1 } } }, ['body.effect.headers.a', 'expected a string, got 1']],
  ])('%j', async (rule, ...problems) => {
    const opened = await sandbox()
    const count = problems.length === 1 ? '1 problem' : `${problems.length} problems`
    expect(told(await opened.agent.post('/_sandbox/faults').send(rule as object))).toEqual({
      status: 400,
      body: {
        code: 'INVALID_REQUEST',
        message: `The request is not valid: ${count}.`,
        errors: problems.map(([path, message]) => ({ path, message })),
        request_id: requestId,
      },
    })
    expect(await list(opened)).toEqual([])
  })

  test.each<[headers: Record<string, string>, name: string]>([
    [{ 'x-a': 'one\r\nx-b: two' }, 'x-a'],
    [{ 'x-a': 'snow \u{2603}' }, 'x-a'],
    [{ 'x a': 'one' }, 'x a'],
    [{ '': 'one' }, ''],
    [{ 'Content-Length': '5' }, 'Content-Length'],
    [{ 'transfer-encoding': 'chunked' }, 'transfer-encoding'],
  ])('where its header fields %j cannot be sent', async (headers, name) => {
    const opened = await sandbox()
    const answer = await opened.agent.post('/_sandbox/faults').send({ effect: { status: 503, headers } })
    expect(told(answer)).toEqual({
      status: 400,
      body: {
        code: 'INVALID_REQUEST',
        message: 'The request is not valid: 1 problem.',
        errors: [
          { path: `body.effect.headers.${name}`, message: expect.stringMatching(/^expected|^is not/) as unknown },
        ],
        request_id: requestId,
      },
    })
    expect(await list(opened)).toEqual([])
  })

  test('if there are a thousand already', async () => {
    const faults = Array.from({ length: 999 }, () => ({ times: 'forever', effect: { status: 503 } }))
    const { agent } = await sandbox({ seed: { version: 1, faults } })
    const post = async () => told(await agent.post('/_sandbox/faults').send({ effect }))
    expect((await post()).status).toBe(200)
    expect(await post()).toEqual({
      status: 400,
      body: {
        code: 'INVALID_REQUEST',
        message: 'The request is not valid: 1 problem.',
        errors: [{ path: 'body', message: 'would exceed the limit of 1000 rules' }],
        request_id: requestId,
      },
    })
  })
})

describe('in one event loop iteration', () => {
  const failing = (status: number) => ({ times: 'forever', effect: { status } })
  const named = (name: string) => ({ version: 1, users: { [name]: { email: `${name}@company.dev`, full_name: name } } })

  /** All at once, and what each is answered; those of a kind are made one after the other in the same turn. */
  const together = (opened: Opened, calls: [method: string, url: string, body?: object][]) =>
    Promise.all(
      calls.map(async ([method, url, body]) => {
        const headers = { authorization: `Bearer ${tokens.fullAccess}` }
        const answer = await opened.app.inject({
          method: method as 'GET',
          url: `/_sandbox${url}`,
          headers,
          ...(body && { payload: body }),
        })
        return answer.statusCode
      }),
    )

  test.each<[calls: [method: string, url: string, body?: object][], statuses: number[]]>([
    [
      [
        ['POST', '/faults', failing(503)],
        ['PUT', '/seed', named('ann')],
      ],
      [200, 200],
    ],
    [
      [
        ['PUT', '/seed', named('ann')],
        ['POST', '/faults', failing(503)],
      ],
      [200, 200],
    ],
    [
      [
        ['POST', '/faults', failing(503)],
        ['POST', '/reset'],
        ['POST', '/faults', failing(502)],
      ],
      [200, 200, 200],
    ],
    [
      [
        ['POST', '/faults', failing(503)],
        ['DELETE', '/faults'],
        ['POST', '/faults', failing(502)],
        ['POST', '/snapshots/before/restore'],
        ['POST', '/faults', failing(501)],
      ],
      [200, 200, 200, 200, 200],
    ],
    [
      [
        ['DELETE', '/faults/fault-1'],
        ['DELETE', '/faults/fault-1'],
        ['POST', '/reset'],
        ['DELETE', '/faults/fault-2'],
        ['DELETE', '/faults/fault-3'],
        ['DELETE', '/faults'],
        ['DELETE', '/faults/fault-4'],
      ],
      [200, 404, 200, 404, 200, 200, 404],
    ],
    [Array.from({ length: 3 }, () => ['POST', '/faults', failing(503)]), [200, 200, 200]],
  ])('%j leave at work what is on record', async (calls, statuses) => {
    const faults = [{ times: 'forever', effect: { status: 418 } } as const, { effect: { drop: true } } as const]
    const opened = await sandbox({ seed: { version: 1, faults } })
    await call(opened, tokens.fullAccess, 'POST', '/_sandbox/snapshots', { name: 'before' })
    expect(await together(opened, calls)).toEqual(statuses)
    const { organization_id, faults: atWork } = opened.organizations.default
    const { results } = (await call(opened, tokens.fullAccess, 'GET', '/_sandbox/faults')) as { results: Shown[] }
    const exported = (await call(opened, tokens.fullAccess, 'GET', '/_sandbox/seed')) as { faults?: object[] }
    expect(results.map(({ fault_id: _, hits: __, ...rule }) => rule)).toEqual(exported.faults ?? [])
    expect([organization_id, atWork.list().length]).toEqual([1, results.length])
  })

  test('there are never more rules than the limit', async () => {
    const faults = Array.from({ length: 998 }, () => ({ times: 'forever' as const, effect: { status: 503 } }))
    const opened = await sandbox({ seed: { version: 1, faults } })
    const calls = Array.from({ length: 4 }, (): [string, string, object] => ['POST', '/faults', failing(502)])
    expect(await together(opened, calls)).toEqual([200, 200, 400, 400])
    expect(opened.organizations.default.faults.list().length).toBe(1000)
  })
})

test('moving the clock does not change the hits of a rule', async () => {
  const opened = await listening()
  await add(opened, { effect: { status: 503 } })
  expect((await put(opened.port)).status).toBe(503)
  await call(opened, tokens.fullAccess, 'POST', '/_sandbox/clock', { advance: '30m' })
  expect(read(await put(opened.port))).toEqual({
    status: 200,
    body: { ...jake, expiration_date: new Date(now + 90 * 60_000).toISOString() },
  })
})
