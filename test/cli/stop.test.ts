import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { describe, expect, onTestFinished, test } from 'vitest'
import { temporaryFolder } from '../folder.js'
import { groupUserPath, ids, tokens } from '../helper.js'
import { call, cli, run, start, type Ready } from './command.js'

const signals = ['SIGTERM', 'SIGINT'] as const

/** Long enough for a busy machine, and far from what Docker grants. */
const soonMs = 2500

const body = JSON.stringify({ duration_minutes: 60 })

function open({ url }: Ready): Socket {
  const socket = connect(Number(new URL(url).port), '127.0.0.1')
  onTestFinished(() => {
    socket.destroy()
  })
  return socket
}

/** A PUT that the server has begun to read: it has said that it goes on with the body, of which a part has come. */
async function beginPut(ready: Ready) {
  const socket = open(ready)
  socket.write(
    [
      `PUT ${groupUserPath(ids.apiGroup, ids.jake)} HTTP/1.1`,
      'Host: 127.0.0.1',
      `Authorization: Bearer ${tokens.fullAccess}`,
      'Content-Type: application/json',
      `Content-Length: ${body.length}`,
      'Expect: 100-continue',
      '',
      '',
    ].join('\r\n'),
  )
  await once(socket, 'readable')
  expect(String(socket.read())).toBe('HTTP/1.1 100 Continue\r\n\r\n')
  socket.write(body.slice(0, 5))
  return {
    /** Sends the rest and answers the status with the connection's last words. */
    finish: async () => {
      socket.write(body.slice(5))
      const [head = '', answer = ''] = (await text(socket)).split('\r\n\r\n')
      const { expiration_date } = JSON.parse(answer) as { expiration_date: string }
      return [head.split('\r\n', 1)[0], expiration_date]
    },
  }
}

/** Tells a sandbox to stop, and when it has heard it, lets `then` happen. Answers how it ended, and whether soon. */
async function stopping(
  { stop, says }: Awaited<ReturnType<typeof start>>,
  signal: NodeJS.Signals,
  then: () => Promise<void> = async () => undefined,
) {
  const startedAt = performance.now()
  const exited = stop(signal)
  await says('"msg":"stopping"')
  await then()
  const { code } = await exited
  return { code, soon: performance.now() - startedAt < soonMs }
}

describe.each(signals)('on %s', (signal) => {
  test('an idle sandbox stops', async () => {
    const sandbox = await start(['--db', ':memory:'])
    expect(await stopping(sandbox, signal)).toEqual({ code: 0, soon: true })
  })

  test('a request whose body is still arriving is answered first', async () => {
    const sandbox = await start(['--db', ':memory:', '--now', '2022-01-23T03:56:07Z'])
    const put = await beginPut(sandbox)
    const answers: unknown[] = []
    const end = await stopping(sandbox, signal, async () => {
      answers.push(await put.finish())
    })
    expect({ answers, ...end }).toEqual({
      answers: [['HTTP/1.1 200 OK', '2022-01-23T04:56:07.000Z']],
      code: 0,
      soon: true,
    })
  })

  test('many parallel requests are answered first', async () => {
    const sandbox = await start(['--db', ':memory:', '--now', '2022-01-23T03:56:07Z'])
    const puts = await Promise.all(Array.from({ length: 50 }, () => beginPut(sandbox)))
    const answers: unknown[] = []
    const end = await stopping(sandbox, signal, async () => {
      answers.push(...(await Promise.all(puts.map((put) => put.finish()))))
    })
    expect({ answers, ...end }).toEqual({
      answers: Array.from({ length: 50 }, () => ['HTTP/1.1 200 OK', '2022-01-23T04:56:07.000Z']),
      code: 0,
      soon: true,
    })
  })
})

test('writes that are answered while it stops are kept', async () => {
  const cwd = temporaryFolder()
  const args = ['--now', '2022-01-23T03:56:07Z']
  const first = await start(args, { cwd })
  const put = await beginPut(first)
  await stopping(first, 'SIGTERM', async () => {
    await put.finish()
  })
  const second = await start(args, { cwd })
  const { body } = await call(`${second.base_url}/groups/${ids.apiGroup}/users`)
  expect((body as { results: unknown[] }).results).toContainEqual(
    expect.objectContaining({ user_id: ids.jake, expiration_date: '2022-01-23T04:56:07.000Z' }),
  )
})

