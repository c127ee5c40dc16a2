import { expect, test, vi } from 'vitest'
import { createFaults } from '../src/faults.js'
import type { FaultRule } from '../src/domain/fault.js'

const target = { operation: 'getGroups', method: 'GET', group_id: undefined, user_id: undefined }
const rule = (rest: Partial<FaultRule> = {}): FaultRule => ({
  times: 1,
  skip: 0,
  phase: 'before',
  effect: { hang: true },
  ...rest,
})
const made = (...rules: FaultRule[]) => createFaults(rules.map((one, index) => ({ sequence: index + 1, rule: one })))

/** Which rules meet so many calls, by their ids. */
const meets = (faults: ReturnType<typeof made>, count: number) =>
  Array.from({ length: count }, () => faults.meet('before', target)?.fault_id ?? '-')

const [one, two] = ['fault-1', 'fault-2']

test.each<[rules: Partial<FaultRule>[], met: string[]]>([
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
])('the rules %j meet %j', (rules, met) => {
  expect(meets(made(...rules.map(rule)), met.length)).toEqual(met)
})

test('a rule is not matched in the other phase, and keeps what it lets pass to itself', () => {
  const faults = made(rule({ phase: 'after', skip: 1 }))
  expect(meets(faults, 3)).toEqual(['-', '-', '-'])
  expect([faults.meet('after', target), faults.meet('after', target)?.fault_id]).toEqual([undefined, one])
})

test('a rule that is added comes last, one that is removed meets nothing', () => {
  const faults = made(rule({ times: 'forever' }))
  faults.add(2, rule({ times: 'forever' }))
  expect(meets(faults, 1)).toEqual([one])
  expect(faults.remove(({ fault_id }) => fault_id === one).map(({ fault_id }) => fault_id)).toEqual([one])
  expect(meets(faults, 1)).toEqual([two])
  expect(faults.remove(({ fault_id }) => fault_id === one)).toEqual([])
})

test.each<[how: string, end: (faults: ReturnType<typeof made>, closing: AbortController) => unknown]>([
  ['its rule is removed', (faults) => faults.remove(() => true)],
  ['all are released', (faults) => faults.releaseAll()],
  ['its client is gone', (_faults, closing) => closing.abort()],
  ['its time is over', () => vi.advanceTimersByTime(1_000)],
])('a held call goes on when %s, and leaves nothing behind', async (_how, end) => {
  vi.useFakeTimers()
  try {
    const faults = made(rule({ times: 'forever' }), rule())
    const fault = faults.list()[0]!
    const closing = new AbortController()
    let isHeld = true
    const held = faults.hold(fault, 1_000, closing.signal).then(() => (isHeld = false))
    vi.advanceTimersByTime(999)
    await Promise.resolve()
    expect([isHeld, fault.releases.size]).toEqual([true, 1])
    end(faults, closing)
    await held
    expect([isHeld, fault.releases.size, vi.getTimerCount()]).toEqual([false, 0, 0])
  } finally {
    vi.useRealTimers()
  }
})

test.each([undefined, 2 ** 31, Number.MAX_SAFE_INTEGER])('a call that is held for %s ms has no timer', async (ms) => {
  vi.useFakeTimers()
  try {
    const faults = made(rule())
    const held = faults.hold(faults.list()[0]!, ms)
    expect(vi.getTimerCount()).toBe(0)
    faults.releaseAll()
    await held
  } finally {
    vi.useRealTimers()
  }
})

test('removing one rule lets go of no call of another', async () => {
  const faults = made(rule(), rule())
  const [first, second] = faults.list()
  let isHeld = true
  const held = faults.hold(second!, undefined).then(() => (isHeld = false))
  faults.remove((fault) => fault === first)
  await Promise.resolve()
  expect(isHeld).toBe(true)
  faults.releaseAll()
  await held
})
