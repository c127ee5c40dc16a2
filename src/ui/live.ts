import { useEffect, useState } from 'preact/hooks'
import { ClientError } from '../library/client.js'
import type { Clock, JournalEntry, Seed } from '../library/types.js'
import { createDirectory, happenings, type Directory, type Happening } from './access.js'
import { readWelcome, type Session, type Welcome } from './session.js'

/** How often what no waiting call reports is read: moves of the clock, resets, answers that were held. */
const pollMs = 2_000

/** Renewed before the server ends it, which browsers report as an error. */
const waitMs = 200_000

/** A burst of calls is shown at once. */
const pauseMs = 150

/** Calls do not get into the journal in the order of their ids, so the last ones are read again. */
const overlap = 20

const maxCalls = 1_000
const maxHappenings = 50

/** What the page knows of an organization, kept up to date. */
export interface State {
  status: 'loading' | 'live' | 'offline' | 'token_needed'
  /** Why a token is needed, or what else went wrong. */
  message: string | undefined
  welcome: Welcome | undefined
  /** What the clock showed, and when that was by the browser's own. */
  clock: (Clock & { readAt: number }) | undefined
  seed: Seed | undefined
  directory: Directory
  /** Newest first. */
  calls: JournalEntry[]
  /** Newest first: what happened to access since the page was opened. */
  happened: Happening[]
  /** Grows when anything may have changed. */
  revision: number
}

export interface Live {
  session: Session
  state: () => State
  subscribe: (listener: () => void) => () => void
  /** Changes the organization, then reads everything again. */
  change: (work: () => Promise<unknown>) => Promise<void>
  close: () => void
}

const noDirectory: Directory = { nameOf: () => undefined, grants: [] }

