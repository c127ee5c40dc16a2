import { createHash } from 'node:crypto'
import type { SeedDocument } from './schema.js'

/** SHA-256 hashes of tokens' secrets in hex, by alias. */
export type Secrets = Readonly<Record<string, string>>

interface Token {
  alias: string
  token_hash: Buffer | null
}

/** Returns the hashes of the tokens that have a secret. */
export function secretsOf(tokens: Token[]): Secrets {
  return Object.fromEntries(
    tokens.flatMap(({ alias, token_hash }) => (token_hash ? [[alias, token_hash.toString('hex')]] : [])),
  )
}

/** Adds secrets to tokens that have none of their own. */
export function withSecrets<Seed extends { tokens: Token[] }>(seed: Seed, secrets: Secrets): Seed {
  const tokens = seed.tokens.map((token) => ({
    ...token,
    token_hash: token.token_hash ?? hashOf(secrets, token.alias),
  }))
  return { ...seed, tokens }
}

export function hashOf(secrets: Secrets, alias: string): Buffer | null {
  const hash = Object.hasOwn(secrets, alias) ? secrets[alias] : undefined
  return hash === undefined ? null : Buffer.from(hash, 'hex')
}

/** Removes the secrets: only their hashes may be stored. */
export function withoutSecrets(document: SeedDocument): SeedDocument {
  if (!document.tokens) return document
  const tokens = Object.entries(document.tokens).map(([alias, { secret, ...token }]) => [alias, token])
  return { ...document, tokens: Object.fromEntries(tokens) as NonNullable<SeedDocument['tokens']> }
}

/** Secrets are random or public, so a hash without a salt is enough to keep them out of the file. */
export function hashSecret(secret: string): Buffer {
  return createHash('sha256').update(secret).digest()
}
