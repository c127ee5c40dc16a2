import {
  clampToRange,
  formatTimestamp,
  isInRange,
  moveClock,
  readClock,
  type ClockState,
  type ClockChange,
  type Timestamp,
} from '../domain/clock.js'
import { Refusal } from '../domain/refusal.js'
import type { ResolvedSeed } from '../seed/load.js'
import type { Store } from '../store/index.js'
import type { OrganizationRow } from '../store/organizations.js'
import type { OpenOrganization } from './organization.js'
import { fullBuckets } from './rate.js'

interface ClocksOptions {
  store: Store
  serverSeed: () => ResolvedSeed
  realNow: () => Timestamp
  frozenAt: Timestamp | undefined
}

/** The clocks of all organizations: where they start, and how they are moved. */
export function createClocks({ store, serverSeed, realNow, frozenAt }: ClocksOptions) {
  /** What every organization's clock starts as, where a moment was named for this run. */
  const frozen: ClockState | undefined = frozenAt === undefined ? undefined : { mode: 'frozen', at: frozenAt }

  function startClock(seed: ResolvedSeed): ClockState {
    return frozen ?? seed.clock
  }

  /** To be called inside of `change`. Returns the moments before and after. */
  function changeClock(organization: OpenOrganization, change: ClockChange): { from: Timestamp; to: Timestamp } {
    const from = organization.now()
    const start = startClock(organization.ownSeed ?? serverSeed())
    const clock = moveClock(organization.clock, change, realNow(), start)
    const to = readClock(clock, realNow())
    if (!isInRange(to)) throw outOfRange('The clock can show the years from 1970 to 9998.', 'body')
    organization.clock = clock
    // A client that advances the clock by Retry-After is let in; rates themselves run on real time.
    if (to > from) organization.buckets = fullBuckets()
    // A clock that was frozen for this run alone is not stored.
    if (!frozen) store.organizations.saveClock(organization.organization_id, JSON.stringify(clock))
    return { from, to }
  }

  return {
    startClock,

    /** What the start clock of a seed shows now; relative times are counted from here. */
    startTime(seed: ResolvedSeed): Timestamp {
      const start = readClock(startClock(seed), realNow())
      if (!isInRange(start)) throw outOfRange('The request is not valid: 1 problem.', 'body.clock.offset_ms')
      return start
    },

    readRow: (row: OrganizationRow): ClockState => frozen ?? (JSON.parse(row.clock) as ClockState),

    /** A clock that runs past the last moment stays there, so that no date gets a year of five digits. */
    read: (clock: ClockState): Timestamp => clampToRange(readClock(clock, realNow())),

    changeClock,
  }
}

export type Clocks = ReturnType<typeof createClocks>

/** As the control plane answers. */
export function showClock(organization: OpenOrganization) {
  return { now: formatTimestamp(organization.now()), mode: organization.clock.mode }
}

function outOfRange(message: string, path: string): Refusal {
  return new Refusal('INVALID_REQUEST', message, {
    errors: [{ path, message: 'leads out of the years from 1970 to 9998' }],
  })
}
