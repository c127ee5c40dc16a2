import { deepStrictEqual } from 'node:assert'
import { isDeepStrictEqual } from 'node:util'
import { alignChanges, type ExpectedChange } from './changed.js'
import { ClientError, createClient, type Client, type ChangeRange, type RequestFilter } from './client.js'
import type {
  Change,
  ClockTurned,
  Coverage,
  Fault,
  FaultRule,
  JournalEntry,
  MagicUsers,
  OrganizationFilled,
  Seed,
  Settings,
  Snapshot,
  Undone,
  Violation,
} from './types.js'
import { readSeed, type SeedSource } from './seed-source.js'

/** The environment variables of a program under test: the API's URL and a token. */
export type Environment = Record<
  'OPAL_BASE_URL' | 'OPAL_SANDBOX_URL' | 'OPAL_AUTH_TOKEN' | 'OPALMCP_BEARER_AUTH',
  string
>

/**
 * One organization of a sandbox, with its own state, clock, settings, fault rules, snapshots and journal. If the sandbox
 * rejects a call, the promise rejects with a `ClientError` that says what was expected.
 *
 * ```ts
 * const opal = sandbox.organization('payroll')
 * await opal.fault({ operation: 'update_group_user', effect: { status: 503 } })
 * ```
 */
export interface Organization {
  /** `default`, or `org-<name>`. */
  readonly name: string
  /** A token with full access. */
  readonly token: string
  /** A read-only token. Throws if the seed has no such token with a secret. */
  readonly readOnlyToken: string
  /** The sandbox's URL, without /v1. */
  readonly url: string
  /** The API's URL, with /v1: the base URL for a client of Opal. */
  readonly baseUrl: string
  /**
   * For `spawn`: `OPAL_BASE_URL` (with /v1), `OPAL_SANDBOX_URL` (without), and the token as `OPAL_AUTH_TOKEN`, which
   * Opal's Terraform provider reads, and as `OPALMCP_BEARER_AUTH`, which its TypeScript SDK reads.
   */
  readonly env: Environment
  readonly clock: OrganizationClock
  /** Returns to the organization's seed: state, clock, settings, fault rules and journal. Snapshots stay. */
  reset: () => Promise<OrganizationFilled>
  /** Exports the organization as a seed with absolute times and without secrets. */
  seed: () => Promise<Seed>
  /** Replaces the state with a seed (an object, or a YAML or JSON file), to which later resets return. */
  replace: (seed: SeedSource) => Promise<OrganizationFilled>
  /** Saves the state under a name of 1 to 64 characters `A-Z a-z 0-9 . _ -`. Overwrites a snapshot of the same name. */
  snapshot: (name: string) => Promise<Snapshot>
  /** Restores a snapshot, its clock included. */
  restore: (name: string) => Promise<OrganizationFilled>
  readonly snapshots: {
    /** Sorted by name. */
    list: () => Promise<Snapshot[]>
    delete: (name: string) => Promise<void>
  }
  /**
   * Makes matching calls fail, on top of the real state: one call, or as many as `times` says.
   *
   * ```ts
   * const fault = await opal.fault({ operation: 'update_group_user', times: 2, effect: { status: 503 } })
   * await fault.hits() // 0
   * ```
   */
  fault: (rule: FaultRuleWithDurations) => Promise<FaultHandle>
  readonly faults: {
    /** In the order in which they are matched; includes those of the magic users. */
    list: () => Promise<Fault[]>
    /** Removes them all. */
    clear: () => Promise<void>
  }
  readonly requests: {
    /** The calls under /v1, and what changed the organization otherwise, such as moves of the clock; oldest first. With `limit`, only the last ones. */
    list: (filter?: RequestFilter & { limit?: number | undefined }) => Promise<JournalEntry[]>
    /** Clears the journal and the coverage. */
    clear: () => Promise<void>
    /**
     * Waits until there are `count` matching calls (1 by default), earlier ones included. Rejects after `timeout`: `5s` by
     * default, `4m` at most.
     */
    waitFor: (
      filter?: RequestFilter & { count?: number | undefined; timeout?: DurationInput | undefined },
    ) => Promise<JournalEntry[]>
  }
  /**
   * Sums up what the calls in the journal changed: one item for each row, from its first state to its last. Rejects if the
   * journal no longer holds all of these calls.
   *
   * ```ts
   * const since = await opal.mark()
   * // ... run the code under test ...
   * const changes = await opal.changes({ since })
   * ```
   */
  changes: (range?: ChangeRange) => Promise<Change[]>
  /**
   * Rejects with an AssertionError that shows the difference unless calls changed exactly these rows, in any order. An
   * expected change names as much as matters. Moves of the clock and settings only count if the list names them.
   *
   * ```ts
   * await opal.assertChanged([{ noun: 'group_user', change: 'updated', after: { expiration_date: null } }])
   * ```
   */
  assertChanged: (expected: readonly ExpectedChange[], range?: ChangeRange) => Promise<void>
  /** Returns a mark for `since`, `until` and `undo`: the id of the latest request. */
  mark: () => Promise<string>
  /**
   * Returns to the state before a request, or to a mark: undoes what that call and all later ones changed, moves of the
   * clock and settings included. Rejects if the journal no longer holds all of that, and across a reset.
   *
   * ```ts
   * const start = await opal.mark()
   * // ... run the code under test ...
   * await opal.undo(start)
   * ```
   */
  undo: (to: string) => Promise<Undone>
  /** What calls changed since the last reset although a rule of `forbid` does not allow it. */
  violations: () => Promise<Violation[]>
  /** Counts the answers per operation and status, and names those that never occurred. */
  coverage: () => Promise<Coverage>
  readonly settings: {
    get: () => Promise<Settings>
    /** Changes the given settings; the others stay. A reset returns to the seed's. */
    change: (changes: Settings) => Promise<Settings>
  }
  /** Users that make a call end in a certain outcome; none unless the seed says `magic: true`. */
  magic: () => Promise<MagicUsers['results']>
  /** Deletes the organization with everything in it; the next call opens it again. Not for `default`. */
  delete: () => Promise<void>
}

