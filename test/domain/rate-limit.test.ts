import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ratesOf, takeFrom, type Bucket, type RateLimit } from '../../src/domain/rate-limit.js'

test.each<[limit: RateLimit, rates: ReturnType<typeof ratesOf>]>([
  ['off', undefined],
  ['documented', { requests: 100, groupWrites: 50 }],
  [{ requests_per_second: 7 }, { requests: 7, groupWrites: 7 }],
  [
    { requests_per_second: 7, group_writes_per_second: 3 },
    { requests: 7, groupWrites: 3 },
  ],
  [
    { requests_per_second: 3, group_writes_per_second: 7 },
    { requests: 3, groupWrites: 7 },
  ],
])('the limit %j means the rates %j', (limit, rates) => {
  expect(ratesOf(limit)).toEqual(rates)
})

type Taken = Omit<ReturnType<typeof takeFrom>, 'limit'>
const take = (bucket: Bucket, limit: number, realNow: number) => takeFrom([{ bucket, limit }], realNow)
const allowed = (remaining: number): Taken => ({ isAllowed: true, remaining, retryAfterSeconds: 0 })
const refused = (retryAfterSeconds: number): Taken => ({ isAllowed: false, remaining: 0, retryAfterSeconds })

test.each<[tokens: number, perSecond: number, passedMs: number, taken: Taken]>([
  [Infinity, 100, 0, allowed(99)],
  [Infinity, 1, 0, allowed(0)],
  [Infinity, 0.5, 0, allowed(0)],
  [100, 100, 0, allowed(99)],
  [1, 100, 0, allowed(0)],
  [1.9, 100, 0, allowed(0)],
  [0, 100, 0, refused(1)],
  [0.999, 100, 0, refused(1)],
  [0, 1, 999, refused(1)],
  [0, 1, 1000, allowed(0)],
  [0, 2, 500, allowed(0)],
  [0, 100, 30, allowed(2)],
  [0, 100, 3_600_000, allowed(99)],
  [0, 0.5, 0, refused(2)],
  [0, 0.5, 1999, refused(1)],
  [0, 0.5, 2000, allowed(0)],
  [0, 0.5, 3_600_000, allowed(0)],
  [0, 0.3, 0, refused(4)],
  [0, 0.001, 0, refused(1000)],
  [5, 10, -60_000, allowed(4)],
  [0, 10, -60_000, refused(1)],
])('with %d tokens at %d per second, a request %i ms later is %j', (tokens, perSecond, passedMs, taken) => {
  const at = 1_000_000
  expect(take({ tokens, at }, perSecond, at + passedMs)).toEqual({ ...taken, limit: perSecond })
})

test.each<[tokens: [number, number], limits: [number, number], told: object, left: [number, number]]>([
  [[5, 5], [10, 10], { isAllowed: true, limit: 10, remaining: 4, retryAfterSeconds: 0 }, [4, 4]],
  [[9, 3], [10, 5], { isAllowed: true, limit: 5, remaining: 2, retryAfterSeconds: 0 }, [8, 2]],
  [[2, 3], [10, 5], { isAllowed: true, limit: 10, remaining: 1, retryAfterSeconds: 0 }, [1, 2]],
  [[9, 0], [10, 0.5], { isAllowed: false, limit: 0.5, remaining: 0, retryAfterSeconds: 2 }, [9, 0]],
  [[0, 3], [10, 5], { isAllowed: false, limit: 10, remaining: 0, retryAfterSeconds: 1 }, [0, 3]],
  [[0, 0], [0.1, 0.5], { isAllowed: false, limit: 0.1, remaining: 0, retryAfterSeconds: 10 }, [0, 0]],
])('a request takes a token from both of %j or from neither', (tokens, limits, told, left) => {
  const buckets = tokens.map((one, index) => ({ bucket: { tokens: one, at: 0 }, limit: limits[index]! }))
  expect(takeFrom(buckets, 0)).toEqual(told)
  expect(buckets.map(({ bucket }) => bucket.tokens)).toEqual(left)
})

const rate = fc.oneof(fc.integer({ min: 1, max: 200 }), fc.double({ min: 0.001, max: 200, noNaN: true }))
const pauses = fc.array(fc.integer({ min: 0, max: 3_000 }), { minLength: 1, maxLength: 400 })

test('in any period, no more requests pass than the rate allows, plus a burst of one second', () => {
  fc.assert(
    fc.property(rate, pauses, (perSecond, ms) => {
      const bucket: Bucket = { tokens: Infinity, at: 0 }
      let now = 1_000
      const passedAt: number[] = []
      for (const pause of ms) {
        now += pause
        if (take(bucket, perSecond, now).isAllowed) passedAt.push(now)
      }
      const burst = Math.max(1, perSecond)
      return passedAt.every((from, first) =>
        passedAt.slice(first).every((to, count) => count + 1 <= burst + (perSecond * (to - from)) / 1000 + 1e-6),
      )
    }),
  )
})

test('a client that waits for Retry-After is accepted', () => {
  fc.assert(
    fc.property(rate, pauses, (perSecond, ms) => {
      const bucket: Bucket = { tokens: Infinity, at: 0 }
      let now = 1_000
      for (const pause of ms) {
        now += pause
        const { isAllowed, retryAfterSeconds } = take(bucket, perSecond, now)
        if (isAllowed) continue
        if (!Number.isInteger(retryAfterSeconds) || retryAfterSeconds < 1) return false
        // Slightly more: the sum of many small fractions is not exact.
        if (!take({ ...bucket }, perSecond, now + retryAfterSeconds * 1000 + 1).isAllowed) return false
      }
      return true
    }),
  )
})

test('a client that keeps to the rate limit is never rejected', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 200 }), fc.integer({ min: 1, max: 300 }), (perSecond, count) => {
      const bucket: Bucket = { tokens: Infinity, at: 0 }
      const pause = Math.ceil(1000 / perSecond)
      return Array.from({ length: count }).every((_, index) => take(bucket, perSecond, 1_000 + index * pause).isAllowed)
    }),
  )
})
