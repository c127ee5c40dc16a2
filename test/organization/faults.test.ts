import { expect, test, vi } from 'vitest'
import { createFaults, type HoldOutcome } from '../../src/organization/faults.js'
import type { ResolvedFaultRule } from '../../src/domain/fault.js'
import { countTimers } from '../timers.js'

const target = { operation: 'getGroups', method: 'GET', group_id: undefined, user_id: undefined }
const rule = (rest: Partial<ResolvedFaultRule> = {}): ResolvedFaultRule => ({
  times: 1,
  skip: 0,
  phase: 'before',
  effect: { hang: true },
  ...rest,
})
const row = (sequence: number, rest: Partial<ResolvedFaultRule> = {}) => ({
  sequence,
  rule: JSON.stringify(rule(rest)),
})
const made = (...rules: Partial<ResolvedFaultRule>[]) => createFaults(rules.map((one, index) => row(index + 1, one)))
const { signal } = new AbortController()

/** The ids of the rules that affect each of `count` calls. */
const meets = (faults: ReturnType<typeof made>, count: number) =>
  Array.from({ length: count }, () => faults.meet('before', target)?.fault_id ?? '-')

const [one, two] = ['fault-1', 'fault-2']

test.each<[rules: Partial<ResolvedFaultRule>[], met: string[]]>([
  [[], ['-']],
  [[{}], [one, '-']],
  [[{ times: 2 }], [one, one, '-']],
  [[{ times: 'forever' }], [one, one, one, one]],
  [[{ skip: 2 }], ['-', '-', one, '-']],
  [
    [{ skip: 1, times: 2 }, {}],
    [two, one, one, '-'],
  ],
  [
    [{}, {}],
    [one, two, '-'],
  ],
  [
    [{ method: 'PUT' }, {}],
    [two, '-'],
  ],
  [
    [{ phase: 'after' }, {}],
    [two, '-'],
  ],
])('of the rules %j, these apply in turn: %j', (rules, met) => {
  expect(meets(made(...rules), met.length)).toEqual(met)
})

test('a rule is not matched in the other phase, and does not count its calls', () => {
  const faults = made({ phase: 'after', skip: 1 })
  expect(meets(faults, 3)).toEqual(['-', '-', '-'])
  expect([faults.meet('after', target), faults.meet('after', target)?.fault_id]).toEqual([undefined, one])
})

test('new rules replace the old ones, and those that stay keep their counts', () => {
  const forever = { times: 'forever' } as const
  const faults = made({ times: 3 }, forever)
  expect(meets(faults, 2)).toEqual([one, one])
  faults.follow([row(1, { times: 3 }), row(3, forever)])
  expect(meets(faults, 2)).toEqual([one, 'fault-3'])
  expect(faults.list().map(({ fault_id, hits }) => [fault_id, hits])).toEqual([
    [one, 3],
    ['fault-3', 1],
  ])
  faults.follow([])
  expect(meets(faults, 1)).toEqual(['-'])
})

test.each<[how: string, end: (faults: ReturnType<typeof made>, closing: AbortController) => unknown, HoldOutcome]>([
  ['its rule is deleted', (faults) => faults.follow([row(2)]), 'continue'],
  ['all calls are released', (faults) => faults.releaseAll('continue'), 'continue'],
  ['its organization is reset', (faults) => faults.releaseAll('reset'), 'reset'],
  ['its client disconnects', (_faults, closing) => closing.abort(), 'disconnected'],
])('a held call is released when %s, and leaves nothing behind', async (_how, end, outcome) => {
  const faults = made({ times: 'forever' }, {})
  const fault = faults.list()[0]!
  const closing = new AbortController()
  const timers = countTimers()
  let told: HoldOutcome | undefined
  const held = faults.hold(fault, 60_000, closing.signal).then((how) => (told = how))
  await Promise.resolve()
  expect([told, fault.releases.size, countTimers()]).toEqual([undefined, 1, timers + 1])
  end(faults, closing)
  await held
  expect([told, fault.releases.size, countTimers()]).toEqual([outcome, 0, timers])
})

test('a held call continues when its time is over, even while a test has replaced the timers', async () => {
  vi.useFakeTimers()
  try {
    const faults = made({ times: 'forever' })
    const fault = faults.list()[0]!
    expect(await faults.hold(fault, 5, signal)).toBe('continue')
    expect(fault.releases.size).toBe(0)
  } finally {
    vi.useRealTimers()
  }
})

test.each([undefined, 2 ** 31, Number.MAX_SAFE_INTEGER])('a call that is held for %s ms has no timer', async (ms) => {
  const faults = made({})
  const timers = countTimers()
  const held = faults.hold(faults.list()[0]!, ms, signal)
  expect(countTimers()).toBe(timers)
  faults.releaseAll('continue')
  await held
})

test('deleting one rule does not release the calls of another', async () => {
  const faults = made({}, {})
  const second = faults.list()[1]
  let isHeld = true
  const held = faults.hold(second!, undefined, signal).then(() => (isHeld = false))
  faults.follow([row(2)])
  await Promise.resolve()
  expect(isHeld).toBe(true)
  faults.releaseAll('continue')
  await held
})
