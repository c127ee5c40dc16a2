import { expect, onTestFinished, test } from 'vitest'
import { openOrganizations } from '../../src/organization/index.js'
import { defaultJournalLimits } from '../../src/organization/journal.js'
import { readPackage } from '../../src/package.js'
import { loadDefaultSeed } from '../../src/seed/load.js'
import { openStore } from '../../src/store/index.js'
import { now, tokens } from '../helper.js'

/** Organizations, and a count of token lookups in the store. */
function open() {
  const store = openStore(':memory:', readPackage().migrationsFolder)
  onTestFinished(() => store.close())
  let lookups = 0
  const organizations = openOrganizations({
    store: {
      ...store,
      tokens: {
        ...store.tokens,
        findByHash: (hash) => {
          lookups++
          return store.tokens.findByHash(hash)
        },
        findByAlias: (organization_id, alias) => {
          lookups++
          return store.tokens.findByAlias(organization_id, alias)
        },
      },
    },
    seed: loadDefaultSeed,
    realNow: () => now,
    frozenAt: undefined,
    allowNamed: true,
    maxOrganizations: 10,
    journalLimits: defaultJournalLimits,
  })
  function countLookups(work: () => void): number {
    lookups = 0
    work()
    return lookups
  }
  return { organizations, countLookups }
}

const headers = [`Bearer ${tokens.fullAccess}`, 'Bearer org-a', 'Bearer org-a.read_only', 'Bearer org-b']

test('a token is looked up once', () => {
  const { organizations, countLookups } = open()
  const identify = () => headers.map((header) => organizations.identify(header))
  let first: ReturnType<typeof identify> = []
  expect(countLookups(() => (first = identify()))).toBe(4)
  expect(countLookups(() => expect(identify()).toEqual(first))).toBe(0)
})

test.each<[what: string, work: (organizations: ReturnType<typeof open>['organizations']) => unknown, lookups: number]>([
  ['after its organization was reset', (all) => all.reset(all.identify('Bearer org-a').organization, 'req-1'), 2],
  ['after its organization was removed', (all) => all.remove(all.identify('Bearer org-a').organization), 2],
  ['after the tokens of `default` changed', (all) => all.forgetTokens(all.default), 1],
  [
    'after 10,000 other headers',
    (all) => {
      for (let length = 1; length <= 10_000; length++) all.identify(`Bearer org-c${' '.repeat(length)}`)
    },
    4,
  ],
])('a token is looked up again %s', async (_what, work, lookups) => {
  const { organizations, countLookups } = open()
  const identify = () => headers.forEach((header) => organizations.identify(header))
  identify()
  await work(organizations)
  expect(countLookups(identify)).toBe(lookups)
})
