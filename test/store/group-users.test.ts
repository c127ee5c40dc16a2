import { expect, onTestFinished, test } from 'vitest'
import { openOrganizations } from '../../src/organization/index.js'
import { defaultJournalLimits } from '../../src/organization/journal.js'
import { readPackage } from '../../src/package.js'
import { loadDefaultSeed } from '../../src/seed/load.js'
import { openStore, type Store } from '../../src/store/index.js'
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
    fresh: false,
    allowNamed: true,
    maxOrganizations: 10,
    journalLimits: defaultJournalLimits,
  })
  const { organization_id } = organizations.default
  const find = () => store.groupUsers.find(organization_id, ids.apiGroup, ids.jake)
  const update = (expiration_date: string) => {
    const found = find()!
    store.groupUsers.update(found, { ...found.stored!, expiration_date })
  }
  return { store, organizations, organization_id, find, update }
}

type Opened = ReturnType<typeof open>

const [before, after] = ['2030-01-01T00:00:00.000Z', '2031-01-01T00:00:00.000Z']

test('what is found again is what it was updated to', () => {
  const { find, update } = open()
  update(before)
  const first = find()
  expect(first?.stored?.expiration_date).toBe(before)
  update(after)
  expect(find()).toEqual({ ...first, stored: { ...first?.stored, expiration_date: after } })
})

test('updates of one turn are one write, which later work of the turn sees', async () => {
  const { store, organization_id, update } = open()
  const changes = store.countChanges()
  const onRecord = () =>
    store.groupUsers.show({ organization_id, group_id: ids.apiGroup, user_id: ids.jake })?.expiration_date
  const first = store.gather(() => update(before))
  const second = store.gather(() => {
    update(after)
    return store.countChanges()
  })
  const seen = store.write(() => [onRecord(), store.countChanges()])
  const third = store.gather(() => update(before))
  await Promise.all([first, third])
  expect(await second).toBe(changes)
  expect(await seen).toEqual([after, changes + 1])
  expect(onRecord()).toBe(before)
  expect(store.countChanges()).toBe(changes + 2)
})

test('updates of many rows in one turn are all on record', async () => {
  const { store, organization_id } = open()
  const rows = store.groupUsers.export(organization_id)
  const changed = rows.map((row, index) => ({ ...row, expiration_date: `2030-01-01T00:00:00.${100 + index}Z` }))
  await Promise.all(
    changed.map(({ group_id, user_id, ...access }) =>
      store.gather(() => store.groupUsers.update(store.groupUsers.find(organization_id, group_id, user_id)!, access)),
    ),
  )
  expect(store.groupUsers.export(organization_id)).toEqual(changed)
})

test.each<[where: string, run: (store: Store, work: () => void) => Promise<void>]>([
  ['a job that gathers', (store, work) => store.gather(work)],
  ['a job that does not', (store, work) => store.write(work)],
  ['what is atomic in a job', (store, work) => store.gather(() => store.atomic(work))],
  ['what is atomic on its own', async (store, work) => store.atomic(work)],
])('an update in %s is on record', async (_where, run) => {
  const { store, organization_id, update } = open()
  await run(store, () => update(after))
  const row = store.groupUsers.show({ organization_id, group_id: ids.apiGroup, user_id: ids.jake })
  expect(row?.expiration_date).toBe(after)
})

test('what has no row is not updated', () => {
  const { store, organization_id } = open()
  const found = store.groupUsers.find(organization_id, ids.apiGroup, ids.noor)!
  const access = { access_level_remote_id: '', expiration_date: after, pushed_at: null, propagation: null }
  expect(() => store.groupUsers.update(found, access)).toThrow('There is no access to change')
})

test('an update that is taken back takes back none that came before it in the turn', async () => {
  const { store, organization_id, update } = open()
  const first = store.gather(() => update(before))
  const second = store.gather(() => giveUp(store, () => update(after)))
  await Promise.all([first, second])
  const row = store.groupUsers.show({ organization_id, group_id: ids.apiGroup, user_id: ids.jake })
  expect(row?.expiration_date).toBe(before)
})

test('an update of what is then removed does not meet who is added in its place', async () => {
  const { store, organization_id } = open()
  const row = {
    organization_id,
    group_id: ids.apiGroup,
    access_level_remote_id: '',
    pushed_at: null,
    propagation: null,
  }
  const add = (user_id: string, sequence: number) =>
    store.groupUsers.insert({ ...row, user_id, sequence, expiration_date: before })
  await store.write(() => add(ids.noor, 1_001))
  await Promise.all([
    store.gather(() => {
      const found = store.groupUsers.find(organization_id, ids.apiGroup, ids.noor)!
      store.groupUsers.update(found, { ...found.stored!, expiration_date: after })
    }),
    store.gather(() => store.groupUsers.remove(organization_id, ids.apiGroup, ids.noor)),
    store.gather(() => add(ids.ada, 1_002)),
  ])
  const show = (user_id: string) => store.groupUsers.show({ organization_id, group_id: ids.apiGroup, user_id })
  expect([show(ids.noor), show(ids.ada)?.expiration_date]).toEqual([undefined, before])
})

function giveUp(store: Store, work: () => void) {
  expect(() =>
    store.atomic(() => {
      work()
      throw new Error('given up')
    }),
  ).toThrow('given up')
}

test.each<[what: string, change: (opened: Opened) => unknown, found: object | undefined]>([
  [
    'the access is removed',
    ({ store, organization_id }) => store.groupUsers.remove(organization_id, ids.apiGroup, ids.jake),
    { stored: undefined, row_number: null },
  ],
  [
    'the group is removed',
    ({ store, organization_id }) => store.write(() => store.groups.remove(organization_id, ids.apiGroup)),
    undefined,
  ],
  ['the organization is reset', ({ organizations }) => organizations.reset(organizations.default), undefined],
  ['an update is taken back', ({ store, update }) => giveUp(store, () => update(after)), {}],
  [
    'an update is taken back inside of a job',
    ({ store, update }) => store.write(() => giveUp(store, () => update(after))),
    {},
  ],
  [
    'an update is taken back with a removal',
    ({ store, organization_id, update }) =>
      giveUp(store, () => {
        update(after)
        store.groupUsers.remove(organization_id, ids.apiGroup, ids.jake)
      }),
    {},
  ],
])('what is found again is what is on record when %s', async (what, change, changed) => {
  const opened = open()
  opened.update(before)
  const found = { ...opened.find() }
  expect(opened.find()?.stored?.expiration_date).toBe(before)
  await change(opened)
  if (what === 'the organization is reset') expect(opened.find()?.stored?.expiration_date).not.toBe(before)
  else expect(opened.find()).toEqual(changed && { ...found, ...changed })
})
