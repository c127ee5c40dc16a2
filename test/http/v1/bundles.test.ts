import { describe, expect, test } from 'vitest'
import { ids, requestId, sandbox, told } from '../../helper.js'

const analytics = '0b200000-0000-4000-8000-000000000001'
const onCall = '0b200000-0000-4000-8000-000000000002'
const platform = '0c000000-0000-4000-8000-000000000001'
const warehouse = '0a100000-0000-4000-8000-000000000001'
const at = '2022-01-23T03:56:07.000Z'
const counts = (resources: number, groups: number) => ({
  ...{ total_num_resources: resources, total_num_groups: groups, total_num_items: resources + groups },
})
const shownOnCall = { bundle_id: onCall, name: 'On call', created_at: at, updated_at: at, ...counts(2, 1) }
const notFound = (message: string, hint: string) => ({
  status: 404,
  body: { code: 'RECORD_NOT_FOUND', message, hint, request_id: requestId },
})

describe('bundles are listed', () => {
  test.each([
    ['analy', ['Analytics']],
    ['ON C', ['On call']],
    ['', ['Analytics', 'On call']],
    ['x', []],
  ])('if their names contain %j', async (contains, names) => {
    const { agent } = await sandbox()
    const { body } = told(await agent.get('/v1/bundles').query({ contains }))
    expect(body).toMatchObject({ next: null, previous: null, total_count: names.length })
    expect((body as { bundles: { name: string }[] }).bundles.map(({ name }) => name)).toEqual(names)
  })

  test('page by page, with the length of the whole list', async () => {
    const { agent } = await sandbox()
    const { next } = (await agent.get('/v1/bundles?page_size=1')).body as { next: string }
    const second = await agent.get('/v1/bundles').query({ page_size: 1, cursor: next })
    expect(second.body).toEqual({ bundles: [shownOnCall], next: null, previous: next, total_count: 2 })
  })
})

test('a bundle is created, changed and deleted', async () => {
  const { agent } = await sandbox()
  const fields = { name: 'Data', description: 'All data', admin_owner_id: platform }
  const created = await agent.post('/v1/bundles').send({ ...fields, total_num_items: 7 })
  const { bundle_id } = created.body as { bundle_id: string }
  const bundle = { bundle_id, ...fields, created_at: at, updated_at: at, ...counts(0, 0) }
  expect(told(created)).toEqual({ status: 201, body: bundle })
  expect(told(await agent.get(`/v1/bundles/${bundle_id}`))).toEqual({ status: 200, body: bundle })

  await agent.post('/_sandbox/clock').send({ advance: '1h' })
  const changed = { ...bundle, name: 'More data', updated_at: '2022-01-23T04:56:07.000Z' }
  const sent = { name: 'More data', created_at: '2000-01-01T00:00:00Z', total_num_items: 7 }
  expect(told(await agent.put(`/v1/bundles/${bundle_id}`).send(sent))).toEqual({ status: 200, body: changed })
  expect((await agent.get(`/v1/bundles/${bundle_id}`)).body).toEqual(changed)

  expect(told(await agent.delete(`/v1/bundles/${bundle_id}`))).toEqual({ status: 200, body: {} })
  expect(told(await agent.get(`/v1/bundles/${bundle_id}`))).toEqual(
    notFound(`There is no bundle ${bundle_id}.`, 'GET /v1/bundles lists the bundles.'),
  )
})

test('a bundle with an owner that does not exist is rejected', async () => {
  const { agent } = await sandbox()
  const body = { name: 'Data', admin_owner_id: ids.unknown }
  expect(told(await agent.post('/v1/bundles').send(body))).toMatchObject({
    status: 400,
    body: { errors: [{ path: 'body.admin_owner_id' }] },
  })
})

describe.each([
  ['resource', warehouse],
  ['group', ids.gitlabGroup],
])('the %ss of a bundle', (noun, id) => {
  const path = `/v1/bundles/${analytics}/${noun}s`
  const read = { access_level_name: 'Read', access_level_remote_id: 'read' }
  const levels = async ({ agent }: Awaited<ReturnType<typeof sandbox>>) => {
    const { [`bundle_${noun}s`]: items } = (await agent.get(path)).body as Record<string, Record<string, string>[]>
    return items!.filter((item) => item[`${noun}_id`] === id).map((item) => item.access_level_remote_id)
  }

  test('are added once, at one level, and removed', async () => {
    const opened = await sandbox()
    const { agent } = opened
    await agent.post(path).send({ [`${noun}_id`]: id })
    expect(await levels(opened)).toEqual([''])
    expect(told(await agent.post(path).send({ [`${noun}_id`]: id, ...read }))).toEqual({
      status: 201,
      body: { bundle_id: analytics, [`${noun}_id`]: id, ...read },
    })
    expect(await levels(opened)).toEqual(['read'])
    expect((await agent.delete(`${path}/${id}?access_level_remote_id=write`)).status).toBe(404)
    expect(told(await agent.delete(`${path}/${id}?access_level_remote_id=read`))).toEqual({ status: 200, body: {} })
    expect(await levels(opened)).toEqual([])
    expect(told(await agent.delete(`${path}/${id}`))).toMatchObject({ status: 404, body: { code: 'RECORD_NOT_FOUND' } })
  })

  test('must exist', async () => {
    const { agent } = await sandbox()
    expect(told(await agent.post(path).send({ [`${noun}_id`]: ids.unknown }))).toMatchObject({
      status: 400,
      body: { errors: [{ path: `body.${noun}_id` }] },
    })
  })
})

test('a bundle loses a group that is deleted', async () => {
  const { agent } = await sandbox()
  await agent.delete(`/v1/groups/${ids.apiGroup}`)
  expect((await agent.get(`/v1/bundles/${onCall}`)).body).toEqual({ ...shownOnCall, ...counts(2, 0) })
})

test('the visibility of a bundle is global until it is set', async () => {
  const { agent } = await sandbox()
  const path = `/v1/bundles/${analytics}/visibility`
  expect((await agent.get(path)).body).toEqual({ visibility: 'GLOBAL', visibility_group_ids: [] })
  const limited = { visibility: 'LIMITED', visibility_group_ids: [ids.oktaGroup] }
  expect(told(await agent.put(path).send(limited))).toEqual({ status: 200, body: {} })
  expect((await agent.get(path)).body).toEqual(limited)
})