export function openLive(session: Session): Live {
  const { client } = session
  const listeners = new Set<() => void>()
  let state: State = {
    status: 'loading',
    message: undefined,
    welcome: undefined,
    clock: undefined,
    seed: undefined,
    directory: noDirectory,
    calls: [],
    happened: [],
    revision: 0,
  }
  let isClosed = false
  /** How long the last export took: it is not repeated more often than it can be afforded. */
  let seedCostMs = 0
  let seedTimer: ReturnType<typeof setTimeout> | undefined
  let wait: AbortController | undefined
  let announcedUntil: number | undefined
  let changing: Promise<unknown> = Promise.resolve()

  function update(changes: Partial<State>) {
    if (isClosed) return
    state = { ...state, ...changes }
    for (const listener of listeners) listener()
  }

  function fail(error: unknown) {
    if (isClosed) return
    if (error instanceof ClientError && error.status === 401) {
      update({ status: 'token_needed', message: error.body?.message })
    } else {
      const isReached = error instanceof ClientError
      update({ status: 'offline', message: isReached ? error.message : 'The sandbox does not answer.' })
    }
  }

  async function readSeed() {
    const began = performance.now()
    const seed = await client.exportSeed()
    seedCostMs = performance.now() - began
    update({ seed, directory: createDirectory(seed), revision: state.revision + 1 })
  }

  function readSeedSoon() {
    seedTimer ??= setTimeout(
      () => {
        seedTimer = undefined
        readSeed().catch(fail)
      },
      Math.max(100, seedCostMs * 5),
    )
  }

  async function readClock() {
    const clock = { ...(await client.getClock()), readAt: performance.now() }
    update({ clock })
    announce(momentOf(clock))
  }

  /** Reports what happened to access since the last time. */
  function announce(now: number) {
    const found = announcedUntil === undefined ? [] : happenings(state.directory.grants, announcedUntil, now)
    announcedUntil = now
    if (found.length > 0) update({ happened: [...found.reverse(), ...state.happened].slice(0, maxHappenings) })
  }

  function take(entries: JournalEntry[]) {
    const byId = new Map(state.calls.map((call) => [call.request_id, call]))
    const fresh = entries.filter((entry) => {
      const known = byId.get(entry.request_id)
      return known === undefined || known.pending !== entry.pending
    })
    if (fresh.length === 0) return
    for (const entry of fresh) byId.set(entry.request_id, entry)
    const calls = [...byId.values()].sort((a, b) => countOf(b) - countOf(a)).slice(0, maxCalls)
    update({ calls, revision: state.revision + 1 })
    if (fresh.some(isChange)) readSeedSoon()
  }

  async function readNew() {
    const from =
      state.calls.findLast(({ pending }) => pending) ?? state.calls[Math.min(overlap, state.calls.length - 1)]
    take(await client.listRequests({ since: from && idBefore(from) }))
  }

  async function readAll() {
    // First, since the names of what expired come from the access that was read before.
    await readClock()
    const [calls] = await Promise.all([client.listRequests(), readSeed()])
    update({
      status: 'live',
      message: undefined,
      calls: calls.sort((a, b) => countOf(b) - countOf(a)),
      revision: state.revision + 1,
    })
  }

  /** Waits for calls as long as the page is open. */
  async function follow() {
    while (!isClosed) {
      await changing
      if (state.status !== 'live') {
        await sleep(1_000)
        await start()
        continue
      }
      wait = new AbortController()
      const renewal = setTimeout(() => wait?.abort(), waitMs)
      try {
        const since = state.calls[0]?.request_id
        await session.waitingClient(wait.signal).waitForRequests({ since, timeout: '4m' })
        await readNew()
        await sleep(pauseMs)
      } catch (error) {
        if (wait.signal.aborted) continue
        if (error instanceof ClientError && error.body?.code === 'WAIT_ENDED') await refresh()
        else fail(error)
      } finally {
        clearTimeout(renewal)
      }
    }
  }

  async function poll() {
    if (state.status !== 'live' || document.hidden) return
    try {
      await readNew()
      await readClock()
    } catch (error) {
      fail(error)
    }
  }

  function tick() {
    if (state.clock !== undefined && state.clock.mode !== 'frozen') announce(momentOf(state.clock))
  }

  async function start() {
    try {
      update({ welcome: await readWelcome() })
      await readAll()
    } catch (error) {
      fail(error)
    }
  }

  /** Some changes end waits, which the browser would report as an error. So no wait runs meanwhile. */
  async function change(work: () => Promise<unknown>) {
    wait?.abort()
    const changed = work()
    changing = changed.catch(() => undefined)
    await changed
    await refresh()
  }

  async function refresh() {
    try {
      await readAll()
    } catch (error) {
      fail(error)
    }
  }

  const poller = setInterval(() => {
    poll().catch(fail)
  }, pollMs)
  const ticker = setInterval(tick, 1_000)
  const onFocus = () => {
    refresh().catch(fail)
  }
  addEventListener('focus', onFocus)
  start().then(follow).catch(fail)

  return {
    session,
    state: () => state,
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    change,
    close() {
      isClosed = true
      clearInterval(poller)
      clearInterval(ticker)
      wait?.abort()
      clearTimeout(seedTimer)
      removeEventListener('focus', onFocus)
    },
  }
}

export function useLive(live: Live): State {
  const [state, setState] = useState(live.state)
  useEffect(() => {
    setState(live.state)
    return live.subscribe(() => setState(live.state))
  }, [live])
  return state
}

/** The time of the organization now. */
export function momentOf({ now, mode, readAt }: NonNullable<State['clock']>): number {
  return Date.parse(now) + (mode === 'frozen' ? 0 : performance.now() - readAt)
}

/** The same, once a second. */
export function useNow(clock: State['clock']): number {
  const [, setCount] = useState(0)
  useEffect(() => {
    if (clock === undefined || clock.mode === 'frozen') return
    const timer = setInterval(() => setCount((count) => count + 1), 1_000)
    return () => clearInterval(timer)
  }, [clock])
  return clock === undefined ? Date.now() : momentOf(clock)
}

function isChange({ changes, changes_cut, method }: JournalEntry): boolean {
  return changes !== undefined || changes_cut === true || method !== 'GET'
}

/** Ids count up in base 36. */
function countOf({ request_id }: Pick<JournalEntry, 'request_id'>): number {
  return parseInt(request_id.slice('req-'.length), 36)
}

/** The id before that of a call; undefined if it was the first. */
function idBefore(call: JournalEntry): string | undefined {
  const count = countOf(call) - 1
  return count > 0 ? `req-${count.toString(36)}` : undefined
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms)
  })
}
