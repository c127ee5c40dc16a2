import { expect, test } from 'vitest'
import { ids, sandbox, told } from '../../helper.js'

const app_id = '0e000000-0000-4000-8000-000000000001'
const resource_id = '0a100000-0000-4000-8000-000000000001'
const seed = {
  version: 1,
  groups: { api: { group_id: ids.apiGroup, name: 'API Group', group_type: 'OPAL_GROUP' } },
  owners: { it: { name: 'IT' } },
  apps: { aws: { app_id, name: 'AWS', description: '', app_type: 'AWS', admin_owner: 'it' } },
  resources: { db: { resource_id, name: 'Database' } },
  sync_errors: {
    app: { error_message: 'no connection', app: 'aws', first_seen: '-1d' },
    group: { error_message: 'no such group', app: 'aws', group: 'api' },
    resource: { error_message: 'no such database', resource: 'db', first_seen: '-2h', last_seen: '-1h' },
  },
}
const now = '2022-01-23T03:56:07.000Z'
const ofApp = { error_message: 'no connection', app_id, first_seen: '2022-01-22T03:56:07.000Z', last_seen: now }
const ofGroup = { error_message: 'no such group', app_id, first_seen: now, last_seen: now }
const ofResource = {
  error_message: 'no such database',
  first_seen: '2022-01-23T01:56:07.000Z',
  last_seen: '2022-01-23T02:56:07.000Z',
}

test.each([
  ['all', '', [ofApp, ofGroup, ofResource]],
  ['of an app', `?app_id=${app_id}`, [ofApp, ofGroup]],
  ['of a group', `?group_id=${ids.apiGroup}`, [ofGroup]],
  ['of a resource', `?resource_id=${resource_id}`, [ofResource]],
  ['of an app and a group', `?app_id=${app_id}&group_id=${ids.apiGroup}`, [ofGroup]],
  ['of an app and another resource', `?app_id=${app_id}&resource_id=${resource_id}`, []],
])('sync errors are listed: %s', async (_, query, sync_errors) => {
  const { agent } = await sandbox({ seed })
  expect(told(await agent.get(`/v1/sync_errors${query}`))).toEqual({ status: 200, body: [{ sync_errors }] })
})

test('the built-in seed has no sync errors', async () => {
  const { agent } = await sandbox()
  expect(told(await agent.get('/v1/sync_errors'))).toEqual({ status: 200, body: [{ sync_errors: [] }] })
})
