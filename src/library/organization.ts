import { ClientError, createClient, type Client, type RequestFilter } from './client.js'
import type {
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
} from './types.js'
import { readSeed, type SeedSource } from './seed-source.js'

/** What a program under test reads from its environment: the place of the API and a token. */
export type Environment = Record<
  'OPAL_BASE_URL' | 'OPAL_SANDBOX_URL' | 'OPAL_AUTH_TOKEN' | 'OPALMCP_BEARER_AUTH',
  string
>

/**
 * One organization of a sandbox: its state, clock, settings, fault rules, snapshots and journal are its own. Where the
 * sandbox refuses, a call rejects with a `ClientError` that says what was expected.
 *
 * ```ts
 * const opal = sandbox.organization('payroll')
 * await opal.fault({ operation: 'update_group_user', effect: { status: 503 } })
 * ```
 */
export interface Organization {
  /** `default`, or `org-<name>`. */
  readonly name: string
  /** A token that may do everything. */
  readonly token: string
  /** A token that may only read. Throws where the seed gives no such token a secret. */
  readonly readOnlyToken: string
  /** Where the sandbox is, without /v1. */
  readonly url: string
  /** Where the API is, with /v1: what a client of Opal's takes as its base URL. */
  readonly baseUrl: string
  /**
   * For `spawn`: `OPAL_BASE_URL` (with /v1), `OPAL_SANDBOX_URL` (without), and the token as `OPAL_AUTH_TOKEN`, which
   * Opal's Terraform provider reads, and as `OPALMCP_BEARER_AUTH`, which its TypeScript SDK reads.
   */
  readonly env: Environment
  readonly clock: OrganizationClock
  /** Back to the organization's seed: state, clock, settings, fault rules and journal. Snapshots stay. */
  reset: () => Promise<OrganizationFilled>
  /** All that the organization holds, as a seed with absolute times and without secrets. */
  seed: () => Promise<Seed>
  /** Puts a seed in place of all that there is, and makes it what a reset leads to: an object, or a YAML or JSON file. */
  replace: (seed: SeedSource) => Promise<OrganizationFilled>
  /** Saves the whole state under a name of 1 to 64 characters `A-Z a-z 0-9 . _ -`, in place of one of the same name. */
  snapshot: (name: string) => Promise<Snapshot>
  /** Back to what was saved under the name, also the clock. */
  restore: (name: string) => Promise<OrganizationFilled>
  readonly snapshots: {
    /** By name. */
    list: () => Promise<Snapshot[]>
    delete: (name: string) => Promise<void>
  }
  /**
   * Makes calls fail, on top of the real state: those that match, once unless `times` says otherwise.
   *
   * ```ts
   * const fault = await opal.fault({ operation: 'update_group_user', times: 2, effect: { status: 503 } })
   * await fault.hits() // 0
   * ```
   */
  fault: (rule: FaultRule) => Promise<FaultHandle>
  readonly faults: {
    /** In the order in which they are tried; those of the magic users are among them. */
    list: () => Promise<Fault[]>
    /** Removes them all. */
    clear: () => Promise<void>
  }
  readonly requests: {
    /** What was called under /v1, oldest first; with `limit` only the last so many. */
    list: (filter?: RequestFilter & { limit?: number | undefined }) => Promise<JournalEntry[]>
    /** Forgets what was called, and what `coverage` has counted. */
    clear: () => Promise<void>
    /**
     * Waits until there are `count` matching calls (1 if left out), those made before included. Rejects after
     * `timeout`, `5s` if left out, `4m` at most.
     */
    waitFor: (
      filter?: RequestFilter & { count?: number | undefined; timeout?: string | undefined },
    ) => Promise<JournalEntry[]>
  }
  /** How often each operation was answered with each status, and what was never met. */
  coverage: () => Promise<Coverage>
  readonly settings: {
    get: () => Promise<Settings>
    /** Changes those that are given; the others stay. A reset brings the seed's back. */
    change: (changes: Settings) => Promise<Settings>
  }
  /** Users in whose name a call brings about a certain outcome; none where the seed does not say `magic: true`. */
  magic: () => Promise<MagicUsers['results']>
  /** Deletes the organization and all that belongs to it; the next call creates it again. Not for `default`. */
  delete: () => Promise<void>
}

/** Time as the organization sees it: every date, expiry and status follows it, and turning it waits for nothing. */
export interface OrganizationClock {
  now: () => Promise<Date>
  /** Forward by a duration such as `61m`, `1h30m`, `2d` or `PT1H`. Answers whose access ended, and whose status changed. */
  advance: (duration: string) => Promise<ClockTurned>
  /** To a moment, back also. A clock that runs goes on from there. */
  set: (moment: Date | string) => Promise<ClockTurned>
  /** Lets it stand still; with false, run on. */
  freeze: (isFrozen?: boolean) => Promise<ClockTurned>
  /** Back to the clock that the organization began with. */
  reset: () => Promise<ClockTurned>
}

/** A fault rule at work. */
export interface FaultHandle {
  readonly id: string
  /** How many calls it has met. Rejects where the rule is gone. */
  hits: () => Promise<number>
  /** Calls that it holds back go on. Nothing happens where it is gone already. */
  remove: () => Promise<void>
}

export interface OrganizationOptions {
  name: string
  url: string
  token: string
  /** Throws where nobody knows one. */
  readOnlyToken: () => string
  fetch: (request: Request) => Promise<Response>
}

/** A thin face of the control plane's client. */
export function createOrganization({ name, url, token, readOnlyToken, fetch }: OrganizationOptions): Organization {
  const client = createClient({ url, token, fetch })
  const baseUrl = `${url}/v1`
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
      advance: (duration) => client.turnClock({ advance: duration }),
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
    fault: async (rule) => handleFault(client, (await client.addFault(rule)).fault_id),
    faults: {
      list: () => client.listFaults(),
      clear: () => client.deleteFaults(),
    },
    requests: {
      list: (filter) => client.listRequests(filter),
      clear: () => client.clearRequests(),
      waitFor: (filter) => client.waitForRequests(filter),
    },
    coverage: () => client.getCoverage(),
    settings: {
      get: () => client.getSettings(),
      change: (changes) => client.changeSettings(changes),
    },
    magic: () => client.listMagic(),
    delete: () => client.deleteOrganization(),
  }
}

function handleFault(client: Client, id: string): FaultHandle {
  return {
    id,
    async hits() {
      const fault = (await client.listFaults()).find(({ fault_id }) => fault_id === id)
      if (!fault) throw new Error(`The fault rule ${id} is gone: it was removed, or the organization began again.`)
      return fault.hits
    },
    async remove() {
      await client.deleteFault(id).catch((error: unknown) => {
        if (!(error instanceof ClientError) || error.body?.code !== 'FAULT_NOT_FOUND') throw error
      })
    },
  }
}
