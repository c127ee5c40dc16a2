import { describe, expect, test } from 'vitest'
import { behaviors } from '../../../src/domain/behaviors.js'
import { operations } from '../../../src/domain/operations.js'
import { ids, sandbox, told, tokens } from '../../helper.js'

type Agent = Awaited<ReturnType<typeof sandbox>>['agent']

const platform = '0c000000-0000-4000-8000-000000000001'
const warehouse = '0a100000-0000-4000-8000-000000000001'
const at = '2022-01-23T03:56:07.000Z'

interface Kept {
  list: string
  /** Of a single one, if it can be read. */
  one?: string
  key: string
  idField: string
  status: number
  body: object
  shown: object
  /** The method and the path of the update, with `{id}`, if there is one. */
  update?: { path: string; body: (id: string) => object; shown: object }
  isDeletable: boolean
}

const webhook = { name: 'Alerts', connection_type: 'WEBHOOK', webhook_url: 'https://alerts.company.dev' }
const key = { id: ids.unknown, name: 'x-key', value: 'made up', location: 'HEADER' }
const credentials = { auth_type: 'API_KEY', api_key_credentials: [key] }
const template = {
  ...{ name: 'Staging', admin_owner_id: platform, visibility: { visibility: 'GLOBAL' } },
  ...{ require_mfa_to_approve: false, require_mfa_to_connect: true },
}
const rule = {
  ...{ name: 'Everybody', description: '', admin_owner_id: platform, status: 'ACTIVE' },
  ruleClauses: { when: { clauses: [{ selectors: [] }] } },
}
const review = {
  ...{ name: 'Autumn', reviewer_assignment_policy: 'BY_MANAGER', send_reviewer_assignment_notification: true },
  ...{ time_zone: 'UTC', self_review_allowed: true, uar_scope: { names: ['Data'] } },
}
const requests = {
  ...{ allow_requests: true, auto_approval: true, require_mfa_to_request: false, require_support_ticket: false },
  priority: 0,
}

const nouns: Kept[] = [
  {
    ...{ list: '/v1/event-streams', key: 'event_streams', idField: 'event_stream_id', status: 200, isDeletable: true },
    body: { ...webhook, credentials: { ...credentials, hmac_credential_1: null } },
    shown: { connection: { ...webhook, enabled: true, credentials } },
    update: {
      path: '/v1/event-streams/{id}',
      body: () => ({ enabled: false }),
      shown: { connection: { ...webhook, enabled: false, credentials } },
    },
  },
  {
    ...{ list: '/v1/configuration-templates', key: 'results', idField: 'configuration_template_id' },
    ...{ status: 200, isDeletable: true },
    body: { ...template, request_configurations: [requests], custom_request_notification: 'Hello' },
    shown: { ...template, custom_request_notification: 'Hello' },
    update: {
      path: '/v1/configuration-templates',
      body: (id) => ({ configuration_template_id: id, name: 'Test', custom_request_notification: null }),
      shown: { ...template, name: 'Test' },
    },
  },
  {
    ...{ list: '/v1/group-bindings', one: '/v1/group-bindings', key: 'results', idField: 'group_binding_id' },
    ...{ status: 200, isDeletable: true },
    body: { source_group_id: ids.apiGroup, groups: [{ group_id: ids.plainGroup }, { group_id: ids.oktaGroup }] },
    shown: {
      ...{ source_group_id: ids.apiGroup, created_by_id: ids.ada, created_at: at },
      groups: [
        { group_id: ids.plainGroup, group_type: 'OPAL_GROUP' },
        { group_id: ids.oktaGroup, group_type: 'OKTA_GROUP' },
      ],
    },
  },
  {
    ...{ list: '/v1/access-rules', one: '/v1/access-rules', key: 'results', idField: 'access_rule_id' },
    ...{ status: 201, isDeletable: false, body: rule, shown: rule },
    update: {
      path: '/v1/access-rules/{id}',
      body: () => ({ ...rule, status: 'PAUSED' }),
      shown: { ...rule, status: 'PAUSED' },
    },
  },
  {
    ...{ list: '/v1/uars', one: '/v1/uar', key: 'results', idField: 'uar_id', status: 200, isDeletable: false },
    body: { ...review, deadline: '2022-03-01T01:00:00+01:00', reminder_schedule: [1] },
    shown: { ...review, deadline: '2022-03-01T00:00:00.000Z', instantly_action_reviews: false },
  },
]

