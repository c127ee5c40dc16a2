/** Milliseconds since 1970, as `Date` counts them. */
export type Timestamp = number

/** How an organization keeps time: like the machine, at an offset from it, or frozen at one moment. */
export type ClockState = { mode: 'real' } | { mode: 'offset'; offset_ms: number } | { mode: 'frozen'; at: Timestamp }

/** The range of a clock. Granted at `latest`, the longest access of 365.25 days still ends in the year 9999. */
export const earliest: Timestamp = Date.UTC(1970, 0, 1)
export const latest: Timestamp = Date.UTC(9998, 11, 31, 17, 59, 59, 999)

export const realClock: ClockState = { mode: 'real' }

/** Returns the time of `clock` when the machine's clock shows `realNow`. */
export function readClock(clock: ClockState, realNow: Timestamp): Timestamp {
  switch (clock.mode) {
    case 'real':
      return realNow
    case 'offset':
      return realNow + clock.offset_ms
    case 'frozen':
      return clock.at
  }
}

const dateTime = /^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d(:\d\d(\.\d+)?)?([Zz]|[+-]([01]\d|2[0-3]):?[0-5]\d)$/

/** Parses an ISO 8601 date-time with a zone. Returns undefined if it is invalid or outside the range of a clock. */
export function parseTimestamp(text: string): Timestamp | undefined {
  const at = parseDate(text)
  return at !== undefined && isInRange(at) ? at : undefined
}

/** Does the same for stored dates, which may be outside the range of a clock: accepts the years 0 to 9999. */
export function parseDate(text: string): Timestamp | undefined {
  if (!dateTime.test(text)) return undefined
  const at = Date.parse(text)
  return !Number.isNaN(at) && isWritable(at) && isCalendarDate(text) ? at : undefined
}

/** Whether the year has four digits, so that dates as text sort in order of time. */
export function isWritable(at: Timestamp): boolean {
  return at >= Date.parse('0000-01-01T00:00:00.000Z') && at <= Date.parse('9999-12-31T23:59:59.999Z')
}

/** Date.parse accepts February 31 and returns a day in March. */
function isCalendarDate(text: string): boolean {
  const [year, month, day] = text.slice(0, 10).split('-').map(Number) as [number, number, number]
  return day <= new Date(Date.UTC(year, month, 0)).getUTCDate()
}

/** The date format of the API: UTC with milliseconds, so that dates as text sort in order of time. */
export function formatTimestamp(at: Timestamp): string {
  return new Date(at).toISOString()
}

/** A date with at most six digits of a second and no trailing zeros: none at all for a whole second. */
export function trimTimestamp(text: string): string {
  return text.replace(/\.(\d+)/, (_, digits: string) => {
    const kept = digits.slice(0, 6).replace(/0+$/, '')
    return kept === '' ? '' : `.${kept}`
  })
}

/** A moment, as a number and as text. */
export interface Moment {
  at: Timestamp
  text: string
}

export function momentAt(at: Timestamp): Moment {
  return { at, text: formatTimestamp(at) }
}

/** A change to a clock. */
export type ClockChange = { advance_ms: number } | { set: Timestamp } | { freeze: boolean } | { reset: true }

/**
 * Returns the clock after a change, when the machine's clock shows `realNow`. A frozen clock that is set or advanced
 * stays frozen; a real one gets an offset. A reset returns `start`.
 */
export function moveClock(clock: ClockState, change: ClockChange, realNow: Timestamp, start: ClockState): ClockState {
  const now = readClock(clock, realNow)
  if ('reset' in change) return start
  if ('freeze' in change) {
    if (change.freeze) return { mode: 'frozen', at: now }
    return clock.mode === 'frozen' ? { mode: 'offset', offset_ms: now - realNow } : clock
  }
  const at = 'set' in change ? change.set : now + change.advance_ms
  return clock.mode === 'frozen' ? { mode: 'frozen', at } : { mode: 'offset', offset_ms: at - realNow }
}

/** Whether a moment is in the range of a clock. */
export function isInRange(at: Timestamp): boolean {
  return at >= earliest && at <= latest
}

/** The nearest moment that a clock can show. */
export function clampToRange(at: Timestamp): Timestamp {
  return Math.min(Math.max(at, earliest), latest)
}
