import { expect, onTestFinished, test } from 'vitest'
import { openOrganizations } from '../../src/organization/index.js'
import { defaultJournalLimits } from '../../src/organization/journal.js'
import { readPackage } from '../../src/package.js'
import { loadDefaultSeed } from '../../src/seed/load.js'
import { openStore } from '../../src/store/index.js'
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
  const find = (user_id = ids.jake) => store.groupUsers.find(organization_id, ids.apiGroup, user_id)
  return { store, organization_id, find }
}

const access = { access_level_remote_id: '', expiration_date: null, pushed_at: null, propagation: null }
const later = { ...access, expiration_date: '2030-01-01T00:00:00.000Z' }

test('finds the state after an update, an addition and a removal', () => {
  const { store, organization_id, find } = open()
  const key = { organization_id, group_id: ids.apiGroup, user_id: ids.noor }
  expect(find(ids.noor)?.access).toBe(undefined)
  store.groupUsers.insert({ ...key, ...access, sequence: 1_001 })
  expect(find(ids.noor)?.access).toMatchObject(access)
  store.groupUsers.update(find(ids.noor)!.access!.rowid, later)
  expect(find(ids.noor)?.access).toMatchObject(later)
  store.groupUsers.remove(key)
  expect(find(ids.noor)).toMatchObject({ user: { user_id: ids.noor }, access: undefined })
})

test('finds nothing if the group or the user is missing', () => {
  const { store, organization_id, find } = open()
  expect(find(ids.unknown)).toBe(undefined)
  expect(store.groupUsers.find(organization_id, ids.unknown, ids.jake)).toBe(undefined)
})

test('an update changes only its own row', () => {
  const { store, organization_id, find } = open()
  const before = store.groupUsers.export(organization_id)
  store.groupUsers.update(find()!.access!.rowid, later)
  const expected = before.map((row) =>
    row.group_id === ids.apiGroup && row.user_id === ids.jake ? { ...row, ...later } : row,
  )
  expect(store.groupUsers.export(organization_id)).toEqual(expected)
})

test('jobs of one event loop iteration see the changes of the jobs before them', async () => {
  const { store, find } = open()
  const update = store.write(() => store.groupUsers.update(find()!.access!.rowid, later))
  const seen = store.write(() => find()?.access?.expiration_date)
  await update
  expect(await seen).toBe(later.expiration_date)
})
