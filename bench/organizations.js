// Time to open an organization and to reset one while 500 are open: file database, built-in seed, medians.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openSandbox } from '../dist/sandbox.js'

const folder = mkdtempSync(join(tmpdir(), 'opal-bench-'))
const { app, close } = openSandbox({ db: join(folder, 'sandbox.db') })
await app.ready()

async function time(method, url, token) {
  const started = performance.now()
  const { statusCode } = await app.inject({ method, url, headers: { authorization: `Bearer ${token}` } })
  if (statusCode !== 200) throw new Error(`${method} ${url}: ${statusCode}`)
  return performance.now() - started
}

const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]

for (let number = 0; number < 500; number++) await time('GET', '/v1/user?email=ada@company.dev', `org-open-${number}`)
const times = { opening: [], 'a call to one that is open': [], resetting: [] }
for (let round = 0; round < 100; round++) {
  times.opening.push(await time('GET', '/v1/user?email=ada@company.dev', `org-new-${round}`))
  times['a call to one that is open'].push(await time('GET', '/v1/user?email=ada@company.dev', `org-new-${round}`))
  times.resetting.push(await time('POST', '/_sandbox/reset', `org-open-${round}`))
}
console.log('| with 500 open | median, ms | slowest, ms |\n| --- | --- | --- |')
for (const [name, values] of Object.entries(times)) {
  console.log(`| ${name} | ${median(values).toFixed(2)} | ${Math.max(...values).toFixed(2)} |`)
}
await close()
rmSync(folder, { recursive: true })
