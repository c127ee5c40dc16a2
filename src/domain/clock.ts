/** Milliseconds since 1970, as `Date` counts them. */
export type Timestamp = number

/** How an organization tells the time: as the machine does, shifted from it, or standing still. */
export type ClockState = { mode: 'real' } | { mode: 'offset'; offset_ms: number } | { mode: 'frozen'; at: Timestamp }

/** The earliest and latest moment that a clock may show: the longest access on top, 365.25 days, ends in the year 9999. */
export const earliest: Timestamp = Date.UTC(1970, 0, 1)
export const latest: Timestamp = Date.UTC(9998, 11, 31, 17, 59, 59, 999)

export const realClock: ClockState = { mode: 'real' }

/** What `clock` shows when the machine's own clock shows `realNow`. */
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

/** The moment that an ISO 8601 date-time with a zone names, or undefined where it is none or no clock may show it. */
export function parseTimestamp(text: string): Timestamp | undefined {
  const at = parseDate(text)
  return at !== undefined && isInRange(at) ? at : undefined
}

/** The same for what is on record, which may lie before or after all that a clock may show: in the years 0 to 9999. */
export function parseDate(text: string): Timestamp | undefined {
  if (!dateTime.test(text)) return undefined
  const at = Date.parse(text)
  return !Number.isNaN(at) && isWritable(at) && isCalendarDate(text) ? at : undefined
}

/** Whether a moment has a year of four digits, so that the order of dates as text is their order in time. */
function isWritable(at: Timestamp): boolean {
  return at >= Date.parse('0000-01-01T00:00:00.000Z') && at <= Date.parse('9999-12-31T23:59:59.999Z')
}

/** Date.parse takes the 31st of February for a day in March. */
function isCalendarDate(text: string): boolean {
  const [year, month, day] = text.slice(0, 10).split('-').map(Number) as [number, number, number]
  return day <= new Date(Date.UTC(year, month, 0)).getUTCDate()
}

/** As the API writes dates: UTC with milliseconds, so that their order as text is their order in time. */
export function formatTimestamp(at: Timestamp): string {
  return new Date(at).toISOString()
}

/** A moment, and how it is written. */
export interface Moment {
  at: Timestamp
  text: string
}

export function momentAt(at: Timestamp): Moment {
  return { at, text: formatTimestamp(at) }
}

/** One way to move a clock. */
export type ClockChange = { advance_ms: number } | { set: Timestamp } | { freeze: boolean } | { reset: true }

/**
 * The clock after a change, where the machine's own clock shows `realNow`. A frozen clock stays frozen when it is set or
 * advanced; a real one becomes one with an offset. `start` is what a reset leads back to.
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

/** Whether a clock may show this moment. */
export function isInRange(at: Timestamp): boolean {
  return at >= earliest && at <= latest
}

/** The nearest moment that a clock can show. */
export function clampToRange(at: Timestamp): Timestamp {
  return Math.min(Math.max(at, earliest), latest)
}
