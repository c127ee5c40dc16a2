import { describe, expect, test, vi } from 'vitest'
import { openStore } from '../../src/store/index.js'
import { groupUserPath, ids, recordingLogger, requestId, sandbox, told, tokens } from '../helper.js'

vi.mock('../../src/store/index.js', { spy: true })

const path = groupUserPath(ids.apiGroup, ids.jake)
const authorization = `Bearer ${tokens.fullAccess}`

/** What pino itself puts into every line. */
const ofPino = { time: expect.any(Number) as unknown, pid: process.pid, hostname: expect.any(String) as unknown }

interface Call {
  method?: 'GET' | 'PUT' | 'HEAD' | 'POST'
  url: string
  headers?: Record<string, string>
  payload?: string
}

/** What is logged of calls, each made once the one before has been answered. */
async function logOf(level: string, ...calls: Call[]) {
  const { logger, lines } = recordingLogger(level)
  const { app } = await sandbox({ logger })
  for (const { method = 'GET', url, headers = { authorization }, payload } of calls) {
    await app.inject({ method, url, headers, ...(payload !== undefined && { payload }) })
  }
  return lines
}

/** What is logged of a call that fails, and how it is answered. */
async function logOfFailure(level: string, method: 'GET' | 'PUT', url: string, body?: object) {
  const { logger, lines } = recordingLogger(level)
  const { agent } = await sandbox({ logger })
  const [opened] = vi.mocked(openStore).mock.results.slice(-1)
  if (opened?.type === 'return') opened.value.close()
  const answer = await (method === 'PUT' ? agent.put(url).send(body) : agent.get(url))
  return { lines, answer: told(answer) }
}