/** The organization's clock. Every date, expiration and status follows it at once. */
export interface OrganizationClock {
  now: () => Promise<Date>
  /** Moves forward by milliseconds, or a duration such as `61m`, `1h30m`, `2d` or `PT1H`. Returns what expired and what changed its status. */
  advance: (duration: DurationInput) => Promise<ClockTurned>
  /** Moves to a moment, also backward. A running clock continues from there. */
  set: (moment: Date | string) => Promise<ClockTurned>
  /** Stops the clock; with false, lets it run on. */
  freeze: (isFrozen?: boolean) => Promise<ClockTurned>
  /** Returns to the clock that the organization started with. */
  reset: () => Promise<ClockTurned>
}

/** Milliseconds, or a text such as `61m`, `1h30m`, `2d` or `PT1H`. */
export type DurationInput = number | string

/** A fault rule whose delays may also be milliseconds. */
export type FaultRuleWithDurations = Omit<FaultRule, 'effect'> & {
  effect: Omit<FaultRule['effect'], 'delay' | 'max'> & { delay?: DurationInput; max?: DurationInput }
}

/** A fault rule that was added. */
export interface FaultHandle {
  readonly id: string
  /** Where its response does not fit the operation in Opal's document. */
  readonly warnings: readonly string[]
  /** The number of calls that it matched. Rejects if the rule is gone. */
  hits: () => Promise<number>
  /** Removes the rule. Calls that it holds continue. Does nothing if it is gone already. */
  remove: () => Promise<void>
}

