import { readClock, realClock, type Clock, type Timestamp } from './domain/clock.js'
import { Refusal } from './domain/refusal.js'
import { defaultSettings, type Settings } from './domain/settings.js'
import { applySeed } from './seed/apply.js'
import { hashSecret, type Seed } from './seed/load.js'
import type { Store } from './store/index.js'
import type { TokenGrant } from './store/tokens.js'

/** The part of an organization that lives in memory. */
export interface Organization {
  organization_id: number
  name: string
  settings: Readonly<Settings>
  now(): Timestamp
  /** When each token was last let in; not worth a write on every call. */
  tokenLastUsed: Map<string, Timestamp>
}

export interface OrganizationsOptions {
  store: Store
  /** Read only when an organization has to be filled. */
  seed: () => Seed
  /** The machine's own clock. */
  realNow: () => Timestamp
  /** The moment at which every organization's clock stands still, if one was named. */
  frozenAt: Timestamp | undefined
  /** Begin again from the seed. */
  fresh: boolean
}

/** As many headers as are remembered with the token that they name. */
const maxRememberedTokens = 1_000

/** The registry of the organizations that are open, and the tokens that lead to them. */
export function openOrganizations({ store, seed, realNow, frozenAt, fresh }: OrganizationsOptions) {
  const clock: Clock = frozenAt === undefined ? realClock : { mode: 'frozen', at: frozenAt }
  const now = () => readClock(clock, realNow())
  let seedChanged = false

  const defaultOrganization: Organization = store.atomic(() => {
    if (fresh) store.organizations.removeAll()
    const row = store.organizations.find('default')
    if (row) seedChanged = row.seed_digest !== seed().digest
    const organization_id = row?.organization_id ?? applySeed(store, 'default', seed(), now())
    return {
      organization_id,
      name: 'default',
      settings: defaultSettings,
      now,
      tokenLastUsed: new Map<string, Timestamp>(),
    }
  })

  // Hashing a secret and looking it up costs more than the call that it opens. What is remembered is the token, not a
  // permission: expiry and revocation are looked at on every call.
  const remembered = new Map<string, TokenGrant>()

  function findToken(header: string): TokenGrant {
    const known = remembered.get(header)
    if (known) return known
    const secret = /^Bearer +([\x21-\x7e]+) *$/i.exec(header)?.[1]
    if (secret === undefined) throw tokenMissing('the Authorization header is not of the form "Bearer <token>"')
    const token = store.tokens.findByHash(hashSecret(secret))
    if (!token) {
      throw new Refusal('TOKEN_UNKNOWN', 'The token is not known here.', {
        hint: 'Send a token of the seed; GET / shows those of the built-in one.',
      })
    }
    if (remembered.size === maxRememberedTokens) remembered.clear()
    remembered.set(header, token)
    return token
  }

  return {
    default: defaultOrganization,
    /** Whether the database was made from another seed than the one at hand. */
    seedChanged,

    /** To be called after tokens have changed. */
    forgetTokens: () => remembered.clear(),

    /** Whether a secret is a token's here, be it valid or not. */
    knows: (secret: string): boolean => store.tokens.findByHash(hashSecret(secret)) !== undefined,

    /** The token that an Authorization header names, and its organization. Throws a Refusal where it lets nobody in. */
    authenticate(header: string | undefined): { organization: Organization; token: TokenGrant } {
      if (header === undefined || header === '') throw tokenMissing('there is no Authorization header')
      const token = findToken(header)
      const organization = defaultOrganization
      if (token.revoked_at !== null) {
        throw new Refusal('TOKEN_REVOKED', `The token was revoked at ${token.revoked_at}.`, {
          hint: 'Use another token.',
        })
      }
      const at = organization.now()
      if (token.expires_at !== null && Date.parse(token.expires_at) <= at) {
        throw new Refusal('TOKEN_EXPIRED', `The token expired at ${token.expires_at}.`, { hint: 'Use another token.' })
      }
      organization.tokenLastUsed.set(token.token_id, at)
      return { organization, token }
    },
  }
}

export type Organizations = ReturnType<typeof openOrganizations>

function tokenMissing(what: string): Refusal {
  return new Refusal('TOKEN_MISSING', `No token: ${what}.`, {
    hint: 'Send the header "Authorization: Bearer <token>".',
  })
}
