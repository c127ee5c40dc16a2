import { expect, onTestFinished, test } from 'vitest'
import { dependents, linkKinds, linkNames, pointers, type Noun } from '../../src/domain/records.js'
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

  store.references.remove(organization_id, ends.from, 'a')
  expect(left(organization_id)).toEqual(['b-x', 'b-y'])
  store.references.remove(organization_id, ends.to, 'x')
  expect(left(organization_id)).toEqual(['b-y'])
  for (const noun of ['user', 'group', 'owner', 'tag', 'resource', 'app'] satisfies Noun[]) {
    if (noun !== ends.from) store.references.remove(organization_id, noun, 'b')
    if (noun !== ends.to) store.references.remove(organization_id, noun, 'y')
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
  store.references.remove(organization_id, of, 'a')
  store.references.remove(organization_id, 'tag', 'b')
  expect(left(organization_id)).toEqual(['b'])
  expect(left(other_organization)).toEqual(['a', 'b'])
})

test.each(pointers)('$field of a $from loses the $to that is removed, and nothing else', ({ from, field, to }) => {
  const { store, organization_id, other_organization } = open()
  const documents = [{ [field]: 'a' }, { [field]: ['b', 'a'] }, { [field]: 'b', name: 'a' }].map((one) =>
    JSON.stringify(one),
  )
  for (const organization of [organization_id, other_organization]) {
    documents.forEach((document, index) => {
      const row = { organization_id: organization, sequence: index + 1, alias: `x${index}` }
      const id = `x${index}`
      const shown = { name: id, description: '', propagation: null, details: document }
      if (from === 'group') store.groups.insert({ ...row, ...shown, group_id: id, group_type: 'OKTA_GROUP' })
      else if (from === 'resource')
        store.resources.insert({ ...row, ...shown, resource_id: id, resource_type: 'CUSTOM' })
      else store.records.insert({ ...row, noun: from, id, document })
    })
  }
  const left = (organization: number) =>
    from === 'group' || from === 'resource'
      ? store[`${from}s`].export(organization).map(({ details }) => details)
      : store.records.list({ organization_id: organization, noun: from, after: 0 }).map(({ document }) => document)
  store.references.remove(organization_id, to, 'a')
  store.references.remove(organization_id, 'tag', 'b')
  expect(left(organization_id).map((document) => JSON.parse(document) as object)).toEqual([
    {},
    { [field]: ['b'] },
    { [field]: 'b', name: 'a' },
  ])
  expect(left(other_organization)).toEqual(documents)
})
