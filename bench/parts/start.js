// From spawn to the first answer, and what is resident then. Must hold: at most 1.6 times the time of a bare Fastify app
// that opens a better-sqlite3 file.
import { alternate, describe, ratio, table } from '../measure.js'
import { startServer } from '../servers.js'

const names = ['sandbox', 'Fastify with better-sqlite3', 'Prism', 'Mockoon']

const health = { method: 'GET', path: '/_sandbox/health' }

export async function measure({ rounds }) {
  const results = await alternate(names, rounds, async (name) => {
    const server = await startServer(
      name,
      name.startsWith('sandbox') || name.startsWith('Fastify') ? { probe: health } : {},
    )
    const resident = await server.resident()
    await server.stop()
    return { ms: server.startedMs, resident }
  })
  const of = (name, key) => results[name].map((result) => result[key])
  const rows = names.map((name) => [
    name,
    describe(of(name, 'ms')),
    describe(of(name, 'resident')),
    name === 'sandbox' ? '' : ratio(of('sandbox', 'ms'), of(name, 'ms')),
    name === 'sandbox' ? '' : ratio(of('sandbox', 'resident'), of(name, 'resident')),
  ])
  return table(['', 'to the first answer, ms', 'resident, MiB', 'sandbox takes', 'and holds'], rows)
}
