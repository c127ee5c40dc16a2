// The PUT over 1, 32 and 256 connections. Must hold: at 32, the sandbox does at least 0.9 times what Fastify does, 0.75
// times what node:http does and 10 times what Prism and Mockoon do, its p99 at most 1.5 times that of node:http; at 1, it
// does at least 0.5 times what node:http does.
import { alternate, compareLoad } from '../measure.js'
import { load, withServers } from '../servers.js'

const names = ['sandbox', 'node:http', 'Fastify', 'Prism', 'Mockoon']

export async function measure({ rounds, seconds }) {
  return await withServers(names, async (servers) => {
    const tables = []
    for (const connections of [1, 32, 256]) {
      const results = await alternate(names, rounds, (name) => load(servers[name], { connections, seconds }))
      tables.push(compareLoad(`${connections} connection${connections === 1 ? '' : 's'}`, results))
    }
    return tables.join('\n\n')
  })
}
