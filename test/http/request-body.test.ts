import { Agent, request, type IncomingMessage } from 'node:http'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { text } from 'node:stream/consumers'
import { gzipSync } from 'node:zlib'
import { describe, expect, onTestFinished, test } from 'vitest'
import { groupUserPath, ids, recordingLogger, requestId, sandbox, tokens } from '../helper.js'
import { call } from './sandbox/calls.js'
import { listening } from './wire.js'

const path = groupUserPath(ids.apiGroup, ids.jake)
const mebibyte = Buffer.alloc(1024 * 1024, ' ')

/** Sends a body of 20 MiB as fast as it is read, as a client does that reads the response only afterwards. */
async function upload(port: number, head: string[], isChunked: boolean): Promise<string> {
  const socket = connect(port, '127.0.0.1')
  const answer = text(socket)
  await once(socket, 'connect')
  const length = isChunked ? 'Transfer-Encoding: chunked' : `Content-Length: ${20 * mebibyte.length}`
  socket.write([...head, 'Host: 127.0.0.1', length, '', ''].join('\r\n'))
  for (let count = 0; count < 20; count++) {
    if (isChunked) socket.write(`${mebibyte.length.toString(16)}\r\n`)
    await write(socket, mebibyte)
    if (isChunked) socket.write('\r\n')
  }
  if (isChunked) socket.write('0\r\n\r\n')
  socket.end()
  return answer
}

/** Rejects if the connection is reset. */
function write(socket: Socket, bytes: Buffer): Promise<void> {
  return new Promise((resolve, reject) => socket.write(bytes, (error) => (error ? reject(error) : resolve())))
}

describe.each([
  ['Content-Length', false],
  ['chunks', true],
])('a body of 20 MiB sent with %s', (_how, isChunked) => {
  const json = 'Content-Type: application/json'
  const bearer = `Authorization: Bearer ${tokens.fullAccess}`

  test.each<[what: string, head: string[], status: number]>([
    ['too large for a PUT', [`PUT ${path} HTTP/1.1`, json, bearer], 413],
    ['too large for a seed', ['PUT /_sandbox/seed HTTP/1.1', json, bearer], 413],
    ['too large for the clock', ['POST /_sandbox/clock HTTP/1.1', json], 413],
    ['of another type', [`PUT ${path} HTTP/1.1`, 'Content-Type: text/plain', bearer], 415],
    ['of another type for the control plane', ['POST /_sandbox/clock HTTP/1.1', 'Content-Type: text/plain'], 415],
    ['compressed', [`PUT ${path} HTTP/1.1`, json, bearer, 'Content-Encoding: gzip'], 415],
    ['without a token', [`PUT ${path} HTTP/1.1`, json], 401],
    ['with a read-only token', [`PUT ${path} HTTP/1.1`, json, `Authorization: Bearer ${tokens.readOnly}`], 403],
    ['for a path of /v1 that does not exist', ['PUT /v1/nothing HTTP/1.1', json, bearer], 404],
    ['for a path that does not exist', ['PUT /nothing HTTP/1.1', json], 404],
    ['for a path with a bad percent sign', ['PUT /v1/%zz HTTP/1.1', json, bearer], 400],
  ])('that is %s gets its response', async (_what, head, status) => {
    const { port } = await listening()
    expect((await upload(port, head, isChunked)).split('\r\n', 1)).toEqual([
      expect.stringMatching(`^HTTP/1.1 ${status} `),
    ])
  })
})

describe('a body that does not arrive in time', () => {
  test.each([
    ['with Content-Length', ['Content-Length: 20', '', '{"dur']],
    ['in chunks', ['Transfer-Encoding: chunked', '', '5', '{"dur']],
  ])('%s is a 408, in the journal and in the log', async (_how, rest) => {
    const { logger, lines } = recordingLogger('info')
    const { port, ...opened } = await listening({ logger })
    // Node swaps the two if the one for headers is the longer one.
    Object.assign(opened.app.server, { headersTimeout: 50, requestTimeout: 100 })
    const socket = connect(port, '127.0.0.1')
    await once(socket, 'connect')
    const head = [`PUT ${path} HTTP/1.1`, 'Host: a', `Authorization: Bearer ${tokens.fullAccess}`]
    socket.write([...head, 'Content-Type: application/json', ...rest].join('\r\n'))
    const [status = '', body = ''] = (await text(socket)).split(/\r\n(?:.*\r\n)*\r\n/)
    expect([status, JSON.parse(body)]).toEqual([
      'HTTP/1.1 408 Request Timeout',
      { code: 'REQUEST_TIMEOUT', message: 'The request did not arrive in time.', request_id: requestId },
    ])
    const { results } = (await call(opened, tokens.fullAccess, 'GET', '/_sandbox/requests')) as { results: object[] }
    expect(results).toMatchObject([{ operation: 'update_group_user', status: 408 }])
    expect(lines[0]).toMatchObject({
      route: '/v1/groups/:group_id/users/:user_id',
      status: 408,
      code: 'REQUEST_TIMEOUT',
    })
  })

  test('is rejected after a minute', async () => {
    const { app } = await sandbox()
    expect(app.server.requestTimeout).toBe(60_000)
  })
})

