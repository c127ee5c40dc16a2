import { clearTimeout, setTimeout } from '../globals.js'
import { createTape, type TapeEntry } from './tape.js'

export interface JournalLimits {
  /** Of one organization. */
  entries: number
  bytes: number
  /** Of all organizations together. */
  totalBytes: number
}

/** All organizations together may hold as much as eight full ones. */
export function journalLimits(entries: number, bytes: number): JournalLimits {
  return { entries, bytes, totalBytes: 8 * bytes }
}

export const defaultJournalLimits = journalLimits(1_000, 8 * 1024 * 1024)

/** How often each operation returned each status, including calls that the journal has dropped. */
export interface Met {
  timesMet(operation: string, status: number): number
  /** The statuses that an operation returned. */
  statusesMet(operation: string): number[]
  /** The calls that matched no operation: at most `maxUnrouted` different ones. */
  unrouted(): UnroutedCall[]
}

export interface UnroutedCall {
  method: string
  path: string
  count: number
}

/** What is counted of a call. */
type CountedCall = Pick<TapeEntry, 'operation' | 'status' | 'method' | 'url'>

/** How many different calls that match no operation are counted, and how much of each path is kept. */
const maxUnrouted = 100
const maxPathLength = 200

/** How a wait ends. `reset`: the organization was reset or removed. */
export type WaitOutcome = 'found' | 'timeout' | 'disconnected' | 'reset' | 'closing'

interface Waiter {
  matches: (entry: TapeEntry) => boolean
  count: number
  missing: number
  done: (outcome: WaitOutcome) => void
}

/** Creates the journals of a sandbox, which share one limit. */
export function createJournals(limits: JournalLimits) {
  const journals = new Set<Journal>()
  /** The counts of cleared journals and removed organizations. */
  const past = createTally()
  let totalBytes = 0

  function create() {
    const tape = createTape()
    let isClosed = false
    const waiters = new Set<Waiter>()
    const met = createTally()
    /** Calls that are not answered yet, by request id. */
    const pending = new Map<string, TapeEntry>()

    let lostThrough: string | undefined
    let clearedThrough: string | undefined

    function dropOldest() {
      lostThrough = tape.oldestId()
      totalBytes -= tape.bytes
      tape.dropOldest()
      totalBytes += tape.bytes
    }

    const journal = {
      limits,
      get bytes() {
        return tape.bytes
      },
      dropOldest,

      /** Whether nothing is kept and nobody waits, so that an entry need not be created. */
      get isIdle() {
        return limits.entries === 0 && waiters.size === 0
      },

      /** Counts a call, even if no entry is created for it. */
      count({ operation, status, method, url }: CountedCall) {
        if (operation === undefined) met.countUnrouted(method, pathOf(url))
        else if (status !== null) met.count(operation, status)
      },

      /** Enters a call that is not answered yet; `record` completes it. */
      begin(entry: TapeEntry) {
        if (isClosed || pending.size >= limits.entries) return
        pending.set(entry.request_id, entry)
        for (const waiter of waiters) {
          if (waiter.matches(entry) && --waiter.missing <= 0) waiter.done('found')
        }
      },

      record(entry: TapeEntry) {
        if (isClosed) return
        journal.count(entry)
        journal.append(entry)
        const begun = pending.get(entry.request_id)
        pending.delete(entry.request_id)
        for (const waiter of waiters) {
          if (begun && waiter.matches(begun)) continue
          if (waiter.matches(entry) && --waiter.missing <= 0) waiter.done('found')
        }
      },

      /** Adds an entry that is no call of the API: it is not counted, and no wait ends with it. */
      append(entry: TapeEntry) {
        // A call can outlive its organization. Its bytes would count against the shared limit forever.
        if (isClosed) return
        totalBytes -= tape.bytes
        tape.append(entry)
        totalBytes += tape.bytes
        while (tape.count > limits.entries || tape.bytes > limits.bytes) dropOldest()
        while (totalBytes > limits.totalBytes) largest().dropOldest()
      },

      get lostThrough() {
        return lostThrough
      },
      get clearedThrough() {
        return clearedThrough
      },

      /** Oldest first. */
      list: () => [...tape.list(), ...pending.values()],

      // Since the journal was last cleared.
      timesMet: met.timesMet,
      statusesMet: met.statusesMet,
      unrouted: met.unrouted,

      /** Waits for `count` matching calls, including those that are already in the journal. */
      wait(matches: Waiter['matches'], count: number, timeoutMs: number, closing: AbortSignal): Promise<WaitOutcome> {
        const missing = count - journal.list().filter(matches).length
        if (missing <= 0) return Promise.resolve('found')
        if (closing.aborted) return Promise.resolve('disconnected')
        return new Promise((resolve) => {
          const done = (outcome: WaitOutcome) => {
            clearTimeout(timer)
            closing.removeEventListener('abort', onAbort)
            waiters.delete(waiter)
            resolve(outcome)
          }
          const onAbort = () => done('disconnected')
          const waiter = { matches, count, missing, done }
          const timer = setTimeout(done, timeoutMs, 'timeout')
          closing.addEventListener('abort', onAbort)
          waiters.add(waiter)
        })
      },

      endWaits(outcome: WaitOutcome) {
        for (const waiter of waiters) waiter.done(outcome)
      },

      clear(through?: string) {
        clearedThrough = lostThrough = through ?? tape.list().at(-1)?.request_id ?? lostThrough
        totalBytes -= tape.bytes
        tape.clear()
        pending.clear()
        for (const waiter of waiters) waiter.missing = waiter.count
        met.moveTo(past)
      },

      /** Frees its memory and ends its waits. Must be called when its organization is removed. */
      close() {
        isClosed = true
        journal.clear()
        journal.endWaits('reset')
        journals.delete(journal)
      },
    }

    journals.add(journal)
    return journal
  }

  function largest(): Journal {
    let found: Journal | undefined
    for (const journal of journals) if (!found || journal.bytes > found.bytes) found = journal
    if (!found) throw new Error('There is no journal')
    return found
  }

  /** Since the start, over all organizations. */
  const met: Met = {
    timesMet: (operation, status) => [past, ...journals].reduce((sum, one) => sum + one.timesMet(operation, status), 0),
    statusesMet: (operation) => [...new Set([past, ...journals].flatMap((one) => one.statusesMet(operation)))],
    unrouted() {
      const all = createTally()
      for (const one of [past, ...journals]) {
        for (const { method, path, count } of one.unrouted()) all.countUnrouted(method, path, count)
      }
      return all.unrouted()
    },
  }

  return { create, met }
}

