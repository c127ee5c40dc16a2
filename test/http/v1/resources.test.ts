import { describe, expect, test } from 'vitest'
import { ids, sandbox, told } from '../../helper.js'

const [account, database, table] = [1, 2, 3].map((n) => `0a100000-0000-4000-8000-00000000000${n}`) as [
  string,
  string,
  string,
]
const seed = {
  version: 1,
  users: { ada: { email: 'ada@company.dev', full_name: 'Ada Lane' } },
  apps: { aws: { app_id: ids.ada, name: 'AWS', description: '', app_type: 'AWS', admin_owner_id: ids.ada } },
  tags: { pii: { tag_id: ids.noor, key: 'pii' } },
  resources: {
    account: { resource_id: account, name: 'Account', resource_type: 'AWS_ACCOUNT', app: 'aws' },
    database: {
      resource_id: database,
      name: 'Database',
      parent_resource: 'account',
      remote_resource_id: 'db-1',
      access_levels: { Reader: 'read' },
      tags: ['pii'],
    },
    table: { resource_id: table, name: 'Table', parent_resource: 'database' },
  },
}

const shown = {
  account: {
    resource_id: account,
    name: 'Account',
    description: '',
    resource_type: 'AWS_ACCOUNT',
    app_id: ids.ada,
    risk_sensitivity: 'UNKNOWN',
    descendant_resource_ids: [database, table],
  },
  database: {
    resource_id: database,
    name: 'Database',
    description: '',
    resource_type: 'CUSTOM',
    remote_resource_id: 'db-1',
    parent_resource_id: account,
    risk_sensitivity: 'UNKNOWN',
    ancestor_resource_ids: [account],
    descendant_resource_ids: [table],
  },
  table: {
    resource_id: table,
    name: 'Table',
    description: '',
    resource_type: 'CUSTOM',
    parent_resource_id: database,
    risk_sensitivity: 'UNKNOWN',
    ancestor_resource_ids: [database, account],
  },
}

describe('the list', () => {
  test.each<[filter: string, (keyof typeof shown)[]]>([
    ['', ['account', 'database', 'table']],
    [`?resource_ids=${table},${account}`, ['account', 'table']],
    ['?resource_type_filter=CUSTOM', ['database', 'table']],
    ['?resource_name=Database', ['database']],
    ['?remote_id=db-1', ['database']],
    [`?parent_resource_id=${account}`, ['database']],
    [`?ancestor_resource_id=${account}`, ['database', 'table']],
    [`?tag_ids=${ids.noor}`, ['database']],
    [`?resource_type_filter=CUSTOM&ancestor_resource_id=${database}`, ['table']],
  ])('%s', async (filter, names) => {
    const { agent } = await sandbox({ seed })
    const body = (await agent.get(`/v1/resources${filter}`)).body as unknown
    expect(body).toEqual({ results: names.map((name) => shown[name]), next: null, previous: null })
  })

  test('comes in pages', async () => {
    const { agent } = await sandbox({ seed })
    const first = (await agent.get('/v1/resources?page_size=2')).body as { next: string; results: unknown[] }
    expect(first.results).toEqual([shown.account, shown.database])
    expect((await agent.get(`/v1/resources?page_size=2&cursor=${first.next}`)).body).toEqual({
      results: [shown.table],
      next: null,
      previous: first.next,
    })
  })
})

test('a resource that is created is shown as it was given', async () => {
  const { agent } = await sandbox({ seed })
  const given = {
    name: 'Bucket',
    resource_type: 'GCP_BUCKET',
    app_id: ids.ada,
    remote_info: { gcp_bucket: { bucket_id: 'b-1' } },
    remote_resource_id: 'b-1',
    risk_sensitivity_override: 'HIGH',
  }
  const body = (await agent.post('/v1/resources').send(given)).body as unknown
  const { resource_id } = body as { resource_id: string }
  expect(body).toEqual({ resource_id, description: '', ...given, admin_owner_id: ids.ada, risk_sensitivity: 'HIGH' })
  expect((await agent.get(`/v1/resources/${resource_id}`)).body).toEqual(body)
})

