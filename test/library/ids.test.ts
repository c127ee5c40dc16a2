import { describe, expect, test } from 'vitest'
import { created, thrown } from './created.js'
import { createSandbox } from '../../src/index.js'
import { ids } from '../helper.js'

const seed = {
  version: 1 as const,
  users: { ada: { email: 'ada@company.dev', full_name: 'Ada Lane', user_id: ids.jake } },
  groups: {
    prod: { name: 'Production', group_type: 'OKTA_GROUP' as const },
    ops: { name: 'Ops', group_type: 'OKTA_GROUP' as const },
  },
}

describe('the id of an alias', () => {
  test('is the one in the seed, or the one derived from the alias', async () => {
    const sandbox = await created({ listen: false, seed })
    for (const opal of [sandbox.organization(), sandbox.newOrganization()]) {
      const answer = await sandbox.fetch(`${opal.baseUrl}/groups`, {
        headers: { authorization: `Bearer ${opal.token}` },
      })
      const { results } = (await answer.json()) as { results: { name: string; group_id: string }[] }
      expect(results.find(({ name }) => name === 'Production')?.group_id).toBe(opal.id('prod'))
      expect(opal.id('ada')).toBe(ids.jake)
    }
  })

  test('is that of the built-in seed if none was given', async () => {
    const { organization } = await created({ listen: false })
    expect(organization('a').id('jake')).toBe(ids.jake)
  })

  test.each([
    ['pord', 'The seed has no user, group or token "pord": did you mean prod?'],
    ['constructor', /^The seed has no user, group or token "constructor": it has ada, prod, ops, /],
  ])('%s, which the seed does not have, is explained', async (alias, message) => {
    const { organization } = await created({ listen: false, seed })
    const error = await thrown(() => organization().id(alias))
    expect(error.message).toEqual(typeof message === 'string' ? message : (expect.stringMatching(message) as string))
  })

  test('is ambiguous if a user and a group share it', async () => {
    const { organization } = await created({
      listen: false,
      seed: { ...seed, users: { ...seed.users, prod: { email: 'p@company.dev', full_name: 'P' } } },
    })
    expect((await thrown(() => organization().id('prod'))).message).toBe(
      'The seed has both a user and a group "prod": rename one of them.',
    )
  })

  test('is checked by the compiler if the seed is an object', async () => {
    await using sandbox = await createSandbox({ listen: false, seed })
    // @ts-expect-error There is no such alias.
    expect(() => sandbox.organization().id('adda')).toThrow('did you mean ada?')
  })
})
