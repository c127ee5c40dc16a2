import { v5 } from 'uuid'
import { formatTimestamp, parseTimestamp, type Timestamp } from '../domain/clock.js'
import type { PropagationStatus, PropagationTimeline } from '../domain/propagation.js'
import { show } from '../schema-check.js'
import { parseDurationMs } from './duration.js'

/** A moment of a seed: fixed, or so many milliseconds from what the clock shows when the seed is applied. */
export type SeedTime = { at: string } | { offset_ms: number }

/** Tells of one mistake: where, and what was expected. */
export type Report = (path: string, message: string) => void

export const atStart: SeedTime = { offset_ms: 0 }

export function readTime(report: Report, path: string, text: string): SeedTime {
  const at = parseTimestamp(text)
  if (at !== undefined) return { at: formatTimestamp(at) }
  const offsetMs = /^[+-]/.test(text) ? parseDurationMs(text.slice(1)) : undefined
  if (offsetMs !== undefined) return { offset_ms: text.startsWith('-') ? -offsetMs : offsetMs }
  report(
    path,
    `expected a date-time such as 2026-01-01T00:00:00Z, or a relative one such as +60m or -1h, got ${show(text)}`,
  )
  return atStart
}

/** When a moment of a seed is, for a clock that shows `start`. */
export function resolveTime(time: SeedTime, start: Timestamp): string {
  return 'at' in time ? time.at : formatTimestamp(start + time.offset_ms)
}

export interface SeedStep {
  status: PropagationStatus
  for?: string
}

/** The timeline as it is kept: JSON with milliseconds. */
export function readTimeline(report: Report, path: string, steps: SeedStep[] | undefined): string | null {
  if (steps === undefined) return null
  const timeline: PropagationTimeline = steps.map((step, index) => {
    const isLast = index === steps.length - 1
    const place = `${path}[${index}].for`
    if (step.for === undefined) {
      if (!isLast) report(place, 'is required: how long this status lasts, such as 5s')
      return { status: step.status }
    }
    if (isLast) report(place, 'is not allowed here: the last status lasts for ever')
    const for_ms = parseDurationMs(step.for)
    if (for_ms === undefined) report(place, `expected a duration such as 5s or 1h30m, got ${show(step.for)}`)
    return { status: step.status, for_ms: for_ms ?? 0 }
  })
  return JSON.stringify(timeline)
}

const namespace = 'a3f1f9a0-6f0c-5a7e-9c5d-0d9b6a1f7c11'

/** The id of what a seed gives no id to: the same for the same alias, in every organization. */
export function deriveId(noun: 'user' | 'group' | 'token', alias: string): string {
  return v5(`${noun}:${alias}`, namespace)
}
