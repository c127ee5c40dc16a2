const second = 1_000
const minute = 60 * second
const hour = 60 * minute
const day = 24 * hour

/** The units of durations, largest first. */
const units = [
  ['d', day],
  ['h', hour],
  ['m', minute],
  ['s', second],
] as const

/** In UTC, as the API writes dates. */
export function formatDate(at: number | string): string {
  const text = new Date(at).toISOString()
  return `${text.slice(0, 10)} ${text.slice(11, 19)}`
}

export function formatTime(at: number | string): string {
  return new Date(at).toISOString().slice(11, 19)
}

/** The two largest units: `2d 3h`, `45m`, `12s`. */
export function writeDistance(ms: number): string {
  if (ms < second) return `${Math.round(ms)} ms`
  const parts: string[] = []
  let rest = ms
  for (const [name, length] of units) {
    const count = Math.floor(rest / length)
    rest -= count * length
    if (count > 0) parts.push(`${count}${name}`)
    else if (parts.length > 0) break
    if (parts.length === 2) break
  }
  return parts.join(' ')
}

/** A duration that the control plane reads. */
export function writeMs(ms: number): string {
  return `${ms}ms`
}

/** How far a moment is from now, in words. */
export function formatDistance(at: number, now: number): string {
  if (at === now) return 'now'
  return at > now ? `in ${writeDistance(at - now)}` : `${writeDistance(now - at)} ago`
}

/** From nothing to a year, so that minutes and months are both visible: the distance grows with the logarithm. */
export interface Scale {
  /** The share of the width, 0 to 1. */
  position: (ms: number) => number
  /** The inverse, rounded to what the pointer can hit. */
  at: (position: number) => number
  ticks: { ms: number; label: string }[]
}

const marks: [ms: number, label: string][] = [
  [minute, '1 min'],
  [10 * minute, '10 min'],
  [hour, '1 h'],
  [6 * hour, '6 h'],
  [day, '1 d'],
  [7 * day, '1 wk'],
  [30 * day, '30 d'],
  [182 * day, '6 mo'],
  [366 * day, '1 y'],
  [3_660 * day, '10 y'],
  [36_600 * day, '100 y'],
]

/** A scale on which everything up to `lastMs` fits. */
export function createScale(lastMs: number): Scale {
  const end = marks.find(([ms]) => ms >= Math.max(lastMs * 1.02, hour))?.[0] ?? lastMs * 1.02
  const whole = Math.log1p(end / minute)
  const position = (ms: number) => Math.min(1, Math.log1p(Math.max(0, ms) / minute) / whole)
  return {
    position,
    at: (share) => round(Math.expm1(Math.min(1, Math.max(0, share)) * whole) * minute),
    ticks: marks.filter(([ms]) => ms <= end).map(([ms, label]) => ({ ms, label })),
  }
}

function round(ms: number): number {
  const step = ms < 10 * minute ? second : ms < 2 * day ? minute : hour
  return Math.round(ms / step) * step
}