describe('at level info', () => {
  const inDefault = { organization: 'default' }
  const ofJake = { ...inDefault, group_id: ids.apiGroup, user_id: ids.jake }
  const ofPlain = { ...inDefault, group_id: ids.plainGroup }
  const json = { authorization, 'content-type': 'application/json' }
  const listPath = `/v1/groups/${ids.plainGroup}/users`

  test.each<[what: string, call: Call, logged: object]>([
    [
      'a PUT',
      { method: 'PUT', url: path, headers: json, payload: '{"duration_minutes":60}' },
      { method: 'PUT', route: '/v1/groups/:group_id/users/:user_id', ...ofJake, status: 200 },
    ],
    ['a list', { url: listPath }, { method: 'GET', route: '/v1/groups/:group_id/users', ...ofPlain, status: 200 }],
    [
      'a HEAD',
      { method: 'HEAD', url: listPath },
      { method: 'HEAD', route: '/v1/groups/:group_id/users', ...ofPlain, status: 200 },
    ],
    ['the welcome', { url: '/', headers: {} }, { method: 'GET', route: '/', status: 200 }],
    [
      'a query',
      { url: `${listPath}?page_size=1` },
      { method: 'GET', route: '/v1/groups/:group_id/users', ...ofPlain, status: 200 },
    ],
    [
      'a call without a token',
      { url: listPath, headers: {} },
      {
        method: 'GET',
        route: '/v1/groups/:group_id/users',
        group_id: ids.plainGroup,
        status: 401,
        code: 'TOKEN_MISSING',
      },
    ],
    [
      'a body that is refused',
      { method: 'PUT', url: path, headers: json, payload: '{}' },
      { method: 'PUT', route: '/v1/groups/:group_id/users/:user_id', ...ofJake, status: 400, code: 'INVALID_REQUEST' },
    ],
    [
      'a body that is too large',
      { method: 'PUT', url: path, headers: json, payload: 'x'.repeat(70_000) },
      { method: 'PUT', route: '/v1/groups/:group_id/users/:user_id', ...ofJake, status: 413, code: 'BODY_TOO_LARGE' },
    ],
    [
      'a path of /v1 that does not exist',
      { url: '/v1/nothing?a=secret' },
      { method: 'GET', route: null, path: '/v1/nothing', ...inDefault, status: 404, code: 'ROUTE_NOT_FOUND' },
    ],
    [
      'a path that does not exist',
      { url: '/nothing?a=secret' },
      { method: 'GET', route: null, path: '/nothing', ...inDefault, status: 404, code: 'ROUTE_NOT_FOUND' },
    ],
    [
      'a method that does not exist',
      { method: 'POST', url: '/' },
      { method: 'POST', route: null, path: '/', ...inDefault, status: 405, code: 'METHOD_NOT_ALLOWED' },
    ],
    [
      'a bad percent sign',
      { url: '/v1/%zz' },
      { method: 'GET', route: null, path: '/v1/%zz', ...inDefault, status: 400, code: 'INVALID_REQUEST' },
    ],
    [
      'a bad percent sign without a token',
      { url: '/v1/%zz', headers: {} },
      { method: 'GET', route: null, path: '/v1/%zz', status: 401, code: 'TOKEN_MISSING' },
    ],
  ])('%s is one line', async (_what, call, logged) => {
    expect(await logOf('info', call)).toEqual([
      { ...ofPino, level: 30, id: requestId, ...logged, duration_ms: expect.any(Number) as unknown },
    ])
  })

  test('what the page reads is logged at the level debug, since it reads every other second', async () => {
    const headers = { 'sec-fetch-site': 'same-origin' }
    const calls: Call[] = [
      { url: '/_sandbox/clock', headers },
      { url: '/_sandbox/clock' },
      { url: '/v1/users', headers },
      { url: '/_sandbox/reset', method: 'POST', headers },
    ]
    const routes = (lines: object[]) => lines.map((line) => (line as { route: string }).route)
    expect(routes(await logOf('info', ...calls))).toEqual(['/_sandbox/clock', '/v1/users', '/_sandbox/reset'])
    expect(routes(await logOf('debug', ...calls))).toHaveLength(4)
  })

  test('each call is logged in one line, in order, with a unique id', async () => {
    const lines = await logOf('info', { url: listPath }, { url: '/v1/%zz' }, { url: '/nothing' }, { url: listPath })
    expect(lines.map(({ id, status }) => [id, status])).toEqual([
      ['req-1', 200],
      ['req-2', 400],
      ['req-3', 404],
      ['req-4', 200],
    ])
  })

  test('a line has the id that the caller got', async () => {
    const { logger, lines } = recordingLogger('info')
    const { agent } = await sandbox({ logger })
    const { request_id } = (await agent.put(path).send({})).body as { request_id: string }
    expect(lines.map(({ id }) => id)).toEqual([request_id])
  })

  test('a duration is not negative, and has at most two decimals', async () => {
    const [line] = await logOf('info', { url: listPath })
    const duration = Number(line?.duration_ms)
    expect(duration >= 0 && Math.round(duration * 100) / 100 === duration).toBe(true)
  })

  test.each<[effect: object, phase: string, end: object]>([
    [{ drop: true }, 'before', { status: null, cut: true }],
    [{ drop: true }, 'after', { status: null, cut: true }],
    [{ truncate: true }, 'after', { status: 200, cut: true }],
    [{ hang: true, max: '1ms' }, 'before', { status: 200 }],
    [{ status: 503 }, 'after', { status: 503, code: 'FAULT_INJECTED' }],
  ])('a call that meets the fault %o %s the work is one line', async (effect, phase, end) => {
    const { logger, lines } = recordingLogger('info')
    const { app } = await sandbox({ logger, seed: { version: 1, faults: [{ effect, phase } as object] } })
    await app.inject({ url: '/v1/groups', headers: { authorization } }).catch(() => undefined)
    const duration_ms = expect.any(Number) as unknown
    expect(lines).toEqual([
      { ...ofPino, level: 30, id: requestId, method: 'GET', route: '/v1/groups', ...inDefault, ...end, duration_ms },
    ])
  })

  test('a line names the organization of a call, on both planes, and has no invisible characters in the path', async () => {
    const headers = { authorization: 'Bearer org-a' }
    const lines = await logOf(
      'info',
      { url: '/v1/groups', headers },
      { url: '/_sandbox/clock', headers },
      { url: '/\u0085a' },
    )
    expect(lines.map(({ organization, path }) => [organization, path])).toEqual([
      ['org-a', undefined],
      ['org-a', undefined],
      ['default', expect.not.stringMatching(/\p{C}/u)],
    ])
  })

  test('a health check is not logged', async () => {
    expect(await logOf('info', { url: '/_sandbox/health' })).toEqual([])
  })
})

