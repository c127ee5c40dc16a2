import { once } from 'node:events'
import { connect } from 'node:net'
import { expect, test } from 'vitest'
import { sandbox } from '../helper.js'

const host = '127.0.0.1'

test('after a close, the next fetch reaches the sandbox that was started on the same port', async () => {
  let port = 0
  const outcomes: unknown[] = []
  for (let count = 0; count < 10; count++) {
    const { listen, close } = await sandbox()
    port = await listen({ host, port })
    const call = () => fetch(`http://${host}:${port}/_sandbox/health`).then(({ status }) => status, String)
    // Several connections stay open in the pool of fetch.
    outcomes.push(...(await Promise.all([call(), call(), call()])))
    await close()
  }
  expect(outcomes).toEqual(Array.from({ length: 30 }, () => 200))
})

test('a client that keeps its connection open does not keep a sandbox from closing', async () => {
  const { listen, close, app } = await sandbox()
  const socket = connect({ host, port: await listen({ host, port: 0 }), allowHalfOpen: true })
  await once(socket, 'connect')
  socket.write('GET /_sandbox/health HTTP/1.1\r\nHost: a\r\n\r\n')
  await once(socket, 'data')
  await close()
  expect(app.server.listening).toBe(false)
  socket.destroy()
})
