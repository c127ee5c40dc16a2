import { existsSync, statSync } from 'node:fs'
import { hostname } from 'node:os'
import { dateNow } from '../globals.js'
import type { Context } from './context.js'
import type { LogOptions } from './log.js'

/** Starts with smaller files take well under 2 s. */
const largeSeedBytes = 256 * 1024
const largeDatabaseBytes = 8 * 1024 * 1024

/** Returns a function that reports what a start is about to do, if its files are large enough for it to take a while. */
export function reportSteps(
  { stderr }: Context,
  { logLevel, quiet, seed, db }: LogOptions & { seed?: string; db?: string },
): (step: string) => void {
  const isSlow = isLarge(seed, largeSeedBytes) || isLarge(db, largeDatabaseBytes)
  if (!isSlow || quiet || logLevel === 'silent') return () => undefined
  return (step) => {
    const msg = `starting: ${step}`
    // Not through the logger, which writes later: the step blocks the process.
    const line = { level: 30, time: dateNow(), pid: process.pid, hostname: hostname(), msg }
    stderr.write(stderr.isTTY ? `opal-sandbox: ${msg}\n` : `${JSON.stringify(line)}\n`)
  }
}

/** A pipe is as slow as what writes to it. */
function isLarge(file: string | undefined, bytes: number): boolean {
  if (file === undefined || !existsSync(file)) return false
  const stat = statSync(file)
  return stat.isFile() ? stat.size > bytes : stat.isFIFO()
}
