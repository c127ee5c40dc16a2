import { describe, expect, test } from 'vitest'
import { ids, requestId, sandbox, told } from '../../helper.js'

type Opened = Awaited<ReturnType<typeof sandbox>>
type Agent = Opened['agent']

const vault = '0a100000-0000-4000-8000-000000000002'
const owners = { ada: '0c000000-0000-4000-8000-00000000000a', noor: '0c000000-0000-4000-8000-00000000000b' }
const stage = (operator: 'AND' | 'OR', owner_ids: string[], rest: object = {}) => ({
  operator,
  require_manager_approval: false,
  owner_ids,
  ...rest,
})
const configuration = (rest: object = {}) => ({
  ...{ allow_requests: true, auto_approval: false, require_mfa_to_request: false, require_support_ticket: false },
  priority: 0,
  ...rest,
})

/** Ada, noor and jake can call. Jake's manager is noor. */
const seedWith = (configurations: object[], rest: object = {}) => ({
  version: 1,
  tokens: Object.fromEntries(
    ['ada', 'noor', 'jake'].map((user) => [user, { secret: `secret-of-${user}`, access_level: 'FULL_ACCESS', user }]),
  ),
  users: {
    ada: { user_id: ids.ada, email: 'ada@company.dev', full_name: 'Ada Lane' },
    noor: { user_id: ids.noor, email: 'noor@company.dev', full_name: 'Noor Haddad' },
    jake: { user_id: ids.jake, email: 'jake@company.dev', full_name: 'Jake Barnes', manager: 'noor' },
  },
  owners: {
    ada: { owner_id: owners.ada, name: 'Ada', users: ['ada'] },
    noor: { owner_id: owners.noor, name: 'Noor', users: ['noor'] },
  },
  groups: {
    api: {
      group_id: ids.apiGroup,
      name: 'API Group',
      group_type: 'OPAL_GROUP',
      access_levels: { Administrator: 'admin' },
      admin_owner_id: owners.ada,
      ...(configurations.length > 0 && { request_configurations: configurations }),
    },
    plain: { group_id: ids.plainGroup, name: 'Announcements', group_type: 'OPAL_GROUP' },
  },
  resources: { vault: { resource_id: vault, name: 'Vault', request_configurations: configurations } },
  ...rest,
})

const open = (stages: object[], rest: object = {}) =>
  sandbox({ seed: seedWith([configuration({ reviewer_stages: stages })], rest) })

const as = (user: string) => ({ authorization: `Bearer secret-of-${user}` })
const wish = { groups: [{ id: ids.apiGroup }], resources: [], reason: 'On call', duration_minutes: 60 }

async function ask(agent: Agent, more: object = {}, user = 'jake'): Promise<string> {
  const answer = await agent
    .post('/v1/requests')
    .set(as(user))
    .send({ ...wish, ...more })
  const body = answer.body as unknown
  expect([answer.status, body]).toEqual([200, { id: expect.any(String) as unknown }])
  return (body as { id: string }).id
}

async function review(agent: Agent, user: string, id: string, body: object = { level: 'REGULAR' }, verb = 'approve') {
  const answer = await agent.post(`/v1/requests/${id}/${verb}`).set(as(user)).send(body)
  return (answer.body as { request?: { status: string } }).request?.status ?? (answer.body as { code: string }).code
}

/** When jake's access to the group ends; undefined if there is none. */
async function access(agent: Agent): Promise<string | null | undefined> {
  const body = (await agent.get(`/v1/groups/users/${ids.jake}`).set(as('ada'))).body as unknown
  return (body as { results: { expiration_date: string | null }[] }).results[0]?.expiration_date
}

