import { describe, expect, test } from 'vitest'
import { ids, requestId, sandbox, told } from '../../helper.js'

const platform = '0c000000-0000-4000-8000-000000000001'
const security = '0c000000-0000-4000-8000-000000000002'
const channel = '0d000000-0000-4000-8000-000000000001'

const seed = {
  version: 1,
  users: {
    jake: { user_id: ids.jake, email: 'jake@company.dev', full_name: 'Jake Barnes' },
    ada: { user_id: ids.ada, email: 'ada@company.dev', full_name: 'Ada Lane' },
  },
  groups: { api: { group_id: ids.apiGroup, name: 'API Group', group_type: 'OPAL_GROUP' } },
  message_channels: {
    alerts: { message_channel_id: channel, third_party_provider: 'SLACK', remote_id: 'C1', name: '#alerts' },
  },
  owners: {
    platform: { owner_id: platform, name: 'Platform', description: 'Keeps it up', users: ['ada', 'jake'] },
    security: { owner_id: security, name: 'Security', reviewer_message_channel: 'alerts' },
  },
  apps: { aws: { name: 'AWS', description: '', app_type: 'AWS', admin_owner: 'security' } },
}

const shownPlatform = { owner_id: platform, name: 'Platform', description: 'Keeps it up' }
const shownSecurity = { owner_id: security, name: 'Security', reviewer_message_channel_id: channel }
const notFound = {
  status: 404,
  body: {
    code: 'OWNER_NOT_FOUND',
    message: `There is no owner ${ids.unknown}.`,
    hint: 'GET /v1/owners lists the owners.',
    request_id: requestId,
  },
}

describe('owners are listed', () => {
  test('in the order in which they were created', async () => {
    const { agent } = await sandbox({ seed })
    const body = { results: [shownPlatform, shownSecurity], next: null, previous: null }
    expect(told(await agent.get('/v1/owners'))).toEqual({ status: 200, body })
  })

  test('page by page', async () => {
    const { agent } = await sandbox({ seed })
    const first = (await agent.get('/v1/owners?page_size=1')).body as { next: string }
    const second = await agent.get('/v1/owners').query({ page_size: 1, cursor: first.next })
    expect(first).toEqual({ results: [shownPlatform], next: expect.any(String) as string, previous: null })
    expect(second.body).toEqual({ results: [shownSecurity], next: null, previous: first.next })
  })

  test('by name', async () => {
    const { agent } = await sandbox({ seed })
    const answer = await agent.get('/v1/owners').query({ name: 'Security', page_size: 1 })
    expect(answer.body).toEqual({ results: [shownSecurity], next: null, previous: null })
  })
})

describe('one owner is shown', () => {
  test.each([
    ['by id', `/v1/owners/${platform}`, { status: 200, body: shownPlatform }],
    ['by name', '/v1/owners/name/Platform', { status: 200, body: shownPlatform }],
    ['if there is one with the id', `/v1/owners/${ids.unknown}`, notFound],
    [
      'if there is one with the name',
      '/v1/owners/name/Nobody',
      { ...notFound, body: { ...notFound.body, message: 'There is no owner named "Nobody".' } },
    ],
  ])('%s', async (_, path, answer) => {
    const { agent } = await sandbox({ seed })
    expect(told(await agent.get(path))).toEqual(answer)
  })
})

describe('a new owner', () => {
  test('has its users in the given order', async () => {
    const { agent } = await sandbox({ seed })
    const fields = {
      name: 'Data',
      description: '',
      access_request_escalation_period: 60,
      source_group_id: ids.apiGroup,
    }
    const created = await agent.post('/v1/owners').send({ ...fields, user_ids: [ids.jake, ids.ada, ids.jake] })
    const { owner_id } = created.body as { owner_id: string }
    expect(told(created)).toEqual({ status: 200, body: { owner_id, ...fields } })
    expect((await agent.get(`/v1/owners/${owner_id}`)).body).toEqual(created.body)
    const { users } = (await agent.get(`/v1/owners/${owner_id}/users`)).body as { users: { user_id: string }[] }
    expect(users.map(({ user_id }) => user_id)).toEqual([ids.jake, ids.ada])
  })

  test('must not name what does not exist, and is then not created', async () => {
    const { agent } = await sandbox({ seed })
    const body = { name: 'Data', user_ids: [ids.ada, ids.unknown], reviewer_message_channel_id: '' }
    expect(told(await agent.post('/v1/owners').send(body))).toEqual({
      status: 400,
      body: {
        code: 'INVALID_REQUEST',
        message: 'The request is not valid: 1 problem.',
        errors: [{ path: 'body.user_ids[1]', message: `expected the id of a user; there is no user ${ids.unknown}` }],
        request_id: requestId,
      },
    })
    expect((await agent.get('/v1/owners?name=Data')).body).toMatchObject({ results: [] })
  })
})

