import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { keepLoopbackDirect } from '../../src/cli/proxy.js'
import { printed, run, served, takenPort } from './command.js'

/** A proxy that answers every call itself, and counts them. */
async function proxied() {
  let count = 0
  const proxy = createServer((_request, response) => {
    count++
    response.writeHead(502).end('bad gateway')
  }).on('connect', (_request, socket) => {
    count++
    socket.end('HTTP/1.1 502 Bad Gateway\r\n\r\n')
  })
  await once(proxy.listen(0, '127.0.0.1'), 'listening')
  onTestFinished(() => void proxy.close())
  const host = `127.0.0.1:${(proxy.address() as AddressInfo).port}`
  const url = `http://user:pass@${host}`
  return { host, count: () => count, env: { NODE_USE_ENV_PROXY: '1', HTTP_PROXY: url, HTTPS_PROXY: url } }
}

describe('behind a proxy from the environment', () => {
  let proxy: Awaited<ReturnType<typeof proxied>>
  beforeEach(async () => {
    proxy = await proxied()
  })

  test.each(['127.0.0.1', 'localhost', '0.0.0.0'])('commands call a sandbox at %s directly', async (host) => {
    const { port } = await served()
    const url = `http://${host}:${port}`
    expect(await run(['wait', '--url', url], { env: proxy.env }).exited).toEqual({
      ...printed(`${url}\n`),
      signal: null,
    })
    const clock = await run(['clock', 'show', '--url', url], { env: { ...proxy.env, NO_PROXY: 'company.dev' } }).exited
    expect(clock).toMatchObject({ code: 0, stderr: '' })
    expect(proxy.count()).toBe(0)
  })

  test.each(['127.0.0.2', '127.255.255.254', 'opal.localhost', '[::1]'])(
    'a call to %s is not sent through the proxy',
    async (host) => {
      const { code, stderr } = await run(['reset', '--url', `http://${host}:${await takenPort()}`], { env: proxy.env })
        .exited
      expect(code).toBe(1)
      expect(stderr).not.toContain('proxy')
      expect(proxy.count()).toBe(0)
    },
  )

  test('the child of exec calls its sandbox directly', async () => {
    const child = ['-e', 'fetch(process.env.OPAL_SANDBOX_URL + "/_sandbox/health").then((r) => console.log(r.status))']
    const { stdout } = await run(['exec', '--quiet', '--', process.execPath, ...child], { env: proxy.env }).exited
    expect(stdout).toBe('200\n')
  })

  test('the message names the proxy, without its password, when another host was called', async () => {
    const url = 'http://sandbox.invalid'
    const through = `through the proxy ${proxy.host}; NO_PROXY excludes hosts`
    for (const args of [['reset'], ['wait', '--timeout', '50ms']]) {
      const { code, stderr } = await run([...args, '--url', url], { env: proxy.env }).exited
      expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining(through) as string })
      expect(stderr).not.toContain('pass')
    }
  })

  test('the health check of the image calls its own port', async () => {
    const { port } = await served()
    const [, json = ''] = /HEALTHCHECK[^\n]*\n\s*CMD (\[.*\])/.exec(readFileSync('Dockerfile', 'utf8')) ?? []
    const [, ...args] = JSON.parse(json) as string[]
    const env = { ...proxy.env, OPAL_SANDBOX_PORT: String(port) }
    expect(await once(spawn(process.execPath, args, { env }), 'exit')).toEqual([0, null])
  })
})

const others = '[::1],::1,.localhost,0.0.0.0,127.0.0.0/8'

test.each([
  [{}, `127.0.0.1,localhost,${others}`],
  [{ NO_PROXY: 'company.dev localhost' }, `company.dev,localhost,127.0.0.1,${others}`],
  [{ no_proxy: 'company.dev' }, `company.dev,127.0.0.1,localhost,${others}`],
])('loopback is added to NO_PROXY: %o', (env: NodeJS.ProcessEnv, expected) => {
  keepLoopbackDirect(env)
  expect(env).toEqual({ no_proxy: expected, NO_PROXY: expected })
})

test('NO_PROXY=* is left unchanged', () => {
  const env = { NO_PROXY: '*' }
  keepLoopbackDirect(env)
  expect(env).toEqual({ NO_PROXY: '*' })
})
