import type { Timestamp } from '../domain/clock.js'
import { SetupError } from '../domain/setup-error.js'
import { applySeed } from '../seed/apply.js'
import type { ResolvedSeed } from '../seed/load.js'
import { hashOf, type Secrets } from '../seed/secrets.js'
import type { Store } from '../store/index.js'
import type { OrganizationRow } from '../store/organizations.js'
import { createClocks } from './clock.js'
import { createEventLog } from './events.js'
import { createFaults } from './faults.js'
import { createLimits } from './limits.js'
import { createJournals, type JournalLimits } from './journal.js'
import type { OpenOrganization } from './organization.js'
import { fullBuckets, takeRequest } from './rate.js'
import { createStateChanges, readState } from './state.js'
import { createTokens } from './tokens.js'

export interface OrganizationsOptions {
  store: Store
  /** The server's seed, which organizations start from. Called when it is first needed. */
  seed: () => ResolvedSeed
  /** The machine's own clock. */
  realNow: () => Timestamp
  /** The moment at which every organization's clock is frozen in this run, if any. */
  frozenAt: Timestamp | undefined
  /** Whether `org-<name>` opens an organization. */
  allowNamed: boolean
  /** The maximum number of organizations besides `default`. */
  maxOrganizations: number
  journalLimits: JournalLimits
  /** Rules for what calls may change in every organization, beside those of its seed. */
  forbid?: readonly string[]
  /** Replace the secrets of `default`, whatever the database has. */
  givenSecrets?: Secrets | undefined
}

/** The registry of organizations: opens, creates, evicts and removes them. */
export function openOrganizations({
  store,
  seed: serverSeed,
  realNow,
  frozenAt,
  allowNamed,
  maxOrganizations,
  journalLimits,
  forbid = [],
  givenSecrets,
}: OrganizationsOptions) {
  /** By name; null if it is in the database but has not been used since the start. */
  const organizations = new Map<string, OpenOrganization | null>()
  for (const name of store.organizations.listNames()) organizations.set(name, null)

  const journals = createJournals(journalLimits)
  const clocks = createClocks({ store, serverSeed, realNow, frozenAt })
  const tokens = createTokens({ store, serverSeed, allowNamed, find, isKnown: (name) => organizations.has(name) })
  const { forgetTokens } = tokens
  const stateChanges = createStateChanges({ store, serverSeed, clocks, forgetTokens, givenSecrets })
  const defaultOrganization = find('default')
  if (givenSecrets) store.atomic(() => replaceSecrets(givenSecrets))

  function find(name: string): OpenOrganization {
    return organizations.get(name) ?? open(store.organizations.find(name) ?? create(name))
  }

  function open(row: OrganizationRow): OpenOrganization {
    const { organization_id, name } = row
    const state = readState(row, clocks, givenSecrets)
    const held = {
      ...state,
      organization_id,
      name,
      committed: state,
      isGone: false,
      tokenGeneration: 0,
      tokenLastUsed: new Map(),
      faults: createFaults(store.faults.list(organization_id)),
      journal: journals.create(),
      events: createEventLog({ store, organization_id }),
      buckets: fullBuckets(),
      violations: [],
      grants: 0,
      inFlight: 0,
      lastUse: 0,
    }
    const organization: OpenOrganization = Object.assign(held, clocks.createReader(held))
    organizations.set(name, organization)
    return organization
  }

  function create(name: string): OrganizationRow {
    if (name !== 'default') evict()
    const seed = serverSeed()
    return store.atomic(() => {
      applySeed(store, {
        organization_id: store.organizations.insert(name),
        seed,
        start: clocks.startTime(seed),
        ownSeed: null,
        serverSeed: seed,
        // In other organizations, literal secrets would be ambiguous.
        secrets: name === 'default' ? {} : null,
      })
      const row = store.organizations.find(name)
      if (!row) throw new Error(`The organization ${name} is gone`)
      return row
    })
  }

  function replaceSecrets(secrets: Secrets) {
    const { organization_id } = defaultOrganization
    const aliases = store.tokens.export(organization_id).map(({ alias }) => alias)
    const unknown = Object.keys(secrets).find((alias) => !aliases.includes(alias))
    if (unknown !== undefined) {
      throw new SetupError(
        `The database has no token ${unknown}, for which a secret was given. It has ${aliases.join(', ')}.`,
      )
    }
    // Secrets are unique: first remove all, since two tokens may swap theirs.
    for (const alias of aliases) store.tokens.setSecret(organization_id, alias, null)
    for (const alias of aliases) store.tokens.setSecret(organization_id, alias, hashOf(secrets, alias))
  }

  /** Makes room for one more: removes the least recently used, but never one with requests in flight. */
  function evict() {
    while (organizations.size > maxOrganizations) {
      let oldest: { name: string; lastUse: number } | undefined
      for (const [name, organization] of organizations) {
        const { lastUse, inFlight } = organization ?? { lastUse: 0, inFlight: 0 }
        if (name === 'default' || inFlight > 0) continue
        if (!oldest || lastUse < oldest.lastUse) oldest = { name, lastUse }
      }
      if (!oldest) return
      remove(oldest.name)
    }
  }

  function remove(name: string) {
    const row = store.organizations.find(name)
    if (row) store.atomic(() => store.organizations.remove(row.organization_id))
    const organization = organizations.get(name)
    organizations.delete(name)
    if (!organization) return
    organization.isGone = true
    organization.faults.releaseAll('reset')
    organization.journal.close()
    organization.events.close()
    forgetTokens(organization)
  }

  return {
    default: defaultOrganization,

    /** Whether `default` was created from a different seed than the server's. */
    hasSeedChanged(): boolean {
      const row = store.organizations.find('default')
      return row?.seed === null && row.seed_digest !== serverSeed().digest
    },

    ...tokens,

    ...stateChanges,

    ...createLimits(forbid),

    changeClock: clocks.changeClock,

    /** The most recently used first, with the last time at which a token was accepted, by the organization's clock. */
    list(): { name: string; lastUsed: Timestamp | undefined }[] {
      return Array.from(organizations)
        .sort(([, a], [, b]) => (b?.lastUse ?? 0) - (a?.lastUse ?? 0))
        .map(([name, organization]) => {
          const times = Array.from(organization?.tokenLastUsed.values() ?? [])
          return { name, lastUsed: times.length === 0 ? undefined : Math.max(...times) }
        })
    },

    remove(organization: OpenOrganization) {
      remove(organization.name)
    },

    /** How often each operation returned each status, over all organizations, including removed ones. */
    met: journals.met,

    /** Takes a request out of the organization's rate; returns undefined if no rate is set. */
    takeRequest: ({ settings, buckets }: OpenOrganization, isGroupWrite: boolean) =>
      takeRequest(settings.rate_limit, buckets, isGroupWrite, realNow()),

    /** Must be called before the store is closed. */
    saveEvents() {
      for (const organization of organizations.values()) organization?.events.save()
    },

    /** Ends every wait, and releases every call that a fault rule holds. */
    releaseAll() {
      for (const organization of organizations.values()) {
        organization?.faults.releaseAll('continue')
        organization?.journal.endWaits('closing')
      }
    },
  }
}

export type Organizations = ReturnType<typeof openOrganizations>
