import { existsSync, statSync } from 'node:fs'
import { Worker } from 'node:worker_threads'
import type { Context } from './context.js'
import type { LogOptions } from './log.js'

/** Smaller files are read well within the time after which a start reports what it is doing. */
const slowSeedBytes = 256 * 1024
const slowDatabaseBytes = 8 * 1024 * 1024

export interface SlowStart {
  /** Call this when a step begins, in the words of a sentence: `reading the seed`. */
  begin: (step: string) => void
  end: () => Promise<void>
}

/**
 * Reports the steps of a start that takes long. Each of them blocks this thread, timers included, so another thread
 * keeps the time. It costs some milliseconds, and is left out if all files are small.
 */
export function watchStart(
  { stderr }: Context,
  { logLevel, quiet, seed, db }: LogOptions & { seed?: string; db?: string },
): SlowStart {
  const mayBeSlow = isLarge(seed, slowSeedBytes) || isLarge(db, slowDatabaseBytes)
  if (!mayBeSlow || quiet || logLevel === 'silent') return { begin: () => undefined, end: async () => undefined }
  const { fd, isTTY = false } = stderr
  const worker = new Worker(new URL('./slow-start-worker.js', import.meta.url), { workerData: { fd, isTTY } })
  worker.unref()
  // A report that fails must not stop the start.
  worker.on('error', () => undefined)
  return {
    begin: (step) => worker.postMessage(step),
    async end() {
      await worker.terminate()
    },
  }
}

/** A pipe is as slow as who writes to it. */
function isLarge(file: string | undefined, bytes: number): boolean {
  if (file === undefined || !existsSync(file)) return false
  const stat = statSync(file)
  return stat.isFile() ? stat.size > bytes : stat.isFIFO()
}
