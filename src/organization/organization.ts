import type { ClockState, Moment, Timestamp } from '../domain/clock.js'
import type { LimitViolation } from '../domain/limit.js'
import { Refusal } from '../domain/refusal.js'
import type { OrganizationSettings } from '../domain/settings.js'
import type { ResolvedSeed } from '../seed/load.js'
import type { EventLog } from './events.js'
import type { Faults } from './faults.js'
import type { Journal } from './journal.js'
import type { Buckets } from './rate.js'

/** What is both in the organization's row and in memory. */
export interface PersistentState {
  settings: Readonly<OrganizationSettings>
  clock: ClockState
  /** The seed that a reset goes back to; null if that is the server's. */
  ownSeed: ResolvedSeed | null
}

/** An organization that was used since the start: the state in its row, and what is only in memory. */
export interface OpenOrganization extends PersistentState {
  organization_id: number
  name: string
  /** The state as last committed; memory is rolled back to it when a commit fails. */
  committed: PersistentState
  /** Whether it was deleted or evicted. Calls that arrived before may still be running. */
  isGone: boolean
  now(): Timestamp
  /** The same with its text, which calls in the same millisecond share. */
  moment(): Moment
  /** When each token was last accepted, by token_id. Not worth a write on every call. */
  tokenLastUsed: Map<string, Timestamp>
  /** Counts the jobs that changed its tokens, whether or not they were committed. */
  tokenGeneration: number
  faults: Faults
  journal: Journal
  events: EventLog
  buckets: Buckets
  /** Since the last reset, as is the number of grants that calls gave. */
  violations: LimitViolation[]
  grants: number
  /** Requests being answered; while there are any, the organization is not evicted. */
  inFlight: number
  /** The sequence number of its last use, counted over all organizations. */
  lastUse: number
}

export function organizationGone(): Refusal {
  return new Refusal('TOKEN_UNKNOWN', 'The organization was deleted while this call was in progress.', {
    hint: 'The next call with this token creates it again.',
  })
}
