// A page of 200 group users, against a Fastify route that stringifies the same objects from memory. Must hold: the sandbox
// does at least 0.25 times as many.
import { alternate, compareLoad } from '../measure.js'
import { load, withServers } from '../servers.js'
import { getPage, pageSeed } from '../fixtures.js'

const names = ['sandbox', 'Fastify']

export async function measure({ rounds, seconds }) {
  const options = { probe: getPage, seed: pageSeed() }
  return await withServers(
    names,
    async (servers) => {
      const results = await alternate(names, rounds, (name) =>
        load(servers[name], { call: getPage, connections: 32, seconds }),
      )
      return compareLoad('32 connections', results)
    },
    options,
  )
}
