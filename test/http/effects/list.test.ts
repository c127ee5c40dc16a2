import { expect, test } from 'vitest'
import type { FaultEffect } from '../../../src/domain/fault.js'
import { describeEffect } from '../../../src/http/effects/list.js'

test.each<[effect: FaultEffect, words: string]>([
  [{ status: 503 }, 'status 503'],
  [{ status: 429, code: 'X', message: 'Y', body: {}, headers: { a: 'b' } }, 'status 429'],
  [{ delay_ms: 1500 }, 'delay 1500 ms'],
  [{ delay_ms: 0 }, 'delay 0 ms'],
  [{ drop: true }, 'drop'],
  [{ truncate: true }, 'truncate'],
  [{ hang: true }, 'hang'],
  [{ hang: true, max_ms: 5 }, 'hang'],
])('%j is called %s', (effect, words) => {
  expect(describeEffect(effect)).toBe(words)
})
