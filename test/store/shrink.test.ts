import { statSync } from 'node:fs'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { expect, onTestFinished, test } from 'vitest'
import { readPackage } from '../../src/package.js'
import { openStore, type Store } from '../../src/store/index.js'
import { temporaryFolder } from '../folder.js'

const mebibyte = 1024 * 1024

/** The pages that stay free, and the tables themselves. */
const small = 5 * mebibyte

const users = 15_000

/** A store with one large organization that has a large snapshot. */
function openFilled() {
  const file = join(temporaryFolder(), 'sandbox.db')
  const store = openStore(file, readPackage().migrationsFolder)
  onTestFinished(() => {
    store.close()
  })
  const organization_id = store.organizations.insert('large')
  store.atomic(() => {
    for (let sequence = 1; sequence <= users; sequence++) {
      const id = String(sequence).padStart(60, 'x')
      store.users.insert({
        ...{
          organization_id,
          sequence,
          user_id: id,
          alias: id,
          email: id,
          full_name: id,
          first_name: id,
          last_name: id,
        },
        ...{ position: id, hr_idp_status: null, manager_id: null, propagation: null },
      })
    }
  })
  const snapshot = { organization_id, name: 'large', secrets: '{}', created_at: '2022-01-23T03:56:07.000Z' }
  store.snapshots.save({ ...snapshot, seed: 'x'.repeat(12 * mebibyte) })
  return { file, store, organization_id, snapshot }
}

/** Counts event loop iterations until the file is small enough; fails if there are too many. */
async function shrinks(file: string, size: number) {
  for (let iterations = 0; iterations < 5_000; iterations++) {
    if (statSync(file).size <= size) return iterations
    await setImmediate()
  }
  throw new Error(`The file still has ${statSync(file).size} bytes.`)
}

const deletes: [what: string, act: (opened: ReturnType<typeof openFilled>) => void, upTo: number][] = [
  ['an organization', ({ store, organization_id }) => store.organizations.remove(organization_id), small],
  [
    'the contents of a seed',
    ({ store, organization_id }) => store.organizations.empty(organization_id),
    12 * mebibyte + small,
  ],
  [
    'a snapshot',
    ({ store, organization_id }) => store.snapshots.remove(organization_id, 'large'),
    12 * mebibyte + small,
  ],
  [
    'a snapshot that another one replaces',
    ({ store, snapshot }) => store.snapshots.save({ ...snapshot, seed: '{}' }),
    12 * mebibyte + small,
  ],
]

test.each(deletes)('the file shrinks step by step after the deletion of %s', async (_what, act, upTo) => {
  const opened = openFilled()
  const before = statSync(opened.file).size
  expect(before).toBeGreaterThan(upTo)
  opened.store.atomic(() => act(opened))
  expect(await shrinks(opened.file, upTo)).toBeGreaterThan(10)
})

test('the log does not stay as large as the largest transaction', async () => {
  const { file, store, organization_id } = openFilled()
  expect(statSync(`${file}-wal`).size).toBeGreaterThan(4 * mebibyte)
  store.organizations.remove(organization_id)
  await shrinks(file, small)
  store.organizations.insert('next')
  expect(statSync(`${file}-wal`).size).toBeLessThanOrEqual(4 * mebibyte)
})

test('a store that is closed meanwhile is not touched', async () => {
  const { store, organization_id } = openFilled()
  store.organizations.remove(organization_id)
  store.close()
  await setImmediate()
  await setImmediate()
  expect(store.isAlive()).toBe(false)
})

test('a database in memory can delete as much', async () => {
  const store: Store = openStore(':memory:', readPackage().migrationsFolder)
  onTestFinished(() => {
    store.close()
  })
  const organization_id = store.organizations.insert('large')
  const snapshot = { organization_id, name: 'large', secrets: '{}', created_at: '2022-01-23T03:56:07.000Z' }
  store.snapshots.save({ ...snapshot, seed: 'x'.repeat(12 * mebibyte) })
  store.organizations.remove(organization_id)
  await setImmediate()
  expect(store.organizations.listNames()).toEqual([])
})
