// Time from createSandbox to the first answer of a PUT over a socket, after import, against a bare Fastify app with one
// route. Must hold: at most 2.5 times as long in a process that has made no other.
import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { fastify } from 'fastify'
import { createSandbox } from '../../dist/index.js'
import { put } from '../fixtures.js'
import { alternate, describe, ratio, table } from '../measure.js'

const peers = {
  createSandbox: () => createSandbox(),
  async Fastify() {
    const app = fastify()
    app.put('/v1/groups/:group_id/users/:user_id', async ({ params, body }) => ({ ...params, ...body }))
    return { url: await app.listen({ host: '127.0.0.1', port: 0 }), close: () => app.close() }
  },
}
const names = Object.keys(peers)

export async function measure({ rounds }) {
  // What a test file meets, and what one meets that makes a sandbox for every test.
  const alone = await alternate(names, rounds, async (name) => Number(run(name)))
  const again = await alternate(names, rounds * 10, time)
  return table(
    ['to the first answer', ...names.map((name) => `${name}, ms`), 'ratio'],
    Object.entries({ 'the first of a process': alone, 'one of many in a process': again }).map(([what, results]) => [
      what,
      ...names.map((name) => describe(results[name], 1)),
      ratio(results.createSandbox, results.Fastify),
    ]),
  )
}

function run(name) {
  return execFileSync(process.execPath, [fileURLToPath(import.meta.url), name], { encoding: 'utf8' })
}

async function time(name) {
  const began = performance.now()
  const { url, close } = await peers[name]()
  const answer = await fetch(url + put.path, put)
  await answer.arrayBuffer()
  const ms = performance.now() - began
  if (answer.status !== 200) throw new Error(`${name}: ${answer.status}`)
  await close()
  return ms
}

if (import.meta.main) {
  // The global fetch loads itself when it is first used, which is neither one's doing.
  await fetch('data:,')
  console.log(await time(process.argv[2]))
}
