import { expect, test } from 'vitest'
import { ids, sandbox, told } from '../../helper.js'

const path = `/v1/groups/${ids.apiGroup}/visibility`
const global = { visibility: 'GLOBAL', visibility_group_ids: [] }

test('a new group is visible to everybody', async () => {
  const { agent } = await sandbox()
  const created = await agent.post('/v1/groups').send({ name: 'New', group_type: 'OPAL_GROUP', app_id: ids.unknown })
  const { group_id } = created.body as { group_id: string }
  expect(told(await agent.get(`/v1/groups/${group_id}/visibility`))).toEqual({ status: 200, body: global })
})

test.each<[string, object, object?]>([
  ['LIMITED, with groups', { visibility: 'LIMITED', visibility_group_ids: [ids.plainGroup, ids.oktaGroup] }],
  ['LIMITED, to nobody', { visibility: 'LIMITED', visibility_group_ids: [] }],
  ['GLOBAL, with groups', { visibility: 'GLOBAL', visibility_group_ids: [ids.oktaGroup] }],
  ['GLOBAL, without a list', { visibility: 'GLOBAL' }, global],
  [
    'the same group twice',
    { visibility: 'LIMITED', visibility_group_ids: [ids.plainGroup, ids.oktaGroup, ids.plainGroup] },
    { visibility: 'LIMITED', visibility_group_ids: [ids.plainGroup, ids.oktaGroup] },
  ],
])('what is read is what was written: %s', async (_, written, shown = written) => {
  const { agent } = await sandbox()
  await agent.put(path).send({ visibility: 'LIMITED', visibility_group_ids: [ids.gitlabGroup] })
  expect(told(await agent.put(path).send(written))).toEqual({ status: 200, body: shown })
  expect(told(await agent.get(path))).toEqual({ status: 200, body: shown })
})

test('it is no field of the group, and a change of the group leaves it alone', async () => {
  const { agent } = await sandbox()
  const before = (await agent.get(`/v1/groups/${ids.apiGroup}`)).body as object
  await agent.put(path).send({ visibility: 'LIMITED' })
  expect((await agent.get(`/v1/groups/${ids.apiGroup}`)).body).toEqual(before)
  await agent.put('/v1/groups').send({ groups: [{ group_id: ids.apiGroup, name: 'API' }] })
  expect((await agent.get(path)).body).toMatchObject({ visibility: 'LIMITED' })
})

test.each([
  ['GLOBAL if there is neither', {}, 'GLOBAL'],
  ['LIMITED if there are groups', { visibility_groups: ['ops'] }, 'LIMITED'],
  ['as given', { visibility: 'GLOBAL', visibility_groups: ['ops'] }, 'GLOBAL'],
])('the visibility in a seed: %s', async (_, fields, visibility) => {
  const eng = { group_id: ids.apiGroup, name: 'Engineering', group_type: 'OPAL_GROUP', ...fields }
  const ops = { name: 'Operations', group_type: 'OPAL_GROUP' }
  const users = { ada: { email: 'ada@company.dev', full_name: 'Ada Lane' } }
  const { agent } = await sandbox({ seed: { version: 1, users, groups: { eng, ops } } })
  expect((await agent.get(path)).body).toMatchObject({ visibility })
})