export interface OrganizationOptions {
  name: string
  url: string
  token: string
  /** Throws if there is none. */
  readOnlyToken: () => string
  fetch: (request: Request) => Promise<Response>
}

/** Wraps the client of the control plane. */
export function createOrganization({ name, url, token, readOnlyToken, fetch }: OrganizationOptions): Organization {
  const client = createClient({ url, token, fetch })
  const baseUrl = `${url}/v1`

  async function changes(range?: ChangeRange): Promise<Change[]> {
    const { complete, results } = await client.getChanges(range)
    if (complete) return results
    throw new Error(
      'The journal no longer holds all changes: it keeps the last calls up to its limits, and a reset empties it. ' +
        'Set a later mark, or raise the option journal.',
    )
  }

  return {
    name,
    token,
    get readOnlyToken() {
      return readOnlyToken()
    },
    url,
    baseUrl,
    env: {
      OPAL_BASE_URL: baseUrl,
      OPAL_SANDBOX_URL: url,
      OPAL_AUTH_TOKEN: token,
      OPALMCP_BEARER_AUTH: token,
    },
    clock: {
      now: async () => new Date((await client.getClock()).now),
      advance: (duration) => client.turnClock({ advance: writeDuration(duration) }),
      set: (moment) => client.turnClock({ set: moment instanceof Date ? moment.toISOString() : moment }),
      freeze: (isFrozen = true) => client.turnClock({ freeze: isFrozen }),
      reset: () => client.turnClock({ reset: true }),
    },
    reset: () => client.reset(),
    seed: () => client.exportSeed(),
    replace: async (seed) => client.replaceSeed((await readSeed(seed)).document),
    snapshot: (name) => client.saveSnapshot(name),
    restore: (name) => client.restoreSnapshot(name),
    snapshots: {
      list: () => client.listSnapshots(),
      delete: (name) => client.deleteSnapshot(name),
    },
    fault: async (rule) => handleFault(client, await client.addFault(writeRule(rule))),
    faults: {
      list: () => client.listFaults(),
      clear: () => client.deleteFaults(),
    },
    requests: {
      list: (filter) => client.listRequests(filter),
      clear: () => client.clearRequests(),
      waitFor: ({ timeout, ...filter } = {}) =>
        client.waitForRequests({ ...filter, timeout: timeout === undefined ? undefined : writeDuration(timeout) }),
    },
    changes,
    async assertChanged(expected, range) {
      const actual = alignChanges(await changes(range), expected, isDeepStrictEqual)
      deepStrictEqual(actual, expected)
    },
    mark: async () => (await client.getChanges()).until,
    undo: (to) => client.undo(to),
    violations: () => client.listViolations(),
    coverage: () => client.getCoverage(),
    settings: {
      get: () => client.getSettings(),
      change: (changes) => client.changeSettings(changes),
    },
    magic: () => client.listMagic(),
    delete: () => client.deleteOrganization(),
  }
}

function writeDuration(duration: DurationInput): string {
  return typeof duration === 'number' ? `${duration}ms` : duration
}

function writeRule({ effect: { delay, max, ...effect }, ...rule }: FaultRuleWithDurations): FaultRule {
  return {
    ...rule,
    effect: {
      ...effect,
      ...(delay !== undefined && { delay: writeDuration(delay) }),
      ...(max !== undefined && { max: writeDuration(max) }),
    },
  }
}

function handleFault(client: Client, { fault_id: id, warnings = [] }: Fault): FaultHandle {
  return {
    id,
    warnings,
    async hits() {
      const fault = (await client.listFaults()).find(({ fault_id }) => fault_id === id)
      if (!fault) throw new Error(`The fault rule ${id} is gone: it was removed, or the organization was reset.`)
      return fault.hits
    },
    async remove() {
      await client.deleteFault(id).catch((error: unknown) => {
        if (!(error instanceof ClientError) || error.body?.code !== 'FAULT_NOT_FOUND') throw error
      })
    },
  }
}
