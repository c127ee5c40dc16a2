import { describe, expect, test } from 'vitest'
import { groupUserPath, ids, now, sandbox } from '../../helper.js'

const key = { group_id: ids.apiGroup, user_id: ids.jake }
const path = groupUserPath(ids.apiGroup, ids.jake)

/** A sandbox, with what the journal and the sum of changes say of it. */
async function open() {
  const { agent, ...opened } = await sandbox()
  return {
    ...opened,
    agent,
    entries: async () => ((await agent.get('/_sandbox/requests')).body as { results: Entry[] }).results,
    changes: async (query = {}) => (await agent.get('/_sandbox/changes').query(query)).body as Sum,
  }
}

interface Entry {
  changes?: unknown
  operation: string
  why: string[]
}

interface Sum {
  until: string
  complete: boolean
  results: { noun: string; key: object; change: string; before?: object; after?: object }[]
}

describe('an entry of the journal has what its call changed', () => {
  test('of an update only the fields that differ', async () => {
    const { agent, entries } = await open()
    await agent.put(path).send({ duration_minutes: 60 })
    const [entry] = await entries()
    expect(entry?.changes).toEqual([
      {
        noun: 'group_user',
        key,
        change: 'updated',
        before: { expiration_date: null },
        after: { expiration_date: new Date(now + 3_600_000).toISOString() },
      },
    ])
  })

  test('of what was removed all fields, also of what went with it', async () => {
    const { agent, entries } = await open()
    await agent.delete(`/v1/groups/${ids.apiGroup}`)
    const [entry] = await entries()
    const changes = entry?.changes as Sum['results']
    expect(new Set(changes.map(({ change }) => change))).toEqual(new Set(['removed']))
    const links = [
      'bundle_group',
      'idp_group_mapping',
      'group_containing_group',
      'group_message_channel',
      'group_on_call_schedule',
      'group_resource',
      'group_tag',
    ]
    expect(new Set(changes.map(({ noun }) => noun))).toEqual(new Set(['access_level', 'group_user', 'group', ...links]))
    expect(changes.find(({ noun }) => noun === 'group')?.key).toEqual({ group_id: ids.apiGroup })
  })

  test('also if its reply was lost', async () => {
    const { agent, entries } = await open()
    await agent.post('/_sandbox/faults').send({ phase: 'after', effect: { drop: true } })
    await agent
      .put(path)
      .send({ duration_minutes: 60 })
      .catch(() => undefined)
    const [entry] = await entries()
    expect(entry).toMatchObject({ fault: { phase: 'after' }, changes: [{ noun: 'group_user', key }] })
  })

  test('but not if it was rejected or rolled back', async () => {
    const { agent, entries, changes } = await open()
    await agent.put(path).send({ duration_minutes: 60, access_level_remote_id: 'none such' })
    await agent.put('/v1/groups').send({
      groups: [
        { group_id: ids.apiGroup, name: 'Renamed' },
        { group_id: ids.unknown, name: 'No such group' },
      ],
    })
    expect((await entries()).map((entry) => entry.changes)).toEqual([undefined, undefined])
    expect((await changes()).results).toEqual([])
  })
})

test('a move of the clock is an entry with what expired, and no call', async () => {
  const { agent, entries, changes } = await open()
  await agent.put(path).send({ duration_minutes: 60 })
  await agent.post('/_sandbox/clock').send({ advance: '61m' })
  const [, move] = await entries()
  expect(move?.why).toContain('access that expired: 1')
  expect(move).toMatchObject({
    operation: 'sandbox_turn_clock',
    why: expect.arrayContaining(['clock advance 61m']) as unknown,
    answer: { expired: [key] },
    changes: [{ noun: 'clock', key: {}, change: 'updated' }],
  })
  expect((await changes()).results.map(({ noun }) => noun)).toEqual(['group_user', 'clock'])
  const wait = (query: object) => agent.get('/_sandbox/requests/wait').query({ timeout: '10ms', ...query })
  expect((await wait({ count: 1 })).body).toMatchObject({ results: [{ operation: 'update_group_user' }] })
  expect((await wait({ count: 2 })).status).toBe(408)
})

