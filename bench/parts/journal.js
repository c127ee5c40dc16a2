// What the journal costs a PUT. Must hold: at most a tenth.
import { alternate, compareLoad } from '../measure.js'
import { load, withServers } from '../servers.js'

const names = ['sandbox', 'sandbox without a journal']

export async function measure({ rounds, seconds }) {
  return await withServers(names, async (servers) => {
    const results = await alternate(names, rounds, (name) => load(servers[name], { connections: 32, seconds }))
    return compareLoad('PUT, 32 connections', results)
  })
}
