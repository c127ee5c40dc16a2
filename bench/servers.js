// The servers that are compared, each in a process of its own, and the load that they are put under, in another.
import { execFile, spawn } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { request } from 'node:http'
import { writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { put } from './fixtures.js'

const file = (name) => fileURLToPath(new URL(name, import.meta.url))

function sandbox(port, folder, { seed }) {
  const seedFile = join(folder, 'seed.json')
  if (seed) writeFileSync(seedFile, JSON.stringify(seed))
  return {
    args: [file('../dist/cli.js')],
    env: {
      OPAL_SANDBOX_PORT: port,
      OPAL_SANDBOX_DB: join(folder, 'sandbox.db'),
      OPAL_SANDBOX_LOG_LEVEL: 'warn',
      ...(seed && { OPAL_SANDBOX_SEED: seedFile }),
    },
  }
}

/** How each is started, as a user would: what it says goes nowhere, but it is not told to say more than it must. */
const commands = {
  sandbox,
  'sandbox without a journal': (port, folder, options) => {
    const { args, env } = sandbox(port, folder, options)
    return { args, env: { ...env, OPAL_SANDBOX_JOURNAL_ENTRIES: 0 } }
  },
  'node:http': (port) => ({ args: [file('peers/http.js')], env: { PORT: port } }),
  Fastify: (port) => ({ args: [file('peers/fastify.js')], env: { PORT: port } }),
  'Fastify with better-sqlite3': (port, folder) => ({
    args: [file('peers/fastify-sqlite.js')],
    env: { PORT: port, DB: join(folder, 'empty.db') },
  }),
  Prism: (port) => ({
    args: [
      file('node_modules/@stoplight/prism-cli/dist/index.js'),
      ...['mock', file('../openapi.yaml'), '--host', '127.0.0.1', '--port', String(port), '--verboseLevel', 'error'],
    ],
  }),
  Mockoon: (port) => ({
    args: [
      file('node_modules/@mockoon/cli/bin/run.js'),
      ...['start', '--data', file('peers/mockoon.json'), '--hostname', '127.0.0.1', '--port', String(port)],
      ...['--disable-log-to-file', '--disable-admin-api'],
    ],
  }),
}

/**
 * Starts one of them and answers once it has answered `probe` with a 200: `startedMs` after it was spawned. A `seed` is for
 * the sandbox. `stop` ends it and removes what it kept.
 */
export async function startServer(name, { probe = put, seed } = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'opal-sandbox-bench-'))
  const port = await freePort()
  const { args, env } = commands[name](port, folder, { seed })
  const began = performance.now()
  const child = spawn(process.execPath, args, { env: { ...process.env, ...env }, stdio: 'ignore' })
  const exit = new Promise((resolve) => child.once('exit', resolve))
  async function stop() {
    child.kill('SIGTERM')
    const last = setTimeout(() => child.kill('SIGKILL'), 2_000)
    await exit
    clearTimeout(last)
    await rm(folder, { recursive: true })
  }
  while ((await status(port, probe)) !== 200) {
    if (child.exitCode !== null || performance.now() - began > 30_000) {
      await stop()
      throw new Error(`${name} never answered`)
    }
    await new Promise((resolve) => setTimeout(resolve, 2))
  }
  const startedMs = performance.now() - began
  return {
    name,
    port,
    startedMs,
    stop,
    /** Resident memory in MiB. */
    async resident() {
      return Number(/VmRSS:\s+(\d+)/.exec(await readFile(`/proc/${child.pid}/status`, 'utf8'))[1]) / 1024
    },
    /** Processor time so far, in microseconds. */
    async cpuUs() {
      const fields = (await readFile(`/proc/${child.pid}/stat`, 'utf8')).split(') ')[1].split(' ')
      return (Number(fields[11]) + Number(fields[12])) * 10_000
    },
  }
}

/** Runs `work` with these servers, which stop when it is done. */
export async function withServers(names, work, options) {
  const servers = {}
  try {
    for (const name of names) servers[name] = await startServer(name, options)
    return await work(servers)
  } finally {
    for (const server of Object.values(servers)) await server.stop()
  }
}

/**
 * Sends `call` from another process over so many connections, for so many seconds or so many requests. Answers the
 * requests a second, the times of the answers in microseconds, and the server's processor time for each.
 */
export async function load(server, { call = put, ...bounds }) {
  const before = await server.cpuUs()
  const { stdout } = await promisify(execFile)(process.execPath, [
    file('load.js'),
    JSON.stringify({ port: server.port, ...call, ...bounds }),
  ])
  const result = JSON.parse(stdout)
  return { ...result, cpuUs: ((await server.cpuUs()) - before) / result.sent }
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const { port } = server.address()
  await new Promise((resolve) => server.close(resolve))
  return port
}

/** The status of one call on a connection of its own; undefined where nobody listens yet. */
function status(port, { method, path, headers, body }) {
  return new Promise((resolve) => {
    const outgoing = request({ host: '127.0.0.1', port, method, path, headers, agent: false }, (response) => {
      response.resume()
      response.on('end', () => resolve(response.statusCode))
    })
    outgoing.on('error', () => resolve(undefined))
    outgoing.end(body)
  })
}