test('rejected bodies leave no listeners on a connection that stays open', async () => {
  const opened = await sandbox()
  const sockets: Socket[] = []
  opened.app.server.on('connection', (socket: Socket) => sockets.push(socket))
  const port = await opened.listen({ host: '127.0.0.1', port: 0 })
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  onTestFinished(() => agent.destroy())
  for (let call = 0; call < 12; call++) {
    const outgoing = request({ host: '127.0.0.1', port, agent, method: 'POST', path: '/v1/opal-scripts' })
    outgoing.setHeader('authorization', `Bearer ${tokens.fullAccess}`)
    outgoing.end('x'.repeat(300_000))
    const [answer] = (await once(outgoing, 'response')) as [IncomingMessage]
    await text(answer)
  }
  expect([sockets.length, sockets[0]!.listenerCount('close') < 10]).toEqual([1, true])
})

describe('a body with a content coding', () => {
  const payload = gzipSync('{"duration_minutes":60}')
  const routes: [method: 'PUT' | 'POST' | 'PATCH', url: string][] = [
    ['PUT', path],
    ['POST', path],
    ['PUT', '/v1/groups'],
    ['POST', '/_sandbox/clock'],
    ['POST', '/_sandbox/faults'],
    ['PATCH', '/_sandbox/settings'],
    ['PUT', '/_sandbox/seed'],
  ]

  test.each(
    routes.flatMap(([method, url]) => ['gzip', 'br', 'x-any', 'identity, zstd'].map((c) => [method, url, c] as const)),
  )('is a 415 for %s %s that names %s', async (method, url, coding) => {
    const { app } = await sandbox()
    const authorization = `Bearer ${tokens.fullAccess}`
    const headers = { authorization, 'content-type': 'application/json', 'content-encoding': coding }
    const answer = await app.inject({ method, url, headers, payload })
    expect([answer.statusCode, answer.json()]).toEqual([
      415,
      {
        code: 'CONTENT_TYPE_UNSUPPORTED',
        message: `The body is sent with the content coding ${coding}; only bodies without one are read.`,
        hint: 'Send the body uncompressed, without the header "Content-Encoding".',
        request_id: requestId,
      },
    ])
  })

  test('does not matter for a GET, whose body is not read', async () => {
    const { app } = await sandbox()
    const headers = { authorization: `Bearer ${tokens.fullAccess}`, 'content-encoding': 'gzip' }
    const answer = await app.inject({ method: 'GET', url: '/v1/groups', headers, payload })
    expect(answer.statusCode).toBe(200)
  })

  test('identity is accepted', async () => {
    const { agent } = await sandbox()
    const answer = await agent.put(path).set('content-encoding', 'identity').send({ duration_minutes: 60 })
    expect(answer.status).toBe(200)
  })
})

test('no message, journal entry or log line quotes binary or invisible characters', async () => {
  const { logger, lines } = recordingLogger('info')
  const { app, agent } = await sandbox({ logger })
  const odd = '\u202e\u200b\u0001\u0085\ud800\ufeff\u2028'
  const headers = { authorization: `Bearer ${tokens.fullAccess}`, 'content-type': 'application/json' }
  const put = async (payload: string | Buffer, url = path) =>
    (await app.inject({ method: 'PUT', url, headers, payload })).body
  const bodies = [
    await put(gzipSync('{}')),
    await put(Buffer.from([0xff, 0xfe, 0x80])),
    await put(odd),
    await put(`{"duration_minutes":"${odd.replaceAll(/[\ud800\u0001]/g, '')}"}`),
    await put(`{"duration_minute${odd.replaceAll(/[\ud800\u0001]/g, '')}":1}`),
    await put('{}', `/v1/${encodeURIComponent('\u202e')}`),
  ]
  const journal = ((await agent.get('/_sandbox/requests')).body as { results: { why?: unknown; answer: unknown }[] })
    .results
  const told = [...bodies, ...journal.map(({ why, answer }) => JSON.stringify([why, answer])), JSON.stringify(lines)]
  expect(told.filter((one) => /[\p{C}\p{Zl}\p{Zp}\ufffd]|\\u00[01]/u.test(one))).toEqual([])
})