describe('an update', () => {
  test('changes the given fields, of all resources or of none', async () => {
    const { agent } = await sandbox({ seed })
    const update = { resource_id: table, name: 'Orders', is_requestable: false, parent_resource_id: null }
    const missing = { resource_id: ids.unknown, name: 'Nothing' }
    expect((await agent.put('/v1/resources').send({ resources: [update, missing] })).status).toBe(404)
    expect((await agent.get(`/v1/resources/${table}`)).body).toEqual(shown.table)

    const body = (await agent.put('/v1/resources').send({ resources: [update] })).body as unknown
    expect(body).toEqual({
      resources: [{ resource_id: table, name: 'Orders', description: '', is_requestable: false }],
    })
    expect((await agent.get(`/v1/resources/${database}`)).body).not.toHaveProperty('descendant_resource_ids')
  })

  test.each([account, database, table])('cannot make a resource part of itself: %s', async (parent_resource_id) => {
    const { agent } = await sandbox({ seed })
    const resources = [{ resource_id: account, parent_resource_id }]
    expect(told(await agent.put('/v1/resources').send({ resources }))).toMatchObject({
      status: 409,
      body: { code: 'RESOURCE_CYCLE' },
    })
  })

  test('names a parent that exists', async () => {
    const { agent } = await sandbox({ seed })
    const resources = [{ resource_id: account, parent_resource_id: ids.unknown }]
    expect(told(await agent.put('/v1/resources').send({ resources }))).toMatchObject({
      status: 400,
      body: { errors: [{ path: 'body.resources[0].parent_resource_id' }] },
    })
  })
})

test('a resource that is deleted leaves its parts without a parent', async () => {
  const { agent } = await sandbox({ seed })
  expect((await agent.delete(`/v1/resources/${database}`)).status).toBe(200)
  expect((await agent.get(`/v1/resources/${database}`)).status).toBe(404)
  const { parent_resource_id, ancestor_resource_ids, ...rest } = shown.table
  expect((await agent.get(`/v1/resources/${table}`)).body).toEqual(rest)
})

test('the levels are those besides the default one', async () => {
  const { agent } = await sandbox({ seed })
  expect((await agent.get(`/v1/resources/${database}/access_levels`)).body).toEqual({
    results: [{ access_level_name: 'Reader', access_level_remote_id: 'read' }],
  })
})

test('the permissions of a role are kept as they are set', async () => {
  const { agent } = await sandbox({ seed })
  const path = `/v1/resources/${account}/scoped-role-permissions`
  expect((await agent.get(path)).body).toEqual({ permissions: [] })
  const permissions = [{ target_type: 'GROUP', permission_name: 'READ', allow_all: false, target_ids: [ids.apiGroup] }]
  expect((await agent.put(path).send({ permissions })).body).toEqual({ permissions })
  expect((await agent.get(path)).body).toEqual({ permissions })
  expect((await agent.get(`/v1/resources/${account}`)).body).toEqual(shown.account)
})

test('the export of a resource leads to the same state, and the same export', async () => {
  const { agent } = await sandbox({ seed })
  const permissions = [{ target_type: 'GROUP', permission_name: 'READ', allow_all: true }]
  await agent.put(`/v1/resources/${account}/scoped-role-permissions`).send({ permissions })
  await agent.post(`/v1/resources/${database}/users/${ids.ada}`)
  const body = (await agent.get('/_sandbox/seed')).body as unknown
  expect(body).toMatchObject({
    resources: { database: { parent_resource: 'account', access_levels: { Reader: 'read' }, tags: ['pii'] } },
  })
  await agent.put('/_sandbox/seed').send(body as object)
  expect((await agent.get('/_sandbox/seed')).body).toEqual(body)
})
