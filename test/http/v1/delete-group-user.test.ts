import { describe, expect, test } from 'vitest'
import { groupUserPath, ids, levels, now, requestId, sandbox, told, tokens } from '../../helper.js'

const jake = groupUserPath(ids.apiGroup, ids.jake)
const admin = encodeURIComponent(levels.admin)

const notFound = (code: string, message: string, hint: string) => ({
  status: 404,
  body: { code, message, hint, request_id: requestId },
})

test('the answer is 200 with an empty body, and the access is gone', async () => {
  const { agent } = await sandbox()
  const answer = await agent.delete(jake)
  expect({ status: answer.status, text: answer.text, headers: answer.headers }).toEqual({
    status: 200,
    text: '',
    headers: {
      'content-length': '0',
      connection: expect.any(String) as string,
      date: expect.any(String) as string,
      'x-opal-sandbox-basis': 'inferred',
      'x-opal-sandbox-request-id': requestId,
    },
  })
  const { results } = (await agent.get(`/v1/groups/${ids.apiGroup}/users`)).body as { results: { user_id: string }[] }
  expect(results.map(({ user_id }) => user_id)).toEqual([ids.brett])
  expect(told(await agent.put(jake).send({ duration_minutes: 60 }))).toMatchObject({ status: 404 })
})

test('it only ends access to this group', async () => {
  const { agent } = await sandbox()
  await agent.delete(jake).expect(200)
  const { results } = (await agent.get(`/v1/groups/users/${ids.jake}`)).body as { results: { group_id: string }[] }
  expect(results.map(({ group_id }) => group_id)).toEqual([ids.oktaGroup])
})

test.each([
  ['a JSON content type and an empty body', { 'content-type': 'application/json' }, ''],
  ['a JSON content type with a charset and no body', { 'content-type': 'application/json; charset=utf-8' }, undefined],
  ['a body of null', { 'content-type': 'application/json' }, 'null'],
  ['an empty object', { 'content-type': 'application/json' }, '{}'],
  ['an empty cookie', { cookie: '' }, undefined],
])('%s is accepted', async (_name, headers, payload) => {
  const { app } = await sandbox()
  const answer = await app.inject({
    method: 'DELETE',
    url: jake,
    headers: { authorization: `Bearer ${tokens.fullAccess}`, ...headers },
    ...(payload !== undefined && { payload }),
  })
  expect({ status: answer.statusCode, body: answer.body, type: answer.headers['content-type'] }).toEqual({
    status: 200,
    body: '',
    type: undefined,
  })
})

describe('the level', () => {
  test.each([
    ['the level that is held', levels.admin, `?access_level_remote_id=${admin}`],
    ['the default level, by leaving it out', '', ''],
    ['the default level, by naming it', '', '?access_level_remote_id='],
  ])('%s is ended', async (_name, access_level_remote_id, query) => {
    const { agent } = await sandbox()
    await agent.put(jake).send({ duration_minutes: 0, access_level_remote_id }).expect(200)
    await agent.delete(jake + query).expect(200, '')
    expect(told(await agent.delete(jake + query))).toEqual(
      notFound(
        'GROUP_USER_NOT_FOUND',
        `User ${ids.jake} has no access to group ${ids.apiGroup}.`,
        `Grant access first with POST ${jake}.`,
      ),
    )
  })

  test.each([
    ['left out', levels.admin, '', ''],
    ['empty', levels.admin, '?access_level_remote_id=', ''],
    ['another', levels.admin, `?access_level_remote_id=${encodeURIComponent(levels.readOnly)}`, levels.readOnly],
    ['named where the default one is held', '', `?access_level_remote_id=${admin}`, levels.admin],
    ["none of the group's", '', '?access_level_remote_id=no+such%20level', 'no such level'],
    ['in another case', levels.admin, `?access_level_remote_id=${admin.toUpperCase()}`, levels.admin.toUpperCase()],
  ])('%s: 404, the hint names the level that is held', async (_name, held, query, named) => {
    const { agent } = await sandbox()
    await agent.put(jake).send({ duration_minutes: 0, access_level_remote_id: held }).expect(200)
    expect(told(await agent.delete(jake + query))).toEqual(
      notFound(
        'GROUP_USER_NOT_FOUND',
        `User ${ids.jake} has no access to group ${ids.apiGroup} at the level "${named}".`,
        `The user's level is "${held}": send access_level_remote_id=${encodeURIComponent(held)}.`,
      ),
    )
    const { results } = (await agent.get(`/v1/groups/users/${ids.jake}`)).body as {
      results: { access_level: { access_level_remote_id: string } }[]
    }
    expect(results[0]?.access_level.access_level_remote_id).toBe(held)
  })
})

describe('what is not there', () => {
  const groupHint = 'GET /v1/groups lists the groups.'
  const userHint = 'GET /v1/users lists the users.'
  test.each([
    [
      'an unknown group',
      groupUserPath(ids.unknown, ids.unknown),
      notFound('GROUP_NOT_FOUND', `There is no group ${ids.unknown}.`, groupHint),
    ],
    [
      'an unknown user',
      groupUserPath(ids.apiGroup, ids.unknown),
      notFound('USER_NOT_FOUND', `There is no user ${ids.unknown}.`, userHint),
    ],
    [
      'a user without access',
      groupUserPath(ids.apiGroup, ids.noor),
      notFound(
        'GROUP_USER_NOT_FOUND',
        `User ${ids.noor} has no access to group ${ids.apiGroup}.`,
        `Grant access first with POST ${groupUserPath(ids.apiGroup, ids.noor)}.`,
      ),
    ],
  ])('%s', async (_name, path, refused) => {
    const { agent } = await sandbox()
    expect(told(await agent.delete(path))).toEqual(refused)
  })

  test('expired access', async () => {
    const seed = {
      version: 1,
      users: { jake: { user_id: ids.jake, email: 'jake@company.dev', full_name: 'Jake Barnes' } },
      groups: { api: { group_id: ids.apiGroup, name: 'API Group', group_type: 'OKTA_GROUP' } },
      group_users: [{ group: 'api', user: 'jake', expires_at: '+0s' }],
    }
    const { agent } = await sandbox({ seed })
    expect(told(await agent.delete(jake))).toEqual(
      notFound(
        'GROUP_USER_NOT_FOUND',
        `User ${ids.jake} has no access to group ${ids.apiGroup}.`,
        `The access expired at ${new Date(now).toISOString()}. Grant it again with POST ${jake}.`,
      ),
    )
  })
})

test('ids that are not UUIDs are a 400 that reports both', async () => {
  const { agent } = await sandbox()
  expect(told(await agent.delete('/v1/groups/x/users/y'))).toEqual({
    status: 400,
    body: {
      code: 'INVALID_REQUEST',
      message: 'The request is not valid: 2 problems.',
      errors: [
        { path: 'path.group_id', message: 'expected a UUID, got the string "x"' },
        { path: 'path.user_id', message: 'expected a UUID, got the string "y"' },
      ],
      request_id: requestId,
    },
  })
})

test('a read-only token is rejected, and the access stays', async () => {
  const { agent } = await sandbox()
  expect(told(await agent.delete(jake).auth(tokens.readOnly, { type: 'bearer' }))).toEqual({
    status: 403,
    body: {
      code: 'TOKEN_READ_ONLY',
      message: 'This token is read-only.',
      hint: 'Use a token with FULL_ACCESS.',
      request_id: requestId,
    },
  })
  await agent.put(jake).send({ duration_minutes: 60 }).expect(200)
})
