import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createTape, type TapeEntry } from '../../src/organization/tape.js'

const text = fc.string({ unit: 'grapheme', maxLength: 40 })
const maybe = fc.option(text, { nil: undefined })
const number = fc.double({ noNaN: true })
const refusal = fc.record({ code: fc.constant('INVALID_REQUEST' as const), message: text, hint: text })
const fault = fc.record({ fault_id: text, effect: text, phase: fc.constantFrom('before' as const, 'after' as const) })
const decided = fc.constantFrom('', 'level_kept', 'level_accepted access_expires')

const anyEntry: fc.Arbitrary<TapeEntry> = fc.record({
  request_id: text,
  at: number,
  receivedAt: number,
  headers: text,
  method: text,
  url: text,
  operation: maybe,
  group_id: maybe,
  user_id: maybe,
  body: maybe,
  isBodyCut: fc.boolean(),
  status: fc.option(fc.integer({ min: 100, max: 999 })),
  // Some are so long that they need a segment of their own, or most of one.
  answer: fc.oneof(
    { weight: 4, arbitrary: text },
    fc.nat(120_000).map((length) => 'é'.repeat(length)),
  ),
  isAnswerCut: fc.boolean(),
  refusal: fc.option(refusal, { nil: undefined }),
  fault: fc.option(fault, { nil: undefined }),
  ignored: fc.array(text, { maxLength: 3 }),
  decided,
  duration_ms: number,
})

const step = fc.oneof(
  { weight: 4, arbitrary: anyEntry },
  { weight: 3, arbitrary: fc.constant('drop' as const) },
  { weight: 1, arbitrary: fc.constant('clear' as const) },
)

test('a tape returns what was appended, whatever was dropped in between', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const tape = createTape()
      const kept: TapeEntry[] = []
      for (const one of steps) {
        if (one === 'clear') {
          tape.clear()
          kept.length = 0
        } else if (one !== 'drop') {
          tape.append(one)
          kept.push(one)
        } else if (kept.length > 0) {
          tape.dropOldest()
          kept.shift()
        }
        expect([tape.count, tape.bytes === 0]).toEqual([kept.length, kept.length === 0])
      }
      expect(tape.list()).toEqual(kept)
    }),
  )
})

test('a tape that drops the oldest entry for each new one returns the newest', () => {
  const tape = createTape()
  const [entry] = fc.sample(anyEntry, 1) as [TapeEntry]
  // Enough to reuse memory.
  const entries = Array.from({ length: 3_000 }, (_, at) => ({ ...entry, at, answer: 'x'.repeat(at % 700) }))
  for (const one of entries) {
    tape.append(one)
    if (tape.count > 200) tape.dropOldest()
  }
  expect(tape.list()).toEqual(entries.slice(-200))
})
