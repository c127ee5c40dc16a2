import { expect, test } from 'vitest'
import { ids, sandbox } from '../../helper.js'

// The calls of Opal's Terraform provider, in its order. It takes exactly these statuses, and compares what it reads with
// what it has written.

const app_id = '0e000000-0000-4000-8000-000000000001'
const owner = '0c000000-0000-4000-8000-000000000001'
const [access, security] = ['0d000000-0000-4000-8000-000000000001', '0d000000-0000-4000-8000-000000000002']
const schedule = '0f000000-0000-4000-8000-000000000001'

async function provider() {
  const { agent } = await sandbox()
  return async (method: 'get' | 'post' | 'put' | 'delete', path: string, body?: object, status = 200) => {
    const call = agent[method](`/v1${path}`)
    const answer = await (body ? call.send(body) : call)
    expect([method, path, answer.status, answer.body]).toEqual([method, path, status, expect.anything() as unknown])
    return answer.body as unknown
  }
}

type Call = Awaited<ReturnType<typeof provider>>

interface Plan {
  name: string
  description: string
  message_channel_ids: string[]
  on_call_schedule_ids: string[]
  visibility: string
  visibility_group_ids: string[]
  request_configurations: object[]
}

const stage = {
  require_manager_approval: false,
  require_admin_approval: false,
  operator: 'AND',
  owner_ids: [owner],
  service_user_ids: [],
}
const configuration = {
  condition: { group_ids: [], role_remote_ids: [] },
  allow_requests: true,
  auto_approval: false,
  require_mfa_to_request: false,
  max_duration_minutes: 120,
  recommended_duration_minutes: 120,
  require_support_ticket: false,
  reviewer_stages: [stage],
  priority: 0,
}
const first: Plan = {
  name: 'Platform',
  description: 'Test description',
  message_channel_ids: [security, access],
  on_call_schedule_ids: [schedule],
  visibility: 'GLOBAL',
  visibility_group_ids: [],
  request_configurations: [configuration],
}
const second: Plan = {
  ...first,
  description: 'New description',
  message_channel_ids: [],
  visibility: 'LIMITED',
  visibility_group_ids: [ids.plainGroup, ids.apiGroup],
}

async function create(call: Call, plan: Plan): Promise<string> {
  const { name, description } = plan
  const group = { name, description, app_id, group_type: 'OPAL_GROUP' }
  const { group_id } = (await call('post', '/groups', group)) as { group_id: string }
  await update(call, group_id, plan)
  return group_id
}

async function update(call: Call, group_id: string, plan: Plan) {
  const { message_channel_ids, on_call_schedule_ids, visibility, visibility_group_ids, ...fields } = plan
  const path = `/groups/${group_id}`
  await call('put', '/groups', { groups: [{ group_id, admin_owner_id: owner, ...fields }] })
  expect(await call('put', `${path}/message-channels`, { message_channel_ids })).toEqual(message_channel_ids)
  expect(await call('put', `${path}/on-call-schedules`, { on_call_schedule_ids })).toEqual(on_call_schedule_ids)
  await call('put', `${path}/visibility`, { visibility, visibility_group_ids })
}

async function read(call: Call, group_id: string): Promise<Plan> {
  const path = `/groups/${group_id}`
  const { name, description, request_configurations } = (await call('get', path)) as Plan
  const { channels } = (await call('get', `${path}/message-channels`)) as { channels: { message_channel_id: string }[] }
  const { on_call_schedules } = (await call('get', `${path}/on-call-schedules`)) as {
    on_call_schedules: { on_call_schedule_id: string }[]
  }
  const { visibility, visibility_group_ids } = (await call('get', `${path}/visibility`)) as Plan
  return {
    name,
    description,
    message_channel_ids: channels.map(({ message_channel_id }) => message_channel_id),
    on_call_schedule_ids: on_call_schedules.map(({ on_call_schedule_id }) => on_call_schedule_id),
    visibility,
    visibility_group_ids,
    request_configurations,
  }
}

test('opal_group: create, read, read again, update, import, destroy', async () => {
  const call = await provider()
  const group_id = await create(call, first)
  expect(await read(call, group_id)).toEqual(first)
  expect(await read(call, group_id)).toEqual(first)
  await update(call, group_id, second)
  expect(await read(call, group_id)).toEqual(second)
  // An import knows the id alone, and reads.
  expect(await read(call, group_id)).toEqual(second)
  await call('delete', `/groups/${group_id}`)
  await call('get', `/groups/${group_id}`, undefined, 404)
})

test.each([
  ['nothing but the group', { containing_group_id: ids.oktaGroup }],
  ['with a level', { containing_group_id: ids.oktaGroup, access_level_remote_id: 'admin' }],
  ['with a duration', { containing_group_id: ids.oktaGroup, access_level_remote_id: '', duration_minutes: 120 }],
])('opal_group_containing_group, %s: create, read, destroy', async (_, written) => {
  const call = await provider()
  const path = `/groups/${ids.apiGroup}/containing-groups`
  const one = `${path}/${ids.oktaGroup}`
  expect(await call('post', path, written)).toEqual(written)
  expect(await call('get', one)).toEqual(written)
  const { access_level_remote_id: level } = { access_level_remote_id: undefined, ...written }
  await call('delete', level === undefined ? one : `${one}?access_level_remote_id=${level}`, undefined, 204)
  await call('get', one, undefined, 404)
})