test.each(signals)(
  'after %s and a start on the same port, the next fetch of a client that lives on works',
  async (signal) => {
    let port = '0'
    const outcomes: unknown[] = []
    for (let count = 0; count < 5; count++) {
      const { url, stop } = await start(['--db', ':memory:', '--port', port])
      port = new URL(url).port
      const fetchHealth = () => fetch(`${url}/_sandbox/health`).then(({ status }) => status, String)
      // Several connections stay open in the pool of fetch.
      outcomes.push(...(await Promise.all([fetchHealth(), fetchHealth(), fetchHealth()])))
      await stop(signal)
    }
    expect(outcomes).toEqual(Array.from({ length: 15 }, () => 200))
  },
)

test('an idle connection does not delay it', async () => {
  const sandbox = await start(['--db', ':memory:'])
  const socket = open(sandbox)
  socket.write('GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n')
  await once(socket, 'readable')
  expect(await stopping(sandbox, 'SIGTERM')).toEqual({ code: 0, soon: true })
})

test('a connection that was never used does not delay it', async () => {
  const sandbox = await start(['--db', ':memory:'])
  await once(open(sandbox), 'connect')
  expect(await stopping(sandbox, 'SIGTERM')).toEqual({ code: 0, soon: true })
})

test('a request that never ends is cut off', async () => {
  const sandbox = await start(['--db', ':memory:'])
  await beginPut(sandbox)
  expect(await stopping(sandbox, 'SIGTERM')).toEqual({ code: 0, soon: true })
})

/** A pipe that is open for reading too, but never read. */
function unreadPipe(): number {
  const file = join(temporaryFolder(), 'pipe')
  execFileSync('mkfifo', [file])
  const fd = openSync(file, 'r+')
  onTestFinished(() => {
    closeSync(fd)
  })
  return fd
}

test.each<[what: string, open: () => 'pipe' | number]>([
  ['a socket', () => 'pipe'],
  ['a pipe', unreadPipe],
])('a standard error that nobody reads delays no call and no SIGTERM: %s', async (_what, open) => {
  const child = spawn(process.execPath, [cli, '--port', '0', '--db', ':memory:'], { stdio: ['ignore', 'pipe', open()] })
  onTestFinished(() => void child.kill('SIGKILL'))
  const [line] = (await once(child.stdout!, 'data')) as [Buffer]
  const { base_url } = JSON.parse(String(line)) as Ready
  // Some 180 bytes each: more than any pipe holds.
  for (let turn = 0; turn < 1_500; turn++) await call(`${base_url}/users?page_size=1`)
  child.kill('SIGTERM')
  expect(await once(child, 'exit')).toEqual([0, null])
})

test('SIGHUP does not stop a sandbox without a terminal, as under nohup', async () => {
  const { url, pid, stop } = await start(['--db', ':memory:'])
  process.kill(pid, 'SIGHUP')
  expect((await fetch(`${url}/_sandbox/health`)).status).toBe(200)
  expect((await stop()).code).toBe(0)
})

/** What a native crash raises. A handler would return to the instruction that crashed, again and again. */
const fatalSignals = ['SIGSEGV', 'SIGBUS', 'SIGFPE', 'SIGILL', 'SIGTRAP', 'SIGABRT'] as const

/** A program that runs until its parent has ended. */
const untilParentEnds = `
  const parent = process.ppid
  setInterval(() => process.ppid === parent || process.exit(), 10)
  console.error('runs')`

describe.each(fatalSignals)('%s ends the process as that signal does by default:', (signal) => {
  test('start', async () => {
    const { stop } = await start(['--db', ':memory:'])
    expect(await stop(signal)).toMatchObject({ code: null, signal })
  })

  test('exec', async () => {
    const { stop, says } = run(['exec', '--', process.execPath, '-e', untilParentEnds])
    await says('runs')
    expect(await stop(signal)).toMatchObject({ code: null, signal })
  })
})
