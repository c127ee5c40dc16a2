import { once } from 'node:events'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { expect, test } from 'vitest'
import { sandbox, tokens } from '../helper.js'

/** What Node's own server would answer by itself, with no body. */
const oddities: [what: string, head: string[], status: number][] = [
  ['no host', [], 200],
  ['an expectation that nobody knows', ['Host: 127.0.0.1', 'Expect: miracles'], 200],
  ['two different lengths', ['Host: 127.0.0.1', 'Content-Length: 1', 'Content-Length: 2'], 400],
  ['headers over 16 KiB', ['Host: 127.0.0.1', `X-Long: ${'x'.repeat(20_000)}`], 431],
]

test.each(oddities)('a request with %s is answered by us', async (_, head, status) => {
  const { listen } = await sandbox()
  const socket = connect(await listen({ host: '127.0.0.1', port: 0 }), '127.0.0.1')
  await once(socket, 'connect')
  const lines = [
    'GET /v1/tokens HTTP/1.1',
    `Authorization: Bearer ${tokens.fullAccess}`,
    'Connection: close',
    ...head,
    '',
    '',
  ]
  socket.write(lines.join('\r\n'))
  const [answer = '', body = ''] = (await text(socket)).split('\r\n\r\n')
  expect({ line: Number(answer.split(' ')[1]), keys: Object.keys(JSON.parse(body) as object)[0] }).toEqual({
    line: status,
    keys: status === 200 ? 'results' : 'code',
  })
})
