import type { RowChange } from '../domain/change.js'
import type { ClockState } from '../domain/clock.js'
import { defaultSettings, type OrganizationSettings } from '../domain/settings.js'
import type { ChangeSink } from '../store/writer.js'
import { applySeed, writeChanges } from '../seed/apply.js'
import { exportSeed } from '../seed/export.js'
import { loadSeed, type ResolvedSeed } from '../seed/load.js'
import type { SeedDocument } from '../seed/schema.js'
import { secretsOf, withSecrets, type Secrets } from '../seed/secrets.js'
import type { Store } from '../store/index.js'
import type { OrganizationRow } from '../store/organizations.js'
import type { Clocks } from './clock.js'
import { createEventLog } from './events.js'
import { createFaults } from './faults.js'
import { organizationGone, type OpenOrganization, type PersistentState } from './organization.js'
import { fullBuckets } from './rate.js'

interface StateOptions {
  store: Store
  serverSeed: () => ResolvedSeed
  clocks: Clocks
  forgetTokens: (organization: OpenOrganization) => void
  givenSecrets: Secrets | undefined
}

/** An export, which contains no secrets, and the hashes of the secrets by alias. */
export interface SavedState {
  state: SeedDocument
  secrets: Secrets
}

interface Replacement {
  seed: ResolvedSeed
  clock: ClockState
  ownSeed: ResolvedSeed | null
  /** Hashes for tokens of the seed that have no secret of their own. */
  secrets?: Secrets
}