test('a request is shown as it was made, and grants access once its stage is approved', async () => {
  const { agent } = await open([stage('OR', [owners.ada])])
  const groups = [{ id: ids.apiGroup, access_level_name: 'Administrator' }]
  const id = await ask(agent, { groups })
  const item = { access_level_name: 'Administrator', access_level_remote_id: 'admin' }
  const stages = (status: string) => [
    { stage: 1, operator: 'OR', reviewers: [{ id: ids.ada, full_name: 'Ada Lane', status }] },
  ]
  const shown = {
    id,
    created_at: '2022-01-23T03:56:07.000Z',
    updated_at: '2022-01-23T03:56:07.000Z',
    requester_id: ids.jake,
    target_user_id: ids.jake,
    status: 'PENDING',
    reason: 'On call',
    duration_minutes: 60,
    requested_items_list: [{ group_id: ids.apiGroup, ...item, name: 'API Group' }],
    stages: { requestedRoleName: 'Administrator', requestedItemName: 'API Group', stages: stages('PENDING') },
    reviewer_stages: [{ ...item, item_name: 'API Group', item_id: ids.apiGroup, stages: stages('PENDING') }],
  }
  expect((await agent.get(`/v1/requests/${id}`).set(as('ada'))).body).toEqual(shown)
  expect(await access(agent)).toBe(undefined)

  expect(await review(agent, 'ada', id)).toBe('APPROVED')
  expect((await agent.get(`/v1/groups/${ids.apiGroup}/users`).set(as('ada'))).body).toMatchObject({
    results: [{ user_id: ids.jake, access_level: item, expiration_date: '2022-01-23T04:56:07.000Z' }],
  })
  expect((await agent.get(`/v1/requests/${id}`).set(as('ada'))).body).toMatchObject({
    status: 'APPROVED',
    reviewer_stages: [{ stages: stages('APPROVED') }],
  })
  await agent.post('/_sandbox/clock').set(as('ada')).send({ advance: '1h' })
  expect(await access(agent)).toBe(undefined)
})

test('the duration counts from the approval', async () => {
  const { agent } = await open([stage('OR', [owners.ada])])
  const id = await ask(agent)
  await agent.post('/_sandbox/clock').set(as('ada')).send({ advance: '1h' })
  await review(agent, 'ada', id)
  expect(await access(agent)).toBe('2022-01-23T05:56:07.000Z')
})

test.each([-1, 0])('a duration of %i never ends', async (duration_minutes) => {
  const { agent } = await open([stage('OR', [owners.ada])])
  await review(agent, 'ada', await ask(agent, { duration_minutes }))
  expect(await access(agent)).toBe(null)
})

describe('stages', () => {
  test.each<[what: string, stages: object[], reviews: [user: string, status: string][]]>([
    ['one of several', [stage('OR', [owners.ada, owners.noor])], [['noor', 'APPROVED']]],
    [
      'all',
      [stage('AND', [owners.ada, owners.noor])],
      [
        ['ada', 'PENDING'],
        ['ada', 'PENDING'],
        ['jake', 'NOT_A_REVIEWER'],
        ['noor', 'APPROVED'],
        ['noor', 'REQUEST_NOT_PENDING'],
      ],
    ],
    [
      'one after the other',
      [stage('OR', [owners.noor]), stage('OR', [owners.ada])],
      [
        ['ada', 'NOT_A_REVIEWER'],
        ['noor', 'PENDING'],
        ['noor', 'NOT_A_REVIEWER'],
        ['ada', 'APPROVED'],
      ],
    ],
    [
      'with the manager',
      [stage('AND', [owners.ada], { require_manager_approval: true })],
      [
        ['ada', 'PENDING'],
        ['noor', 'APPROVED'],
      ],
    ],
    ['without any, by the admin owner', [], [['ada', 'APPROVED']]],
  ])('%s', async (_what, stages, reviews) => {
    const { agent } = await open(stages)
    const id = await ask(agent)
    for (const [user, status] of reviews) expect([user, await review(agent, user, id)]).toEqual([user, status])
    expect(await access(agent)).toBe('2022-01-23T04:56:07.000Z')
  })

  test('are passed at once by an approval at the level ADMIN', async () => {
    const { agent } = await open([stage('OR', []), stage('OR', [owners.ada])])
    expect(await review(agent, 'noor', await ask(agent), { level: 'ADMIN' })).toBe('APPROVED')
  })

  test('are reviewed for every item', async () => {
    const seed = seedWith([configuration({ reviewer_stages: [stage('OR', [owners.ada])] })])
    const { agent } = await sandbox({ seed })
    await agent
      .put(`/v1/resources/${vault}/reviewers`)
      .set(as('ada'))
      .send({ reviewer_ids: [owners.noor] })
    const id = await ask(agent, { resources: [{ id: vault }] })
    expect(await review(agent, 'ada', id)).toBe('PENDING')
    expect(await access(agent)).toBe(undefined)
    expect(await review(agent, 'noor', id)).toBe('APPROVED')
    expect(await access(agent)).toBe('2022-01-23T04:56:07.000Z')
    expect((await agent.get(`/v1/resources/${vault}/users/${ids.jake}`).set(as('ada'))).status).toBe(200)
  })

  test('are escalated once their delay is over, and not before', async () => {
    const escalation = { delay_minutes: 30, user_ids: [ids.noor] }
    const { agent } = await open([stage('OR', [owners.ada], { escalation })])
    const id = await ask(agent)
    await agent.post('/_sandbox/clock').set(as('ada')).send({ advance: '29m' })
    expect(await review(agent, 'noor', id)).toBe('NOT_A_REVIEWER')
    await agent.post('/_sandbox/clock').set(as('ada')).send({ advance: '1m' })
    expect(await review(agent, 'noor', id)).toBe('APPROVED')
  })

  test('can be reviewed for another by delegation, while it lasts', async () => {
    const { agent } = await open([stage('OR', [owners.noor])])
    const delegation = {
      delegator_user_id: ids.noor,
      delegate_user_id: ids.ada,
      start_time: '2022-01-23T04:00:00Z',
      end_time: '2022-01-23T05:00:00Z',
      reason: 'Away',
    }
    expect((await agent.post('/v1/delegations').set(as('noor')).send(delegation)).status).toBe(200)
    const [first, second] = [await ask(agent), await ask(agent)]
    expect(await review(agent, 'ada', first)).toBe('NOT_A_REVIEWER')
    await agent.post('/_sandbox/clock').set(as('ada')).send({ advance: '10m' })
    expect(await review(agent, 'ada', first)).toBe('APPROVED')
    await agent.post('/_sandbox/clock').set(as('ada')).send({ advance: '1h' })
    expect(await review(agent, 'ada', second)).toBe('NOT_A_REVIEWER')
  })
})

