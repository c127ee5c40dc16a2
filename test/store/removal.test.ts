import { expect, onTestFinished, test } from 'vitest'
import { dependents, linkKinds, linkNames, type Noun } from '../../src/domain/records.js'
import { readPackage } from '../../src/package.js'
import { openStore } from '../../src/store/index.js'

function open() {
  const store = openStore(':memory:', readPackage().migrationsFolder)
  onTestFinished(() => {
    store.close()
  })
  const organization_id = store.organizations.insert('one')
  const other_organization = store.organizations.insert('other')
  return { store, organization_id, other_organization }
}

test.each(linkNames)('a link %s is removed with either end, and with nothing else', (kind) => {
  const ends = { from: linkKinds[kind].from, to: linkKinds[kind].to }
  const { store, organization_id, other_organization } = open()
  const insert = (organization: number, from_id: string, to_id: string, sequence: number) => {
    store.links.insert({ organization_id: organization, kind, from_id, to_id, sequence, document: '{}' })
  }
  const left = (organization: number) =>
    store.links.export(organization, kind).map(({ from_id, to_id }) => `${from_id}-${to_id}`)
  insert(organization_id, 'a', 'x', 1)
  insert(organization_id, 'a', 'y', 2)
  insert(organization_id, 'b', 'x', 3)
  insert(organization_id, 'b', 'y', 4)
  insert(other_organization, 'a', 'x', 1)

  store.removeReferences(organization_id, ends.from, 'a')
  expect(left(organization_id)).toEqual(['b-x', 'b-y'])
  store.removeReferences(organization_id, ends.to, 'x')
  expect(left(organization_id)).toEqual(['b-y'])
  for (const noun of ['user', 'group', 'owner', 'tag', 'resource', 'app'] satisfies Noun[]) {
    if (noun !== ends.from) store.removeReferences(organization_id, noun, 'b')
    if (noun !== ends.to) store.removeReferences(organization_id, noun, 'y')
  }
  expect(left(organization_id)).toEqual(['b-y'])
  expect(left(other_organization)).toEqual(['a-x'])
})

test.each(dependents)('a $noun is removed with the $of that its $field names', ({ noun, field, of }) => {
  const { store, organization_id, other_organization } = open()
  for (const organization of [organization_id, other_organization]) {
    ;['a', 'b'].forEach((id, index) => {
      const row = { organization_id: organization, noun, id: `of-${id}`, alias: id, sequence: index + 1 }
      store.records.insert({ ...row, document: JSON.stringify({ [field]: id }) })
    })
  }
  const left = (organization: number) =>
    store.records.list({ organization_id: organization, noun, after: 0 }).map(({ alias }) => alias)
  store.removeReferences(organization_id, of, 'a')
  store.removeReferences(organization_id, 'tag', 'b')
  expect(left(organization_id)).toEqual(['b'])
  expect(left(other_organization)).toEqual(['a', 'b'])
})
