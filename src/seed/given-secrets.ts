import { closest } from '../schemas/closest.js'
import { SetupError } from '../domain/setup-error.js'
import { lentTokens } from './built-in.js'
import { loadSeed } from './load.js'
import type { SeedDocument } from './schema.js'
import { secretsOf, type Secrets } from './secrets.js'

const pair = /^\s*([a-z0-9_-]+)=((?!org-)[A-Za-z0-9._~+/=-]{8,256})\s*$/

/**
 * Returns the seed with these secrets and no others; `text` is such as `full_access=...,read_only=...`. Throws a
 * SetupError that shows no secret, since it ends up in logs.
 */
export function giveSecrets(document: SeedDocument, text: string): SeedDocument {
  const given = text.split(',').map((part) => {
    const [, alias, secret] = pair.exec(part) ?? []
    if (alias === undefined || secret === undefined) {
      throw new SetupError(
        'The secrets are not of the form alias=secret, separated by commas. ' +
          'A secret has 8 to 256 characters A-Z a-z 0-9 . _ ~ + / = - and does not begin with org-.',
      )
    }
    return [alias, secret] as const
  })
  const tokens = document.tokens ?? borrowedTokens(document)
  for (const [alias] of given) if (!Object.hasOwn(tokens, alias)) throw unknownToken(alias, Object.keys(tokens))
  const secrets = new Map(given)
  const changed = Object.entries(tokens).map(([alias, { secret: _, ...token }]) => {
    const secret = secrets.get(alias)
    return [alias, secret === undefined ? token : { ...token, secret }]
  })
  return { ...document, tokens: Object.fromEntries(changed) as NonNullable<SeedDocument['tokens']> }
}

/** The hashes of the secrets in a valid seed. */
export function hashesOf(document: SeedDocument): Secrets {
  return secretsOf(loadSeed(document).tokens)
}

function unknownToken(alias: string, known: string[]): SetupError {
  const nearest = closest(alias, known)
  const hint = nearest === undefined ? `It has ${known.join(', ')}.` : `Did you mean ${nearest}?`
  return new SetupError(`The seed has no token ${alias}, for which a secret was given. ${hint}`)
}

/** A seed without tokens uses the built-in ones. This seed may lack the built-in users who own them. */
function borrowedTokens({ users = {} }: SeedDocument): NonNullable<SeedDocument['tokens']> {
  const tokens = Object.entries(lentTokens).map(([alias, { user, ...token }]) => [
    alias,
    user !== undefined && Object.hasOwn(users, user) ? { ...token, user } : token,
  ])
  return Object.fromEntries(tokens) as NonNullable<SeedDocument['tokens']>
}
