// Time from spawn to the first 200 of the health call, and resident memory after it, of the built command against a
// bare Fastify app: alternating rounds in one run, medians, and their ratio. Never a timed test: machines are noisy.
import { spawn } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { get } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const rounds = Number(process.argv[2] ?? 10)
const file = (name) => fileURLToPath(new URL(name, import.meta.url))

const peers = {
  bare: (port, db) => ({ args: [file('bare.js')], env: { BENCH_PORT: port, BENCH_DB: db } }),
  sandbox: (port, db) => ({
    args: [file('../dist/cli.js')],
    env: { OPAL_SANDBOX_PORT: port, OPAL_SANDBOX_DB: db, OPAL_SANDBOX_LOG_LEVEL: 'warn' },
  }),
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const { port } = server.address()
  await new Promise((resolve) => server.close(resolve))
  return port
}

function status(port) {
  return new Promise((resolve) => {
    get({ host: '127.0.0.1', port, path: '/_sandbox/health', agent: false }, (response) => {
      response.resume()
      response.on('end', () => resolve(response.statusCode))
    }).on('error', () => resolve(undefined))
  })
}

async function measure(peer, folder) {
  const port = await freePort()
  const { args, env } = peer(port, join(folder, 'db.sqlite'))
  const started = performance.now()
  const child = spawn(process.execPath, args, { env: { ...process.env, ...env }, stdio: 'ignore' })
  const deadline = started + 20_000
  while ((await status(port)) !== 200) {
    if (performance.now() > deadline) throw new Error(`${args[0]} never answered`)
    await new Promise((resolve) => setTimeout(resolve, 2))
  }
  const ms = performance.now() - started
  const rss = /VmRSS:\s+(\d+)/.exec(await readFile(`/proc/${child.pid}/status`, 'utf8').catch(() => ''))?.[1]
  child.kill('SIGTERM')
  await new Promise((resolve) => child.once('exit', resolve))
  return { ms, mib: Number(rss) / 1024 }
}

const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]
const results = { bare: [], sandbox: [] }
for (let round = -1; round < rounds; round++) {
  for (const name of Object.keys(peers)) {
    const folder = await mkdtemp(join(tmpdir(), 'opal-bench-'))
    const result = await measure(peers[name], folder)
    if (round >= 0) results[name].push(result) // the first round warms the disk
    await rm(folder, { recursive: true })
  }
}
const table = Object.entries(results).map(([name, runs]) => ({
  name,
  ms: median(runs.map(({ ms }) => ms)),
  spread: `${Math.min(...runs.map(({ ms }) => ms)).toFixed(0)}-${Math.max(...runs.map(({ ms }) => ms)).toFixed(0)}`,
  mib: median(runs.map(({ mib }) => mib)),
}))
console.log(`| | start, ms | spread | resident, MiB |\n| --- | --- | --- | --- |`)
for (const { name, ms, spread, mib } of table)
  console.log(`| ${name} | ${ms.toFixed(0)} | ${spread} | ${mib.toFixed(0)} |`)
console.log(`| ratio | ${(table[1].ms / table[0].ms).toFixed(2)} | | ${(table[1].mib / table[0].mib).toFixed(2)} |`)
