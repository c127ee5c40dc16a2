import { expect, test } from 'vitest'
import { ids, sandbox, told } from '../../helper.js'

const platform = '0c000000-0000-4000-8000-000000000001'
const it = '0c000000-0000-4000-8000-000000000002'
const security = '0c000000-0000-4000-8000-000000000003'
const group = `/v1/groups/${ids.plainGroup}`
const stages = [
  { require_manager_approval: true, operator: 'OR', owner_ids: [security, platform] },
  { require_manager_approval: false, require_admin_approval: true, operator: 'AND', owner_ids: [platform, it] },
]
const configuration = {
  allow_requests: false,
  auto_approval: true,
  require_mfa_to_request: true,
  require_support_ticket: false,
}

async function configurations({ agent }: Awaited<ReturnType<typeof sandbox>>): Promise<unknown> {
  return ((await agent.get(group)).body as { request_configurations?: unknown }).request_configurations
}

test('a group without request configurations has no reviewers', async () => {
  const { agent } = await sandbox()
  expect(told(await agent.get(`${group}/reviewer-stages`))).toEqual({ status: 200, body: [] })
  expect(told(await agent.get(`${group}/reviewers`))).toEqual({ status: 200, body: [] })
})

test('stages are read as they were written, and go into the default request configuration', async () => {
  const opened = await sandbox()
  const { agent } = opened
  const others = { ...configuration, condition: { group_ids: [ids.oktaGroup] }, priority: 1, reviewer_stages: [] }
  const before = [others, { ...configuration, priority: 0 }]
  await agent.put('/v1/groups').send({ groups: [{ group_id: ids.plainGroup, request_configurations: before }] })
  expect(told(await agent.put(`${group}/reviewer-stages`).send({ stages }))).toEqual({ status: 200, body: stages })
  expect(told(await agent.get(`${group}/reviewer-stages`))).toEqual({ status: 200, body: stages })
  expect((await agent.get(`${group}/reviewers`)).body).toEqual([security, platform, it])
  expect(await configurations(opened)).toEqual([others, { ...configuration, priority: 0, reviewer_stages: stages }])
})

test('stages that come with the group are read, too', async () => {
  const { agent } = await sandbox()
  const request_configurations = [{ ...configuration, priority: 0, reviewer_stages: stages }]
  await agent.put('/v1/groups').send({ groups: [{ group_id: ids.plainGroup, request_configurations }] })
  expect((await agent.get(`${group}/reviewer-stages`)).body).toEqual(stages)
})

test('reviewers are read as they were written, as a single stage', async () => {
  const opened = await sandbox()
  const { agent } = opened
  await agent.put(`${group}/reviewer-stages`).send({ stages })
  const reviewer_ids = [it, security]
  const answer = await agent.put(`${group}/reviewers`).send({ reviewer_ids })
  expect(told(answer)).toEqual({ status: 200, body: reviewer_ids })
  expect((await agent.get(`${group}/reviewers`)).body).toEqual(reviewer_ids)
  const stage = { require_manager_approval: false, operator: 'AND', owner_ids: reviewer_ids }
  expect((await agent.get(`${group}/reviewer-stages`)).body).toEqual([stage])
  expect(told(await agent.put(`${group}/reviewers`).send({ reviewer_ids: [] }))).toEqual({ status: 200, body: [] })
  expect(await configurations(opened)).toEqual([
    {
      allow_requests: true,
      auto_approval: false,
      require_mfa_to_request: false,
      require_support_ticket: false,
      priority: 0,
      reviewer_stages: [],
    },
  ])
})
