// What many requests leave in memory: heap and resident memory of a sandbox after 10,000 PUTs into one organization, and
// after 1,000,000, over loopback from another process. To be run with --expose-gc.
import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { openSandbox } from '../dist/sandbox.js'

const few = Number(process.argv[2] ?? 10_000)
const many = Number(process.argv[3] ?? 1_000_000)
const load = fileURLToPath(new URL('put-load.js', import.meta.url))
const mib = (bytes) => bytes / 1024 / 1024

const sandbox = openSandbox()
const port = await sandbox.listen({ host: '127.0.0.1', port: 0 })
let sent = 0

async function sendUntil(total) {
  const { stdout } = await promisify(execFile)(process.execPath, [load, port, 32, 900, total - sent].map(String))
  sent += JSON.parse(stdout).done
  if (sent < total) throw new Error(`only ${sent} of ${total} requests were answered in time`)
  for (let turn = 0; turn < 5; turn++) {
    globalThis.gc?.()
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  const { heapUsed, rss } = process.memoryUsage()
  return { sent, heap: mib(heapUsed), resident: mib(rss) }
}

const first = await sendUntil(few)
const last = await sendUntil(many)
console.log('| requests | heap, MiB | resident, MiB |\n| --- | --- | --- |')
for (const { sent, heap, resident } of [first, last]) {
  console.log(`| ${sent.toLocaleString('en')} | ${heap.toFixed(1)} | ${resident.toFixed(1)} |`)
}
console.log(`| ratio | ${(last.heap / first.heap).toFixed(2)} | ${(last.resident / first.resident).toFixed(2)} |`)
await sandbox.close()
