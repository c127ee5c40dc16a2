import type { Timestamp } from './clock.js'

/** How many requests an organization may make: none are counted, as Opal documents it, or so many. */
export type RateLimit = 'off' | 'documented' | { requests_per_second: number; group_writes_per_second?: number }

/** Requests a second: of all kinds, and of those that create or change groups. */
export interface Rates {
  requests: number
  groupWrites: number
}

export function ratesOf(limit: RateLimit): Rates | undefined {
  if (limit === 'off') return undefined
  if (limit === 'documented') return { requests: 100, groupWrites: 50 }
  return {
    requests: limit.requests_per_second,
    groupWrites: limit.group_writes_per_second ?? limit.requests_per_second,
  }
}

/** A token bucket that holds one second's requests, and at least one. `at` is when it was last looked at, in real time. */
export interface Bucket {
  tokens: number
  at: Timestamp
}

/** Takes one request out of the bucket, if there is one, and says how many are left or how long to wait. */
export function takeFrom(bucket: Bucket, perSecond: number, realNow: Timestamp) {
  bucket.tokens = Math.min(
    Math.max(1, perSecond),
    bucket.tokens + (Math.max(0, realNow - bucket.at) * perSecond) / 1000,
  )
  bucket.at = realNow
  if (bucket.tokens >= 1) {
    bucket.tokens -= 1
    return { isAllowed: true, remaining: Math.floor(bucket.tokens), retryAfterSeconds: 0 }
  }
  const retryAfterSeconds = Math.max(1, Math.ceil((1 - bucket.tokens) / perSecond))
  return { isAllowed: false, remaining: 0, retryAfterSeconds }
}
