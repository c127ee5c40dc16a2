import { expect, test } from 'vitest'
import { created, groupUser, put } from './created.js'

test('changes are those since a mark', async () => {
  const sandbox = await created()
  const opal = sandbox.organization('changes')
  await fetch(opal.baseUrl + groupUser, put(opal.token, 5))
  const since = await opal.mark()
  expect(await opal.changes({ since })).toEqual([])
  await fetch(opal.baseUrl + groupUser, put(opal.token, 0))
  const [change, ...rest] = await opal.changes({ since })
  expect(change).toMatchObject({ noun: 'group_user', change: 'updated', after: { expiration_date: null } })
  expect(rest).toEqual([])
  expect(await opal.changes({ until: since })).toHaveLength(1)
})

test('changes that the journal no longer holds are not left out silently', async () => {
  const sandbox = await created({ journal: { entries: 1 } })
  const opal = sandbox.organization('changes')
  for (const minutes of [1, 2]) await fetch(opal.baseUrl + groupUser, put(opal.token, minutes))
  await expect(opal.changes()).rejects.toThrow('The journal no longer holds all changes')
})
