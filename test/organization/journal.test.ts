import fc from 'fast-check'
import { describe, expect, test, vi } from 'vitest'
import { createJournals, defaultJournalLimits, type WaitOutcome } from '../../src/organization/journal.js'
import type { TapeEntry } from '../../src/organization/tape.js'
import { countTimers } from '../timers.js'

let made = 0
const entry = (rest: Partial<TapeEntry> = {}): TapeEntry => ({
  request_id: `req-${String(++made).padStart(6, '0')}`,
  at: 0,
  receivedAt: 0,
  headers: '',
  method: 'GET',
  url: '/v1/groups',
  operation: 'getGroups',
  group_id: undefined,
  user_id: undefined,
  body: undefined,
  isBodyCut: false,
  status: 200,
  answer: '',
  isAnswerCut: false,
  refusal: undefined,
  fault: undefined,
  ignored: [],
  decided: '',
  duration_ms: 1,
  ...rest,
})
const open = (limits: Partial<typeof defaultJournalLimits> = {}) =>
  createJournals({ ...defaultJournalLimits, ...limits })
const answers = (journal: { list(): TapeEntry[] }) => journal.list().map(({ answer }) => answer)
const numbered = (count: number) => Array.from({ length: count }, (_, index) => String(index))

const sizes = new Map<number, number>()

/** The bytes of an entry whose response has `length` characters. */
function sizeOf(length: number): number {
  const known = sizes.get(length)
  if (known !== undefined) return known
  const journal = open().create()
  journal.record(entry({ answer: 'x'.repeat(length) }))
  sizes.set(length, journal.bytes)
  return journal.bytes
}

describe('a journal', () => {
  test('lists what was recorded, oldest first, and counts its bytes', () => {
    const journal = open().create()
    const entries = numbered(3).map((answer) => entry({ answer }))
    for (const one of entries) journal.record(one)
    expect(journal.list()).toEqual(entries)
    expect(journal.bytes).toBe(3 * sizeOf(1))
  })

  test.each<[what: string, of: (text: string) => Partial<TapeEntry>]>([
    ['the answer', (answer) => ({ answer })],
    ['the body', (body) => ({ body })],
    ['the address', (url) => ({ url })],
    ['an id', (user_id) => ({ user_id })],
    ['a refusal', (message) => ({ refusal: { code: 'INVALID_REQUEST', message, hint: undefined } })],
    ['its hint', (hint) => ({ refusal: { code: 'INVALID_REQUEST', message: '', hint } })],
    ['what was ignored', (name) => ({ ignored: [name] })],
  ])('counts the bytes of %s', (_what, of) => {
    const [short, long] = ['x', 'x'.repeat(801)].map((text) => {
      const journal = open().create()
      journal.record(entry(of(text)))
      return journal.bytes
    })
    expect(long! - short!).toBe(800)
  })

  test.each<[limits: Partial<typeof defaultJournalLimits>, recorded: number, kept: string[]]>([
    [{ entries: 3 }, 5, ['2', '3', '4']],
    [{ entries: 1 }, 5, ['4']],
    [{ entries: 0 }, 5, []],
    [{ bytes: 3 * sizeOf(1) }, 5, ['2', '3', '4']],
    [{ bytes: 3 * sizeOf(1) - 1 }, 5, ['3', '4']],
    [{ bytes: 0 }, 5, []],
    [{ totalBytes: 2 * sizeOf(1) }, 5, ['3', '4']],
    [{ totalBytes: 0 }, 5, []],
    [{ entries: 2, bytes: 4 * sizeOf(1), totalBytes: 3 * sizeOf(1) }, 5, ['3', '4']],
  ])('with the limits %j and %i entries keeps %j', (limits, recorded, kept) => {
    const journal = open(limits).create()
    for (const answer of numbered(recorded)) journal.record(entry({ answer }))
    expect([answers(journal), journal.bytes]).toEqual([kept, kept.length * sizeOf(1)])
  })

  test('drops an entry that alone exceeds the limit', () => {
    const journal = open({ bytes: sizeOf(100) }).create()
    journal.record(entry({ answer: 'x' }))
    journal.record(entry({ answer: 'x'.repeat(108) }))
    expect([answers(journal), journal.bytes]).toEqual([[], 0])
    journal.record(entry({ answer: 'y' }))
    expect(answers(journal)).toEqual(['y'])
  })

  test('keeps the latest of very many entries', () => {
    const journal = open({ entries: 7 }).create()
    for (const answer of numbered(20_000)) journal.record(entry({ answer }))
    expect(answers(journal)).toEqual(numbered(20_000).slice(-7))
    expect(journal.bytes).toBe(7 * sizeOf(5))
  })

  test('counts the statuses of each operation, including dropped entries', () => {
    const journal = open({ entries: 1 }).create()
    for (const status of [200, 200, 404, 503, null]) journal.record(entry({ status }))
    journal.record(entry({ operation: 'getUsers' }))
    journal.record(entry({ operation: undefined, status: 404 }))
    const met = (operation: string) =>
      journal.statusesMet(operation).map((status) => [status, journal.timesMet(operation, status)])
    expect([met('getGroups'), met('getUsers'), met('getUser')]).toEqual([
      [
        [200, 2],
        [404, 1],
        [503, 1],
      ],
      [[200, 1]],
      [],
    ])
    journal.clear()
    expect([met('getGroups'), journal.timesMet('getGroups', 200), journal.list(), journal.bytes]).toEqual([
      [],
      0,
      [],
      0,
    ])
  })
})

