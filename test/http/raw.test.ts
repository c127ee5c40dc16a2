import { once } from 'node:events'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { describe, expect, test } from 'vitest'
import { groupUserPath, ids, recordingLogger, requestId, sandbox, tokens } from '../helper.js'
import { call } from './sandbox/calls.js'

/** What Node's own server would answer by itself, with no body. */
const oddities: [what: string, head: string[], status: number][] = [
  ['no host', [], 200],
  ['an expectation that nobody knows', ['Host: 127.0.0.1', 'Expect: miracles'], 200],
  ['two different lengths', ['Host: 127.0.0.1', 'Content-Length: 1', 'Content-Length: 2'], 400],
  ['headers over 16 KiB', ['Host: 127.0.0.1', `X-Long: ${'x'.repeat(20_000)}`], 431],
]

test.each(oddities)('a request with %s gets an answer in our form', async (_, head, status) => {
  const { listen } = await sandbox()
  const port = await listen({ host: '127.0.0.1', port: 0 })
  const [answer] = await exchange(port, [...request('GET', '/v1/tokens', 'Connection: close', ...head), ''])
  expect({ status: answer?.status, keys: Object.keys(answer?.body as object)[0] }).toEqual({
    status,
    keys: status === 200 ? 'results' : 'code',
  })
})

describe('bytes that are not HTTP', () => {
  const open = async () => {
    const { logger, lines } = recordingLogger('debug')
    const opened = await sandbox({ logger })
    return { opened, lines, port: await opened.listen({ host: '127.0.0.1', port: 0 }) }
  }
  const refused = (path: string, message: string) => ({
    code: 'INVALID_REQUEST',
    message: 'The request is not valid: 1 problem.',
    errors: [{ path, message }],
    request_id: requestId,
  })
  /** Without what pino itself puts into every line. */
  const logged = (lines: Record<string, unknown>[]) =>
    lines.map(({ time: _time, pid: _pid, hostname: _hostname, ...line }) => line)

  test.each<[what: string, sent: string[], status: number, code: string, reason: string]>([
    ['a word', ['nonsense', '', ''], 400, 'INVALID_REQUEST', 'HPE_INVALID_METHOD'],
    [
      'headers without an end',
      ['GET / HTTP/1.1', `X: ${'x'.repeat(20_000)}`],
      431,
      'HEADERS_TOO_LARGE',
      'HPE_HEADER_OVERFLOW',
    ],
  ])('%s is answered, and is one line of the log', async (_what, sent, status, code, reason) => {
    const { port, lines } = await open()
    const answers = await exchange(port, sent)
    expect(answers).toEqual([{ status, body: expect.objectContaining({ code, request_id: 'req-1' }) as unknown }])
    expect(logged(lines)).toEqual([{ level: 30, id: 'req-1', method: null, route: null, status, code, reason }])
  })

  const path = groupUserPath(ids.apiGroup, ids.jake)
  const put = request('PUT', path, 'Host: a', 'Content-Type: application/json', 'Transfer-Encoding: chunked')
  const brokenChunks: [what: string, chunks: string[]][] = [
    ['the first chunk', ['zz', '{}', '0', '', '']],
    ['a later chunk', ['2', '{"', 'zz']],
  ]

  test.each(brokenChunks)('a body that breaks off in %s is rejected like any other', async (_what, chunks) => {
    const { opened, port, lines } = await open()
    const body = refused('request', 'is not HTTP/1.1: HPE_INVALID_CHUNK_SIZE')
    expect(await exchange(port, [...put, '', ...chunks])).toEqual([
      { status: 400, body: { ...body, request_id: 'req-1' } },
    ])
    const { results } = (await call(opened, tokens.fullAccess, 'GET', '/_sandbox/requests')) as { results: object[] }
    expect(results).toEqual([expect.objectContaining({ request_id: 'req-1', status: 400, answer: body })])
    expect(logged(lines).slice(0, -1)).toEqual([
      {
        level: 30,
        id: 'req-1',
        method: 'PUT',
        route: '/v1/groups/:group_id/users/:user_id',
        organization: 'default',
        group_id: ids.apiGroup,
        user_id: ids.jake,
        status: 400,
        code: 'INVALID_REQUEST',
        duration_ms: expect.any(Number) as unknown,
      },
    ])
  })

  test('a body that breaks off after its call was rejected gets no second answer', async () => {
    const { opened, port } = await open()
    await opened.loadAll()
    const unknown = ['PUT /v1/nothing HTTP/1.1', ...put.slice(1)]
    const answers = await exchange(port, [...unknown, '', ...(brokenChunks[0]?.[1] ?? [])])
    expect(answers.map(({ status }) => status)).toEqual([404])
  })

  test('a tunnel is closed without an answer, and logged in one line', async () => {
    const { port, lines } = await open()
    expect(await exchange(port, ['CONNECT a:443 HTTP/1.1', 'Host: a', '', ''])).toEqual([])
    expect(logged(lines)).toEqual([{ level: 20, id: 'req-1', method: 'CONNECT', route: null, status: null, cut: true }])
  })
})

function request(method: string, path: string, ...head: string[]): string[] {
  return [`${method} ${path} HTTP/1.1`, `Authorization: Bearer ${tokens.fullAccess}`, ...head, '']
}

/** Sends the lines on a connection of their own; the answers that come until it ends. */
async function exchange(port: number, lines: string[]) {
  const socket = connect(port, '127.0.0.1')
  await once(socket, 'connect')
  socket.write(lines.join('\r\n'))
  const received = await text(socket)
  return received
    .split(/(?=HTTP\/1\.1 )/)
    .filter(Boolean)
    .map((answer) => {
      const [head = '', body = ''] = answer.split('\r\n\r\n')
      return { status: Number(head.split(' ')[1]), body: JSON.parse(body) as unknown }
    })
}
