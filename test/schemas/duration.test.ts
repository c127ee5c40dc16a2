import fc from 'fast-check'
import { expect, test } from 'vitest'
import { formatDuration, parseDurationMs } from '../../src/schemas/duration.js'

test.each([
  [0, '0s'],
  [1, '1ms'],
  [1_500, '1500ms'],
  [5_000, '5s'],
  [90_000, '90s'],
  [5_400_000, '90m'],
  [7_200_000, '2h'],
])('%i ms are formatted as %s', (ms, text) => {
  expect(formatDuration(ms)).toBe(text)
})

test('every formatted duration is parsed back', () => {
  fc.assert(fc.property(fc.nat(Number.MAX_SAFE_INTEGER), (ms) => parseDurationMs(formatDuration(ms)) === ms))
})
