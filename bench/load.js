// The load, in a process of its own: one request after the other on each of so many connections, for so many seconds or
// so many requests, to each of the paths in turn. It speaks HTTP by hand, as any client library would cost more than the
// servers that it measures.
// Its argument is JSON; it prints how many requests a second were answered, and how long they took, in microseconds.
import { connect } from 'node:net'
import { createHistogram } from 'node:perf_hooks'

const {
  port,
  method,
  path,
  paths = [path],
  headers,
  body = '',
  connections,
  seconds = Infinity,
  requests = Infinity,
} = JSON.parse(process.argv[2])
const rest = [
  `host: 127.0.0.1:${port}`,
  ...Object.entries({ ...headers, ...(body && { 'content-length': Buffer.byteLength(body) }) }).map(
    ([name, value]) => `${name}: ${value}`,
  ),
  '',
  body,
].join('\r\n')
const outgoing = paths.map((path) => Buffer.from(`${method} ${path} HTTP/1.1\r\n${rest}`))
const times = createHistogram({ figures: 3 })
const began = performance.now()
const end = began + seconds * 1000
let sent = 0

function run() {
  return new Promise((resolve, reject) => {
    let sentAt = 0
    /** How many bytes of the answer are still to come; none while its head is awaited. */
    let missing = 0
    const socket = connect({
      host: '127.0.0.1',
      port,
      noDelay: true,
      onread: { buffer: Buffer.allocUnsafe(64 * 1024), callback: (length, buffer) => read(buffer.subarray(0, length)) },
    })
    socket.once('connect', send)
    socket.once('error', reject)
    socket.once('close', () => reject(new Error('the server closed a connection')))

    function send() {
      const now = performance.now()
      if (sent >= requests || now >= end) {
        socket.removeAllListeners('close')
        socket.destroy()
        resolve()
        return
      }
      sentAt = now
      socket.write(outgoing[sent++ % outgoing.length])
    }

    function read(chunk) {
      missing = missing === 0 ? lengthOf(chunk) - chunk.length : missing - chunk.length
      if (missing > 0) return true
      times.record(Math.max(1, Math.round((performance.now() - sentAt) * 1000)))
      send()
      return true
    }
  })
}

/** The length of the answer that begins with `chunk`, head included. */
function lengthOf(chunk) {
  const headEnd = chunk.indexOf('\r\n\r\n')
  const head = chunk.latin1Slice(0, headEnd)
  const contentLength = /\r\ncontent-length: (\d+)/i.exec(head)?.[1]
  if (headEnd === -1 || contentLength === undefined || !head.startsWith('HTTP/1.1 200 ')) {
    throw new Error(`not an answer of known length with status 200: ${chunk.latin1Slice(0, 1000)}`)
  }
  return headEnd + 4 + Number(contentLength)
}

await Promise.all(Array.from({ length: connections }, run))
const elapsed = (performance.now() - began) / 1000
const [p50, p99, p999] = [50, 99, 99.9].map((percent) => times.percentile(percent))
console.log(JSON.stringify({ sent, perSecond: sent / elapsed, p50, p99, p999 }))
