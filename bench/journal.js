// What the journal costs: PUTs a second over loopback, 32 connections, from another process, with the journal and
// without. Alternating rounds in one run, medians, and their ratio. Never a timed test: machines are noisy.
import { execFile } from 'node:child_process'
import { cpuUsage } from 'node:process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { openSandbox } from '../dist/sandbox.js'

const rounds = Number(process.argv[2] ?? 11)
const seconds = Number(process.argv[3] ?? 3)
const load = fileURLToPath(new URL('put-load.js', import.meta.url))
const peers = { 'journal off': { entries: 0 }, 'journal on': {} }

async function measure(journal) {
  const sandbox = openSandbox({ journal })
  try {
    const port = await sandbox.listen({ host: '127.0.0.1', port: 0 })
    const before = cpuUsage()
    const { stdout } = await promisify(execFile)(process.execPath, [load, String(port), '32', String(seconds)])
    const { user, system } = cpuUsage(before)
    const { done, perSecond } = JSON.parse(stdout)
    return { perSecond, cpuUs: (user + system) / done }
  } finally {
    await sandbox.close()
  }
}

const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]
const results = Object.fromEntries(Object.keys(peers).map((name) => [name, []]))
for (let round = -1; round < rounds; round++) {
  // Who goes first changes, and the first round warms the code.
  const names = round % 2 === 0 ? Object.keys(peers) : Object.keys(peers).toReversed()
  for (const name of names) {
    const result = await measure(peers[name])
    if (round >= 0) results[name].push(result)
  }
}

console.log('| | PUT a second | spread | CPU a PUT, us |\n| --- | --- | --- | --- |')
for (const [name, runs] of Object.entries(results)) {
  const rates = runs.map(({ perSecond }) => perSecond)
  const cpu = median(runs.map(({ cpuUs }) => cpuUs))
  const spread = `${Math.min(...rates).toFixed(0)}-${Math.max(...rates).toFixed(0)}`
  console.log(`| ${name} | ${median(rates).toFixed(0)} | ${spread} | ${cpu.toFixed(1)} |`)
}
const [off, on] = Object.values(results)
const pairs = on.map(({ perSecond }, round) => perSecond / off[round].perSecond)
console.log(`| ratio, median of the rounds' | ${median(pairs).toFixed(3)} | | |`)