describe('owners are changed', () => {
  test('field by field; an empty channel is removed', async () => {
    const { agent } = await sandbox({ seed })
    const changes = [
      { owner_id: platform, name: 'Core' },
      { owner_id: security, reviewer_message_channel_id: '' },
    ]
    const after = [
      { ...shownPlatform, name: 'Core' },
      { owner_id: security, name: 'Security' },
    ]
    expect(told(await agent.put('/v1/owners').send({ owners: changes }))).toEqual({
      status: 200,
      body: { owners: after },
    })
    expect((await agent.get('/v1/owners')).body).toMatchObject({ results: after })
  })

  test('all or none', async () => {
    const { agent } = await sandbox({ seed })
    const changes = [
      { owner_id: platform, name: 'Core' },
      { owner_id: ids.unknown, name: 'Other' },
    ]
    expect(told(await agent.put('/v1/owners').send({ owners: changes }))).toEqual(notFound)
    expect((await agent.get(`/v1/owners/${platform}`)).body).toEqual(shownPlatform)
  })
})

test("an owner's users are replaced, in the given order", async () => {
  const { agent } = await sandbox({ seed })
  const path = `/v1/owners/${platform}/users`
  const idsOf = ({ body }: { body: unknown }) =>
    (body as { users: { user_id: string }[] }).users.map(({ user_id }) => user_id)
  expect(idsOf(await agent.get(path))).toEqual([ids.ada, ids.jake])
  expect(idsOf(await agent.put(path).send({ user_ids: [ids.jake, ids.ada] }))).toEqual([ids.jake, ids.ada])
  expect(idsOf(await agent.get(path))).toEqual([ids.jake, ids.ada])
  expect(idsOf(await agent.put(path).send({ user_ids: [] }))).toEqual([])
})

describe('an owner is deleted', () => {
  test('with its users', async () => {
    const { agent } = await sandbox({ seed })
    expect(told(await agent.delete(`/v1/owners/${platform}`))).toEqual({ status: 200, body: {} })
    expect(told(await agent.get(`/v1/owners/${platform}/users`))).toMatchObject({ status: 404 })
    expect(told(await agent.delete(`/v1/owners/${platform}`))).toMatchObject({ status: 404 })
  })

  test('if a text only mentions it', async () => {
    const { agent } = await sandbox({ seed })
    const description = `See "${platform}".`
    await agent.put('/v1/owners').send({ owners: [{ owner_id: platform, description }] })
    await agent
      .put('/v1/groups')
      .send({ groups: [{ group_id: ids.apiGroup, custom_request_notification: description }] })
    expect(told(await agent.delete(`/v1/owners/${platform}`))).toEqual({ status: 200, body: {} })
  })

  test('unless something refers to it', async () => {
    const { agent } = await sandbox({ seed })
    expect(told(await agent.delete(`/v1/owners/${security}`))).toEqual({
      status: 409,
      body: {
        code: 'OWNER_IN_USE',
        message: `Owner ${security} is still in use: app AWS refers to it.`,
        hint: 'Give what refers to it another owner first, or set owner_in_use to "delete".',
        request_id: requestId,
      },
    })
  })

  test('although something refers to it, if the setting owner_in_use says so', async () => {
    const { agent } = await sandbox({ seed: { ...seed, settings: { owner_in_use: 'delete' } } })
    expect(told(await agent.delete(`/v1/owners/${security}`))).toEqual({ status: 200, body: {} })
    expect(told(await agent.get(`/v1/owners/${security}`))).toMatchObject({ status: 404 })
    expect((await agent.get('/v1/apps')).body).toMatchObject({ apps: [{ admin_owner_id: security }] })
  })
})

describe('as many ids as the schema allows', () => {
  const many = Array.from(
    { length: 10_000 },
    (_, index) => `0d000000-0000-4000-8000-${String(index).padStart(12, '0')}`,
  )

  test.each<[method: 'post' | 'put', path: string, body: object, status: number]>([
    ['post', '/v1/owners', { name: 'All', user_ids: many }, 400],
    ['put', `/v1/owners/${platform}/users`, { user_ids: many }, 400],
    ['post', '/v1/groups', { name: 'All', group_type: 'OPAL_GROUP', app_id: ids.unknown, initial_user_ids: many }, 404],
  ])('fit the body of %s %s', async (method, path, body, status) => {
    const { agent } = await sandbox({ seed })
    // Nobody has these ids, which is only found out when the body was read.
    expect((await agent[method](path).send(body)).status).toBe(status)
  })
})
