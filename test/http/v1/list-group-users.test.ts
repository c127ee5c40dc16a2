import { describe, expect, test } from 'vitest'
import { groupUserPath, ids, levels, requestId, sandbox, told, tokens } from '../../helper.js'

// How pages follow each other is in paging.test.ts, the same for every list.

const list = `/v1/groups/${ids.apiGroup}/users`
const succeeded = { propagation_status: { status: 'SUCCESS' } }
const group = {
  group_id: ids.apiGroup,
  group_name: 'API Group',
  description: "Group required to request API's",
}
const atDefaultLevel = { access_level: { access_level_name: '', access_level_remote_id: '' } }
const jake = { user_id: ids.jake, full_name: 'Jake Barnes', email: 'jake@company.dev' }
const brett = { user_id: ids.brett, full_name: 'Brett Ashley', email: 'brett@company.dev' }

interface Page {
  results: { user_id: string; full_name: string }[]
  next: string | null
  previous: string | null
}

/** Seven users in the group, the even ones only until an hour ago. */
const numbers = [1, 2, 3, 4, 5, 6, 7]
const userId = (number: number) => `0a000000-0000-4000-8000-00000000010${number}`
const seed = (expired: (number: number) => boolean) => ({
  version: 1,
  users: Object.fromEntries(
    [...numbers, 8].map((number) => [
      `u${number}`,
      { user_id: userId(number), email: `u${number}@company.dev`, full_name: `User ${number}` },
    ]),
  ),
  groups: { api: { group_id: ids.apiGroup, name: 'API Group', group_type: 'OKTA_GROUP' } },
  group_users: numbers.map((number) => ({
    group: 'api',
    user: `u${number}`,
    ...(expired(number) && { expires_at: '-1h' }),
  })),
})

async function numbered(expired: (number: number) => boolean = () => false) {
  const { agent } = await sandbox({ seed: seed(expired) })
  return {
    agent,
    read: async (query: Record<string, string | number> = {}) => {
      const { status, body } = (await agent.get(list).query(query)) as { status: number; body: Page }
      expect(status).toBe(200)
      return { ...body, users: body.results.map(({ user_id }) => Number(user_id.slice(-1))) }
    },
  }
}

test('every user in the group is listed as in their own answer', async () => {
  const { agent } = await sandbox()
  const added = await agent
    .post(groupUserPath(ids.apiGroup, ids.noor))
    .send({ duration_minutes: 60, access_level_remote_id: levels.admin })
  expect(told(await agent.get(list))).toEqual({
    status: 200,
    body: {
      results: [
        { ...group, ...jake, ...atDefaultLevel, expiration_date: null, ...succeeded },
        { ...group, ...brett, ...atDefaultLevel, expiration_date: null, ...succeeded },
        {
          ...group,
          user_id: ids.noor,
          full_name: 'Noor Haddad',
          email: 'noor@company.dev',
          access_level: { access_level_name: 'AdministratorAccess', access_level_remote_id: levels.admin },
          expiration_date: '2022-01-23T04:56:07.000Z',
          ...succeeded,
        },
      ],
      next: null,
      previous: null,
    },
  })
  expect(((await agent.get(list)).body as Page).results[2]).toEqual(added.body)
})

test('access that was synced from the remote system is listed without a propagation status', async () => {
  const { agent } = await sandbox()
  expect(told(await agent.get(`/v1/groups/${ids.plainGroup}/users`))).toEqual({
    status: 200,
    body: {
      results: [
        {
          ...brett,
          ...atDefaultLevel,
          group_id: ids.plainGroup,
          group_name: 'Announcements',
          description: '',
          expiration_date: null,
        },
      ],
      next: null,
      previous: null,
    },
  })
})

test('a change is shown, and the place in the list stays the same', async () => {
  const { agent } = await sandbox()
  const changed = await agent.put(groupUserPath(ids.apiGroup, ids.jake)).send({ duration_minutes: 60 })
  const { results } = (await agent.get(list)).body as Page
  expect(results).toEqual([
    changed.body,
    { ...group, ...brett, ...atDefaultLevel, expiration_date: null, ...succeeded },
  ])
})

test('expired access is never listed, and pages are still full', async () => {
  const { read } = await numbered((number) => number % 2 === 0)
  expect((await read()).users).toEqual([1, 3, 5, 7])
  const first = await read({ page_size: 2 })
  expect(first.users).toEqual([1, 3])
  const second = await read({ page_size: 2, cursor: first.next! })
  expect([second.users, second.next]).toEqual([[5, 7], null])
  expect([first.previous, second.previous]).toEqual([null, first.next])
})

describe('a group of 1,001 users', () => {
  const members = Array.from({ length: 1001 }, (_, index) => `u${index}`)
  const large = {
    version: 1,
    users: Object.fromEntries(members.map((name) => [name, { email: `${name}@company.dev`, full_name: name }])),
    groups: { api: { group_id: ids.apiGroup, name: 'API Group', group_type: 'OKTA_GROUP' } },
    group_users: members.map((user) => ({ group: 'api', user })),
  }

  test('is listed completely without page_size and cursor', async () => {
    const { agent } = await sandbox({ seed: large })
    const answer = await agent.get(list).expect(200)
    const { results, next, previous } = answer.body as Page
    expect({ users: results.map(({ full_name }) => full_name), next, previous }).toEqual({
      users: members,
      next: null,
      previous: null,
    })
  })

  test.each([
    ['page_size', { page_size: 3 }, 3],
    ['an empty cursor', { cursor: '' }, 200],
  ])('is listed in pages with %s', async (_name, query, length) => {
    const { agent } = await sandbox({ seed: large })
    const { results, next } = (await agent.get(list).query(query)).body as Page
    expect([results.length, typeof next]).toEqual([length, 'string'])
  })
})

