import { expect, onTestFinished, test } from 'vitest'
import { openOrganizations } from '../../src/organization/index.js'
import { defaultJournalLimits } from '../../src/organization/journal.js'
import { readPackage } from '../../src/package.js'
import { loadDefaultSeed } from '../../src/seed/load.js'
import { openStore } from '../../src/store/index.js'
import type { Access } from '../../src/domain/access.js'
import { ids, now } from '../helper.js'

/** A store with the built-in seed. */
function open() {
  const store = openStore(':memory:', readPackage().migrationsFolder)
  onTestFinished(() => {
    store.close()
  })
  const organizations = openOrganizations({
    store,
    seed: loadDefaultSeed,
    realNow: () => now,
    frozenAt: undefined,
    allowNamed: true,
    maxOrganizations: 10,
    journalLimits: defaultJournalLimits,
  })
  const { organization_id } = organizations.default
  const keyOf = (user_id: string) => ({ organization_id, group_id: ids.apiGroup, user_id })
  const find = (user_id = ids.jake) => store.groupUsers.find(keyOf(user_id))
  const save = (change: 'insert' | 'update' | 'remove', access: Access, user_id = ids.jake) =>
    store.groupUsers.save(keyOf(user_id), find(user_id)!, { change, access })
  return { store, organization_id, find, save }
}

const access = { access_level_remote_id: '', expiration_date: null, pushed_at: null, propagation: null }
const later = { ...access, expiration_date: '2030-01-01T00:00:00.000Z' }

test('finds the state after an insertion, an update and a removal', () => {
  const { find, save } = open()
  expect(find(ids.noor)?.access).toBe(undefined)
  save('insert', access, ids.noor)
  expect(find(ids.noor)?.access).toMatchObject(access)
  save('update', later, ids.noor)
  expect(find(ids.noor)?.access).toMatchObject(later)
  save('remove', later, ids.noor)
  expect(find(ids.noor)).toMatchObject({ user: { user_id: ids.noor }, access: undefined })
})

test('an insertion replaces expired access, at the end of the order of creation', () => {
  const { store, organization_id, save } = open()
  const { sequence: last } = store.groupUsers.export(organization_id).at(-1)!
  save('insert', later)
  expect(store.groupUsers.export(organization_id).at(-1)).toMatchObject({ user_id: ids.jake, ...later })
  expect(store.groupUsers.export(organization_id).at(-1)!.sequence).toBeGreaterThan(last)
})

test('finds nothing if the group or the user is missing', () => {
  const { store, organization_id, find } = open()
  expect(find(ids.unknown)).toBe(undefined)
  expect(store.groupUsers.find({ organization_id, group_id: ids.unknown, user_id: ids.jake })).toBe(undefined)
})

test('an update changes only its own row', () => {
  const { store, organization_id, save } = open()
  const before = store.groupUsers.export(organization_id)
  save('update', later)
  const expected = before.map((row) =>
    row.group_id === ids.apiGroup && row.user_id === ids.jake ? { ...row, ...later } : row,
  )
  expect(store.groupUsers.export(organization_id)).toEqual(expected)
})

test('jobs of one event loop iteration see the changes of the jobs before them', async () => {
  const { store, find, save } = open()
  const update = store.write(() => save('update', later))
  const seen = store.write(() => find()?.access?.expiration_date)
  await update
  expect(await seen).toBe(later.expiration_date)
})
