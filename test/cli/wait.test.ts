import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, onTestFinished, test } from 'vitest'
import { called, printed, refused, served, takenPort } from './command.js'

/** A server that answers with each of these statuses in turn, and with the last one from then on. */
async function answering(...statuses: number[]) {
  let count = 0
  const server = createServer((_request, response) => {
    response.writeHead(statuses[Math.min(count++, statuses.length - 1)]!, { 'content-type': 'application/json' })
    response.end('{"status": "ok", "version": "0.0.0", "uptime_seconds": 0}')
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, count: () => count }
}

const wait = (...args: string[]) => called(['wait', ...args])

describe('waiting for a sandbox', () => {
  test('ends with its URL once it is ready', async () => {
    const { url } = await served()
    expect(await wait('--url', `${url}/v1`)).toEqual(printed(`${url}\n`))
  })

  test('continues until it is ready', async () => {
    const { url, count } = await answering(503, 404, 200)
    expect(await wait('--url', url)).toEqual(printed(`${url}\n`))
    expect(count()).toBe(3)
  })

  test('fails with the last result after the timeout', async () => {
    const { url } = await answering(503)
    expect(await wait('--url', url, '--timeout', '1s')).toEqual(
      refused(
        `No sandbox was ready at ${url} within 1s (last result: not an opal-sandbox: its health check answered 503).`,
      ),
    )
  })

  test('reports a server that does not answer', async () => {
    const url = `http://127.0.0.1:${await takenPort()}`
    expect(await wait('--url', url, '--timeout', '200ms')).toEqual(
      refused(`No sandbox was ready at ${url} within 200ms (last result: no answer in time).`),
    )
  })
})
