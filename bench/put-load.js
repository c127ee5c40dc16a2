// The load of bench/journal.js and bench/memory.js, in a process of its own: PUTs over so many connections, for so many
// seconds or so many calls. Tells the calls that were answered 200 in a second.
import { Agent, request } from 'node:http'

const [port, connections, seconds, calls = Infinity] = process.argv.slice(2).map(Number)
const agent = new Agent({ keepAlive: true, maxSockets: connections })
const path = '/v1/groups/1b978423-db0a-4037-a4cf-f79c60cb67b3/users/29827fb8-f2dd-4e80-9576-28e31e9934ac'
const body = JSON.stringify({ duration_minutes: 60 })
const headers = {
  authorization: 'Bearer opal_sandbox_full_access',
  'content-type': 'application/json',
  'content-length': body.length,
}
const began = performance.now()
const end = began + seconds * 1000
let begun = 0
let done = 0

const put = () =>
  new Promise((resolve, reject) => {
    const outgoing = request({ host: '127.0.0.1', port, method: 'PUT', path, agent, headers }, (incoming) => {
      if (incoming.statusCode !== 200) reject(new Error(`status ${incoming.statusCode}`))
      incoming.resume()
      incoming.on('end', resolve)
    })
    outgoing.on('error', reject)
    outgoing.end(body)
  })

await Promise.all(
  Array.from({ length: connections }, async () => {
    while (begun++ < calls && performance.now() < end) {
      await put()
      done++
    }
  }),
)
console.log(JSON.stringify({ done, perSecond: done / ((performance.now() - began) / 1000) }))
agent.destroy()