function createTally() {
  const counts = new Map<string, Map<number, number>>()
  const unrouted = new Map<string, UnroutedCall>()

  function count(operation: string, status: number, times = 1) {
    const statuses = counts.get(operation) ?? new Map<number, number>()
    counts.set(operation, statuses.set(status, (statuses.get(status) ?? 0) + times))
  }

  function countUnrouted(method: string, path: string, times = 1) {
    const key = `${method} ${path}`
    const known = unrouted.get(key)
    if (known) known.count += times
    else if (unrouted.size < maxUnrouted) unrouted.set(key, { method, path, count: times })
  }

  return {
    count,
    countUnrouted,
    unrouted: (): UnroutedCall[] => [...unrouted.values()].map((call) => ({ ...call })),
    timesMet: (operation: string, status: number): number => counts.get(operation)?.get(status) ?? 0,
    statusesMet: (operation: string): number[] => [...(counts.get(operation)?.keys() ?? [])],

    moveTo(other: { count: typeof count; countUnrouted: typeof countUnrouted }) {
      for (const [operation, statuses] of counts) {
        for (const [status, times] of statuses) other.count(operation, status, times)
      }
      for (const { method, path, count } of unrouted.values()) other.countUnrouted(method, path, count)
      counts.clear()
      unrouted.clear()
    },
  }
}

function pathOf(url: string): string {
  return (url.split('?', 1)[0] ?? '').slice(0, maxPathLength)
}

export interface Journal extends Met {
  readonly limits: JournalLimits
  readonly bytes: number
  readonly isIdle: boolean
  dropOldest(): void
  count(call: CountedCall): void
  begin(entry: TapeEntry): void
  record(entry: TapeEntry): void
  append(entry: TapeEntry): void
  /** The last entry that is lost, and the last one that was lost because the journal was cleared. */
  readonly lostThrough: string | undefined
  readonly clearedThrough: string | undefined
  list(): TapeEntry[]
  wait(
    matches: (entry: TapeEntry) => boolean,
    count: number,
    timeoutMs: number,
    closing: AbortSignal,
  ): Promise<WaitOutcome>
  endWaits(outcome: WaitOutcome): void
  /** `through` is the request that replaced the state, if one did: not even a mark before it is of use then. */
  clear(through?: string): void
  close(): void
}