describe.each(nouns)('$list', ({ list, one, key, idField, status, body, shown, update, isDeletable }) => {
  const found = async (agent: Agent) => {
    const { [key]: records } = told(await agent.get(list)).body as Record<string, Record<string, unknown>[]>
    return records!
  }
  const creation = one === '/v1/uar' ? one : list

  test('keeps what is created, and shows it last', async () => {
    const { agent } = await sandbox()
    const before = await found(agent)
    const created = await agent.post(creation).send(body)
    const { [idField]: id } = created.body as Record<string, string>
    const record = { [idField]: id, ...shown }
    expect(told(created)).toEqual({ status, body: record })
    expect(await found(agent)).toEqual([...before, record])
    if (one) expect(told(await agent.get(`${one}/${id}`))).toEqual({ status: 200, body: record })
    if (update) {
      const { path, body, shown } = update
      const changed = await agent.put(path.replace('{id}', id!)).send(body(id!))
      expect(told(changed)).toEqual({ status: 200, body: { [idField]: id, ...shown } })
      expect(await found(agent)).toEqual([...before, changed.body])
    }
    if (isDeletable) {
      expect(told(await agent.delete(`${list}/${id}`))).toEqual({ status: 200, body: {} })
      expect(await found(agent)).toEqual(before)
      expect(told(await agent.delete(`${list}/${id}`))).toMatchObject({
        status: 404,
        body: { code: 'RECORD_NOT_FOUND' },
      })
    }
    if (one) expect((await agent.get(`${one}/${ids.unknown}`)).status).toBe(404)
  })
})

test.each([
  ['/v1/access-rules', { ...rule, admin_owner_id: ids.unknown }, 'body.admin_owner_id'],
  ['/v1/configuration-templates', { ...template, break_glass_user_ids: [ids.unknown] }, 'body.break_glass_user_ids[0]'],
  [
    '/v1/group-bindings',
    { source_group_id: ids.apiGroup, groups: [{ group_id: ids.unknown }] },
    'body.groups[0].group_id',
  ],
  ['/v1/group-bindings', { source_group_id: ids.unknown, groups: [] }, 'body.source_group_id'],
  ['/v1/uar', { ...review, deadline: '2022-02-31T00:00:00Z' }, 'body.deadline'],
])('%s rejects %j', async (path, body, place) => {
  const { agent } = await sandbox()
  expect(told(await agent.post(path).send(body))).toMatchObject({ status: 400, body: { errors: [{ path: place }] } })
})

test('group bindings are replaced all or not at all', async () => {
  const { agent } = await sandbox()
  const { results } = (await agent.get('/v1/group-bindings')).body as { results: { group_binding_id: string }[] }
  const [first, second] = results as [(typeof results)[0], (typeof results)[0]]
  const change = { source_group_id: ids.gitlabGroup, groups: [{ group_id: ids.apiGroup }] }
  const put = (...bindings: string[]) =>
    agent
      .put('/v1/group-bindings')
      .send({ group_bindings: bindings.map((group_binding_id) => ({ group_binding_id, ...change })) })
  expect((await put(first.group_binding_id, ids.unknown)).status).toBe(404)
  expect((await agent.get('/v1/group-bindings')).body).toMatchObject({ results })
  expect(told(await put(first.group_binding_id))).toEqual({ status: 200, body: {} })
  const groups = [{ group_id: ids.apiGroup, group_type: 'AWS_SSO_GROUP' }]
  expect((await agent.get('/v1/group-bindings')).body).toMatchObject({
    results: [{ ...first, source_group_id: ids.gitlabGroup, groups }, second],
  })
})

test('pages of access rules have no null', async () => {
  const { agent } = await sandbox()
  const first = (await agent.get('/v1/access-rules?page_size=1')).body as { next: string }
  expect(Object.keys(first)).toEqual(['results', 'next'])
  const second = (await agent.get('/v1/access-rules').query({ page_size: 1, cursor: first.next })).body as object
  expect(Object.keys(second)).toEqual(['results', 'previous'])
})

