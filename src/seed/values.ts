import { v5 } from 'uuid'
import { earliest, formatTimestamp, latest, parseDate, type Timestamp } from '../domain/clock.js'
import type { FaultRule } from '../domain/fault.js'
import type { PropagationStatus, PropagationTimeline } from '../domain/propagation.js'
import type { Problem } from '../domain/refusal.js'
import { defaultSettings, type Settings } from '../domain/settings.js'
import { show } from '../schema-check.js'
import { formatDuration, parseDurationMs } from './duration.js'
import type { FaultDocument, SettingsDocument } from './schema.js'

/** A moment of a seed: fixed, or so many milliseconds from what the clock shows when the seed is applied. */
export type SeedTime = { at: string } | { offset_ms: number }

/** Tells of one mistake: where, and what was expected; made only if it is still wanted. */
export type Report = (path: string, message: string | (() => string)) => void

/** Gathers the first mistakes, up to a limit. */
export function gather(problems: Problem[], limit: number, root = ''): Report {
  return (path, message) => {
    if (problems.length >= limit) return
    problems.push({ path: root + path, message: typeof message === 'string' ? message : message() })
  }
}

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

/** When a moment of a seed is, for a clock that shows `start`; not further away than a clock can be turned. */
export function resolveTime(time: SeedTime, start: Timestamp): string {
  if ('at' in time) return time.at
  return formatTimestamp(Math.min(Math.max(start + time.offset_ms, earliest), latest))
}

function readDuration(report: Report, path: string, text: string): number {
  const ms = parseDurationMs(text)
  if (ms === undefined) report(path, `expected a duration such as 5s, 61m or 1h30m, got ${show(text)}`)
  return ms ?? 0
}

export interface StepDocument {
  status: PropagationStatus
  for?: string
}

/** A timeline as it is kept: JSON with milliseconds. */
export function readTimeline(report: Report, path: string, steps: StepDocument[] | null | undefined): string | null {
  if (!steps) return null
  const timeline: PropagationTimeline = steps.map((step, index) => {
    const isLast = index === steps.length - 1
    const place = `${path}[${index}].for`
    if (step.for === undefined) {
      if (!isLast) report(place, 'is required: how long this status lasts, such as 5s')
      return { status: step.status }
    }
    if (isLast) report(place, 'is not allowed here: the last status lasts for ever')
    return { status: step.status, for_ms: readDuration(report, place, step.for) }
  })
  return JSON.stringify(timeline)
}

export function writeTimeline(kept: string): StepDocument[] {
  return (JSON.parse(kept) as PropagationTimeline).map(({ status, for_ms }) => ({
    status,
    ...(for_ms !== undefined && { for: formatDuration(for_ms) }),
  }))
}

/** Settings where those that the document leaves out are as in `base`. */
export function readSettings(
  report: Report,
  path: string,
  { propagation, ...switches }: SettingsDocument,
  base: Settings = defaultSettings,
): Settings {
  return {
    ...base,
    ...switches,
    ...(propagation !== undefined && { propagation: readTimeline(report, `${path}.propagation`, propagation) }),
  }
}

export function writeSettings({ propagation, ...switches }: Settings): SettingsDocument {
  return { ...switches, ...(propagation !== null && { propagation: writeTimeline(propagation) }) }
}

const effects = ['status', 'delay', 'drop', 'truncate', 'hang'] as const

/** The keys of an effect that only go with another one. */
const companions: Record<string, string> = {
  code: 'status',
  message: 'status',
  body: 'status',
  headers: 'status',
  max: 'hang',
}

export function readFault(
  report: Report,
  path: string,
  { effect, group_id, user_id, ...rest }: FaultDocument,
): FaultRule {
  const chosen = effects.filter((name) => effect[name] !== undefined)
  if (chosen.length !== 1) {
    report(`${path}.effect`, `expected exactly one of ${effects.join(', ')}, got ${chosen.join(' and ') || 'none'}`)
  }
  for (const [name, needed] of Object.entries(companions)) {
    if (name in effect && !(needed in effect)) report(`${path}.effect.${name}`, `goes with ${needed} only`)
  }
  if (effect.truncate && rest.phase === 'before') {
    report(`${path}.phase`, 'expected after: there is no answer to cut before the work')
  }
  for (const [name, value] of Object.entries(effect.headers ?? {})) {
    const problem = headerProblem(name, value)
    if (problem !== undefined) report(`${path}.effect.headers.${name}`, problem)
  }
  const { delay, max, ...others } = effect
  return {
    times: 1,
    skip: 0,
    phase: effect.truncate ? 'after' : 'before',
    ...rest,
    ...(group_id !== undefined && { group_id: group_id.toLowerCase() }),
    ...(user_id !== undefined && { user_id: user_id.toLowerCase() }),
    effect: {
      ...others,
      ...(delay !== undefined && { delay_ms: readDuration(report, `${path}.effect.delay`, delay) }),
      ...(max !== undefined && { max_ms: readDuration(report, `${path}.effect.max`, max) }),
    },
  }
}

/** What Node would refuse to send, and what would tear the answer apart. */
function headerProblem(name: string, value: string): string | undefined {
  if (!/^[\w!#$%&'*+.^`|~-]+$/.test(name)) return 'is not the name of a header field'
  if (/^(content-length|transfer-encoding)$/i.test(name)) return 'is not allowed here: it follows from the body'
  if (!/^[\t\x20-\x7e\x80-\xff]*$/.test(value)) return 'expected text without line breaks, of Latin-1 characters only'
  return undefined
}

export function writeFault({ effect: { delay_ms, max_ms, ...others }, ...rest }: FaultRule): FaultDocument {
  return {
    ...rest,
    effect: {
      ...others,
      ...(delay_ms !== undefined && { delay: formatDuration(delay_ms) }),
      ...(max_ms !== undefined && { max: formatDuration(max_ms) }),
    },
  } as FaultDocument
}

const namespace = 'a3f1f9a0-6f0c-5a7e-9c5d-0d9b6a1f7c11'

/** The id of what a seed gives no id to: the same for the same alias, in every organization. */
export function deriveId(noun: 'user' | 'group' | 'token', alias: string): string {
  return v5(`${noun}:${alias}`, namespace)
}

/** The id of what a call creates: the same for the same place in the order of creation. */
export function createdId(noun: 'group', sequence: number): string {
  return v5(`${noun} ${sequence}`, namespace)
}
