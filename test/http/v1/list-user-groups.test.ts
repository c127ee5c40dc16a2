import { expect, test } from 'vitest'
import { groupUserPath, ids, levels, requestId, sandbox, told, tokens } from '../../helper.js'

// How pages follow each other is in paging.test.ts, the same for every list.

const list = `/v1/groups/users/${ids.jake}`
const jake = { user_id: ids.jake, full_name: 'Jake Barnes', email: 'jake@company.dev' }
const inApi = {
  ...jake,
  group_id: ids.apiGroup,
  group_name: 'API Group',
  description: "Group required to request API's",
  access_level: { access_level_name: '', access_level_remote_id: '' },
  expiration_date: null,
  propagation_status: { status: 'SUCCESS' },
}
const inOkta = {
  ...inApi,
  group_id: ids.oktaGroup,
  group_name: 'Okta Engineering',
  description: 'All engineers',
  propagation_status: { status: 'PENDING' },
}

interface Page {
  results: { group_id: string }[]
  next: string | null
  previous: string | null
}

/** Jake in five groups, the second and the last of which they may have left an hour ago. */
const numbers = [1, 2, 3, 4, 5]
const groupId = (number: number) => `0b000000-0000-4000-8000-00000000010${number}`
const seed = (expired: number[]) => ({
  version: 1,
  users: { jake: { user_id: ids.jake, email: 'jake@company.dev', full_name: 'Jake Barnes' } },
  groups: Object.fromEntries(
    [...numbers, 6].map((number) => [
      `g${number}`,
      { group_id: groupId(number), name: `Group ${number}`, group_type: 'OKTA_GROUP' },
    ]),
  ),
  group_users: numbers.map((number) => ({
    group: `g${number}`,
    user: 'jake',
    ...(expired.includes(number) && { expires_at: '-1h' }),
  })),
})

async function numbered(...expired: number[]) {
  const { agent } = await sandbox({ seed: seed(expired) })
  return {
    agent,
    read: async (query: Record<string, string | number> = {}) => {
      const { status, body } = (await agent.get(list).query(query)) as { status: number; body: Page }
      expect(status).toBe(200)
      return { ...body, groups: body.results.map(({ group_id }) => Number(group_id.slice(-1))) }
    },
  }
}

test('every group of the user is listed as in its own answer, in the order in which the user was added', async () => {
  const { agent } = await sandbox()
  const added = await agent
    .post(groupUserPath(ids.gitlabGroup, ids.jake))
    .send({ duration_minutes: 60, access_level_remote_id: '30' })
  expect(told(await agent.get(list))).toEqual({
    status: 200,
    body: { results: [inApi, inOkta, added.body], next: null, previous: null },
  })
  expect(added.body).toMatchObject({
    access_level: { access_level_name: 'Developer', access_level_remote_id: '30' },
    expiration_date: '2022-01-23T04:56:07.000Z',
  })
})

test('a change is shown, and the place in the list stays the same', async () => {
  const { agent } = await sandbox()
  const changed = await agent
    .put(groupUserPath(ids.apiGroup, ids.jake))
    .send({ duration_minutes: 1, access_level_remote_id: levels.readOnly })
  expect((await agent.get(list)).body).toEqual({ results: [changed.body, inOkta], next: null, previous: null })
})

test('expired access is never listed', async () => {
  const { read } = await numbered(2, 5)
  expect((await read()).groups).toEqual([1, 3, 4])
  const first = await read({ page_size: 2 })
  const second = await read({ page_size: 2, cursor: first.next! })
  expect([first.groups, second.groups, second.next]).toEqual([[1, 3], [4], null])
  expect([first.previous, second.previous]).toEqual([null, first.next])
})

test('leaving a group between two pages hides no other group', async () => {
  const { agent, read } = await numbered()
  const first = await read({ page_size: 2 })
  await agent.delete(groupUserPath(groupId(1), ids.jake)).expect(200)
  await agent.delete(groupUserPath(groupId(3), ids.jake)).expect(200)
  const second = await read({ page_size: 2, cursor: first.next! })
  expect([first.groups, second.groups, second.next]).toEqual([[1, 2], [4, 5], null])
})

test('deleting a group between two pages hides no other group', async () => {
  const { agent, read } = await numbered()
  const first = await read({ page_size: 2 })
  await agent.delete(`/v1/groups/${groupId(2)}`).expect(200)
  await agent.delete(`/v1/groups/${groupId(4)}`).expect(200)
  const second = await read({ page_size: 2, cursor: first.next! })
  expect([second.groups, second.next]).toEqual([[3, 5], null])
})

test('a group joined between two pages comes last, and none is repeated', async () => {
  const { agent, read } = await numbered()
  const first = await read({ page_size: 3 })
  await agent.post(groupUserPath(groupId(6), ids.jake)).expect(200)
  const second = await read({ page_size: 3, cursor: first.next! })
  expect([second.groups, second.next]).toEqual([[4, 5, 6], null])
})

test('a user without groups has an empty list', async () => {
  const { agent } = await sandbox()
  expect(told(await agent.get(`/v1/groups/users/${ids.noor}`))).toEqual({
    status: 200,
    body: { results: [], next: null, previous: null },
  })
})

test('a read-only token can list', async () => {
  const { agent } = await sandbox()
  const answer = await agent.get(list).auth(tokens.readOnly, { type: 'bearer' })
  expect(told(answer)).toEqual({ status: 200, body: { results: [inApi, inOkta], next: null, previous: null } })
})

test.each([
  ['an id in upper case', `/v1/groups/users/${ids.jake.toUpperCase()}`],
  ['a doubled slash', list.replace('/v1', '/v1/')],
  ['a trailing slash', `${list}/`],
])('%s leads to the same list', async (_name, spelling) => {
  const { agent } = await sandbox()
  expect(told(await agent.get(spelling))).toEqual(told(await agent.get(list)))
})

test('an unknown user is a 404', async () => {
  const { agent } = await sandbox()
  expect(told(await agent.get(`/v1/groups/users/${ids.unknown}`))).toEqual({
    status: 404,
    body: {
      code: 'USER_NOT_FOUND',
      message: `There is no user ${ids.unknown}.`,
      hint: 'GET /v1/users lists the users.',
      request_id: requestId,
    },
  })
})

test('an id that is not a UUID is a 400', async () => {
  const { agent } = await sandbox()
  expect(told(await agent.get('/v1/groups/users/jake'))).toEqual({
    status: 400,
    body: {
      code: 'INVALID_REQUEST',
      message: 'The request is not valid: 1 problem.',
      errors: [{ path: 'path.user_id', message: 'expected a UUID, got the string "jake"' }],
      request_id: requestId,
    },
  })
})
