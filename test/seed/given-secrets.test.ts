import { expect, test } from 'vitest'
import { builtIn } from '../../src/seed/built-in.js'
import { giveSecrets } from '../../src/seed/given-secrets.js'
import { loadSeed } from '../../src/seed/load.js'
import type { SeedDocument } from '../../src/seed/schema.js'

const eve = { email: 'eve@company.dev', full_name: 'Eve Adams' }
const bob = { email: 'bob@company.dev', full_name: 'Bob Baker' }

/** The aliases of the owners of the tokens that have a secret. */
function owners(document: SeedDocument): string[] {
  const { tokens, users } = loadSeed(giveSecrets(document, 'full_access=a_secret_of_my_own'))
  return tokens
    .filter(({ token_hash }) => token_hash !== null)
    .map(({ user_id }) => users.find((user) => user.user_id === user_id)?.alias ?? 'nobody')
}

test.each<[what: string, document: SeedDocument, owner: string]>([
  ['their own owner in the built-in seed', builtIn, 'ada'],
  ['the first user of a seed without tokens', { version: 1, users: { eve, bob } }, 'eve'],
  ['a user of the same alias', { version: 1, users: { eve, ada: bob } }, 'ada'],
  ['nobody in a seed without users', { version: 1 }, 'nobody'],
  [
    'the owner that the seed names',
    { version: 1, users: { eve, bob }, tokens: { full_access: { access_level: 'FULL_ACCESS', user: 'bob' } } },
    'bob',
  ],
])('tokens with given secrets belong to %s', (_what, document, owner) => {
  expect(owners(document)).toEqual([owner])
})