/** Changes the state of organizations, and keeps memory in step with commits. */
export function createStateChanges({ store, serverSeed, clocks, forgetTokens, givenSecrets }: StateOptions) {
  /**
   * Runs `work` in the transaction of this event loop iteration. Later work of the same
   * transaction sees its changes in memory. They are undone if `work` throws, and rolled back if the commit fails.
   */
  async function change<T>(organization: OpenOrganization, work: () => T, sink?: ChangeSink): Promise<T> {
    let hasWorked = false as boolean
    try {
      const value = await store.write(() => {
        if (organization.isGone) throw organizationGone()
        const before = stateOf(organization)
        try {
          const value = work()
          hasWorked = true
          return value
        } catch (error) {
          Object.assign(organization, before)
          throw error
        }
      }, sink)
      organization.committed = stateOf(organization)
      return value
    } catch (error) {
      if (hasWorked) Object.assign(organization, organization.committed)
      throw error
    }
  }

  /** Replaces everything in the organization except its snapshots. */
  async function replace(organization: OpenOrganization, request_id: string, choose: () => Replacement) {
    await change(organization, () => {
      const { seed, clock, ownSeed, secrets = {} } = choose()
      fill(organization, withSecrets(seed, secrets), ownSeed)
      Object.assign(organization, { settings: seed.settings, clock, ownSeed })
      organization.tokenGeneration++
      // Here, since calls that follow in the same transaction belong to the new state.
      organization.events.close()
      organization.events = createEventLog({ store, organization_id: organization.organization_id })
    })
    forgetCalls(organization, request_id)
  }

  /** Tokens keep their secrets if the seed has none for them. */
  function fill({ organization_id, name }: OpenOrganization, seed: ResolvedSeed, ownSeed: ResolvedSeed | null) {
    // A secret that the seed gives to a token no longer names another one.
    const given = new Set(Object.values(secretsOf(seed.tokens)))
    const kept = Object.entries(secretsOf(store.tokens.export(organization_id))).filter(([, hash]) => !given.has(hash))
    store.atomic(() => {
      applySeed(store, {
        organization_id,
        seed,
        start: clocks.startTime(seed),
        ownSeed,
        serverSeed: serverSeed(),
        secrets: name === 'default' ? Object.fromEntries(kept) : null,
      })
    })
  }

  /** Drops what memory holds about calls to the replaced state. */
  function forgetCalls(organization: OpenOrganization, request_id: string) {
    organization.tokenLastUsed.clear()
    organization.faults.releaseAll('reset')
    organization.faults = createFaults(store.faults.list(organization.organization_id))
    organization.journal.clear(request_id)
    organization.journal.endWaits('reset')
    organization.buckets = fullBuckets()
    organization.violations = []
    organization.grants = 0
    forgetTokens(organization)
  }

  /** Must be called inside `change`. */
  function changeSettings(organization: OpenOrganization, settings: OrganizationSettings) {
    const before = JSON.stringify(organization.settings)
    store.report('settings', {}, { settings: before }, { settings: JSON.stringify(settings) })
    store.organizations.saveSettings(organization.organization_id, writeChanges(settings))
    organization.settings = settings
  }

  return {
    change,

    changeSettings,

    /**
     * Applies changes as they are, or none of them if the state is not the one that they start from: then it returns
     * false. Must be called inside `change`.
     */
    applyChanges(organization: OpenOrganization, changes: readonly RowChange[]): boolean {
      const { organization_id, clock, settings } = organization
      const inMemory = { clock: JSON.stringify(clock), settings: JSON.stringify(settings) }
      const rows = changes.filter(({ noun }) => !(noun in inMemory))
      const [move, setting] = (['clock', 'settings'] as const).map((name) => {
        const found = changes.find(({ noun }) => noun === name)
        return found && { before: found.before?.[name], after: String(found.after?.[name]) }
      })
      const fits =
        store.rows.match(organization_id, rows) &&
        (!move || move.before === inMemory.clock) &&
        (!setting || setting.before === inMemory.settings)
      if (!fits) return false
      store.atomic(() => store.rows.apply(organization_id, rows))
      if (move) clocks.replaceClock(organization, JSON.parse(move.after) as ClockState)
      if (setting) changeSettings(organization, JSON.parse(setting.after) as OrganizationSettings)
      if (rows.some(({ noun }) => noun === 'token')) organization.tokenGeneration++
      return true
    },

    /** Changes fault rules. They take effect as committed, along with other changes of this event loop iteration. */
    async changeFaults<T>(organization: OpenOrganization, work: () => T): Promise<T> {
      const value = await change(organization, work)
      organization.faults.follow(store.faults.list(organization.organization_id))
      return value
    },

    /** Goes back to the organization's own seed, or the server's. As the next two, `request_id` is the call that asks for it. */
    reset: (organization: OpenOrganization, request_id: string) =>
      replace(organization, request_id, () => {
        const { ownSeed } = organization
        const seed = ownSeed ?? serverSeed()
        return { seed, clock: clocks.startClock(seed), ownSeed }
      }),

    /** Gives the organization a seed of its own, and resets it. */
    replaceSeed: (organization: OpenOrganization, request_id: string, ownSeed: ResolvedSeed) =>
      replace(organization, request_id, () => ({ seed: ownSeed, clock: clocks.startClock(ownSeed), ownSeed })),

    save(organization: OpenOrganization): SavedState {
      const secrets = secretsOf(store.tokens.export(organization.organization_id))
      return { state: exportSeed(store, organization), secrets }
    },

    /** Goes back to a saved state; a reset still goes back to the same seed as before. */
    restore: (organization: OpenOrganization, request_id: string, findSaved: () => SavedState) =>
      replace(organization, request_id, () => {
        const { state, secrets } = findSaved()
        const seed = loadSeed(state)
        // The saved clock wins, even if this run froze the clock at another moment.
        return { seed, clock: seed.clock, ownSeed: organization.ownSeed, secrets: givenSecrets ?? secrets }
      }),
  }
}

/** The state in an organization's row. */
export function readState(row: OrganizationRow, clocks: Clocks, givenSecrets?: Secrets): PersistentState {
  const secrets = givenSecrets ?? (JSON.parse(row.secrets) as Secrets)
  return {
    settings: { ...defaultSettings, ...(JSON.parse(row.settings) as Partial<OrganizationSettings>) },
    clock: clocks.readRow(row),
    ownSeed: row.seed === null ? null : withSecrets(loadSeed(JSON.parse(row.seed)), secrets),
  }
}

function stateOf({ settings, clock, ownSeed }: OpenOrganization): PersistentState {
  return { settings, clock, ownSeed }
}
