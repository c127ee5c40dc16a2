import { formatTimestamp, type Moment } from './clock.js'

/** The longest access that can be asked for: a year of 365.25 days. */
export const maxDurationMinutes = 525_960

/** When access given now for that long ends: a date, or null for never. Negative durations end it at once. */
export function expirationDate(durationMinutes: number, now: Moment): string | null {
  if (durationMinutes === 0) return null
  if (durationMinutes < 0) return now.text
  return formatTimestamp(now.at + durationMinutes * 60_000)
}

/** Access has ended at the moment of its expiration, not after it. Both are dates as `formatTimestamp` writes them. */
export function hasExpired(expiration_date: string | null, now: string): boolean {
  return expiration_date !== null && expiration_date <= now
}
