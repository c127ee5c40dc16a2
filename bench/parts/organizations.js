// Time to open an organization and to reset one while 500 are open, over a file database. Must hold: medians of at most 10
// and 5 ms.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openSandbox } from '../../dist/sandbox.js'
import { describe, table } from '../measure.js'

export async function measure() {
  const folder = mkdtempSync(join(tmpdir(), 'opal-sandbox-bench-'))
  const { app, close } = openSandbox({ db: join(folder, 'sandbox.db') })
  await app.ready()

  async function time(method, url, token) {
    const began = performance.now()
    const { statusCode } = await app.inject({ method, url, headers: { authorization: `Bearer ${token}` } })
    if (statusCode !== 200) throw new Error(`${method} ${url}: ${statusCode}`)
    return performance.now() - began
  }

  const read = (token) => time('GET', '/v1/user?email=ada@company.dev', token)
  for (let number = 0; number < 500; number++) await read(`org-open-${number}`)
  const times = { 'the first call of one': [], 'its second call': [], 'a reset': [] }
  for (let round = 0; round < 100; round++) {
    times['the first call of one'].push(await read(`org-new-${round}`))
    times['its second call'].push(await read(`org-new-${round}`))
    times['a reset'].push(await time('POST', '/_sandbox/reset', `org-open-${round}`))
  }
  await close()
  rmSync(folder, { recursive: true })
  return table(
    ['with 500 open', 'ms'],
    Object.entries(times).map(([name, values]) => [name, describe(values, 2)]),
  )
}