describe('the sum of changes', () => {
  test('has one item per row, from its first state to its last', async () => {
    const { agent, entries, changes } = await open()
    await agent.put(path).send({ duration_minutes: 60 })
    await agent.put(path).send({ duration_minutes: 120 })
    const [first, last] = (await entries()).map((entry) => (entry.changes as Sum['results'])[0])
    expect(await changes()).toEqual({
      until: expect.any(String) as unknown,
      complete: true,
      results: [{ ...first, after: { ...first?.after, ...last?.after } }],
    })
  })

  test('leaves out what was created and removed again', async () => {
    const { agent, changes } = await open()
    const created = await agent.post('/v1/owners').send({ name: 'Core', user_ids: [ids.jake, ids.brett] })
    await agent.delete(`/v1/owners/${(created.body as { owner_id: string }).owner_id}`)
    const added = await agent.post(groupUserPath(ids.plainGroup, ids.ada)).send({ duration_minutes: 60 })
    expect(added.status).toBe(200)
    await agent.delete(groupUserPath(ids.plainGroup, ids.ada))
    expect((await changes()).results).toEqual([])
  })

  test('begins after `since` and ends with `until`', async () => {
    const { agent, changes } = await open()
    const { until: start } = await changes()
    await agent.put(path).send({ duration_minutes: 60 })
    const { until: middle } = await changes()
    await agent.put(groupUserPath(ids.apiGroup, ids.brett)).send({ duration_minutes: 60 })
    const count = async (query: object) => (await changes(query)).results.length
    expect([
      await count({ since: start }),
      await count({ since: start, until: middle }),
      await count({ since: middle }),
    ]).toEqual([2, 1, 1])
    const wrong = await agent.get('/_sandbox/changes').query({ since: 'req-zzzzzz' })
    expect(wrong.body).toMatchObject({ code: 'INVALID_REQUEST', errors: [{ path: 'query.since' }] })
  })

  test('says if the journal no longer holds everything', async () => {
    const { agent } = await sandbox({ journal: { entries: 2 } })
    const complete = async (since?: string) =>
      (await agent.get('/_sandbox/changes').query({ ...(since && { since }) })).body as Sum
    const { until: start } = await complete()
    const states = []
    for (const duration_minutes of [60, 90, 120]) {
      await agent.put(path).send({ duration_minutes })
      states.push((await complete(start)).complete)
    }
    const { until: end } = await complete()
    expect([states, (await complete()).complete, (await complete(end)).complete]).toEqual([
      [true, true, false],
      false,
      true,
    ])
    await agent.delete('/_sandbox/requests')
    expect([(await complete()).complete, (await complete(start)).complete]).toEqual([true, false])
  })

  test('is a table in Markdown if that is asked for', async () => {
    const { agent } = await open()
    await agent.put('/v1/groups').send({ groups: [{ group_id: ids.plainGroup, name: 'a | b' }] })
    const { text, type } = await agent.get('/_sandbox/changes').accept('text/markdown')
    expect(type).toBe('text/markdown')
    expect(text.split('\n').slice(0, 3)).toEqual([
      '| noun | key | change | before | after |',
      '| --- | --- | --- | --- | --- |',
      expect.stringMatching(/^\| group \| group_id .* \| updated \| name: "[^"]*" \| name: "a \\\| b" \|$/) as unknown,
    ])
  })
})

test('a user who is deleted takes their access along, and leaves those whom they manage', async () => {
  const { agent, changes } = await open()
  await agent.patch(`/v1/users/${ids.brett}`).send({ manager_id: ids.jake })
  const { until: since } = await changes()
  await agent.delete(`/v1/users/${ids.jake}`)
  const { results } = await changes({ since })
  expect(results.map(({ noun, change, key }) => [noun, change, key])).toEqual([
    ['user', 'updated', { user_id: ids.brett }],
    ['group_user', 'removed', key],
    ['group_user', 'removed', { group_id: ids.oktaGroup, user_id: ids.jake }],
    ['resource_user', 'removed', { resource_id: '0a100000-0000-4000-8000-000000000001', user_id: ids.jake }],
    ['resource_user', 'removed', { resource_id: '0a100000-0000-4000-8000-000000000003', user_id: ids.jake }],
    ['user', 'removed', { user_id: ids.jake }],
    ['user_tag', 'removed', { user_id: ids.jake, tag_id: '0b100000-0000-4000-8000-000000000003' }],
    ['owner_user', 'removed', { owner_id: '0c000000-0000-4000-8000-000000000001', user_id: ids.jake }],
    ['remote_user', 'removed', { remote_user_id: '4948aaa8-f97b-5ec3-8f7c-a73809f34294' }],
    ['delegation', 'removed', { delegation_id: '0a300000-0000-4000-8000-000000000002' }],
  ])
  expect(results[0]).toMatchObject({ before: { manager_id: ids.jake }, after: {} })
})

describe('setting a list of links', () => {
  const owner_id = '0c000000-0000-4000-8000-000000000001'
  const set = async (...lists: string[][]) => {
    const { agent, changes } = await open()
    let answer
    for (const user_ids of lists) {
      await agent.delete('/_sandbox/requests')
      answer = await agent.put(`/v1/owners/${owner_id}/users`).send({ user_ids })
    }
    const { users } = (await agent.get(`/v1/owners/${owner_id}/users`)).body as { users: { user_id: string }[] }
    expect([answer?.status, users.map(({ user_id }) => user_id)]).toEqual([200, lists.at(-1)])
    return (await changes()).results.map(({ change, key }) => [change, (key as { user_id: string }).user_id])
  }

  test('that is there already changes nothing', async () => {
    expect(await set([ids.ada, ids.jake])).toEqual([])
    expect(await set([ids.ada, ids.jake], [ids.ada, ids.jake])).toEqual([])
  })

  test('changes only what is new, gone or moved', async () => {
    expect(await set([ids.ada, ids.jake, ids.brett])).toEqual([['created', ids.brett]])
    expect(await set([ids.jake])).toEqual([['removed', ids.ada]])
    expect(await set([ids.jake, ids.ada])).toEqual([
      ['updated', ids.ada],
      ['updated', ids.jake],
    ])
  })
})

test('a token that is revoked is updated', async () => {
  const { agent, changes } = await open()
  const listed = await agent.get('/v1/tokens')
  const [token] = (listed.body as { results: { token_id: string }[] }).results.slice(-1)
  await agent.delete(`/v1/tokens/${token?.token_id}`)
  expect((await changes()).results).toEqual([
    {
      noun: 'token',
      key: { token_id: token?.token_id },
      change: 'updated',
      before: { revoked_at: null },
      after: { revoked_at: new Date(now).toISOString() },
    },
  ])
})
