import {
  clampToRange,
  formatTimestamp,
  isInRange,
  momentAt,
  moveClock,
  readClock,
  type ClockState,
  type ClockChange,
  type Moment,
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
  /** The start of every organization's clock, if this run freezes them all. */
  const frozen: ClockState | undefined = frozenAt === undefined ? undefined : { mode: 'frozen', at: frozenAt }

  function startClock(seed: ResolvedSeed): ClockState {
    return frozen ?? seed.clock
  }

  /** Must be called inside `change`. Returns the moments before and after. */
  function changeClock(organization: OpenOrganization, change: ClockChange): { from: Timestamp; to: Timestamp } {
    const from = organization.now()
    const start = startClock(organization.ownSeed ?? serverSeed())
    // Read once: a clock that is set to its last moment must not have passed it.
    const real = realNow()
    const clock = moveClock(organization.clock, change, real, start)
    const to = readClock(clock, real)
    if (!isInRange(to)) throw outOfRange('The clock can show times from 1970 to 9998-12-31T17:59:59Z.', 'body')
    replaceClock(organization, clock)
    // Rates run on real time, but a client that advances the clock by Retry-After must be let through.
    if (to > from) organization.buckets = fullBuckets()
    return { from, to }
  }

  /** Must be called inside `change`. */
  function replaceClock(organization: OpenOrganization, clock: ClockState) {
    const text = JSON.stringify(clock)
    store.report('clock', {}, { clock: JSON.stringify(organization.clock) }, { clock: text })
    organization.clock = clock
    // A clock that is frozen only for this run is not stored.
    if (!frozen) store.organizations.saveClock(organization.organization_id, text)
  }

  return {
    startClock,

    /** The current time of a seed's start clock, from which relative times count. */
    startTime(seed: ResolvedSeed): Timestamp {
      const start = readClock(startClock(seed), realNow())
      if (!isInRange(start)) throw outOfRange('The request is not valid: 1 problem.', 'body.clock.offset_ms')
      return start
    },

    readRow: (row: OrganizationRow): ClockState => frozen ?? (JSON.parse(row.clock) as ClockState),

    /** Reads the clock of `holder`, which may be moved at any time. One that runs past the last moment stays there. */
    createReader(holder: { clock: ClockState }) {
      let last = momentAt(0)
      const now = (): Timestamp => clampToRange(readClock(holder.clock, realNow()))
      return {
        now,
        moment(): Moment {
          const at = now()
          if (at !== last.at) last = momentAt(at)
          return last
        },
      }
    },

    changeClock,

    replaceClock,
  }
}

export type Clocks = ReturnType<typeof createClocks>

/** The form of a clock in responses of the control plane. */
export function showClock(organization: OpenOrganization) {
  return { now: formatTimestamp(organization.now()), mode: organization.clock.mode }
}

function outOfRange(message: string, path: string): Refusal {
  return new Refusal('INVALID_REQUEST', message, {
    errors: [{ path, message: 'leads outside the range from 1970 to 9998-12-31T17:59:59Z' }],
  })
}
