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

test('an undo returns to a mark', async () => {
  const sandbox = await created()
  const opal = sandbox.organization('undo')
  const before = await opal.seed()
  const mark = await opal.mark()
  await fetch(opal.baseUrl + groupUser, put(opal.token, 5))
  await opal.clock.advance('1h')
  const { undone, results } = await opal.undo(mark)
  expect(undone).toHaveLength(2)
  expect(results.map(({ noun }) => noun)).toEqual(['group_user', 'clock'])
  expect(await opal.seed()).toEqual(before)
})
