import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { earliest, formatTimestamp, latest, momentAt } from '../../src/domain/clock.js'
import { expirationDate, hasExpired } from '../../src/domain/access.js'
import { maxDurationMinutes } from '../../src/domain/settings.js'

const now = momentAt(Date.parse('2022-01-23T03:56:07.000Z'))
const moment = fc.integer({ min: earliest, max: latest })

test('the longest access is 365.25 days', () => {
  expect(maxDurationMinutes).toBe(365.25 * 24 * 60)
})

test.each([
  [60, '2022-01-23T04:56:07.000Z'],
  [1, '2022-01-23T03:57:07.000Z'],
  [525_960, '2023-01-23T09:56:07.000Z'],
  [0, null],
  [-0, null],
  [-1, '2022-01-23T03:56:07.000Z'],
  [-525_960, '2022-01-23T03:56:07.000Z'],
  [-Number.MAX_SAFE_INTEGER, '2022-01-23T03:56:07.000Z'],
])('access for %i minutes, granted at 2022-01-23T03:56:07.000Z, expires at %s', (minutes, date) => {
  expect(expirationDate(minutes, now)).toBe(date)
})

describe('a positive duration, granted at any moment in the range of a clock,', () => {
  const minutes = fc.integer({ min: 1, max: maxDurationMinutes })
  const longest: [number, number] = [maxDurationMinutes, latest]

  test('ends access after exactly that many minutes', () => {
    fc.assert(
      fc.property(
        minutes,
        moment,
        (minutes, at) => Date.parse(expirationDate(minutes, momentAt(at))!) === at + minutes * 60_000,
      ),
      { examples: [longest] },
    )
  })

  test('ends access in a four-digit year', () => {
    fc.assert(
      fc.property(minutes, moment, (minutes, at) => /^\d{4}-/.test(expirationDate(minutes, momentAt(at))!)),
      { examples: [longest] },
    )
  })

  test('does not end access at once', () => {
    fc.assert(
      fc.property(
        minutes,
        moment,
        (minutes, at) => !hasExpired(expirationDate(minutes, momentAt(at)), formatTimestamp(at)),
      ),
      { examples: [longest] },
    )
  })
})

test('a negative duration ends access at once', () => {
  const minutes = fc.integer({ min: Number.MIN_SAFE_INTEGER, max: -1 })
  fc.assert(
    fc.property(minutes, moment, (minutes, at) =>
      hasExpired(expirationDate(minutes, momentAt(at)), formatTimestamp(at)),
    ),
  )
})

test.each([
  ['2022-01-23T03:56:06.999Z', true],
  ['2022-01-23T03:56:07.000Z', true],
  ['2022-01-23T03:56:07.001Z', false],
  ['2023-01-01T00:00:00.000Z', false],
  ['1970-01-01T00:00:00.000Z', true],
  [null, false],
])('at 2022-01-23T03:56:07.000Z, access until %s has expired: %s', (date, expired) => {
  expect(hasExpired(date, '2022-01-23T03:56:07.000Z')).toBe(expired)
})