test('access that expired last leaves no empty page behind', async () => {
  const { read } = await numbered((number) => number > 4)
  const { users, next } = await read({ page_size: 4 })
  expect([users, next]).toEqual([[1, 2, 3, 4], null])
})

test('a group in which all access expired has an empty list', async () => {
  const { agent } = await numbered(() => true)
  expect(told(await agent.get(list))).toEqual({ status: 200, body: { results: [], next: null, previous: null } })
})

test.each([
  { what: 'on the page before', number: 1, rest: [4, 5, 6], last: [7] },
  { what: 'that ended the page before', number: 3, rest: [4, 5, 6], last: [7] },
  { what: 'that was to begin the next page', number: 4, rest: [5, 6, 7], last: undefined },
  { what: 'at the end', number: 7, rest: [4, 5, 6], last: undefined },
])('a user removed $what between two pages hides nobody else', async ({ number, rest, last }) => {
  const { agent, read } = await numbered()
  const first = await read({ page_size: 3 })
  expect(first.users).toEqual([1, 2, 3])
  await agent.delete(groupUserPath(ids.apiGroup, userId(number))).expect(200)
  const second = await read({ page_size: 3, cursor: first.next! })
  expect(second.users).toEqual(rest)
  expect(second.next === null).toBe(last === undefined)
  if (last) expect((await read({ page_size: 3, cursor: second.next! })).users).toEqual(last)
})

test('a user added between two pages comes last, and nobody is repeated', async () => {
  const { agent, read } = await numbered()
  const first = await read({ page_size: 4 })
  await agent.post(groupUserPath(ids.apiGroup, userId(8))).expect(200)
  const second = await read({ page_size: 4, cursor: first.next! })
  expect([second.users, second.next]).toEqual([[5, 6, 7, 8], null])
})

test('a user replaced between two pages is not listed twice', async () => {
  const { agent, read } = await numbered()
  const first = await read({ page_size: 4 })
  await agent.post(groupUserPath(ids.apiGroup, userId(2))).expect(200)
  expect((await read({ page_size: 4, cursor: first.next! })).users).toEqual([5, 6, 7])
})

test('a user removed and added again between two pages moves to the end', async () => {
  const { agent, read } = await numbered()
  const first = await read({ page_size: 4 })
  await agent.delete(groupUserPath(ids.apiGroup, userId(2))).expect(200)
  await agent.post(groupUserPath(ids.apiGroup, userId(2))).expect(200)
  expect((await read({ page_size: 4, cursor: first.next! })).users).toEqual([5, 6, 7, 2])
})

test('a page whose users were all removed is empty', async () => {
  const { agent, read } = await numbered()
  const { next } = await read({ page_size: 5 })
  for (const number of [6, 7]) await agent.delete(groupUserPath(ids.apiGroup, userId(number))).expect(200)
  const empty = await read({ page_size: 5, cursor: next! })
  expect([empty.users, empty.next, empty.previous]).toEqual([[], null, next])
})

test('a page is the same once everyone before it is removed', async () => {
  const { agent, read } = await numbered()
  const { next } = await read({ page_size: 2 })
  for (const number of [1, 2]) await agent.delete(groupUserPath(ids.apiGroup, userId(number))).expect(200)
  const page = await read({ page_size: 2, cursor: next! })
  expect([page.users, page.previous]).toEqual([[3, 4], next])
})

test('a read-only token can list', async () => {
  const { agent } = await sandbox()
  const answer = await agent.get(list).auth(tokens.readOnly, { type: 'bearer' })
  expect(told(answer)).toEqual(told(await agent.get(list)))
})

test.each([
  ['an id in upper case', list.toUpperCase().replace('/V1/GROUPS', '/v1/groups').replace('/USERS', '/users')],
  ['a doubled slash', list.replace('/v1', '/v1/')],
  ['a trailing slash', `${list}/`],
])('%s leads to the same list', async (_name, spelling) => {
  const { agent } = await sandbox()
  expect(told(await agent.get(spelling))).toEqual(told(await agent.get(list)))
})

test('an unknown group is a 404', async () => {
  const { agent } = await sandbox()
  expect(told(await agent.get(`/v1/groups/${ids.unknown}/users`))).toEqual({
    status: 404,
    body: {
      code: 'GROUP_NOT_FOUND',
      message: `There is no group ${ids.unknown}.`,
      hint: 'GET /v1/groups lists the groups.',
      request_id: requestId,
    },
  })
})

test('an id that is not a UUID is reported together with the query', async () => {
  const { agent } = await sandbox()
  expect(told(await agent.get('/v1/groups/api/users?page_size=0'))).toEqual({
    status: 400,
    body: {
      code: 'INVALID_REQUEST',
      message: 'The request is not valid: 2 problems.',
      errors: [
        { path: 'path.group_id', message: 'expected a UUID, got the string "api"' },
        { path: 'query.page_size', message: 'expected an integer from 1 to 1000, got 0' },
      ],
      request_id: requestId,
    },
  })
})
