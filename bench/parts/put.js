// The PUT over 1, 32 and 256 connections. Must hold: at 32, the sandbox does at least 0.9 times what Fastify does, 0.75
// times what node:http does and 10 times what Prism and Mockoon do, its p99 at most 1.5 times that of node:http; at 1, it
// does at least 0.5 times what node:http does. To 200 users in turn it has as many rows to write as calls to answer, and
// to one user no more than one for all that come together: what others do lies between.
import { pageSeed, put, putInTurn } from '../fixtures.js'
import { alternate, compareLoad } from '../measure.js'
import { load, withServers } from '../servers.js'

const bare = ['sandbox', 'node:http', 'Fastify']
const all = [...bare, 'Prism', 'Mockoon']

const cases = [
  { connections: 1, users: 'one user', call: put, names: all },
  { connections: 32, users: 'one user', call: put, names: all },
  { connections: 256, users: 'one user', call: put, names: all },
  { connections: 32, users: 'users in turn', call: putInTurn, names: bare },
]

export async function measure({ rounds, seconds }) {
  const options = { seed: pageSeed() }
  return await withServers(
    all,
    async (servers) => {
      const tables = []
      for (const { connections, users, call, names } of cases) {
        const results = await alternate(names, rounds, (name) => load(servers[name], { call, connections, seconds }))
        tables.push(compareLoad(`${connections} connection${connections === 1 ? '' : 's'}, ${users}`, results))
      }
      return tables.join('\n\n')
    },
    options,
  )
}
