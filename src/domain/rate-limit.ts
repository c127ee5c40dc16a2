import type { Timestamp } from './clock.js'

/** An organization's rate limit: none, the one that Opal documents, or rates of its own. */
export type RateLimit = 'off' | 'documented' | { requests_per_second: number; group_writes_per_second?: number }

/** Requests per second: of all kinds, and those that create or change groups. */
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

/** A token bucket that holds one second's requests, and at least one. `at` is when it was last filled, in real time. */
export interface Bucket {
  tokens: number
  at: Timestamp
}

/**
 * Takes one request out of every bucket or, if one is empty, out of none: a refused request costs nothing. Returns how
 * many are left in the tightest bucket, or how long to wait for it.
 */
export function takeFrom(buckets: { bucket: Bucket; limit: number }[], realNow: Timestamp) {
  for (const { bucket, limit } of buckets) fill(bucket, limit, realNow)
  const isAllowed = buckets.every(({ bucket }) => bucket.tokens >= 1)
  if (isAllowed) for (const { bucket } of buckets) bucket.tokens -= 1
  return buckets
    .map(({ bucket: { tokens }, limit }) => ({
      isAllowed,
      limit,
      remaining: Math.floor(tokens),
      retryAfterSeconds: isAllowed || tokens >= 1 ? 0 : Math.max(1, Math.ceil((1 - tokens) / limit)),
    }))
    .reduce((one, other) => (isTighter(other, one) ? other : one))
}

interface Taken {
  remaining: number
  retryAfterSeconds: number
}

function isTighter(one: Taken, other: Taken): boolean {
  if (one.retryAfterSeconds !== other.retryAfterSeconds) return one.retryAfterSeconds > other.retryAfterSeconds
  return one.remaining < other.remaining
}

function fill(bucket: Bucket, perSecond: number, realNow: Timestamp) {
  bucket.tokens = Math.min(
    Math.max(1, perSecond),
    bucket.tokens + (Math.max(0, realNow - bucket.at) * perSecond) / 1000,
  )
  bucket.at = realNow
}
