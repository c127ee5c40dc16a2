import { describe, expect, test } from 'vitest'
import { operations } from '../../../src/domain/operations.js'
import { ids, requestId, sandbox, told, tokens } from '../../helper.js'

// What holds for everything around a group.

const owner = '0c000000-0000-4000-8000-000000000001'
const schedule = '0f000000-0000-4000-8000-000000000001'
const group = `/v1/groups/${ids.apiGroup}`

/** A body that every operation accepts: each takes its own fields. */
const body = {
  duration_minutes: 60,
  visibility: 'GLOBAL',
  message_channel_ids: [],
  on_call_schedule_ids: [],
  reviewer_ids: [],
  stages: [],
  resources: [],
  containing_group_id: ids.plainGroup,
}

test.each(
  operations
    .filter(({ path, simulated }) => simulated && path.startsWith('/groups/{group_id}'))
    .map(({ id, method, path }) => [id, method, path] as const),
)('%s of a group that does not exist is a 404', async (_, method, path) => {
  const { app } = await sandbox()
  const answer = await app.inject({
    method,
    url: `/v1${path.replace('{group_id}', ids.unknown).replaceAll(/\{\w+\}/g, ids.jake)}`,
    headers: { authorization: `Bearer ${tokens.fullAccess}` },
    ...(method !== 'GET' && method !== 'DELETE' && { payload: body }),
  })
  expect({ status: answer.statusCode, ...answer.json<object>() }).toMatchObject({
    status: 404,
    code: 'GROUP_NOT_FOUND',
  })
})

const stage = (...owner_ids: string[]) => ({ require_manager_approval: false, operator: 'AND', owner_ids })

describe('an id that names nothing is a 400 with its place, and nothing is changed', () => {
  test.each([
    [
      '/visibility',
      'body.visibility_group_ids[1]',
      'group',
      { visibility: 'LIMITED', visibility_group_ids: [ids.oktaGroup, ids.unknown] },
    ],
    ['/message-channels', 'body.message_channel_ids[0]', 'message channel', { message_channel_ids: [ids.unknown] }],
    [
      '/on-call-schedules',
      'body.on_call_schedule_ids[1]',
      'on-call schedule',
      { on_call_schedule_ids: [schedule, ids.unknown] },
    ],
    ['/reviewers', 'body.reviewer_ids[1]', 'owner', { reviewer_ids: [owner, ids.unknown] }],
    ['/reviewer-stages', 'body.stages[1].owner_ids[0]', 'owner', { stages: [stage(owner), stage(ids.unknown, owner)] }],
    [
      '/reviewer-stages',
      'body.stages[0].escalation.user_ids[0]',
      'user',
      { stages: [{ ...stage(owner), escalation: { delay_minutes: 5, user_ids: [ids.unknown] } }] },
    ],
    ['/resources', 'body.resources[0].resource_id', 'resource', { resources: [{ resource_id: ids.unknown }] }],
  ])('%s', async (path, place, label, given) => {
    const { agent } = await sandbox()
    const before = (await agent.get('/_sandbox/seed')).body as object
    const message = `expected the id of a ${label}; there is no ${label} ${ids.unknown}`
    expect(told(await agent.put(group + path).send(given))).toEqual({
      status: 400,
      body: {
        code: 'INVALID_REQUEST',
        message: 'The request is not valid: 1 problem.',
        errors: [{ path: place, message }],
        request_id: requestId,
      },
    })
    expect((await agent.get('/_sandbox/seed')).body).toEqual(before)
  })
})

test('a deleted group is in no list any more', async () => {
  const { agent } = await sandbox()
  await agent.put(`${group}/visibility`).send({ visibility: 'LIMITED', visibility_group_ids: [ids.oktaGroup] })
  await agent.post(`${group}/containing-groups`).send({ containing_group_id: ids.oktaGroup })
  await agent.put(`/v1/groups/${ids.oktaGroup}/on-call-schedules`).send({ on_call_schedule_ids: [schedule] })
  expect((await agent.delete(`/v1/groups/${ids.oktaGroup}`)).status).toBe(200)
  expect((await agent.get(`${group}/visibility`)).body).toEqual({ visibility: 'LIMITED', visibility_group_ids: [] })
  expect((await agent.get(`${group}/containing-groups`)).body).toEqual({ containing_groups: [] })
  const seed = (await agent.get('/_sandbox/seed')).body as object
  expect(told(await agent.put('/_sandbox/seed').send(seed))).toMatchObject({ status: 200 })
})
