import { expect, test } from 'vitest'
import { ids, sandbox, told } from '../../helper.js'

const group = `/v1/groups/${ids.plainGroup}`
const access = {
  message_channel_id: '0d000000-0000-4000-8000-000000000001',
  third_party_provider: 'SLACK',
  remote_id: 'C024BE91L',
  name: 'access-requests',
  is_private: false,
}
const security = {
  message_channel_id: '0d000000-0000-4000-8000-000000000002',
  third_party_provider: 'SLACK',
  remote_id: 'C024BE92M',
  name: 'security',
  is_private: true,
}
const platform = {
  on_call_schedule_id: '0f000000-0000-4000-8000-000000000001',
  third_party_provider: 'PAGER_DUTY',
  remote_id: 'PI7DH85',
  name: 'Platform on call',
}

test('message channels are written as ids and read as objects, in the given order', async () => {
  const { agent } = await sandbox()
  const path = `${group}/message-channels`
  const given = [security.message_channel_id, access.message_channel_id]
  expect(told(await agent.get(path))).toEqual({ status: 200, body: { channels: [] } })
  expect(told(await agent.put(path).send({ message_channel_ids: given }))).toEqual({ status: 200, body: given })
  expect(told(await agent.get(path))).toEqual({ status: 200, body: { channels: [security, access] } })
  expect(told(await agent.put(path).send({ message_channel_ids: [] }))).toEqual({ status: 200, body: [] })
  expect(told(await agent.get(path))).toEqual({ status: 200, body: { channels: [] } })
})

test('so are on-call schedules', async () => {
  const { agent } = await sandbox()
  const path = `${group}/on-call-schedules`
  const given = [platform.on_call_schedule_id]
  expect(told(await agent.get(path))).toEqual({ status: 200, body: { on_call_schedules: [] } })
  const twice = { on_call_schedule_ids: [...given, ...given] }
  expect(told(await agent.put(path).send(twice))).toEqual({ status: 200, body: given })
  expect(told(await agent.get(path))).toEqual({ status: 200, body: { on_call_schedules: [platform] } })
})
