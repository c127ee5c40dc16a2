import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  earliest,
  formatTimestamp,
  latest,
  parseTimestamp,
  readClock,
  type ClockState,
} from '../../src/domain/clock.js'

const moment = fc.integer({ min: earliest, max: latest })

test.each<[clock: ClockState, shows: number]>([
  [{ mode: 'real' }, 1_000_000],
  [{ mode: 'offset', offset_ms: 5 }, 1_000_005],
  [{ mode: 'offset', offset_ms: -5 }, 999_995],
  [{ mode: 'offset', offset_ms: 0 }, 1_000_000],
  [{ mode: 'frozen', at: 42 }, 42],
  [{ mode: 'frozen', at: 0 }, 0],
])("when the machine's clock shows 1000000, the clock %o shows %i", (clock, shows) => {
  expect(readClock(clock, 1_000_000)).toBe(shows)
})

test.each([
  ['2022-01-23T03:56:07.000Z', '2022-01-23T03:56:07.000Z'],
  ['2022-01-23T03:56:07Z', '2022-01-23T03:56:07.000Z'],
  ['2022-01-23T03:56Z', '2022-01-23T03:56:00.000Z'],
  ['2022-01-23 03:56:07Z', '2022-01-23T03:56:07.000Z'],
  ['2022-01-23t03:56:07z', '2022-01-23T03:56:07.000Z'],
  ['2022-01-23T03:56:07.1Z', '2022-01-23T03:56:07.100Z'],
  ['2022-01-23T03:56:07.123999999Z', '2022-01-23T03:56:07.123Z'],
  ['2022-01-23T03:56:07+00:00', '2022-01-23T03:56:07.000Z'],
  ['2022-01-23T03:56:07+05:30', '2022-01-22T22:26:07.000Z'],
  ['2022-01-23T03:56:07-0800', '2022-01-23T11:56:07.000Z'],
  ['2022-01-23T03:56:07+23:59', '2022-01-22T03:57:07.000Z'],
  ['2024-02-29T00:00:00Z', '2024-02-29T00:00:00.000Z'],
  ['2000-02-29T00:00:00Z', '2000-02-29T00:00:00.000Z'],
  ['1970-01-01T00:00:00Z', '1970-01-01T00:00:00.000Z'],
  ['1969-12-31T23:00:00-01:00', '1970-01-01T00:00:00.000Z'],
  ['9998-12-31T17:59:59.999Z', '9998-12-31T17:59:59.999Z'],
])('%s is the moment %s', (text, moment) => {
  expect(parseTimestamp(text)).toBe(Date.parse(moment))
})

test.each([
  ['it has no zone', '2022-01-23T03:56:07'],
  ['it has no time', '2022-01-23'],
  ['it has no hour', '2022-01-23T'],
  ['it has no date', '03:56:07Z'],
  ['it is empty', ''],
  ['it is a number', '1642910167000'],
  ['it is words', 'tomorrow'],
  ['it is in a format that only Date.parse accepts', 'Sun, 23 Jan 2022 03:56:07 GMT'],
  ['it has words before it', 'at 2022-01-23T03:56:07Z'],
  ['text follows it', '2022-01-23T03:56:07Z please'],
  ['it has a line after it', '2022-01-23T03:56:07Z\n'],
  ['its zone is a name', '2022-01-23T03:56:07 UTC'],
  ['its zone has hours only', '2022-01-23T03:56:07+01'],
  ['its zone has 25 hours', '2022-01-23T03:56:07+25:00'],
  ['its zone has 25 hours, after a space', '2022-01-23 03:56:07+25:00'],
  ['its zone has 99 minutes, after a space', '2022-01-23 03:56:07+0199'],
  ['its digits are Arabic', '٢٠٢٢-01-23T03:56:07Z'],
  ['its year has five digits', '12022-01-23T03:56:07Z'],
  ['its year has a sign', '+002022-01-23T03:56:07Z'],
  ['there is no 13th month', '2022-13-01T00:00:00Z'],
  ['there is no month 0', '2022-00-01T00:00:00Z'],
  ['there is no day 0', '2022-01-00T00:00:00Z'],
  ['January has no 32nd', '2022-01-32T00:00:00Z'],
  ['April has no 31st', '2022-04-31T00:00:00Z'],
  ['February has no 30th', '2024-02-30T00:00:00Z'],
  ['February has no 29th in 2022', '2022-02-29T00:00:00Z'],
  ['February has no 29th in 2100', '2100-02-29T00:00:00Z'],
  ['February has no 30th in any zone', '2022-02-30T00:00:00+14:00'],
  ['there is no hour 25', '2022-01-23T25:00:00Z'],
  ['there is no minute 60', '2022-01-23T03:60:00Z'],
  ['there is no second 60', '2022-01-23T03:56:60Z'],
  ['it is before 1970', '1969-12-31T23:59:59.999Z'],
  ['it is before 1970 in UTC', '1970-01-01T00:30:00+01:00'],
  ['it is the year 0', '0000-01-01T00:00:00Z'],
  ['it is after 9998', '9999-01-01T00:00:00Z'],
  ['it is after 9998 in UTC', '9998-12-31T23:30:00-01:00'],
  ['the longest access would end in 10000', '9998-12-31T18:00:00Z'],
])('a moment is rejected because %s: %s', (_why, text) => {
  expect(parseTimestamp(text)).toBe(undefined)
})

test.each([
  [0, '1970-01-01T00:00:00.000Z'],
  [1, '1970-01-01T00:00:00.001Z'],
  [Date.UTC(2022, 0, 23, 3, 56, 7), '2022-01-23T03:56:07.000Z'],
])('%i is written %s', (at, text) => {
  expect(formatTimestamp(at)).toBe(text)
})

test('every moment in the range of a clock is parsed back from its text', () => {
  fc.assert(fc.property(moment, (at) => parseTimestamp(formatTimestamp(at)) === at))
})

test('moments sort in the same order as their texts', () => {
  fc.assert(fc.property(moment, moment, (a, b) => Math.sign(a - b) === compare(formatTimestamp(a), formatTimestamp(b))))
})

function compare(a: string, b: string): number {
  if (a === b) return 0
  return a < b ? -1 : 1
}

test('a date in any four-digit year is formatted as by toISOString, also when it is formatted twice', () => {
  const moments = fc.integer({ min: Date.parse('0000-01-01T00:00:00Z'), max: Date.parse('9999-12-31T23:59:59.999Z') })
  const isWritten = (at: number) => formatTimestamp(at) === new Date(at).toISOString()
  fc.assert(fc.property(moments, moments, (at, other) => [at, other, at].every(isWritten)))
})
