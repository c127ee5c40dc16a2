import { AssertionError } from 'node:assert'
import { expect } from 'vitest'
import type { ExpectedChange } from '../../src/index.js'
import { test } from '../../src/vitest.js'
import { ids } from '../seeded.js'
import { groupUser, put } from './created.js'

const key = { group_id: ids.apiGroup, user_id: ids.jake }
const indefinite: ExpectedChange = { noun: 'group_user', change: 'created', after: { expiration_date: null } }
const updated: ExpectedChange = { noun: 'group_user', key }

/** Two changes: access that gets an end, and access that is new. */
async function changeTwo({ baseUrl, token }: { baseUrl: string; token: string }) {
  await fetch(baseUrl + groupUser, put(token, 5))
  await fetch(`${baseUrl}/groups/${ids.plainGroup}/users/${ids.ada}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ duration_minutes: 0 }),
  })
}

test('what changed can be named in part, in any order', async ({ opal }) => {
  await opal.assertChanged([])
  await expect(opal).toHaveChanged([])
  await changeTwo(opal)
  await opal.clock.advance('1m')
  for (const expected of [
    [updated, indefinite],
    [indefinite, updated],
    [{ ...updated, change: 'updated' as const, before: { expiration_date: null } }, { noun: 'group_user' as const }],
    [{ noun: 'clock' as const }, updated, indefinite],
  ]) {
    await opal.assertChanged(expected)
    await expect(opal).toHaveChanged(expected)
  }
  await expect(opal).toHaveChanged([
    { ...updated, after: { expiration_date: expect.stringMatching(/^\d{4}-/) as unknown } },
    indefinite,
  ])
  const since = await opal.mark()
  await opal.assertChanged([], { since })
  await expect(opal).toHaveChanged([], { since })
})

test.for<[what: string, expected: ExpectedChange[]]>([
  ['too much changed', [updated]],
  ['too little changed', [updated, indefinite, indefinite]],
  ['a field differs', [updated, { ...indefinite, after: { expiration_date: 'never' } }]],
  ['a field did not change', [indefinite, { ...updated, after: { access_level_remote_id: '' } }]],
  ['the row is another one', [{ ...updated, key: { user_id: ids.brett } }, indefinite]],
  ['the noun is another one', [{ noun: 'user' }, indefinite]],
])('that %s is an error', async ([, expected], { opal }) => {
  await changeTwo(opal)
  await expect(opal.assertChanged(expected)).rejects.toThrow(AssertionError)
  await expect(opal).not.toHaveChanged(expected)
  await expect(expect(opal).toHaveChanged(expected)).rejects.toThrow('the calls changed other rows')
})

test('the difference shows only the fields that were named', async ({ opal }) => {
  await changeTwo(opal)
  const expected = [updated, { ...indefinite, change: 'updated' as const }]
  const error: unknown = await opal.assertChanged(expected).catch((error: unknown) => error)
  expect(error).toMatchObject({ actual: [updated, indefinite], expected })
  const failed: unknown = await expect(opal)
    .toHaveChanged(expected)
    .catch((error: unknown) => error)
  expect(failed).toMatchObject({ actual: [updated, indefinite], expected })
})
