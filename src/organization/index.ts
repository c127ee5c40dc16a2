import {
  formatTimestamp,
  isInRange,
  momentAt,
  readClock,
  turnClock,
  type Clock,
  type ClockChange,
  type Moment,
  type Timestamp,
} from '../domain/clock.js'
import { ratesOf, takeFrom, type Bucket } from '../domain/rate-limit.js'
import { Refusal } from '../domain/refusal.js'
import { defaultSettings, type Settings } from '../domain/settings.js'
import { createFaults, type Faults } from './faults.js'
import { createJournals, type Journal, type JournalLimits } from './journal.js'
import { applySeed, writeChanges } from '../seed/apply.js'
import { exportSeed } from '../seed/export.js'
import { hashSecret } from '../seed/secrets.js'
import { loadSeed, type ResolvedSeed } from '../seed/load.js'
import type { SeedDocument } from '../seed/schema.js'
import { secretsOf, withSecrets, type Secrets } from '../seed/secrets.js'
import type { Store } from '../store/index.js'
import type { OrganizationRow } from '../store/organizations.js'
import type { TokenGrant } from '../store/tokens.js'

/** What an organization's row holds, and memory too. */
interface State {
  settings: Readonly<Settings>
  clock: Clock
  /** The seed that it goes back to, where that is not the server's. */
  ownSeed: ResolvedSeed | null
}

/** An organization that is open: what of it lives in memory. */
export interface Organization extends State {
  organization_id: number
  name: string
  /** What of its state is on record: memory goes back to it where a commit fails. */
  onRecord: State
  /** It was deleted; calls that had come before may still be under way. */
  isGone: boolean
  now(): Timestamp
  /** The same with its text, which calls of one millisecond share. */
  moment(): Moment
  /** When each token was last let in; not worth a write on every call. */
  tokenLastUsed: Map<string, Timestamp>
  faults: Faults
  journal: Journal
  /** What is left of this second's requests, and of those that create or change groups. */
  buckets: { requests: Bucket; groupWrites: Bucket }
  /** How many requests are being answered: while there are any, it is not given up for another. */
  inFlight: number
  /** The number of its last use, counted over all organizations. */
  lastUse: number
}

export interface OrganizationsOptions {
  store: Store
  /** The seed that organizations begin with; made when it is first needed. */
  seed: () => ResolvedSeed
  /** The machine's own clock. */
  realNow: () => Timestamp
  /** The moment at which every organization's clock begins to stand still, if one was named. */
  frozenAt: Timestamp | undefined
  /** Begin again from the seed, with no other organizations. */
  fresh: boolean
  /** Whether `org-<name>` opens one. */
  allowNamed: boolean
  /** How many there may be beside `default`. */
  maxOrganizations: number
  journalLimits: JournalLimits
}

interface Entry {
  organization: Organization
  /** Undefined where the organization has none of this alias. */
  token: TokenGrant | undefined
  alias: string
}

/** As many headers are remembered with the token that they name. */
const maxRemembered = 10_000

const organizationToken = /^org-(?<name>[a-z0-9_-]{1,64})(?:\.(?<alias>[a-z0-9_-]{1,64}))?$/

