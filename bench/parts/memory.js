// Resident memory after a start and after so many PUTs into one organization, over 32 connections. Must hold: after
// 100,000 at most 1.3 times that after 1,000, and after 1,000,000 at most 1.2 times that after 10,000.
import { alternate, describe, ratio, table } from '../measure.js'
import { load, startServer } from '../servers.js'

const names = ['sandbox', 'node:http', 'Fastify']
const counts = [1_000, 10_000, 100_000]
/** Only the first round of the sandbox goes as far. */
const most = 1_000_000

export async function measure({ rounds }) {
  const results = await alternate(names, Math.min(rounds, 3), async (name, round) => {
    const server = await startServer(name)
    try {
      const resident = [await server.resident()]
      let sent = 0
      for (const count of name === 'sandbox' && round === 0 ? [...counts, most] : counts) {
        await load(server, { connections: 32, requests: count - sent })
        sent = count
        resident.push(await server.resident())
      }
      return resident
    } finally {
      await server.stop()
    }
  })
  const after = (name, index) => results[name].map((resident) => resident[index])
  const rows = names.map((name) => [
    name,
    ...[0, 1, 2, 3].map((index) => describe(after(name, index))),
    ratio(after(name, 3), after(name, 1)),
  ])
  const [, , afterFew, , afterMost] = results.sandbox[0]
  return [
    table(['resident, MiB', 'started', ...counts.map((count) => count.toLocaleString('en')), '100,000 : 1,000'], rows),
    `The sandbox after ${most.toLocaleString('en')}: ${afterMost.toFixed(0)} MiB, ` +
      `${(afterMost / afterFew).toFixed(2)} times what it held after 10,000.`,
  ].join('\n\n')
}
