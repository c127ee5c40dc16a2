import type { Timestamp } from '../domain/clock.js'
import { ratesOf, takeFrom, type Bucket, type RateLimit } from '../domain/rate-limit.js'

/** What is left of this second's requests, and of those that create or change groups. */
export interface Buckets {
  requests: Bucket
  groupWrites: Bucket
}

/** Fuller than any rate allows; the first request reduces them to the rate. */
export function fullBuckets(): Buckets {
  return { requests: { tokens: Infinity, at: 0 }, groupWrites: { tokens: Infinity, at: 0 } }
}

/** Takes one request out of the buckets; returns undefined if no rate is set. */
export function takeRequest(limit: RateLimit, buckets: Buckets, isGroupWrite: boolean, realNow: Timestamp) {
  const rates = ratesOf(limit)
  if (!rates) return undefined
  const all = { bucket: buckets.requests, limit: rates.requests }
  const writes = { bucket: buckets.groupWrites, limit: rates.groupWrites }
  return takeFrom(isGroupWrite ? [all, writes] : [all], realNow)
}