/** The registry of organizations, and the tokens that lead to them. */
export function openOrganizations(options: OrganizationsOptions) {
  const { store, seed: serverSeed, realNow, frozenAt, allowNamed, maxOrganizations } = options
  /** By name; null where one is in the database and was not used since the start. */
  const organizations = new Map<string, Organization | null>()
  // Hashing a secret and looking it up costs more than the call that it opens. What is remembered is the token, not a
  // permission: expiry and revocation are looked at on every call.
  const remembered = new Map<string, Entry>()
  const journals = createJournals(options.journalLimits)
  let uses = 0

  if (options.fresh) store.organizations.removeAll()
  for (const name of store.organizations.listNames()) organizations.set(name, null)
  const defaultOrganization = open('default')

  /** The organization as it is in the database, or a new one from the server's seed. */
  function open(name: string): Organization {
    const row = store.organizations.find(name) ?? create(name)
    const state: State = {
      settings: readKept(row),
      clock: frozenAt === undefined ? (JSON.parse(row.clock) as Clock) : { mode: 'frozen', at: frozenAt },
      ownSeed:
        row.seed === null ? null : withSecrets(loadSeed(JSON.parse(row.seed)), JSON.parse(row.secrets) as Secrets),
    }
    let moment = momentAt(0)
    const organization: Organization = {
      ...state,
      organization_id: row.organization_id,
      name,
      onRecord: state,
      isGone: false,
      now: () => readClock(organization.clock, realNow()),
      moment: () => {
        const at = organization.now()
        if (at !== moment.at) moment = momentAt(at)
        return moment
      },
      tokenLastUsed: new Map(),
      faults: createFaults(store.faults.list(row.organization_id)),
      journal: journals.create(),
      buckets: fullBuckets(),
      inFlight: 0,
      lastUse: 0,
    }
    organizations.set(name, organization)
    return organization
  }

  function create(name: string): OrganizationRow {
    if (name !== 'default') makeRoom()
    const seed = serverSeed()
    return store.atomic(() => {
      const organization_id = store.organizations.insert(name)
      applySeed(store, {
        organization_id,
        seed,
        start: startOf(seed),
        ownSeed: null,
        serverSeed: seed,
        // Literal secrets would name several tokens if they stood elsewhere too.
        secrets: name === 'default' ? {} : null,
      })
      const row = store.organizations.find(name)
      if (!row) throw new Error(`The organization ${name} is gone`)
      return row
    })
  }

  /** What the clock of a seed shows at first. */
  function startOf(seed: ResolvedSeed): Timestamp {
    const start = readClock(startClock(seed), realNow())
    if (isInRange(start)) return start
    throw new Refusal('INVALID_REQUEST', 'The request is not valid: 1 problem.', {
      errors: [{ path: 'body.clock.offset_ms', message: 'leads out of the years from 1970 to 9998' }],
    })
  }

  function startClock(seed: ResolvedSeed): Clock {
    return frozenAt === undefined ? seed.clock : { mode: 'frozen', at: frozenAt }
  }

  /** The one that was not used for the longest time goes, but never one with a request in flight. */
  function makeRoom() {
    while (organizations.size > maxOrganizations) {
      let oldest: { name: string; lastUse: number } | undefined
      for (const [name, organization] of organizations) {
        const lastUse = organization?.lastUse ?? 0
        if (name === 'default' || (organization && organization.inFlight > 0)) continue
        if (!oldest || lastUse < oldest.lastUse) oldest = { name, lastUse }
      }
      if (!oldest) return
      discard(oldest.name)
    }
  }

  function discard(name: string) {
    const row = store.organizations.find(name)
    if (row) store.atomic(() => store.organizations.remove(row.organization_id))
    const organization = organizations.get(name)
    organizations.delete(name)
    remembered.clear()
    if (!organization) return
    organization.isGone = true
    organization.faults.releaseAll('outlived')
    organization.journal.close()
  }

  function findEntry(header: string | undefined): Entry {
    if (header === undefined || header === '') throw tokenMissing('there is no Authorization header')
    const known = remembered.get(header)
    if (known) return known
    const secret = /^Bearer +([\x21-\x7e]+) *$/i.exec(header)?.[1]
    if (secret === undefined) throw tokenMissing('the Authorization header is not of the form "Bearer <token>"')
    const entry = secret.startsWith('org-') ? findNamed(secret) : findSecret(secret)
    if (remembered.size === maxRemembered) remembered.clear()
    remembered.set(header, entry)
    return entry
  }

  function findSecret(secret: string): Entry {
    const token = store.tokens.findByHash(hashSecret(secret))
    if (!token) {
      throw new Refusal('TOKEN_UNKNOWN', 'The token is not known here.', {
        hint: 'Send a token of the seed; GET / shows those of the built-in one. A token org-<name> opens an organization.',
      })
    }
    return { organization: defaultOrganization, token, alias: '' }
  }

  /** `org-<name>` opens an organization; `org-<name>.<alias>` is the token that its seed calls so. */
  function findNamed(secret: string): Entry {
    if (!allowNamed) {
      throw new Refusal('TOKEN_UNKNOWN', 'Tokens of the form org-<name> are switched off here.', {
        hint: 'Start without --organizations off, or send a token of the seed.',
      })
    }
    const { name, alias: given } = organizationToken.exec(secret)?.groups ?? {}
    if (name === undefined) {
      throw new Refusal('TOKEN_UNKNOWN', 'The token names no organization.', {
        hint: 'It is org-<name> or org-<name>.<alias>, where a name has 1 to 64 characters a-z 0-9 _ -',
      })
    }
    // A mistyped alias opens nothing.
    if (
      !organizations.has(`org-${name}`) &&
      given !== undefined &&
      !serverSeed().tokens.some(({ alias }) => alias === given)
    ) {
      throw aliasUnknown(given, serverSeed().tokens)
    }
    const organization = organizations.get(`org-${name}`) ?? open(`org-${name}`)
    const alias = given ?? 'full_access'
    return { organization, alias, token: store.tokens.findByAlias(organization.organization_id, alias) }
  }

  /** Writes, and keeps memory in step if that fails. Later writes of the same turn see already what `work` changes. */
  async function change<T>(organization: Organization, work: () => T): Promise<T> {
    let isWorked = false as boolean
    try {
      const answer = await store.write(() => {
        if (organization.isGone) throw organizationGone()
        const before = stateOf(organization)
        try {
          const value = work()
          isWorked = true
          return value
        } catch (error) {
          Object.assign(organization, before)
          throw error
        }
      })
      organization.onRecord = stateOf(organization)
      return answer
    } catch (error) {
      if (isWorked) Object.assign(organization, organization.onRecord)
      throw error
    }
  }

  /**
   * Puts a seed's state in place of the organization's, whose own seed stays what it is. Tokens keep the secrets that
   * they have, where `secrets` gives them no others.
   */
  function fill({ organization_id, name, ownSeed }: Organization, seed: ResolvedSeed, secrets: Secrets = {}) {
    const own = withSecrets(seed, secrets)
    // A secret that the seed gives to a token is no longer another one's.
    const given = new Set(Object.values(secretsOf(own.tokens)))
    const kept = Object.entries(secretsOf(store.tokens.export(organization_id))).filter(([, hash]) => !given.has(hash))
    store.atomic(() => {
      applySeed(store, {
        organization_id,
        seed: own,
        start: startOf(seed),
        ownSeed,
        serverSeed: serverSeed(),
        secrets: name === 'default' ? Object.fromEntries(kept) : null,
      })
    })
  }

  /** What memory holds beside the state, once another state is on record. */
  function beginAgain(organization: Organization) {
    organization.tokenLastUsed.clear()
    organization.faults.releaseAll('outlived')
    organization.faults = createFaults(store.faults.list(organization.organization_id))
    organization.journal.clear()
    organization.journal.endWaits('begun again')
    organization.buckets = fullBuckets()
    remembered.clear()
  }

  return {
    default: defaultOrganization,

    /** Whether the default organization was made from another seed than the one at hand. */
    seedChanged: (): boolean => {
      const row = store.organizations.find('default')
      return row?.seed === null && row.seed_digest !== serverSeed().digest
    },

    /** To be called after tokens have changed. */
    forgetTokens: () => remembered.clear(),

    /** Whether a secret is a token's here, be it valid or not. */
    knows: (secret: string): boolean => store.tokens.findByHash(hashSecret(secret)) !== undefined,

    /** Whether any token of the default organization has one; of an export none has. */
    hasSecrets: (): boolean =>
      Object.keys(secretsOf(store.tokens.export(defaultOrganization.organization_id))).length > 0,

    /**
     * The organization that an Authorization header names, whatever its token may do, and that token. Throws a Refusal
     * where it names none.
     */
    identify(header: string | undefined): Entry {
      const entry = findEntry(header)
      entry.organization.lastUse = ++uses
      return entry
    },

    /** Throws a Refusal where the token lets nobody in; answers it. */
    admit({ organization, token, alias }: Entry): TokenGrant {
      if (!token) throw aliasUnknown(alias, store.tokens.export(organization.organization_id))
      if (token.revoked_at !== null) {
        throw new Refusal('TOKEN_REVOKED', `The token was revoked at ${token.revoked_at}.`, {
          hint: 'Use another token.',
        })
      }
      const now = organization.now()
      if (token.expires_at !== null && Date.parse(token.expires_at) <= now) {
        throw new Refusal('TOKEN_EXPIRED', `The token expired at ${token.expires_at}.`, { hint: 'Use another token.' })
      }
      organization.tokenLastUsed.set(token.token_id, now)
      return token
    },

    /** Answers the moments before and after. */
    turnClock(organization: Organization, clockChange: ClockChange): { from: Timestamp; to: Timestamp } {
      const from = organization.now()
      const clock = turnClock(
        organization.clock,
        clockChange,
        realNow(),
        startClock(organization.ownSeed ?? serverSeed()),
      )
      const to = readClock(clock, realNow())
      if (!isInRange(to)) {
        throw new Refusal('INVALID_REQUEST', 'The clock can show the years from 1970 to 9998.', {
          errors: [{ path: 'body', message: 'leads out of the years from 1970 to 9998' }],
        })
      }
      organization.clock = clock
      // Or a frozen clock would mean 429 for ever.
      if (to > from) organization.buckets = fullBuckets()
      // A clock that was frozen for this run is not kept beyond it.
      if (frozenAt === undefined) store.organizations.saveClock(organization.organization_id, JSON.stringify(clock))
      return { from, to }
    },

    changeSettings(organization: Organization, settings: Settings) {
      store.organizations.saveSettings(organization.organization_id, writeChanges(settings))
      organization.settings = settings
    },

    /** Back to the organization's own seed. */
    async reset(organization: Organization) {
      await change(organization, () => {
        const seed = organization.ownSeed ?? serverSeed()
        fill(organization, seed)
        Object.assign(organization, { settings: seed.settings, clock: startClock(seed) })
      })
      beginAgain(organization)
    },

    /** From now on the organization's own seed is this one. */
    async replaceSeed(organization: Organization, ownSeed: ResolvedSeed) {
      await change(organization, () => {
        fill({ ...organization, ownSeed }, ownSeed)
        Object.assign(organization, { settings: ownSeed.settings, clock: startClock(ownSeed), ownSeed })
      })
      beginAgain(organization)
    },

    /** The whole state, to be restored. */
    save(organization: Organization): { state: SeedDocument; secrets: Secrets } {
      const secrets = secretsOf(store.tokens.export(organization.organization_id))
      return { state: exportSeed(store, organization), secrets }
    },

    /** Back to a state that was saved; the seed that a reset leads to stays. */
    async restore(organization: Organization, findSaved: () => { state: SeedDocument; secrets: Secrets }) {
      await change(organization, () => {
        const { state, secrets } = findSaved()
        const seed = loadSeed(state)
        fill(organization, seed, secrets)
        // What was saved carries its clock, also where this run began with another.
        Object.assign(organization, { settings: seed.settings, clock: seed.clock })
      })
      beginAgain(organization)
    },

    remove(organization: Organization) {
      discard(organization.name)
    },

    change,

    /** Writes fault rules. Those at work are what is on record, whatever else was changed in the same turn. */
    async changeFaults<T>(organization: Organization, work: () => T): Promise<T> {
      const answer = await change(organization, work)
      organization.faults.follow(store.faults.list(organization.organization_id))
      return answer
    },

    /** How often each operation met each status, over all organizations, also those that are gone. */
    met: journals.met,

    /** Takes a request out of the organization's rate; answers nothing where no rate is set. */
    takeRequest({ settings, buckets }: Organization, isGroupWrite: boolean) {
      const rates = ratesOf(settings.rate_limit)
      if (!rates) return undefined
      const all = { bucket: buckets.requests, limit: rates.requests }
      const writes = { bucket: buckets.groupWrites, limit: rates.groupWrites }
      return takeFrom(isGroupWrite ? [all, writes] : [all], realNow())
    },

    /** Lets go of every call that is held back or waits. */
    releaseAll() {
      for (const organization of organizations.values()) {
        organization?.faults.releaseAll('goes on')
        organization?.journal.endWaits('closing')
      }
    },
  }

  function readKept(row: OrganizationRow): Settings {
    return { ...defaultSettings, ...(JSON.parse(row.settings) as Partial<Settings>) }
  }
}

export type Organizations = ReturnType<typeof openOrganizations>

/** More than any rate lets through: the first look cuts them to size. */
function fullBuckets() {
  return { requests: { tokens: Infinity, at: 0 }, groupWrites: { tokens: Infinity, at: 0 } }
}

/** For messages and answers. */
export function describeClock(organization: Organization) {
  return { now: formatTimestamp(organization.now()), mode: organization.clock.mode }
}

export function organizationGone(): Refusal {
  return new Refusal('TOKEN_UNKNOWN', 'The organization was deleted while this call was under way.', {
    hint: 'The next call with the token opens it anew.',
  })
}

function stateOf({ settings, clock, ownSeed }: Organization): State {
  return { settings, clock, ownSeed }
}

function aliasUnknown(alias: string, tokens: { alias: string }[]): Refusal {
  return new Refusal('TOKEN_UNKNOWN', `The organization has no token ${alias}.`, {
    // The whole token would stand in the journal.
    hint: `After the dot comes one of ${tokens.map((token) => token.alias).join(', ')}.`,
  })
}

function tokenMissing(what: string): Refusal {
  return new Refusal('TOKEN_MISSING', `No token: ${what}.`, {
    hint: 'Send the header "Authorization: Bearer <token>".',
  })
}
