import type { Seed } from '../types.js'

type Tokens = NonNullable<Seed['tokens']>

interface Chosen {
  /** Undefined where there is none that may do everything. */
  token: string | undefined
  readOnlyToken: string | undefined
}

/** The tokens of `default`: of each kind the first that has a secret which lets somebody in. */
export function chooseSecrets(tokens: Tokens, isKnown: (secret: string) => boolean): Chosen {
  return choose(tokens, (_alias, { secret }) => (secret !== undefined && isKnown(secret) ? secret : undefined))
}

/** The tokens of `org-<name>`, of which `full_access` needs not be named. */
export function nameTokens(tokens: Tokens, name: string): Chosen {
  return choose(tokens, (alias) => (alias === 'full_access' ? `org-${name}` : `org-${name}.${alias}`))
}

function choose(tokens: Tokens, read: (alias: string, token: Tokens[string]) => string | undefined): Chosen {
  const lasting = Object.entries(tokens).filter(([, token]) => !token.expires_at && !token.revoked_at)
  const first = (access_level: string) =>
    lasting
      .filter(([, token]) => token.access_level === access_level)
      .map(([alias, token]) => read(alias, token))
      .find((token) => token !== undefined)
  return { token: first('FULL_ACCESS'), readOnlyToken: first('READ_ONLY') }
}