describe('at level debug', () => {
  test('a health check is logged', async () => {
    expect(await logOf('debug', { url: '/_sandbox/health' })).toEqual([
      {
        ...ofPino,
        level: 20,
        id: requestId,
        method: 'GET',
        route: '/_sandbox/health',
        status: 200,
        duration_ms: expect.any(Number) as unknown,
      },
    ])
  })
})

describe.each(['warn', 'error', 'fatal', 'silent'])('at level %s', (level) => {
  test('calls that succeed or are rejected are not logged', async () => {
    const headers = { authorization, 'content-type': 'application/json' }
    const lines = await logOf(
      level,
      { url: '/' },
      { method: 'PUT', url: path, headers, payload: '{"duration_minutes":60}' },
      { method: 'PUT', url: path, headers, payload: '{}' },
      { method: 'PUT', url: path, headers, payload: 'x'.repeat(70_000) },
      { url: '/v1/%zz' },
      { url: '/v1/nothing' },
      { url: '/v1/users', headers: {} },
    )
    expect(lines).toEqual([])
  })
})

describe('an internal failure', () => {
  const calls: [
    what: string,
    method: 'GET' | 'PUT',
    url: string,
    body: object | undefined,
    route: string,
    of: object,
  ][] = [
    [
      'of a read',
      'GET',
      `/v1/groups/${ids.plainGroup}/users`,
      undefined,
      '/v1/groups/:group_id/users',
      { group_id: ids.plainGroup },
    ],
    [
      'of a write',
      'PUT',
      path,
      { duration_minutes: 60 },
      '/v1/groups/:group_id/users/:user_id',
      { group_id: ids.apiGroup, user_id: ids.jake },
    ],
    ['outside of /v1', 'GET', '/', undefined, '/', {}],
  ]

  test.each(calls)('%s only refers the caller to the log', async (_what, method, url, body) => {
    const { answer } = await logOfFailure('info', method, url, body)
    expect(answer).toEqual({
      status: 500,
      body: {
        code: 'INTERNAL_ERROR',
        message: 'The sandbox failed; its log says more.',
        hint: 'Look for req-1 in the log.',
        request_id: 'req-1',
      },
    })
  })

  test.each(calls)('%s is logged with its error, and then as a call', async (_what, method, url, body, route, of) => {
    const { lines } = await logOfFailure('info', method, url, body)
    expect(lines).toEqual([
      {
        ...ofPino,
        level: 50,
        err: {
          type: 'TypeError',
          message: 'The database connection is not open',
          stack: expect.stringContaining('\n    at ') as unknown,
        },
        id: 'req-1',
        method,
        route,
        msg: 'failed',
      },
      {
        ...ofPino,
        level: 30,
        id: 'req-1',
        method,
        route,
        ...of,
        status: 500,
        code: 'INTERNAL_ERROR',
        duration_ms: expect.any(Number) as unknown,
      },
    ])
  })

  test.each(['warn', 'error'])('is also logged at level %s', async (level) => {
    const { lines } = await logOfFailure(level, 'GET', '/')
    expect(lines.map(({ msg }) => msg)).toEqual(['failed'])
  })
})
