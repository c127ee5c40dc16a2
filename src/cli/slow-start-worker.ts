import { writeSync } from 'node:fs'
import { hostname } from 'node:os'
import { parentPort, workerData } from 'node:worker_threads'
import { dateNow, setTimeout } from '../globals.js'

/** When a start counts as slow. */
const slowMs = 2_000

const { fd, isTTY } = workerData as { fd: number; isTTY: boolean }
let step: string | undefined
let isSlow = false

function report() {
  if (step === undefined) return
  const msg = `still starting: ${step}`
  // Like a line of the log, which the blocked thread cannot write.
  const line = { level: 30, time: dateNow(), pid: process.pid, hostname: hostname(), msg }
  writeSync(fd, isTTY ? `opal-sandbox: ${msg}\n` : `${JSON.stringify(line)}\n`)
  step = undefined
}

parentPort?.on('message', (next: string) => {
  step = next
  if (isSlow) report()
})
setTimeout(() => {
  isSlow = true
  report()
}, slowMs)
