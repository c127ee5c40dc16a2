import { describe, expect, test } from 'vitest'
import { ids, requestId, sandbox, told } from '../../helper.js'

const warehouse = '0a100000-0000-4000-8000-000000000001'
const vault = '0a100000-0000-4000-8000-000000000002'
const path = `/v1/groups/${ids.apiGroup}/resources`
const seed = {
  version: 1,
  users: { ada: { email: 'ada@company.dev', full_name: 'Ada Lane' } },
  groups: { api: { group_id: ids.apiGroup, name: 'API Group', group_type: 'OPAL_GROUP', resources: ['vault'] } },
  resources: {
    warehouse: { resource_id: warehouse, name: 'Warehouse', access_levels: { Reader: 'read', Administrator: 'admin' } },
    vault: { resource_id: vault, name: 'Vault' },
  },
}

const levelNames: Record<string, string> = { read: 'Reader', admin: 'Administrator' }

const shown = (resource_id: string, resource_name: string, level = '', expiration_date: string | null = null) => ({
  group_id: ids.apiGroup,
  resource_id,
  group_name: 'API Group',
  resource_name,
  expiration_date,
  access_level: { access_level_name: levelNames[level] ?? '', access_level_remote_id: level },
})

async function listed({ agent }: Awaited<ReturnType<typeof sandbox>>): Promise<unknown> {
  return ((await agent.get(path)).body as { group_resources: unknown }).group_resources
}

test('the resources of a group are replaced, in the given order', async () => {
  const opened = await sandbox({ seed })
  expect(await listed(opened)).toEqual([shown(vault, 'Vault')])
  const resources = [{ resource_id: warehouse, access_level_remote_id: 'admin' }, { resource_id: vault }]
  expect(told(await opened.agent.put(path).send({ resources }))).toEqual({ status: 200, body: {} })
  expect(await listed(opened)).toEqual([shown(warehouse, 'Warehouse', 'admin'), shown(vault, 'Vault')])
  expect(told(await opened.agent.put(path).send({ resources: [] }))).toEqual({ status: 200, body: {} })
  expect(await listed(opened)).toEqual([])
})

test('a resource that is given twice is refused, since a group gives access to it at one level', async () => {
  const opened = await sandbox({ seed })
  const resources = [
    { resource_id: vault, access_level_remote_id: 'read' },
    { resource_id: warehouse },
    { resource_id: vault, access_level_remote_id: 'write' },
  ]
  expect(told(await opened.agent.put(path).send({ resources }))).toMatchObject({
    status: 400,
    body: { errors: [{ path: 'body.resources[2].resource_id', message: 'is that of body.resources[0], too' }] },
  })
  expect(await listed(opened)).toEqual([shown(vault, 'Vault')])
})

describe('a resource is added', () => {
  test.each([
    ['without a body', undefined, '', shown(warehouse, 'Warehouse')],
    ['at a level of the body', { access_level_remote_id: 'admin' }, '', shown(warehouse, 'Warehouse', 'admin')],
    ['at a level of the query', undefined, '?access_level_remote_id=read', shown(warehouse, 'Warehouse', 'read')],
    [
      'at that of the body, if there are both',
      { access_level_remote_id: 'admin' },
      '?access_level_remote_id=read',
      shown(warehouse, 'Warehouse', 'admin'),
    ],
    ['for ever', { duration_minutes: 0 }, '', shown(warehouse, 'Warehouse')],
    ['for an hour', { duration_minutes: 60 }, '', shown(warehouse, 'Warehouse', '', '2022-01-23T04:56:07.000Z')],
  ])('%s', async (_, body, query, answer) => {
    const opened = await sandbox({ seed })
    const call = opened.agent.post(`${path}/${warehouse}${query}`)
    expect(told(await (body ? call.send(body) : call))).toEqual({ status: 200, body: answer })
    expect(await listed(opened)).toEqual([shown(vault, 'Vault'), answer])
  })

  test('again, which replaces its access', async () => {
    const opened = await sandbox({ seed })
    for (const access_level_remote_id of ['read', 'admin']) {
      await opened.agent.post(`${path}/${warehouse}`).send({ access_level_remote_id })
    }
    expect(await listed(opened)).toEqual([shown(vault, 'Vault'), shown(warehouse, 'Warehouse', 'admin')])
  })

  test('if it exists', async () => {
    const { agent } = await sandbox({ seed })
    expect(told(await agent.post(`${path}/${ids.unknown}`))).toMatchObject({
      status: 404,
      body: { code: 'RESOURCE_NOT_FOUND', message: `There is no resource ${ids.unknown}.`, request_id: requestId },
    })
  })
})

test('a level that the resource does not have is rejected, unless a setting accepts it', async () => {
  const opened = await sandbox({ seed })
  const { agent } = opened
  const add = () => agent.post(`${path}/${vault}`).send({ access_level_remote_id: 'root' })
  const set = () => agent.put(path).send({ resources: [{ resource_id: vault, access_level_remote_id: 'root' }] })
  const message = 'The resource has no access level "root". It has "" (the default level).'
  for (const call of [add, set]) {
    expect(told(await call())).toMatchObject({ status: 400, body: { code: 'ACCESS_LEVEL_NOT_FOUND', message } })
  }
  expect(await listed(opened)).toEqual([shown(vault, 'Vault')])
  await agent.patch('/_sandbox/settings').send({ unknown_access_level: 'accept' })
  for (const call of [add, set]) expect((await call()).status).toBe(200)
  expect(await listed(opened)).toEqual([shown(vault, 'Vault', 'root')])
})

test('the groups that give access to a resource are listed', async () => {
  const { agent } = await sandbox({ seed })
  expect((await agent.get(`/v1/resources/${vault}/groups`)).body).toEqual({ group_resources: [shown(vault, 'Vault')] })
  expect((await agent.get(`/v1/resources/${warehouse}/groups`)).body).toEqual({ group_resources: [] })
  expect((await agent.get(`/v1/resources/${ids.unknown}/groups`)).status).toBe(404)
})

test('the end of access is shown as the setting `timestamps` has it', async () => {
  const opened = await sandbox({ seed: { ...seed, settings: { timestamps: 'microseconds' } } })
  const answer = await opened.agent.post(`${path}/${warehouse}`).send({ duration_minutes: 60 })
  const shownNow = shown(warehouse, 'Warehouse', '', '2022-01-23T04:56:07Z')
  expect(answer.body).toEqual(shownNow)
  expect(await listed(opened)).toEqual([shown(vault, 'Vault'), shownNow])
})

test('access that has ended is left out', async () => {
  const opened = await sandbox({ seed })
  await opened.agent.post(`${path}/${warehouse}`).send({ duration_minutes: 1 })
  await opened.agent.post('/_sandbox/clock').send({ advance: '1m' })
  expect(await listed(opened)).toEqual([shown(vault, 'Vault')])
})