describe('a denial', () => {
  test('of a reviewer ends the request', async () => {
    const { agent } = await open([stage('AND', [owners.ada, owners.noor])])
    const id = await ask(agent)
    expect(await review(agent, 'jake', id, { comment: 'No' }, 'deny')).toBe('NOT_A_REVIEWER')
    expect(await review(agent, 'ada', id, { comment: 'Not now' }, 'deny')).toBe('DENIED')
    expect(await review(agent, 'noor', id)).toBe('REQUEST_NOT_PENDING')
    expect(await access(agent)).toBe(undefined)
    expect((await agent.get(`/v1/requests/${id}/comments`).set(as('ada'))).body).toEqual({
      comments: [
        {
          created_at: '2022-01-23T03:56:07.000Z',
          request_id: id,
          user_id: ids.ada,
          user_full_name: 'Ada Lane',
          user_email: 'ada@company.dev',
          comment: 'Not now',
        },
      ],
    })
  })

  test('at the level ADMIN needs no reviewer', async () => {
    const { agent } = await open([stage('OR', [owners.ada])])
    expect(await review(agent, 'noor', await ask(agent), { comment: 'No', level: 'ADMIN' }, 'deny')).toBe('DENIED')
  })
})

describe('a configuration', () => {
  test.each<[what: string, object, more: object, path: string]>([
    ['that allows no requests', { allow_requests: false }, {}, 'body.groups[0].id'],
    ['with a maximum that is passed', { max_duration_minutes: 59 }, {}, 'body.duration_minutes'],
    ['with a maximum, and no end', { max_duration_minutes: 59 }, { duration_minutes: -1 }, 'body.duration_minutes'],
    ['that requires a ticket', { require_support_ticket: true }, {}, 'body.support_ticket'],
    ['that requires a reason', {}, { reason: ' ' }, 'body.reason'],
  ])('%s rejects the request', async (_what, rest, more, path) => {
    const { agent } = await sandbox({ seed: seedWith([configuration(rest)]) })
    const answer = await agent
      .post('/v1/requests')
      .set(as('jake'))
      .send({ ...wish, ...more })
    expect(told(answer)).toMatchObject({ status: 400, body: { errors: [{ path }], request_id: requestId } })
  })

  test('that approves by itself grants at once', async () => {
    const { agent } = await sandbox({ seed: seedWith([configuration({ auto_approval: true, reason_optional: true })]) })
    await ask(agent, { reason: '' })
    expect(await access(agent)).toBe('2022-01-23T04:56:07.000Z')
  })

  test('with a higher priority wins if its condition applies', async () => {
    const condition = { group_ids: [ids.plainGroup], role_remote_ids: ['admin'] }
    const seed = seedWith([configuration(), configuration({ priority: 1, condition, auto_approval: true })])
    const { agent } = await sandbox({ seed })
    const groups = [{ id: ids.apiGroup, access_level_remote_id: 'admin' }]
    await ask(agent, { groups })
    expect(await access(agent)).toBe(undefined)
    await agent.post(`/v1/groups/${ids.plainGroup}/users/${ids.jake}`).set(as('ada'))
    await ask(agent)
    expect((await agent.get(`/v1/groups/${ids.apiGroup}/users`).set(as('ada'))).body).toMatchObject({ results: [] })
    await ask(agent, { groups })
    expect((await agent.get(`/v1/groups/${ids.apiGroup}/users`).set(as('ada'))).body).toMatchObject({
      results: [{ user_id: ids.jake }],
    })
  })
})