test('sessions of the seed are listed by resource and user', async () => {
  const { agent } = await sandbox()
  const found = async (query: object) =>
    ((await agent.get('/v1/sessions').query(query)).body as { results: { user_id: string }[] }).results
  expect(await found({ resource_id: warehouse })).toMatchObject([{ user_id: ids.jake, resource_id: warehouse }])
  expect(await found({ resource_id: warehouse, user_id: ids.jake })).toHaveLength(1)
  expect(await found({ resource_id: warehouse, user_id: ids.ada })).toEqual([])
  expect(await found({ resource_id: ids.unknown })).toEqual([])
  expect((await agent.get('/v1/sessions')).status).toBe(400)
})

describe('IdP group mappings', () => {
  const path = `/v1/idp-group-mappings/${warehouse}`
  const mapping = (group_id: string, alias: string | undefined, hidden_from_end_user: boolean) => ({
    ...{ app_resource_id: warehouse, group_id, hidden_from_end_user },
    ...(alias !== undefined && { alias }),
  })
  const seeded = mapping(ids.apiGroup, 'Analysts', false)

  test('are created, shown, replaced and deleted one by one', async () => {
    const { agent } = await sandbox()
    const one = `${path}/groups/${ids.oktaGroup}`
    expect(told(await agent.get(one))).toMatchObject({ status: 404, body: { code: 'RECORD_NOT_FOUND' } })
    expect(told(await agent.post(one))).toEqual({ status: 200, body: mapping(ids.oktaGroup, undefined, false) })
    const hidden = mapping(ids.oktaGroup, 'Engineers', true)
    expect((await agent.post(one).send({ alias: 'Engineers', hidden_from_end_user: true })).body).toEqual(hidden)
    expect((await agent.get(one)).body).toEqual(hidden)
    expect((await agent.get(path)).body).toEqual({ mappings: [seeded, hidden] })
    expect((await agent.post(one).send({ alias: null })).body).toEqual(mapping(ids.oktaGroup, undefined, false))
    expect(told(await agent.delete(one))).toEqual({ status: 200, body: {} })
    expect((await agent.delete(one)).status).toBe(404)
    expect((await agent.get(path)).body).toEqual({ mappings: [seeded] })
  })

  test('are replaced all or not at all', async () => {
    const { agent } = await sandbox()
    const put = (...mappings: object[]) => agent.put(path).send({ mappings })
    expect(told(await put({ group_id: ids.oktaGroup }, { alias: 'x' }))).toMatchObject({
      status: 400,
      body: { errors: [{ path: 'body.mappings[1].group_id' }] },
    })
    expect((await agent.get(path)).body).toEqual({ mappings: [seeded] })
    expect(told(await put({ group_id: ids.oktaGroup, alias: 'x' }))).toEqual({ status: 200, body: {} })
    expect((await agent.get(path)).body).toEqual({ mappings: [mapping(ids.oktaGroup, 'x', false)] })
  })

  test.each([
    [`/v1/idp-group-mappings/${ids.unknown}/groups/${ids.apiGroup}`, 'RESOURCE_NOT_FOUND'],
    [`${path}/groups/${ids.unknown}`, 'GROUP_NOT_FOUND'],
  ])('are a 404 for what is not there: %s', async (one, code) => {
    const { agent } = await sandbox()
    expect(told(await agent.post(one))).toMatchObject({ status: 404, body: { code } })
  })
})

test('an export with all of them, applied, gives the same export', async () => {
  const { agent } = await sandbox()
  const first = (await agent.get('/_sandbox/seed')).body as object
  await agent.put('/_sandbox/seed').send(first)
  expect((await agent.get('/_sandbox/seed')).body).toEqual(first)
  expect(Object.keys(first)).toEqual(expect.arrayContaining(['bundles', 'event_streams', 'group_bindings', 'uars']))
})

test('every answer about what is only kept is assumed', async () => {
  const { app } = await sandbox()
  const kept = new Set<string>(behaviors.records_kept.operations)
  const lists = operations.filter(({ id, method, path }) => kept.has(id) && method === 'GET' && !path.includes('{'))
  for (const { path } of lists) {
    const url = `/v1${path}${path === '/sessions' ? `?resource_id=${warehouse}` : ''}`
    const { headers } = await app.inject({ url, headers: { authorization: `Bearer ${tokens.readOnly}` } })
    expect([path, headers['x-opal-sandbox-basis']]).toEqual([path, 'assumed'])
  }
  expect(lists.length).toBeGreaterThanOrEqual(7)
})
