import { formatTimestamp, type Moment } from './clock.js'

/** The longest access that can be requested: a year of 365.25 days. */
export const maxDurationMinutes = 525_960

/** Returns when access granted now expires, or null for never. A negative duration ends access at once. */
export function expirationDate(durationMinutes: number, now: Moment): string | null {
  if (durationMinutes === 0) return null
  if (durationMinutes < 0) return now.text
  return formatTimestamp(now.at + durationMinutes * 60_000)
}

/** Access has expired from the moment of its expiration on. Both dates are in the format of `formatTimestamp`. */
export function hasExpired(expiration_date: string | null, now: string): boolean {
  return expiration_date !== null && expiration_date <= now
}
