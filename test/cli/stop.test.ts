import { execFileSync, spawn, type StdioOptions } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, constants, createReadStream, openSync, writeSync } from 'node:fs'
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

/** Fills a pipe, so that not even a byte fits. */
function filled(pipe: number): number {
  const writer = openSync(`/dev/fd/${pipe}`, constants.O_WRONLY | constants.O_NONBLOCK)
  try {
    for (const size of [4096, 1]) while (tryWrite(writer, size));
  } finally {
    closeSync(writer)
  }
  return pipe
}

function tryWrite(fd: number, size: number): boolean {
  try {
    writeSync(fd, 'x'.repeat(size))
    return true
  } catch {
    return false
  }
}

/** The command with the given output and environment. */
function spawned(args: string[], stdio: StdioOptions, env: NodeJS.ProcessEnv = {}) {
  const child = spawn(process.execPath, [cli, ...args], { stdio, env: { ...process.env, ...env } })
  onTestFinished(() => void child.kill('SIGKILL'))
  return child
}

const inMemory = ['--port', '0', '--db', ':memory:']

test.each<[what: string, open: () => 'pipe' | number]>([
  ['a socket', () => 'pipe'],
  ['a pipe', unreadPipe],
])('a standard error that nobody reads delays no call and no SIGTERM: %s', async (_what, open) => {
  const child = spawned(inMemory, ['ignore', 'pipe', open()])
  const [line] = (await once(child.stdout!, 'data')) as [Buffer]
  const { base_url } = JSON.parse(String(line)) as Ready
  // Some 180 bytes each: more than any pipe holds.
  for (let turn = 0; turn < 1_500; turn++) await call(`${base_url}/users?page_size=1`)
  child.kill('SIGTERM')
  expect(await once(child, 'exit')).toEqual([0, null])
})

test('a standard output that nobody reads delays no call and no SIGTERM', async () => {
  const child = spawned(inMemory, ['ignore', filled(unreadPipe()), 'pipe'])
  const [line] = (await once(child.stderr!, 'data')) as [Buffer]
  const { base_url } = JSON.parse(String(line)) as Ready
  expect((await call(`${base_url}/users?page_size=1`)).status).toBe(200)
  child.kill('SIGTERM')
  expect(await once(child, 'exit')).toEqual([0, null])
})

test('exec ends with its command, even if nobody reads its standard error', async () => {
  const callMany = `
    const { OPAL_BASE_URL, OPAL_AUTH_TOKEN } = process.env
    const headers = { authorization: 'Bearer ' + OPAL_AUTH_TOKEN }
    for (let count = 0; count < 1500; count++) await (await fetch(OPAL_BASE_URL + '/users?page_size=1', { headers })).text()
    process.exit(3)`
  const program = ['--', process.execPath, '--input-type=module', '-e', callMany]
  const child = spawned(['exec', '--log-level', 'info', ...program], ['ignore', 'ignore', unreadPipe()])
  expect(await once(child, 'exit')).toEqual([3, null])
})

test('SIGTERM reaches the command of exec, even if nobody reads what it prints', async () => {
  const printMuch = `for (;;) require('node:fs').writeSync(1, 'x'.repeat(4096))`
  const output = unreadPipe()
  const child = spawned(['exec', '--', process.execPath, '-e', printMuch], ['ignore', output, 'ignore'])
  await once(createReadStream('', { fd: output, autoClose: false, end: 0 }), 'data')
  child.kill('SIGTERM')
  expect(await once(child, 'exit')).toEqual([143, null])
})

/** Node in which writing to standard error takes a second, or fails. */
const withDisk = (kind: 'slow' | 'full') => ({
  NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(`
    import fs from 'node:fs'
    import { syncBuiltinESMExports } from 'node:module'
    const { write, writeSync } = fs
    const full = Object.assign(new Error('full'), { code: 'ENOSPC' })
    fs.write = (fd, ...rest) => {
      if (fd !== 2) write(fd, ...rest)
      else if (${kind === 'full'}) process.nextTick(rest.at(-1), full)
      else setTimeout(() => write(fd, ...rest), 1_000)
    }
    fs.writeSync = (fd, ...rest) => {
      if (fd === 2 && ${kind === 'full'}) throw full
      if (fd === 2) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1_000)
      return writeSync(fd, ...rest)
    }
    syncBuiltinESMExports()`)}`,
})

test.each<[what: string, env: Record<string, string>, file?: string]>([
  ['a slow disk', withDisk('slow')],
  ['a full disk', withDisk('full')],
  ['a full device', {}, '/dev/full'],
])('a log on %s delays no call and no SIGTERM', async (_what, env, file = join(temporaryFolder(), 'log')) => {
  const log = openSync(file, 'a')
  onTestFinished(() => {
    closeSync(log)
  })
  const child = spawned(inMemory, ['ignore', 'pipe', log], env)
  const [line] = (await once(child.stdout!, 'data')) as [Buffer]
  const { base_url } = JSON.parse(String(line)) as Ready
  // One after the other with the disk, they would exceed the limit of a test.
  for (let turn = 0; turn < 80; turn++) expect((await call(`${base_url}/users?page_size=1`)).status).toBe(200)
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
