import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { called, refused, takenPort } from './command.js'

/** A server that answers every call with this status and body. */
async function answering(status: number, body: string): Promise<string> {
  const server = createServer((_request, response) => response.writeHead(status).end(body)).listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

const commands = [
  ['reset'],
  ['seed', 'export'],
  ['clock', 'show'],
  ['clock', 'advance', '1m'],
  ['fault', 'add', '--drop'],
  ['fault', 'list'],
  ['fault', 'clear'],
  ['requests'],
  ['requests', '--wait'],
  ['coverage'],
]

const lacking = 'not an opal-sandbox: its health check lacks status, version or uptime_seconds'

describe.each<[what: string, status: number, body: string, problem: string]>([
  ['{}', 200, '{}', lacking],
  ['null', 200, 'null', lacking],
  ['nothing', 200, '', lacking],
  ['the health of another program', 200, '{"status": "ok"}', lacking],
  ['HTML', 200, '<html>', 'not an opal-sandbox: its health check answered 200'],
  ['404', 404, '<html>', 'not an opal-sandbox: its health check answered 404'],
])('a server that answers %s is not taken for a sandbox', (_what, status, body, problem) => {
  test.each(commands.map((words) => [words.join(' '), words] as const))('by %s', async (_line, words) => {
    const url = await answering(status, body)
    expect(await called([...words, '--url', url])).toEqual(refused(`${url} is ${problem}. Name one with --url.`))
  })

  test('by wait', async () => {
    const url = await answering(status, body)
    expect(await called(['wait', '--url', url, '--timeout', '900ms'])).toEqual(
      refused(`No sandbox was ready at ${url} within 900ms (last result: ${problem}).`),
    )
  })
})

test.each([
  ['30 s', ['clock', 'show'], 30_000],
  ['30 s more than it waits', ['requests', '--wait', '--timeout', '4m'], 270_000],
])('a command gives up after %s on a server that never answers', async (_limit, words, expectedMs) => {
  const limit = vi.spyOn(AbortSignal, 'timeout')
  onTestFinished(() => limit.mockRestore())
  const over = new AbortController()
  over.abort(new DOMException('over', 'TimeoutError'))
  limit.mockReturnValue(over.signal)
  const url = `http://127.0.0.1:${await takenPort()}`
  expect(await called([...words, '--url', url])).toEqual(
    refused(
      `No sandbox answers at ${url} (no answer in time). Start one with "opal-sandbox start", or name its address with --url.`,
    ),
  )
  expect(limit).toHaveBeenCalledWith(expectedMs)
})
