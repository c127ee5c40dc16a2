import type { Timestamp } from '../domain/clock.js'
import { Refusal } from '../domain/refusal.js'
import type { ResolvedSeed } from '../seed/load.js'
import { hashSecret, secretsOf } from '../seed/secrets.js'
import type { Store } from '../store/index.js'
import type { TokenGrant } from '../store/tokens.js'
import type { OpenOrganization } from './organization.js'

/** What an Authorization header names, whether or not its token is valid. */
export interface Identity {
  organization: OpenOrganization
  /** Undefined if the organization has no token with this alias. */
  token: TokenGrant | undefined
  alias: string
  /** The organization's, when the token was looked up. */
  tokenGeneration: number
}

interface TokensOptions {
  store: Store
  serverSeed: () => ResolvedSeed
  /** Whether `org-<name>` opens an organization. */
  allowNamed: boolean
  /** Whether there is an organization of this name. */
  isKnown: (name: string) => boolean
  /** Opens the organization of this name, or creates it. */
  find: (name: string) => OpenOrganization
}

export function namedDisabled(): Refusal {
  return new Refusal('TOKEN_UNKNOWN', 'Tokens of the form org-<name> are disabled.', {
    hint: 'Start without --organizations off, or send a token of the seed.',
  })
}

/** Cache capacity, in headers. */
const maxCached = 10_000

const organizationToken = /^org-(?<name>[a-z0-9_-]{1,64})(?:\.(?<alias>[a-z0-9_-]{1,64}))?$/

/** The tokens of all organizations. */
export function createTokens({ store, serverSeed, allowNamed, isKnown, find }: TokensOptions) {
  // Hashing a secret and looking it up costs more than the call itself. Only the token is cached, not a permission:
  // expiration and revocation are checked on every call.
  const cache = new Map<string, Identity>()

  let uses = 0

  function cacheIdentity(header: string): Identity {
    const identity = findByHeader(header)
    // First in, first out: tracking use would slow down every hit, and an evicted token is quickly looked up again.
    const [oldest] = cache.keys()
    if (oldest !== undefined && cache.size === maxCached) cache.delete(oldest)
    cache.set(header, identity)
    return identity
  }

  function findByHeader(header: string): Identity {
    const secret = /^Bearer +([\x21-\x7e]+) *$/i.exec(header)?.[1]
    if (secret === undefined) throw tokenMissing('the Authorization header is not of the form "Bearer <token>"')
    return secret.startsWith('org-') ? findNamed(secret) : findSecret(secret)
  }

  function findSecret(secret: string): Identity {
    const token = store.tokens.findByHash(hashSecret(secret))
    if (!token) {
      throw new Refusal('TOKEN_UNKNOWN', 'The token is unknown.', {
        hint: 'Send a token of the seed; GET / lists those of the built-in seed. A token org-<name> opens an organization.',
      })
    }
    return withGeneration({ organization: find('default'), token, alias: '' })
  }

  /** `org-<name>` opens an organization; `org-<name>.<alias>` names a token of its seed. */
  function findNamed(secret: string): Identity {
    if (!allowNamed) {
      throw namedDisabled()
    }
    const { name, alias: given } = organizationToken.exec(secret)?.groups ?? {}
    if (name === undefined) {
      throw new Refusal('TOKEN_UNKNOWN', 'The token names no organization.', {
        hint: 'Send org-<name> or org-<name>.<alias>, where name and alias have 1 to 64 characters a-z 0-9 _ -',
      })
    }
    // A mistyped alias must not create an organization.
    if (given !== undefined && !isKnown(`org-${name}`) && !serverSeed().tokens.some(({ alias }) => alias === given)) {
      throw aliasUnknown(given, serverSeed().tokens)
    }
    const organization = find(`org-${name}`)
    const alias = given ?? 'full_access'
    const token = store.tokens.findByAlias(organization.organization_id, alias)
    return withGeneration({ organization, alias, token })
  }

  /** Evicts an organization's tokens from the cache. Must be called after they have changed. */
  function forgetTokens(organization: OpenOrganization) {
    for (const [header, identity] of cache) if (identity.organization === organization) cache.delete(header)
  }

  /** Returns the token; throws a Refusal if it is not valid. */
  function authenticate({ organization, token, alias }: Identity): TokenGrant {
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
  }

  return {
    /** The organization and the token that an Authorization header names. Throws a Refusal if it names none. */
    identify(header: string | undefined): Identity {
      if (header === undefined || header === '') throw tokenMissing('there is no Authorization header')
      const cached = cache.get(header)
      const isCurrent = cached?.tokenGeneration === cached?.organization.tokenGeneration
      const identity = cached && isCurrent ? cached : cacheIdentity(header)
      identity.organization.lastUse = ++uses
      return identity
    },

    authenticate,

    /** Looks a token up again, past the cache, and checks it; throws a Refusal if it is not valid any more. */
    confirm: (header: string): TokenGrant => authenticate(findByHeader(header)),

    forgetTokens,

    /** A valid token that opens `org-<name>`; undefined if there is none. */
    namedToken(name: string): string | undefined {
      if (!allowNamed) return undefined
      const aliases = serverSeed().tokens.flatMap((token) => (isEndless(token) ? [token.alias] : []))
      if (aliases.includes('full_access')) return `org-${name}`
      return aliases[0] && `org-${name}.${aliases[0]}`
    },

    /** Whether a secret names a token, valid or not. */
    isTokenSecret: (secret: string): boolean => store.tokens.findByHash(hashSecret(secret)) !== undefined,

    /** Whether any token of `default` has a secret. After starting from an export, none has. */
    hasSecrets: (): boolean => Object.keys(secretsOf(store.tokens.export(find('default').organization_id))).length > 0,
  }
}

function withGeneration(identity: Omit<Identity, 'tokenGeneration'>): Identity {
  return { ...identity, tokenGeneration: identity.organization.tokenGeneration }
}

function isEndless({ revoked_at, expires_at }: { revoked_at: unknown; expires_at: unknown }): boolean {
  return revoked_at === null && expires_at === null
}

/** Whether `authenticate` accepts a token. */
export function isValidToken({ revoked_at, expires_at }: TokenGrant, now: Timestamp): boolean {
  return revoked_at === null && (expires_at === null || Date.parse(expires_at) > now)
}

function aliasUnknown(alias: string, tokens: { alias: string }[]): Refusal {
  return new Refusal('TOKEN_UNKNOWN', `The organization has no token ${alias}.`, {
    // Does not repeat the whole token, which would end up in the journal.
    hint: `Send one of these after the dot: ${tokens.map((token) => token.alias).join(', ')}.`,
  })
}

function tokenMissing(what: string): Refusal {
  return new Refusal('TOKEN_MISSING', `No token: ${what}.`, {
    hint: 'Send the header "Authorization: Bearer <token>".',
  })
}
