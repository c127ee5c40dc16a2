import type { Seed } from './types.js'

type Tokens = NonNullable<Seed['tokens']>

interface Chosen {
  token: string
  /** Throws if there is none. */
  readOnlyToken: () => string
}

/** The tokens of `default`: the first of each kind whose secret is valid. Throws if there is none. */
export function chooseSecrets(tokens: Tokens, isKnown: (secret: string) => boolean): Chosen {
  return choose('default', tokens, (_alias, { secret }) =>
    secret !== undefined && isKnown(secret) ? secret : undefined,
  )
}

/** The tokens of `org-<name>`; the alias `full_access` may be left out. */
export function nameTokens(tokens: Tokens, name: string): Chosen {
  return choose(`org-${name}`, tokens, (alias) => (alias === 'full_access' ? `org-${name}` : `org-${name}.${alias}`))
}

function choose(
  name: string,
  tokens: Tokens,
  read: (alias: string, token: Tokens[string]) => string | undefined,
): Chosen {
  function first(access_level: string): string {
    for (const [alias, token] of Object.entries(tokens)) {
      if (token.access_level !== access_level || token.expires_at !== undefined || token.revoked_at !== undefined)
        continue
      const found = read(alias, token)
      if (found !== undefined) return found
    }
    const what = name === 'default' ? 'token with a secret' : 'token'
    throw new Error(`The seed has no ${access_level} ${what} for ${name}: give it one that does not expire.`)
  }

  return { token: first('FULL_ACCESS'), readOnlyToken: () => first('READ_ONLY') }
}