describe('the setting requests', () => {
  test.each([
    ['approve', 'APPROVED', '2022-01-23T04:56:07.000Z'],
    ['deny', 'DENIED', undefined],
  ])('%s decides at once', async (requests, status, ends) => {
    const { agent } = await open([stage('OR', [owners.ada])], { settings: { requests } })
    const id = await ask(agent)
    expect((await agent.get(`/v1/requests/${id}`).set(as('ada'))).body).toMatchObject({ status })
    expect(await access(agent)).toBe(ends)
  })
})

test.each<[what: string, body: object, path: string]>([
  ['of nothing', { groups: [] }, 'body'],
  ['of an unknown group', { groups: [{ id: ids.unknown }] }, 'body.groups[0].id'],
  ['of an unknown resource', { resources: [{ id: ids.unknown }] }, 'body.resources[0].id'],
  ['for an unknown user', { target_user_id: ids.unknown }, 'body.target_user_id'],
  ['for a user and a group', { target_user_id: ids.ada, target_group_id: ids.plainGroup }, 'body'],
])('a request %s is rejected', async (_what, body, path) => {
  const { agent } = await open([])
  const answer = await agent
    .post('/v1/requests')
    .set(as('jake'))
    .send({ ...wish, ...body })
  expect(told(answer)).toMatchObject({ status: 400, body: { errors: [{ path }] } })
})

test('a group gets access to a resource, and becomes part of another group', async () => {
  const { agent } = await open([stage('OR', [owners.ada])])
  const id = await ask(agent, { target_group_id: ids.plainGroup, resources: [{ id: vault }] })
  await review(agent, 'ada', id)
  expect((await agent.get(`/v1/groups/${ids.plainGroup}/resources`).set(as('ada'))).body).toMatchObject({
    group_resources: [{ resource_id: vault, expiration_date: '2022-01-23T04:56:07.000Z' }],
  })
  expect((await agent.get(`/v1/groups/${ids.plainGroup}/containing-groups`).set(as('ada'))).body).toMatchObject({
    containing_groups: [{ containing_group_id: ids.apiGroup }],
  })
})