describe('several journals', () => {
  test('together count all statuses since the start, including cleared and closed journals', () => {
    const journals = open({})
    const [cleared, closed, kept] = [journals.create(), journals.create(), journals.create()]
    for (const journal of [cleared, closed, kept]) journal.record(entry({ status: 200 }))
    cleared.record(entry({ status: 404 }))
    cleared.clear()
    closed.close()
    cleared.record(entry({ status: 200 }))
    const statuses = journals.met.statusesMet('getGroups')
    expect(statuses.map((status) => [status, journals.met.timesMet('getGroups', status)])).toEqual([
      [200, 4],
      [404, 1],
    ])
    expect(journals.met.statusesMet('getUsers')).toEqual([])
  })

  test('share one limit, and the largest drops entries first', () => {
    const journals = open({ totalBytes: 10 * sizeOf(1) })
    const [large, small] = [journals.create(), journals.create()]
    for (const answer of numbered(8)) large.record(entry({ answer }))
    for (const answer of numbered(4)) small.record(entry({ answer }))
    expect([answers(large), answers(small)]).toEqual([numbered(8).slice(2), numbered(4)])
  })

  test('never exceed their limits, whatever is recorded where', () => {
    const limits = { entries: 5, bytes: 4_000, totalBytes: 9_000 }
    const step = fc.oneof(
      { weight: 9, arbitrary: fc.tuple(fc.nat(4), fc.nat(1_500)) },
      { weight: 1, arbitrary: fc.tuple(fc.nat(4), fc.constantFrom('clear' as const, 'close' as const)) },
    )
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
        const journals = open(limits)
        const all = Array.from({ length: 5 }, () => journals.create())
        for (const [index, what] of steps) {
          const journal = all[index]!
          if (what === 'clear') journal.clear()
          else if (what === 'close') journal.close()
          else journal.record(entry({ answer: 'x'.repeat(what) }))
          for (const one of all) {
            const bytes = one.list().reduce((sum, { answer }) => sum + sizeOf(answer.length), 0)
            if (one.bytes !== bytes || bytes > limits.bytes || one.list().length > limits.entries) return false
          }
          if (all.reduce((sum, { bytes }) => sum + bytes, 0) > limits.totalBytes) return false
        }
        return true
      }),
    )
  })

  test('regain all the memory of one that is closed', () => {
    const journals = open({ totalBytes: 4 * sizeOf(1) })
    for (let turn = 0; turn < 10; turn++) {
      const gone = journals.create()
      for (const answer of numbered(4)) gone.record(entry({ answer }))
      gone.close()
      // A call that was in flight when it was closed.
      gone.record(entry({ answer: 'late' }))
      expect([gone.list(), gone.bytes]).toEqual([[], 0])
    }
    const journal = journals.create()
    for (const answer of numbered(5)) journal.record(entry({ answer }))
    expect(answers(journal)).toEqual(['1', '2', '3', '4'])
  })
})

