import { earliest, formatTimestamp, latest, parseDate, type Timestamp } from '../domain/clock.js'
import { show } from '../schemas/check.js'
import { parseDurationMs } from '../schemas/duration.js'
import type { Report } from '../schemas/report.js'

/** A moment in a seed: absolute, or relative to the clock when the seed is applied. */
export type SeedTime = { at: string } | { offset_ms: number }

export const atStart: SeedTime = { offset_ms: 0 }

export function readTime(report: Report, path: string, text: string): SeedTime {
  const at = parseDate(text)
  if (at !== undefined) return { at: formatTimestamp(at) }
  const offsetMs = /^[+-]/.test(text) ? parseDurationMs(text.slice(1)) : undefined
  if (offsetMs !== undefined) return { offset_ms: text.startsWith('-') ? -offsetMs : offsetMs }
  report(
    path,
    `expected a date-time such as 2026-01-01T00:00:00Z, or a relative one such as +60m or -1h, got ${show(text)}`,
  )
  return atStart
}

/** Resolves a moment for a clock that shows `start`. Relative ones are clamped to the range of a clock. */
export function resolveTime(time: SeedTime, start: Timestamp): string {
  if ('at' in time) return time.at
  return formatTimestamp(Math.min(Math.max(start + time.offset_ms, earliest), latest))
}
