import { expect, test } from 'vitest'
import { ids, sandbox } from '../../helper.js'

// The calls of Opal's Terraform provider for one resource of each kind: create, read, read again (it must find no
// difference), update if there is one, destroy. Every success is exactly 200.

async function provider() {
  const { agent } = await sandbox()
  const call = async (method: 'get' | 'post' | 'put' | 'delete', path: string, body?: object) => {
    const answer = await agent[method](`/v1${path}`).send(body)
    expect([method, path, answer.status]).toEqual([method, path, 200])
    return answer.body as Record<string, string>
  }
  const read = async (...paths: string[]) => {
    const answers: unknown[] = []
    for (const path of paths) answers.push(await call('get', path))
    return answers
  }
  const isGone = async (path: string) => {
    expect((await agent.get(`/v1${path}`)).status).toBe(404)
  }
  return { call, read, isGone }
}

test('opal_tag', async () => {
  const { call, read, isGone } = await provider()
  const created = await call('post', '/tag', { tag_key: 'team', tag_value: 'data' })
  expect(created).toMatchObject({ key: 'team', value: 'data' })
  const path = `/tag/${created.tag_id}`
  expect(await read(path)).toEqual([created])
  expect(await read(path)).toEqual([created])
  // A change of key or value replaces the tag.
  const replacement = await call('post', '/tag', { tag_key: 'team', tag_value: 'platform' })
  await call('delete', path)
  await isGone(path)
  expect(await read(`/tag/${replacement.tag_id}`)).toEqual([replacement])
  await call('delete', `/tag/${replacement.tag_id}`)
  await isGone(`/tag/${replacement.tag_id}`)
})

test('opal_group_tag', async () => {
  const { call, read } = await provider()
  const tag = await call('post', '/tag', { tag_key: 'team', tag_value: 'data' })
  const group = `/groups/${ids.oktaGroup}/tags`
  const path = `/tags/${tag.tag_id}/groups/${ids.oktaGroup}`
  await call('post', path)
  expect(await read(group)).toEqual([{ tags: [tag] }])
  expect(await read(group)).toEqual([{ tags: [tag] }])
  await call('delete', path)
  expect(await read(group)).toEqual([{ tags: [] }])
})

test('opal_owner', async () => {
  const { call, read, isGone } = await provider()
  const fields = { name: 'Data', description: 'The data team', access_request_escalation_period: 30 }
  const created = await call('post', '/owners', { ...fields, user_ids: [ids.jake, ids.ada] })
  const path = `/owners/${created.owner_id}`
  const users = (list: unknown) => (list as { users: { user_id: string }[] }).users.map(({ user_id }) => user_id)
  const readOwner = async () => {
    const [owner, list] = await read(path, `${path}/users`)
    return { owner, users: users(list) }
  }
  const first = { owner: { owner_id: created.owner_id, ...fields }, users: [ids.jake, ids.ada] }
  expect(await readOwner()).toEqual(first)
  expect(await readOwner()).toEqual(first)
  const changed = { ...fields, description: '', name: 'Data platform' }
  await call('put', '/owners', { owners: [{ owner_id: created.owner_id, ...changed }] })
  await call('put', `${path}/users`, { user_ids: [ids.ada, ids.brett, ids.jake] })
  const second = { owner: { owner_id: created.owner_id, ...changed }, users: [ids.ada, ids.brett, ids.jake] }
  expect(await readOwner()).toEqual(second)
  expect(await readOwner()).toEqual(second)
  await call('delete', path)
  await isGone(path)
})

// The API cannot change or delete either, so the provider only forgets them when they are destroyed.
test.each([
  ['opal_message_channel', '/message-channels', 'message_channel_id', 'SLACK'],
  ['opal_on_call_schedule', '/on-call-schedules', 'on_call_schedule_id', 'PAGER_DUTY'],
])('%s', async (_, path, idField, third_party_provider) => {
  const { call, read } = await provider()
  const created = await call('post', path, { third_party_provider, remote_id: 'R1' })
  expect(created).toEqual({ [idField]: created[idField], third_party_provider, remote_id: 'R1' })
  expect(await read(`${path}/${created[idField]}`)).toEqual([created])
  expect(await read(`${path}/${created[idField]}`)).toEqual([created])
  // A second apply after that creates it once more.
  const again = await call('post', path, { third_party_provider, remote_id: 'R1' })
  expect(await read(`${path}/${again[idField]}`)).toEqual([again])
})