describe('a wait', () => {
  const isUser = ({ operation }: TapeEntry) => operation === 'user'
  const user = () => entry({ operation: 'user' })
  const { signal } = new AbortController()

  test.each([
    [1, 0],
    [3, 0],
    [3, 2],
  ])('ends when there are %i matching calls, of which %i came before', async (count, before) => {
    const journal = open().create()
    for (let turn = 0; turn < before; turn++) journal.record(user())
    let isTold = false
    const wait = journal.wait(isUser, count, 60_000, signal).then((outcome) => {
      isTold = true
      return outcome
    })
    for (let turn = before + 1; turn < count; turn++) journal.record(user())
    for (let turn = 0; turn < 5; turn++) journal.record(entry())
    await Promise.resolve()
    expect(isTold).toBe(false)
    journal.record(user())
    expect(await wait).toBe('found')
  })

  test('ends at once if there are enough calls already', async () => {
    const journal = open().create()
    for (let turn = 0; turn < 2; turn++) journal.record(user())
    expect(await journal.wait(isUser, 2, 60_000, signal)).toBe('found')
  })

  test('ends even if the journal keeps nothing', async () => {
    const journal = open({ entries: 0 }).create()
    expect(journal.isIdle).toBe(true)
    const wait = journal.wait(isUser, 2, 60_000, signal)
    expect(journal.isIdle).toBe(false)
    for (let turn = 0; turn < 2; turn++) journal.record(user())
    expect([await wait, journal.isIdle]).toEqual(['found', true])
  })

  test('ends independently of other waits', async () => {
    const journal = open().create()
    const waits = [1, 2, 3].map((count) => journal.wait(isUser, count, 60_000, signal))
    const other = journal.wait(() => false, 1, 60_000, signal)
    for (let turn = 0; turn < 3; turn++) journal.record(user())
    expect(await Promise.all(waits)).toEqual(['found', 'found', 'found'])
    journal.endWaits('closing')
    expect(await other).toBe('closing')
  })

  type Journal = ReturnType<ReturnType<typeof open>['create']>
  test.each<[how: string, end: (journal: Journal, closing: AbortController) => void, outcome: WaitOutcome]>([
    ['the waits are ended', (journal) => journal.endWaits('closing'), 'closing'],
    ['the journal is closed', (journal) => journal.close(), 'reset'],
    ['its caller disconnects', (_journal, closing) => closing.abort(), 'disconnected'],
    ['the call arrives', (journal) => journal.record(user()), 'found'],
  ])('leaves no timer behind when %s', async (_how, end, outcome) => {
    const journal = open({ entries: 0 }).create()
    const closing = new AbortController()
    const timers = countTimers()
    const wait = journal.wait(isUser, 1, 60_000, closing.signal)
    expect([countTimers(), journal.isIdle]).toEqual([timers + 1, false])
    end(journal, closing)
    expect([await wait, countTimers(), journal.isIdle]).toEqual([outcome, timers, true])
  })

  test('ends when the time is over, even while a test has replaced the timers', async () => {
    vi.useFakeTimers()
    try {
      const journal = open({ entries: 0 }).create()
      expect(await journal.wait(isUser, 1, 5, signal)).toBe('timeout')
      expect(journal.isIdle).toBe(true)
    } finally {
      vi.useRealTimers()
    }
  })

  test('ends at once if its caller has already disconnected', async () => {
    expect(await open().create().wait(isUser, 1, 60_000, AbortSignal.abort())).toBe('disconnected')
  })

  test('starts counting again when the journal is cleared', async () => {
    const journal = open().create()
    for (let turn = 0; turn < 2; turn++) journal.record(user())
    let isTold = false
    const wait = journal.wait(isUser, 3, 60_000, signal).then((outcome) => {
      isTold = true
      return outcome
    })
    journal.clear()
    for (let turn = 0; turn < 2; turn++) journal.record(user())
    await Promise.resolve()
    expect(isTold).toBe(false)
    journal.record(user())
    expect([await wait, journal.list().length]).toEqual(['found', 3])
  })
})
