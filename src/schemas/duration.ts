import parseDuration from 'parse-duration'

const short = /^(\d+(\.\d+)?\s*(ms|s|m|h|d|w)\s*)+$/
const iso = /^P(?=[\dT])(\d+W)?(\d+D)?(T(?=\d)(\d+H)?(\d+M)?(\d+(\.\d+)?S)?)?$/

/**
 * Parses `90s`, `1h30m`, `2d` or, in ISO 8601, `PT1H30M` to milliseconds. Returns undefined for anything else, even for
 * months and years, since their length varies.
 */
export function parseDurationMs(text: string): number | undefined {
  const plain = iso.test(text) ? text.slice(1).replace('T', '').toLowerCase() : text
  if (!short.test(plain)) return undefined
  const ms = Math.round(parseDuration(plain) ?? 0)
  return Number.isSafeInteger(ms) ? ms : undefined
}

const units: [name: string, ms: number][] = [
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1_000],
  ['ms', 1],
]

/** Returns the shortest text that `parseDurationMs` parses back: `90m`, `5s`, `1500ms`. */
export function formatDuration(ms: number): string {
  if (ms === 0) return '0s'
  const [name, unit] = units.find(([, unit]) => ms % unit === 0) ?? ['ms', 1]
  return `${ms / unit}${name}`
}