describe('lists', () => {
  async function several() {
    const { agent } = await open([stage('OR', [owners.ada])])
    const made: string[] = []
    for (const user of ['jake', 'noor', 'jake']) {
      made.push(await ask(agent, {}, user))
      await agent.post('/_sandbox/clock').set(as('ada')).send({ advance: '1h' })
    }
    await review(agent, 'ada', made[0]!)
    const list = async (query: string) => {
      const body = (await agent.get(`/v1/requests${query}`).set(as('ada'))).body as unknown
      const { requests, ...rest } = body as { requests: { id: string }[]; cursor?: string }
      return { found: requests.map(({ id }) => made.indexOf(id)), ...rest }
    }
    return { agent, made, list }
  }

  test.each([
    ['', [2, 1, 0]],
    ['?show_pending_only=true', [2, 1]],
    [`?requester_id=${ids.noor}`, [1]],
    [`?target_user_id=${ids.jake}`, [2, 0]],
    [`?group_id=${ids.apiGroup}&requester_id=${ids.jake}`, [2, 0]],
    [`?resource_id=${vault}`, []],
    ['?start_date_filter=2022-01-23T04:56:07Z&end_date_filter=2022-01-23T05:00:00Z', [1]],
  ])('%s', async (query, found) => {
    const { list } = await several()
    expect(await list(query)).toEqual({ found })
  })

  test('come in pages, whose cursor is left out on the last one', async () => {
    const { list } = await several()
    const first = await list('?page_size=2')
    expect(first).toEqual({ found: [2, 1], cursor: expect.any(String) as unknown })
    expect(await list(`?page_size=2&cursor=${first.cursor}`)).toEqual({ found: [0] })
  })

  test.each([
    ['first=2', [2, 1], true, false],
    ['last=1', [0], false, true],
    [`from=${ids.noor}`, [1], false, false],
    [`to=${ids.ada}`, [2, 1], false, false],
    [`to=${ids.noor}`, [], false, false],
    ['status=APPROVED', [0], false, false],
  ])('of Relay: %s', async (query, found, hasNextPage, hasPreviousPage) => {
    const { agent, made } = await several()
    const body = (await agent.get(`/v1/requests/relay?${query}`).set(as('ada'))).body as unknown
    const { edges, pageInfo } = body as { edges: { node: { id: string }; cursor: string }[]; pageInfo: object }
    expect(edges.map(({ node }) => made.indexOf(node.id))).toEqual(found)
    expect(pageInfo).toEqual({
      hasNextPage,
      hasPreviousPage,
      startCursor: edges[0]?.cursor ?? '',
      endCursor: edges.at(-1)?.cursor ?? '',
    })
  })
})

test('the journal names the stage and the rule of an approval', async () => {
  const { agent } = await open([stage('OR', [owners.ada])])
  await review(agent, 'ada', await ask(agent))
  const { results } = (await agent.get('/_sandbox/requests?limit=1').set(as('ada'))).body as {
    results: { why: string[] }[]
  }
  expect(results[0]?.why).toEqual(
    expect.arrayContaining([
      'one reviewer approved the stage, which is enough since its operator is OR',
      'the last stage of an item is approved',
    ]),
  )
})

test('events tell that a request was made, approved and granted', async () => {
  const { agent } = await open([stage('OR', [owners.ada])])
  const id = await ask(agent)
  await review(agent, 'ada', id)
  await agent.post(`/v1/requests/${id}/comments`).set(as('ada')).send({ comment: 'Done' })
  await review(agent, 'ada', await ask(agent), { comment: 'No' }, 'deny')
  const { results } = (await agent.get('/v1/events').set(as('ada'))).body as { results: { event_type: string }[] }
  expect(results.map(({ event_type }) => event_type).toSorted()).toEqual(
    [
      ...['REQUESTS_CREATED', 'REQUESTS_APPROVED', 'GROUP_USERS_CREATED', 'REQUESTS_UPDATED', 'REQUESTS_CREATED'],
      'REQUESTS_DENIED',
    ].toSorted(),
  )
})

test('the export holds requests and delegations, and leads to the same state', async () => {
  const { agent } = await sandbox()
  await agent
    .post(`/v1/requests/0a200000-0000-4000-8000-000000000001/approve`)
    .send({ level: 'REGULAR', comment: 'ok' })
  const body = (await agent.get('/_sandbox/seed')).body as object
  await agent.put('/_sandbox/seed').send(body)
  expect((await agent.get('/_sandbox/seed')).body).toEqual(body)
})

test('the status of access is REQUESTED while a request is pending', async () => {
  const { agent } = await open([stage('OR', [owners.ada])])
  const path = `/v1/resource-user-access-status/${vault}/${ids.jake}`
  const id = await ask(agent, { groups: [], resources: [{ id: vault }] })
  expect((await agent.get(path).set(as('ada'))).body).toMatchObject({ status: 'REQUESTED' })
  await review(agent, 'ada', id)
  expect((await agent.get(path).set(as('ada'))).body).toMatchObject({ status: 'AUTHORIZED' })
})
