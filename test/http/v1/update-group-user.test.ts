import { Type } from '@sinclair/typebox'
import { connect } from 'node:net'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { describe, expect, onTestFinished, test } from 'vitest'
import { propagationStatuses } from '../../../src/domain/propagation.js'
import { openSandbox } from '../../../src/sandbox.js'
import {
  groupUserPath,
  ids,
  levels,
  now,
  requestId,
  sandbox,
  silent,
  temporaryFolder,
  tokens,
  told,
} from '../../helper.js'

type Agent = Awaited<ReturnType<typeof sandbox>>['agent']

const path = groupUserPath(ids.apiGroup, ids.jake)
const minute = 60_000

/** Jake's access to the API Group, as it is after a PUT of 60 minutes. */
const jake = {
  group_id: ids.apiGroup,
  group_name: 'API Group',
  description: "Group required to request API's",
  user_id: ids.jake,
  access_level: { access_level_name: '', access_level_remote_id: '' },
  full_name: 'Jake Barnes',
  email: 'jake@company.dev',
  expiration_date: '2022-01-23T04:56:07.000Z',
  propagation_status: { status: 'SUCCESS' },
}

const jakeAsSeeded = { ...jake, expiration_date: null }
const brettAsSeeded = { ...jakeAsSeeded, user_id: ids.brett, full_name: 'Brett Ashley', email: 'brett@company.dev' }

/** Brett's access to Announcements, which was found in the remote system. */
const brettFromRemote = {
  group_id: ids.plainGroup,
  group_name: 'Announcements',
  description: '',
  user_id: ids.brett,
  access_level: { access_level_name: '', access_level_remote_id: '' },
  full_name: 'Brett Ashley',
  email: 'brett@company.dev',
  expiration_date: null,
}

/** Ada's access to GitLab Platform, after a PUT of 60 minutes at a level. */
const ada = {
  group_id: ids.gitlabGroup,
  group_name: 'GitLab Platform',
  description: "The platform team's repositories",
  user_id: ids.ada,
  access_level: { access_level_name: 'Maintainer', access_level_remote_id: '40' },
  full_name: 'Ada Lane',
  email: 'ada@company.dev',
  expiration_date: '2022-01-23T04:56:07.000Z',
  propagation_status: { status: 'SUCCESS' },
}

/** What a refusal is on the wire, whole. */
const refusal = (status: number, code: string, message: string, rest: object = {}) => ({
  status,
  body: { code, message, ...rest, request_id: requestId },
})

const tokenMissing = (what: string) =>
  refusal(401, 'TOKEN_MISSING', `No token: ${what}.`, { hint: 'Send the header "Authorization: Bearer <token>".' })
const noHeader = tokenMissing('there is no Authorization header')
const tokenUnknown = refusal(401, 'TOKEN_UNKNOWN', 'The token is unknown.', {
  hint: expect.stringMatching(/^Send a token of the seed; /) as unknown,
})
const readOnly = refusal(403, 'TOKEN_READ_ONLY', 'This token is read-only.', {
  hint: 'Use a token with FULL_ACCESS.',
})
const tooLarge = refusal(413, 'BODY_TOO_LARGE', 'The body is over the limit of 64 KiB.', {
  hint: 'Send a smaller body.',
})
const unsupported = (how: string) =>
  refusal(415, 'CONTENT_TYPE_UNSUPPORTED', `The body is sent ${how}; only JSON is read.`, {
    hint: 'Send the header "Content-Type: application/json".',
  })
const invalid = (...errors: { path: string; message: unknown }[]) => {
  const count = errors.length === 1 ? '1 problem' : `${errors.length} problems`
  return refusal(400, 'INVALID_REQUEST', `The request is not valid: ${count}.`, { errors })
}
const badPercent = invalid({ path: 'path', message: 'holds a percent sign that begins no character' })
const groupNotFound = refusal(404, 'GROUP_NOT_FOUND', `There is no group ${ids.unknown}.`, {
  hint: 'GET /v1/groups lists the groups.',
})
const userNotFound = refusal(404, 'USER_NOT_FOUND', `There is no user ${ids.unknown}.`, {
  hint: 'GET /v1/users lists the users.',
})
const groupUserNotFound = (group_id: string, user_id: string, endedAt?: string) => {
  const add = `POST ${groupUserPath(group_id, user_id)}`
  return refusal(404, 'GROUP_USER_NOT_FOUND', `User ${user_id} has no access to group ${group_id}.`, {
    hint: endedAt ? `The access expired at ${endedAt}. Grant it again with ${add}.` : `Grant access first with ${add}.`,
  })
}
const levelNotFound = (level: string, has: string) =>
  refusal(400, 'ACCESS_LEVEL_NOT_FOUND', `The group has no access level ${level}. It has ${has}.`, {
    hint: 'Send the access_level_remote_id of one of those, or leave it out.',
  })
const apiLevels = `"${levels.admin}" (AdministratorAccess), "${levels.readOnly}" (ReadOnlyAccess), "" (the default level)`
const routeNotFound = (call: string, hint: string) =>
  refusal(404, 'ROUTE_NOT_FOUND', `There is nothing at ${call}.`, { hint })

const noUuid = (text: string) => `expected a UUID, got the string "${text}"`
const minutesRequired = 'is required: expected an integer of at most 525960'
const minutesNot = (value: string) => `expected an integer of at most 525960, got ${value}`

/** Bodies are sent as they stand here. */
function put(agent: Agent, body: string, to = path) {
  return agent.put(to).set('content-type', 'application/json').send(body)
}

async function list(agent: Agent, group_id: string): Promise<unknown> {
  return told(await agent.get(`/v1/groups/${group_id}/users`))
}

const listOf = (...results: object[]) => ({ status: 200, body: { results, next: null, previous: null } })

describe('a caller who is not authenticated', () => {
  test.each([
    ['without a token', '', noHeader],
    [
      'with another scheme',
      'Basic b3BhbDpvcGFs',
      tokenMissing('the Authorization header is not of the form "Bearer <token>"'),
    ],
    ['with a token that nobody knows', 'Bearer opal_sandbox_unknown', tokenUnknown],
    [
      'with a token whose time has run out',
      `Bearer ${tokens.expired}`,
      refusal(401, 'TOKEN_EXPIRED', 'The token expired at 2022-01-23T02:56:07.000Z.', { hint: 'Use another token.' }),
    ],
    [
      'with a token that was revoked',
      `Bearer ${tokens.revoked}`,
      refusal(401, 'TOKEN_REVOKED', 'The token was revoked at 2022-01-23T02:56:07.000Z.', {
        hint: 'Use another token.',
      }),
    ],
  ])('%s gets a 401 that asks for a bearer token', async (_who, authorization, expected) => {
    const { agent } = await sandbox()
    const answer = await agent.put(path).set('authorization', authorization).send({ duration_minutes: 60 })
    expect({ ...told(answer), asksFor: answer.headers['www-authenticate'] }).toEqual({
      ...expected,
      asksFor: 'Bearer',
    })
  })

  test('with a read-only token gets a 403', async () => {
    const { agent } = await sandbox()
    const answer = await agent.put(path).auth(tokens.readOnly, { type: 'bearer' }).send({ duration_minutes: 60 })
    expect(told(answer)).toEqual(readOnly)
  })

  test.each([
    ['unknown', 'opal_sandbox_unknown'],
    ['read-only', tokens.readOnly],
    ['expired', tokens.expired],
    ['revoked', tokens.revoked],
  ])('with an %s token changes nothing', async (_kind, token) => {
    const { agent } = await sandbox()
    await agent.put(path).auth(token, { type: 'bearer' }).send({ duration_minutes: 60 })
    expect(await list(agent, ids.apiGroup)).toEqual(listOf(jakeAsSeeded, brettAsSeeded))
  })
})

describe('a body', () => {
  const padded = (length: number) => {
    const body = { duration_minutes: 60, padding: '' }
    return JSON.stringify({ ...body, padding: 'x'.repeat(length - JSON.stringify(body).length) })
  }

  test('of 64 KiB is accepted', async () => {
    const { agent } = await sandbox()
    expect(told(await put(agent, padded(64 * 1024)))).toEqual({ status: 200, body: jake })
  })

  test('of one more byte is too large', async () => {
    const { agent } = await sandbox()
    expect(told(await put(agent, padded(64 * 1024 + 1)))).toEqual(tooLarge)
  })

  test('that grows too large in chunks is rejected', async () => {
    const { app } = await sandbox()
    const headers = { authorization: `Bearer ${tokens.fullAccess}`, 'content-type': 'application/json' }
    const payload = Readable.from([padded(64 * 1024), ' '])
    const answer = await app.inject({ method: 'PUT', url: path, headers, payload })
    expect({ status: answer.statusCode, body: answer.json<unknown>() }).toEqual(tooLarge)
  })

  test.each([
    'application/json',
    'application/json; charset=utf-8',
    'application/json;charset=UTF-8',
    'application/json ; charset="utf-8"',
    'Application/JSON',
    'APPLICATION/JSON;CHARSET=utf-8',
  ])('is read as %s', async (contentType) => {
    const { agent } = await sandbox()
    const answer = await agent.put(path).set('content-type', contentType).send('{"duration_minutes":60}')
    expect(told(answer)).toEqual({ status: 200, body: jake })
  })

  test.each([
    ['text/plain', '{"duration_minutes":60}'],
    ['application/x-www-form-urlencoded', 'duration_minutes=60'],
    ['multipart/form-data; boundary=x', '--x--'],
    ['application/xml', '<duration_minutes>60</duration_minutes>'],
    ['application/jsonx', '{"duration_minutes":60}'],
    ['application/problem+json', '{"duration_minutes":60}'],
    ['text/plain; application/json', '{"duration_minutes":60}'],
    ['nonsense', '{"duration_minutes":60}'],
  ])('is not read as %s', async (contentType, body) => {
    const { agent } = await sandbox()
    const answer = await agent.put(path).set('content-type', contentType).send(body)
    expect(told(answer)).toEqual(unsupported(`as ${contentType}`))
  })

  test('is rejected without a content type', async () => {
    const { app } = await sandbox()
    const headers = { authorization: `Bearer ${tokens.fullAccess}` }
    const answer = await app.inject({ method: 'PUT', url: path, headers, payload: '{"duration_minutes":60}' })
    expect({ status: answer.statusCode, body: answer.json<unknown>() }).toEqual(unsupported('without a content type'))
  })

  test.each([
    ['an object that is not closed', '{', "Expected property name or '}' in JSON at position 1 (line 1 column 2)"],
    ['a word', 'nope', 'Unexpected token \'o\', "nope" is not valid JSON'],
    ['white space', ' \n', 'Unexpected end of JSON input'],
    [
      'an object and more',
      '{"duration_minutes":60}x',
      'Unexpected non-whitespace character after JSON at position 23 (line 1 column 24)',
    ],
    ['a form', 'duration_minutes=60', 'Unexpected token \'d\', "duration_minutes=60" is not valid JSON'],
  ])('that is no JSON but %s is refused with the reason', async (_what, body, reason) => {
    const { agent } = await sandbox()
    expect(told(await put(agent, body))).toEqual(invalid({ path: 'body', message: `is not JSON: ${reason}` }))
  })

  test.each([
    ['under a JSON content type', { 'content-type': 'application/json' }],
    ['under a JSON content type with its length', { 'content-type': 'application/json', 'content-length': '0' }],
    ['without a content type', {}],
  ])('that is empty %s is required', async (_how, headers) => {
    const { agent } = await sandbox()
    expect(told(await agent.put(path).set(headers))).toEqual(
      invalid({ path: 'body', message: 'is required: expected an object' }),
    )
  })

  test.each([
    ['null', 'null'],
    ['[]', 'a list'],
    ['[{"duration_minutes":60}]', 'a list'],
    ['"60"', 'the string "60"'],
    ['60', '60'],
    ['true', 'true'],
  ])('that is no object but %s is refused', async (body, got) => {
    const { agent } = await sandbox()
    expect(told(await put(agent, body))).toEqual(invalid({ path: 'body', message: `expected an object, got ${got}` }))
  })

  const nested = (depth: number) => `{"duration_minutes":60,"x":${'['.repeat(depth - 1)}${']'.repeat(depth - 1)}}`

  test.each([
    ['1,000 levels deep', nested(1_000)],
    ['with brackets in texts', `{"duration_minutes":60,"x":"${'['.repeat(2_000)}","y":"\\\\"}`],
    ['with quotes and brackets in texts', `{"duration_minutes":60,"x":"${'\\"['.repeat(2_000)}"}`],
    ['wide', `{"duration_minutes":60,"x":[${'[],'.repeat(2_000)}[]]}`],
  ])('may be nested, or look so: %s', async (_how, body) => {
    const { agent } = await sandbox()
    expect(told(await put(agent, body))).toEqual({ status: 200, body: jake })
  })

  test.each([1_001, 6_000, 30_000])('that is nested %d levels deep is rejected', async (depth) => {
    const { agent } = await sandbox()
    expect(told(await put(agent, nested(depth)))).toEqual(
      invalid({ path: 'body', message: 'is nested more than 1000 levels deep' }),
    )
  })

  test.each([1_000, 6_000])('that is nested %d levels deep is in the journal', async (depth) => {
    const { agent } = await sandbox()
    await put(agent, nested(depth))
    expect((await agent.get('/_sandbox/requests')).status).toBe(200)
  })

  test.each([
    ['{}', minutesRequired],
    ['{"access_level_remote_id":""}', minutesRequired],
    ['{"__proto__":{"duration_minutes":60}}', minutesRequired],
    ['{"duration_minutes":"60"}', minutesNot('the string "60"')],
    ['{"duration_minutes":""}', minutesNot('the string ""')],
    ['{"duration_minutes":60.5}', minutesNot('60.5')],
    ['{"duration_minutes":-0.5}', minutesNot('-0.5')],
    ['{"duration_minutes":true}', minutesNot('true')],
    ['{"duration_minutes":false}', minutesNot('false')],
    ['{"duration_minutes":null}', minutesNot('null')],
    ['{"duration_minutes":[60]}', minutesNot('a list')],
    ['{"duration_minutes":{}}', minutesNot('an object')],
    ['{"duration_minutes":525961}', minutesNot('525961')],
    ['{"duration_minutes":9007199254740993}', minutesNot('9007199254740992')],
    ['{"duration_minutes":1e300}', minutesNot('1e+300')],
    ['{"duration_minutes":1e400}', minutesNot('Infinity')],
    ['{"duration_minutes":-1e400}', minutesNot('-Infinity')],
  ])('with no proper minutes, %s, is refused', async (body, message) => {
    const { agent } = await sandbox()
    expect(told(await put(agent, body))).toEqual(invalid({ path: 'body.duration_minutes', message }))
  })

  test.each([
    ['null', 'null'],
    ['60', '60'],
    ['true', 'true'],
    ['[]', 'a list'],
    ['{}', 'an object'],
  ])('with a level that is no text, %s, is refused', async (level, got) => {
    const { agent } = await sandbox()
    expect(told(await put(agent, `{"duration_minutes":60,"access_level_remote_id":${level}}`))).toEqual(
      invalid({ path: 'body.access_level_remote_id', message: `expected a string, got ${got}` }),
    )
  })

  test('is quoted in errors with at most a hundred characters', async () => {
    const { agent } = await sandbox()
    expect(told(await put(agent, JSON.stringify({ duration_minutes: 'x'.repeat(60_000) })))).toEqual(
      invalid({ path: 'body.duration_minutes', message: minutesNot(`the string "${'x'.repeat(99)}...`) }),
    )
  })

  test.each([
    ['{"duration_minutes":60}'],
    ['{"duration_minutes":60.0}'],
    ['{"duration_minutes":6e1}'],
    [' {\r\n "duration_minutes" : 60 } '],
    ['{"duration_minutes":60}\n'],
    ['{"duration_minutes":60,"durationMinutes":"x","reason":null,"nested":{"a":[1]}}'],
    ['{"duration_minutes":60,"__proto__":{"x":1},"constructor":{"prototype":{"x":1}}}'],
    ['{"duration_minutes":"a word","duration_minutes":60}'],
    ['{"duration_minutes":1,"duration_minutes":60}'],
  ])('of 60 minutes may be written %j', async (body) => {
    const { agent } = await sandbox()
    expect(told(await put(agent, body))).toEqual({ status: 200, body: jake })
  })

  test.each([
    ['{"duration_minutes":60}', undefined],
    ['{"duration_minutes":60,"durationMinutes":5}', 'body.durationMinutes; did you mean duration_minutes?'],
    ['{"duration_minutes":60,"access_level":"x","reason":"y"}', /^body\.access_level\b.*, body\.reason$/],
    ['{"duration_minutes":60,"a\\nb\\u00e9":1}', 'body.a%0Ab%C3%A9'],
  ])('has the fields told of that have no effect: %s', async (body, ignored) => {
    const { agent } = await sandbox()
    const header = (await put(agent, body)).headers['x-opal-sandbox-ignored']
    expect(header).toEqual(ignored instanceof RegExp ? expect.stringMatching(ignored) : ignored)
  })

  test('has precedence over the query', async () => {
    const { agent } = await sandbox()
    const answer = await put(agent, '{"duration_minutes":60}', `${path}?duration_minutes=5&duration_minutes=6&x=//`)
    expect(told(answer)).toEqual({ status: 200, body: jake })
  })
})

describe('an id', () => {
  test.each([
    ['of the group', groupUserPath('nope', ids.jake), 'path.group_id', 'nope'],
    ['of the user', groupUserPath(ids.apiGroup, 'nope'), 'path.user_id', 'nope'],
    ['with a letter too many', groupUserPath(`${ids.apiGroup}0`, ids.jake), 'path.group_id', `${ids.apiGroup}0`],
    ['in braces', groupUserPath(ids.apiGroup, `%7B${ids.jake}%7D`), 'path.user_id', `{${ids.jake}}`],
    ['as a URN', groupUserPath(ids.apiGroup, `urn:uuid:${ids.jake}`), 'path.user_id', `urn:uuid:${ids.jake}`],
    ['without dashes', groupUserPath(ids.apiGroup, 'f'.repeat(32)), 'path.user_id', 'f'.repeat(32)],
    ['followed by a line break', groupUserPath(ids.apiGroup, `${ids.jake}%0A`), 'path.user_id', `${ids.jake}\\n`],
    ['with an encoded slash', groupUserPath(ids.apiGroup, 'a%2Fb'), 'path.user_id', 'a/b'],
    ['with an encoded null', groupUserPath('%00', ids.jake), 'path.group_id', '\\u0000'],
  ])('%s that is no UUID is refused', async (_which, badPath, where, text) => {
    const { agent } = await sandbox()
    expect(told(await put(agent, '{"duration_minutes":60}', badPath))).toEqual(
      invalid({ path: where, message: noUuid(text) }),
    )
  })

  test.each([101, 10_001])('of %d characters is rejected, and quoted in part', async (length) => {
    const { agent } = await sandbox()
    const answer = await put(agent, '{"duration_minutes":60}', groupUserPath('x'.repeat(length), ids.jake))
    const message = `expected a UUID, got the string "${'x'.repeat(99)}...`
    expect(told(answer)).toEqual(invalid({ path: 'path.group_id', message }))
  })

  test.each([
    ['of the group', groupUserPath(ids.apiGroup.toUpperCase(), ids.jake)],
    ['of the user', groupUserPath(ids.apiGroup, ids.jake.toUpperCase())],
    ['percent-encoded', groupUserPath(ids.apiGroup.replaceAll('-', '%2D'), ids.jake)],
  ])('%s may be in upper case or encoded, and is answered in lower case', async (_which, otherPath) => {
    const { agent } = await sandbox()
    expect(told(await put(agent, '{"duration_minutes":60}', otherPath))).toEqual({ status: 200, body: jake })
  })
})

describe('a caller above the rate limit', () => {
  /** A sandbox that lets nobody in for a while, be the machine as slow as it may. */
  async function exhausted() {
    const opened = await sandbox()
    await opened.agent.patch('/_sandbox/settings').send({ rate_limit: { requests_per_second: 0.001 } })
    await opened.agent.get('/v1/users')
    return opened
  }

  const tooFast = refusal(429, 'RATE_LIMITED', 'More than 0.001 requests a second.', {
    hint: expect.stringMatching(
      /^Retry in \d+ s, or set rate_limit to "off" with PATCH \/_sandbox\/settings\.$/,
    ) as string,
  })

  test('gets a 429 that says when to retry', async () => {
    const { agent } = await exhausted()
    const answer = await put(agent, '{"duration_minutes":60}')
    expect({ ...told(answer), retryAfter: answer.headers['retry-after'] }).toEqual({
      ...tooFast,
      retryAfter: expect.stringMatching(/^[1-9]\d*$/) as string,
    })
  })

  test('changes nothing', async () => {
    const { agent } = await exhausted()
    await put(agent, '{"duration_minutes":60}')
    await agent.patch('/_sandbox/settings').send({ rate_limit: 'off' })
    expect(await list(agent, ids.apiGroup)).toEqual(listOf(jakeAsSeeded, brettAsSeeded))
  })

  test('gets a 401 with an unknown token', async () => {
    const { agent } = await exhausted()
    expect(told(await agent.put(path).auth('opal_sandbox_unknown', { type: 'bearer' }))).toEqual(tokenUnknown)
  })

  test.each([
    ['may only read', tokens.readOnly, path, 'application/json', '{"duration_minutes":60}'],
    ['sends too large a body', tokens.fullAccess, path, 'application/json', 'x'.repeat(70_000)],
    ['sends another content type', tokens.fullAccess, path, 'text/plain', 'x'],
    ['sends what is no JSON', tokens.fullAccess, path, 'application/json', '{'],
    ['sends a bad id', tokens.fullAccess, groupUserPath('nope', ids.jake), 'application/json', '{}'],
    ['asks for what is not there', tokens.fullAccess, groupUserPath(ids.unknown, ids.jake), 'application/json', '{}'],
    ['asks for an unknown path', tokens.fullAccess, '/v1/nothing-of-this-name', 'application/json', '{}'],
  ])('and %s is told to be slower', async (_what, token, to, type, body) => {
    const { agent } = await exhausted()
    const answer = await agent.put(to).auth(token, { type: 'bearer' }).set('content-type', type).send(body)
    expect(told(answer)).toEqual(tooFast)
  })
})

describe('what is not there', () => {
  test.each([
    ['the group', groupUserPath(ids.unknown, ids.jake), groupNotFound],
    ['the user', groupUserPath(ids.apiGroup, ids.unknown), userNotFound],
    ['the access', groupUserPath(ids.apiGroup, ids.noor), groupUserNotFound(ids.apiGroup, ids.noor)],
    [
      'the access to a group without levels',
      groupUserPath(ids.plainGroup, ids.jake),
      groupUserNotFound(ids.plainGroup, ids.jake),
    ],
  ])('is told: %s', async (_what, missing, expected) => {
    const { agent } = await sandbox()
    expect(told(await put(agent, '{"duration_minutes":60}', missing))).toEqual(expected)
  })

  test('is not created by a PUT', async () => {
    const { agent } = await sandbox()
    await put(agent, '{"duration_minutes":60}', groupUserPath(ids.apiGroup, ids.noor))
    expect(await list(agent, ids.apiGroup)).toEqual(listOf(jakeAsSeeded, brettAsSeeded))
  })
})

describe('of two mistakes', () => {
  const sixty = '{"duration_minutes":60}'
  const large = 'x'.repeat(70_000)
  const unknown = 'opal_sandbox_unknown'
  const atUnknownLevel = '{"duration_minutes":60,"access_level_remote_id":"nope"}'
  const badId = groupUserPath('nope', ids.jake)
  const badPercentPath = '/v1/groups/%zz/users/x'
  const unknownGroup = groupUserPath(ids.unknown, ids.jake)
  const unknownUser = groupUserPath(ids.apiGroup, ids.unknown)
  const noAccess = groupUserPath(ids.apiGroup, ids.noor)
  const minutesMissing = invalid({ path: 'body.duration_minutes', message: minutesRequired })

  interface Call {
    token?: string
    to?: string
    type?: string
    body?: string
  }

  test.each<[which: string, call: Call, expected: object]>([
    ['an unknown token over a bad body', { token: unknown, body: '[]' }, tokenUnknown],
    ['an unknown token over a large body', { token: unknown, body: large }, tokenUnknown],
    ['an unknown token over a content type', { token: unknown, type: 'text/plain' }, tokenUnknown],
    ['an unknown token over an unknown group', { token: unknown, to: unknownGroup }, tokenUnknown],
    ['an unknown token over a bad percent sign', { token: unknown, to: badPercentPath }, tokenUnknown],
    ['an unknown token over an unknown path', { token: unknown, to: '/v1/nothing-of-this-name' }, tokenUnknown],
    ['a read-only token over a bad body', { token: tokens.readOnly, body: '[]' }, readOnly],
    ['a read-only token over a body that is no JSON', { token: tokens.readOnly, body: '{' }, readOnly],
    ['a read-only token over a large body', { token: tokens.readOnly, body: large }, readOnly],
    ['a read-only token over a content type', { token: tokens.readOnly, type: 'text/plain' }, readOnly],
    ['a read-only token over a bad id', { token: tokens.readOnly, to: badId }, readOnly],
    ['a read-only token over an unknown user', { token: tokens.readOnly, to: unknownUser }, readOnly],
    ['a read-only token over a bad percent sign', { token: tokens.readOnly, to: badPercentPath }, readOnly],
    ['a read-only token over an unknown path', { token: tokens.readOnly, to: '/v1/nothing-of-this-name' }, readOnly],
    ['a large body over a bad id', { to: badId, body: large }, tooLarge],
    ['a large body over its not being JSON', { body: large }, tooLarge],
    ['a large body over an unknown group', { to: unknownGroup, body: large }, tooLarge],
    ['a content type over a bad id', { to: badId, type: 'text/plain' }, unsupported('as text/plain')],
    ['a content type over a bad body', { type: 'text/plain', body: '{}' }, unsupported('as text/plain')],
    ['a content type over an unknown user', { to: unknownUser, type: 'text/plain' }, unsupported('as text/plain')],
    [
      'a bad id over an unknown user',
      { to: groupUserPath('nope', ids.unknown) },
      invalid({ path: 'path.group_id', message: noUuid('nope') }),
    ],
    ['a bad body over an unknown group', { to: unknownGroup, body: '{}' }, minutesMissing],
    ['a bad body over no access', { to: noAccess, body: '{}' }, minutesMissing],
    ['a bad body over an unknown level', { body: '{"access_level_remote_id":"nope"}' }, minutesMissing],
    ['an unknown group over an unknown user', { to: groupUserPath(ids.unknown, ids.unknown) }, groupNotFound],
    ['an unknown group over an unknown level', { to: unknownGroup, body: atUnknownLevel }, groupNotFound],
    ['an unknown user over an unknown level', { to: unknownUser, body: atUnknownLevel }, userNotFound],
    [
      'no access over an unknown level',
      { to: noAccess, body: atUnknownLevel },
      groupUserNotFound(ids.apiGroup, ids.noor),
    ],
    [
      'no access over its being taken away',
      { to: noAccess, body: '{"duration_minutes":-1}' },
      groupUserNotFound(ids.apiGroup, ids.noor),
    ],
    [
      'an unknown level over the access being taken away',
      { body: '{"duration_minutes":-1,"access_level_remote_id":"nope"}' },
      levelNotFound('"nope"', apiLevels),
    ],
  ])('%s is told', async (_which, call, expected) => {
    const { token = tokens.fullAccess, to = path, type = 'application/json', body = sixty } = call
    const { agent } = await sandbox()
    const answer = await agent.put(to).auth(token, { type: 'bearer' }).set('content-type', type).send(body)
    expect(told(answer)).toEqual(expected)
  })

  test.each([
    [
      'an id and the body',
      groupUserPath('nope', ids.jake),
      '{"duration_minutes":"60"}',
      [
        { path: 'path.group_id', message: noUuid('nope') },
        { path: 'body.duration_minutes', message: minutesNot('the string "60"') },
      ],
    ],
    [
      'an id and a body that is no JSON',
      groupUserPath(ids.apiGroup, 'nope'),
      '{',
      [
        { path: 'path.user_id', message: noUuid('nope') },
        { path: 'body', message: expect.stringMatching(/^is not JSON: /) as unknown },
      ],
    ],
    [
      'both ids',
      groupUserPath('one', 'two'),
      sixty,
      [
        { path: 'path.group_id', message: noUuid('one') },
        { path: 'path.user_id', message: noUuid('two') },
      ],
    ],
    [
      'both fields of the body',
      path,
      '{"duration_minutes":60.5,"access_level_remote_id":null}',
      [
        { path: 'body.duration_minutes', message: minutesNot('60.5') },
        { path: 'body.access_level_remote_id', message: 'expected a string, got null' },
      ],
    ],
    [
      'everything',
      groupUserPath('one', 'two'),
      '{"access_level_remote_id":5}',
      [
        { path: 'path.group_id', message: noUuid('one') },
        { path: 'path.user_id', message: noUuid('two') },
        { path: 'body.duration_minutes', message: minutesRequired },
        { path: 'body.access_level_remote_id', message: 'expected a string, got 5' },
      ],
    ],
  ])('and are of one kind, each is told: %s', async (_which, to, body, errors) => {
    const { agent } = await sandbox()
    expect(told(await put(agent, body, to))).toEqual(invalid(...errors))
  })

  test('twenty of very many are reported', async () => {
    const opened = openSandbox({ logger: silent })
    onTestFinished(() => opened.close())
    const names = Array.from({ length: 30 }, (_, index) => `field_${index}`)
    const body = Type.Object(Object.fromEntries(names.map((name) => [name, Type.String()])))
    opened.app.put('/many', { schema: { body } }, async () => 'never')
    const answer = await opened.app.inject({ method: 'PUT', url: '/many', payload: {} })
    const errors = names
      .slice(0, 20)
      .map((name) => ({ path: `body.${name}`, message: 'is required: expected a string' }))
    expect({ status: answer.statusCode, body: answer.json<unknown>() }).toEqual(invalid(...errors))
  })
})

describe('minutes', () => {
  test.each([
    ['1', '2022-01-23T03:57:07.000Z'],
    ['60', '2022-01-23T04:56:07.000Z'],
    ['1e3', '2022-01-23T20:36:07.000Z'],
    ['525960', '2023-01-23T09:56:07.000Z'],
    ['0', null],
    ['-0', null],
    ['0.0', null],
  ])('%s lead to an end at %s', async (minutes, expiration_date) => {
    const { agent } = await sandbox()
    expect(told(await put(agent, `{"duration_minutes":${minutes}}`))).toEqual({
      status: 200,
      body: { ...jake, expiration_date },
    })
  })

  test('are counted from now, not from the previous end', async () => {
    const { agent } = await sandbox()
    await put(agent, '{"duration_minutes":600}')
    expect(told(await put(agent, '{"duration_minutes":60}'))).toEqual({ status: 200, body: jake })
  })

  test('are shown in the list, and the place in it stays the same', async () => {
    const { agent } = await sandbox()
    await put(agent, '{"duration_minutes":60}')
    expect(await list(agent, ids.apiGroup)).toEqual(listOf(jake, brettAsSeeded))
  })

  test.each(['-1', '-525961', '-9007199254740993', '-1e300'])('%s end the access at once', async (minutes) => {
    const { agent } = await sandbox()
    expect(told(await put(agent, `{"duration_minutes":${minutes}}`))).toEqual({
      status: 200,
      body: { ...jake, expiration_date: '2022-01-23T03:56:07.000Z' },
    })
  })

  test('below zero remove the access from the list', async () => {
    const { agent } = await sandbox()
    await put(agent, '{"duration_minutes":-1}')
    expect(await list(agent, ids.apiGroup)).toEqual(listOf(brettAsSeeded))
  })

  test.each(['-1', '0', '60'])('below zero leave nothing for a second PUT, of %s, to change', async (minutes) => {
    const { agent } = await sandbox()
    await put(agent, '{"duration_minutes":-1}')
    expect(told(await put(agent, `{"duration_minutes":${minutes}}`))).toEqual(groupUserNotFound(ids.apiGroup, ids.jake))
  })

  test('below zero do not affect access to other groups', async () => {
    const { agent } = await sandbox()
    const before = await list(agent, ids.oktaGroup)
    await put(agent, '{"duration_minutes":-1}')
    expect(await list(agent, ids.oktaGroup)).toEqual(before)
  })
})

describe('access that was given for an hour', () => {
  const hour = 60 * minute

  /** The same sandbox, opened once more when its clock stands elsewhere. */
  async function reopen(elapsedMs: number, body = '{"duration_minutes":60}') {
    const db = join(temporaryFolder(), 'sandbox.db')
    const before = await sandbox({ db })
    await put(before.agent, body)
    await before.close()
    return sandbox({ db, now: now + elapsedMs })
  }

  test('lasts until the last millisecond', async () => {
    const { agent } = await reopen(hour - 1)
    expect(await list(agent, ids.apiGroup)).toEqual(listOf(jake, brettAsSeeded))
  })

  test('can be extended until the last millisecond', async () => {
    const { agent } = await reopen(hour - 1)
    expect(told(await put(agent, '{"duration_minutes":60}'))).toEqual({
      status: 200,
      body: { ...jake, expiration_date: '2022-01-23T05:56:06.999Z' },
    })
  })

  test.each([
    ['at its end', hour],
    ['a year later', hour * 24 * 365],
  ])('is off the list %s', async (_when, elapsedMs) => {
    const { agent } = await reopen(elapsedMs)
    expect(await list(agent, ids.apiGroup)).toEqual(listOf(brettAsSeeded))
  })

  test.each([
    ['at its end', hour, '60'],
    ['a year later', hour * 24 * 365, '60'],
    ['at its end, not even for ever', hour, '0'],
    ['at its end, nor taken away', hour, '-1'],
  ])('cannot be made longer %s, and is told when it ended', async (_when, elapsedMs, minutes) => {
    const { agent } = await reopen(elapsedMs)
    expect(told(await put(agent, `{"duration_minutes":${minutes}}`))).toEqual(
      groupUserNotFound(ids.apiGroup, ids.jake, '2022-01-23T04:56:07.000Z'),
    )
  })

  test('and then removed does not come back at an earlier time', async () => {
    const { agent } = await reopen(-hour, '{"duration_minutes":-1}')
    expect(await list(agent, ids.apiGroup)).toEqual(listOf(brettAsSeeded))
  })
})

describe('a level', () => {
  test.each([
    [levels.admin, 'AdministratorAccess'],
    [levels.readOnly, 'ReadOnlyAccess'],
    ['', ''],
  ])('%j of the group is given, with its name %j', async (access_level_remote_id, access_level_name) => {
    const { agent } = await sandbox()
    expect(told(await agent.put(path).send({ duration_minutes: 60, access_level_remote_id }))).toEqual({
      status: 200,
      body: { ...jake, access_level: { access_level_name, access_level_remote_id } },
    })
  })

  test('that was given is shown in the list', async () => {
    const { agent } = await sandbox()
    await agent.put(path).send({ duration_minutes: 60, access_level_remote_id: levels.admin })
    const access_level = { access_level_name: 'AdministratorAccess', access_level_remote_id: levels.admin }
    expect(await list(agent, ids.apiGroup)).toEqual(listOf({ ...jake, access_level }, brettAsSeeded))
  })

  test('that is left out stays the same', async () => {
    const { agent } = await sandbox()
    expect(told(await put(agent, '{"duration_minutes":60}', groupUserPath(ids.gitlabGroup, ids.ada)))).toEqual({
      status: 200,
      body: ada,
    })
  })

  test('that is empty means the default one', async () => {
    const { agent } = await sandbox()
    const body = '{"duration_minutes":60,"access_level_remote_id":""}'
    expect(told(await put(agent, body, groupUserPath(ids.gitlabGroup, ids.ada)))).toEqual({
      status: 200,
      body: { ...ada, access_level: { access_level_name: '', access_level_remote_id: '' } },
    })
  })

  test('is replaced by another one', async () => {
    const { agent } = await sandbox()
    await put(agent, '{"duration_minutes":60,"access_level_remote_id":"50"}', groupUserPath(ids.gitlabGroup, ids.ada))
    const access_level = { access_level_name: 'Owner', access_level_remote_id: '50' }
    expect(await list(agent, ids.gitlabGroup)).toEqual(listOf({ ...ada, access_level }))
  })

  test('is shown in the answer of the PUT that ends the access', async () => {
    const { agent } = await sandbox()
    expect(told(await put(agent, '{"duration_minutes":-1}', groupUserPath(ids.gitlabGroup, ids.ada)))).toEqual({
      status: 200,
      body: { ...ada, expiration_date: '2022-01-23T03:56:07.000Z' },
    })
  })

  test('that is empty exists in a group without levels, too', async () => {
    const { agent } = await sandbox()
    const body = '{"duration_minutes":60,"access_level_remote_id":""}'
    expect(told(await put(agent, body, groupUserPath(ids.plainGroup, ids.brett)))).toEqual({
      status: 200,
      body: {
        ...brettFromRemote,
        expiration_date: '2022-01-23T04:56:07.000Z',
        propagation_status: { status: 'SUCCESS' },
      },
    })
  })

  test.each([
    ['of no group', path, 'nope', levelNotFound('"nope"', apiLevels)],
    ['of another group', path, '40', levelNotFound('"40"', apiLevels)],
    ['by its name', path, 'AdministratorAccess', levelNotFound('"AdministratorAccess"', apiLevels)],
    ['in another case', path, levels.admin.toUpperCase(), levelNotFound(`"${levels.admin.toUpperCase()}"`, apiLevels)],
    ['with a space', path, ' ', levelNotFound('" "', apiLevels)],
    ['very long', path, 'x'.repeat(60_000), levelNotFound(`"${'x'.repeat(200)}..."`, apiLevels)],
    [
      'of a group without levels',
      groupUserPath(ids.plainGroup, ids.brett),
      levels.admin,
      levelNotFound(`"${levels.admin}"`, '"" (the default level)'),
    ],
    [
      'of a group with five',
      groupUserPath(ids.gitlabGroup, ids.ada),
      '60',
      levelNotFound(
        '"60"',
        '"10" (Guest), "20" (Reporter), "30" (Developer), "40" (Maintainer), "50" (Owner), "" (the default level)',
      ),
    ],
  ])('that the group does not have is refused, and those told that it has: %s', async (_which, to, level, expected) => {
    const { agent } = await sandbox()
    const answer = await agent.put(to).send({ duration_minutes: 60, access_level_remote_id: level })
    expect(told(answer)).toEqual(expected)
  })

  test('that is rejected changes nothing', async () => {
    const { agent } = await sandbox()
    await agent.put(path).send({ duration_minutes: 60, access_level_remote_id: 'nope' })
    expect(await list(agent, ids.apiGroup)).toEqual(listOf(jakeAsSeeded, brettAsSeeded))
  })
})

describe('the propagation status', () => {
  const okta = groupUserPath(ids.oktaGroup, ids.jake)
  const jakeInOkta = {
    ...jake,
    group_id: ids.oktaGroup,
    group_name: 'Okta Engineering',
    description: 'All engineers',
    propagation_status: { status: 'PENDING' },
  }

  test('of a push to a slow group is PENDING in the answer', async () => {
    const { agent } = await sandbox()
    expect(told(await put(agent, '{"duration_minutes":60}', okta))).toEqual({ status: 200, body: jakeInOkta })
  })

  test.each([
    ['PENDING', 0],
    ['PENDING', 4_999],
    ['SUCCESS', 5_000],
    ['SUCCESS', 3_599_999],
  ])('of a push to a slow group is %s after %d ms', async (status, elapsedMs) => {
    const db = join(temporaryFolder(), 'sandbox.db')
    const before = await sandbox({ db })
    await put(before.agent, '{"duration_minutes":60}', okta)
    await before.close()
    const { agent } = await sandbox({ db, now: now + elapsedMs })
    expect(await list(agent, ids.oktaGroup)).toEqual(listOf({ ...jakeInOkta, propagation_status: { status } }))
  })

  test('is PENDING again after each push', async () => {
    const db = join(temporaryFolder(), 'sandbox.db')
    const before = await sandbox({ db })
    await put(before.agent, '{"duration_minutes":60}', okta)
    await before.close()
    const { agent } = await sandbox({ db, now: now + 5_000 })
    expect(told(await put(agent, '{"duration_minutes":0}', okta))).toEqual({
      status: 200,
      body: { ...jakeInOkta, expiration_date: null },
    })
  })

  test('is left out if access was synced from the remote system', async () => {
    const { agent } = await sandbox()
    expect(await list(agent, ids.plainGroup)).toEqual(listOf(brettFromRemote))
  })

  test('is shown once such access is pushed', async () => {
    const { agent } = await sandbox()
    await put(agent, '{"duration_minutes":0}', groupUserPath(ids.plainGroup, ids.brett))
    expect(await list(agent, ids.plainGroup)).toEqual(
      listOf({ ...brettFromRemote, propagation_status: { status: 'SUCCESS' } }),
    )
  })
})

describe('parallel PUTs', () => {
  test('leave the result of the last one, and nothing of the others', async () => {
    const { app, agent } = await sandbox()
    const headers = { authorization: `Bearer ${tokens.fullAccess}` }
    const bodies = Array.from({ length: 50 }, (_, index) => ({
      duration_minutes: index + 1,
      access_level_remote_id: index % 2 === 0 ? levels.admin : levels.readOnly,
    }))
    await Promise.all(bodies.map((payload) => app.inject({ method: 'PUT', url: path, headers, payload })))
    const access_level = { access_level_name: 'ReadOnlyAccess', access_level_remote_id: levels.readOnly }
    const last = { ...jake, access_level, expiration_date: '2022-01-23T04:46:07.000Z' }
    expect(await list(agent, ids.apiGroup)).toEqual(listOf(last, brettAsSeeded))
  })

  test('each get their own answer', async () => {
    const { app } = await sandbox()
    const headers = { authorization: `Bearer ${tokens.fullAccess}` }
    const minutes = Array.from({ length: 50 }, (_, index) => index + 1)
    const answers = await Promise.all(
      minutes.map((duration_minutes) =>
        app.inject({ method: 'PUT', url: path, headers, payload: { duration_minutes } }),
      ),
    )
    expect(answers.map((answer) => answer.json<unknown>())).toEqual(
      minutes.map((count) => ({ ...jake, expiration_date: new Date(now + count * minute).toISOString() })),
    )
  })

  test('that are rejected do not affect the others', async () => {
    const { app } = await sandbox()
    const headers = { authorization: `Bearer ${tokens.fullAccess}` }
    const users = [ids.jake, ids.noor, ids.unknown, ids.brett]
    const answers = await Promise.all(
      users.map((user) =>
        app.inject({
          method: 'PUT',
          url: groupUserPath(ids.apiGroup, user),
          headers,
          payload: { duration_minutes: 60 },
        }),
      ),
    )
    expect(answers.map(({ statusCode }) => statusCode)).toEqual([200, 404, 404, 200])
  })
})

describe('an organization with other settings', () => {
  async function minded(settings: object) {
    const opened = await sandbox()
    await opened.agent.patch('/_sandbox/settings').send(settings)
    return opened
  }

  const noor = { ...jake, user_id: ids.noor, full_name: 'Noor Haddad', email: 'noor@company.dev' }

  test('can let a PUT create access', async () => {
    const { agent } = await minded({ missing_group_user_on_update: 'create' })
    expect(told(await put(agent, '{"duration_minutes":60}', groupUserPath(ids.apiGroup, ids.noor)))).toEqual({
      status: 200,
      body: noor,
    })
  })

  test('then lists the user added last', async () => {
    const { agent } = await minded({ missing_group_user_on_update: 'create' })
    await put(agent, '{"duration_minutes":60}', groupUserPath(ids.apiGroup, ids.noor))
    expect(await list(agent, ids.apiGroup)).toEqual(listOf(jakeAsSeeded, brettAsSeeded, noor))
  })

  test('then still has nothing to remove without access', async () => {
    const { agent } = await minded({ missing_group_user_on_update: 'create' })
    expect(told(await put(agent, '{"duration_minutes":-1}', groupUserPath(ids.apiGroup, ids.noor)))).toEqual(
      groupUserNotFound(ids.apiGroup, ids.noor),
    )
  })

  test('can reject negative minutes', async () => {
    const { agent } = await minded({ negative_duration: 'reject' })
    expect(told(await put(agent, '{"duration_minutes":-1}'))).toEqual({
      status: 400,
      body: {
        code: 'INVALID_REQUEST',
        message: 'The request is not valid: 1 problem.',
        errors: [
          {
            path: 'body.duration_minutes',
            message: 'expected 0 or more, got -1: this organization\'s setting negative_duration is "reject"',
          },
        ],
        hint: 'End access with DELETE on the same path.',
        request_id: requestId,
      },
    })
  })

  test('can reject unknown fields', async () => {
    const { agent } = await minded({ unknown_fields: 'reject' })
    expect(told(await put(agent, '{"duration_minutes":60,"durationMinutes":5,"reason":"x"}'))).toEqual({
      status: 400,
      body: {
        code: 'INVALID_REQUEST',
        message: 'The request is not valid: 2 problems.',
        errors: [
          { path: 'body.durationMinutes', message: 'is not known: did you mean duration_minutes?' },
          { path: 'body.reason', message: 'is not known' },
        ],
        hint: 'The setting unknown_fields is "reject" in this organization.',
        request_id: requestId,
      },
    })
  })

  test('then changes nothing', async () => {
    const { agent } = await minded({ unknown_fields: 'reject' })
    await put(agent, '{"duration_minutes":60,"reason":"x"}')
    expect(await list(agent, ids.apiGroup)).toEqual(listOf(jakeAsSeeded, brettAsSeeded))
  })

  test('can accept a level that the group does not have', async () => {
    const { agent } = await minded({ unknown_access_level: 'accept' })
    const access_level = { access_level_name: '', access_level_remote_id: 'nope' }
    expect(told(await agent.put(path).send({ duration_minutes: 60, access_level_remote_id: 'nope' }))).toEqual({
      status: 200,
      body: { ...jake, access_level },
    })
  })
})

describe('what official clients need', () => {
  /** An answer of each kind, with what it took to get it. */
  const answers: [name: string, ask: (agent: Agent) => Promise<{ status: number; type: string; body: unknown }>][] = [
    ['a PUT for an hour', async (agent) => put(agent, '{"duration_minutes":60}')],
    ['a PUT for ever', async (agent) => put(agent, '{"duration_minutes":0}')],
    ['a PUT that takes away', async (agent) => put(agent, '{"duration_minutes":-1}')],
    [
      'a PUT at a level',
      async (agent) => agent.put(path).send({ duration_minutes: 60, access_level_remote_id: levels.admin }),
    ],
    [
      'a PUT that is pending',
      async (agent) => put(agent, '{"duration_minutes":60}', groupUserPath(ids.oktaGroup, ids.jake)),
    ],
    ['the list of a group with levels', async (agent) => agent.get(`/v1/groups/${ids.gitlabGroup}/users`)],
    ['the list of a slow group', async (agent) => agent.get(`/v1/groups/${ids.oktaGroup}/users`)],
    ['the list of a group from the remote system', async (agent) => agent.get(`/v1/groups/${ids.plainGroup}/users`)],
  ]

  interface GroupUser {
    group_id: string
    user_id: string
    full_name: string
    email: string
    group_name: string
    description: string
    expiration_date: string | null
    access_level?: object
    propagation_status?: { status: string }
  }

  function groupUsersIn(body: unknown): GroupUser[] {
    const { results } = body as { results?: GroupUser[] }
    return results ?? [body as GroupUser]
  }

  test.each(answers)('%s is a 200', async (_name, ask) => {
    const { agent } = await sandbox()
    expect((await ask(agent)).status).toBe(200)
  })

  test.each(answers)('%s is application/json', async (_name, ask) => {
    const { agent } = await sandbox()
    expect((await ask(agent)).type).toBe('application/json')
  })

  test.each(answers)('%s has the six strings that a group user always has', async (_name, ask) => {
    const { agent } = await sandbox()
    const text = expect.any(String) as unknown
    const uuid = expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/) as unknown
    for (const groupUser of groupUsersIn((await ask(agent)).body)) {
      expect(groupUser).toMatchObject({
        group_id: uuid,
        user_id: uuid,
        full_name: text,
        email: text,
        group_name: text,
        description: text,
      })
    }
  })

  test.each(answers)('%s has null only as the end date, next and previous', async (_name, ask) => {
    const { agent } = await sandbox()
    const nulls = new Set<string>()
    JSON.stringify((await ask(agent)).body, (key, value: unknown) => {
      if (value === null) nulls.add(key)
      return value
    })
    expect([...nulls].filter((name) => !['expiration_date', 'next', 'previous'].includes(name))).toEqual([])
  })

  test.each(answers)('%s has a level with two strings', async (_name, ask) => {
    const { agent } = await sandbox()
    const text = expect.any(String) as unknown
    for (const { access_level } of groupUsersIn((await ask(agent)).body)) {
      expect(access_level).toEqual({ access_level_name: text, access_level_remote_id: text })
    }
  })

  test.each(answers)('%s has a propagation status that all clients know, or none', async (_name, ask) => {
    const { agent } = await sandbox()
    for (const { propagation_status } of groupUsersIn((await ask(agent)).body)) {
      expect([undefined, ...propagationStatuses]).toContain(propagation_status?.status)
    }
  })

  test.each(answers)('%s has dates as JavaScript formats them', async (_name, ask) => {
    const { agent } = await sandbox()
    for (const { expiration_date } of groupUsersIn((await ask(agent)).body)) {
      expect(expiration_date && new Date(expiration_date).toISOString()).toBe(expiration_date)
    }
  })

  test.each([
    ['a trailing slash', `${path}/`],
    ['doubled slashes', `/v1//groups/${ids.apiGroup}//users/${ids.jake}`],
    ['doubled slashes in front', `//v1/groups/${ids.apiGroup}/users/${ids.jake}`],
    ['slashes everywhere', `///v1///groups//${ids.apiGroup}//users//${ids.jake}//`],
    ['a query', `${path}?`],
  ])('a PUT to a path with %s is taken', async (_how, to) => {
    const { agent } = await sandbox()
    expect(told(await put(agent, '{"duration_minutes":60}', to))).toEqual({ status: 200, body: jake })
  })

  test.each([
    ['a trailing slash', `/v1/groups/${ids.plainGroup}/users/`],
    ['doubled slashes', `//v1//groups/${ids.plainGroup}//users`],
    ['an id in upper case', `/v1/groups/${ids.plainGroup.toUpperCase()}/users`],
    ['a query', `/v1/groups/${ids.plainGroup}/users?`],
  ])('a list at a path with %s is given', async (_how, at) => {
    const { agent } = await sandbox()
    expect(told(await agent.get(at))).toEqual(listOf(brettFromRemote))
  })

  test('a PUT with an empty cookie header is accepted', async () => {
    const { agent } = await sandbox()
    const answer = await agent.put(path).set('cookie', '').send({ duration_minutes: 60 })
    expect(told(answer)).toEqual({ status: 200, body: jake })
  })

  test('a list is returned for a call with a content type and no body', async () => {
    const { agent } = await sandbox()
    const answer = await agent.get(`/v1/groups/${ids.plainGroup}/users`).set('content-type', 'application/json')
    expect(told(answer)).toEqual(listOf(brettFromRemote))
  })
})

describe('a path that does not exist', () => {
  const elsewhere = 'GET / shows where to start, GET /_sandbox/openapi.yaml lists every path.'
  const usersHint = expect.stringMatching(
    /^Did you mean .*\bPUT \/v1\/groups\/{group_id}\/users\/{user_id}\?$/,
  ) as string

  test.each([
    ['nothing like it', 'GET', '/v1/nothing-of-this-name', elsewhere],
    ['nothing like it, to write to', 'PUT', '/v1/nothing-of-this-name', elsewhere],
    ['a word of it mistyped', 'PUT', `/v1/group/${ids.apiGroup}/users/${ids.jake}`, usersHint],
    ['a part too many', 'PUT', `${path}/more`, usersHint],
  ])('under /v1 is a 404 with a hint: %s', async (_what, method, at, hint) => {
    const { app } = await sandbox()
    const headers = { authorization: `Bearer ${tokens.fullAccess}` }
    const answer = await app.inject({ method: method as 'GET', url: at, headers })
    expect({ status: answer.statusCode, body: answer.json<unknown>() }).toEqual(routeNotFound(`${method} ${at}`, hint))
  })

  test.each(['/v1', '/v1/', '/v1/nothing-of-this-name', '//v1/nothing-of-this-name', '/v1//nothing-of-this-name'])(
    'under /v1 is a 401 without a token: %s',
    async (at) => {
      const { agent } = await sandbox()
      const answer = await agent.get(at).set('authorization', '')
      expect({ ...told(answer), asksFor: answer.headers['www-authenticate'] }).toEqual({
        ...noHeader,
        asksFor: 'Bearer',
      })
    },
  )

  test.each([
    ['with a token', `Bearer ${tokens.fullAccess}`],
    ['without a token', ''],
    ['with an unknown token', 'Bearer opal_sandbox_unknown'],
  ])('outside of /v1 is a 404 %s', async (_who, authorization) => {
    const { agent } = await sandbox()
    expect(told(await agent.get('/nothing-of-this-name').set('authorization', authorization))).toEqual(
      routeNotFound('GET /nothing-of-this-name', elsewhere),
    )
  })

  test('without /v1 is a 404 that says so', async () => {
    const { agent } = await sandbox()
    const short = path.replace('/v1', '')
    expect(told(await put(agent, '{"duration_minutes":60}', short))).toEqual(
      routeNotFound(`PUT ${short}`, `The API's paths begin with /v1: ${path}`),
    )
  })

  test('under /_sandbox is a 404 that names the nearest one', async () => {
    const { agent } = await sandbox()
    expect(told(await agent.get('/_sandbox/helth'))).toEqual(
      routeNotFound('GET /_sandbox/helth', 'Did you mean GET or HEAD /_sandbox/health?'),
    )
  })

  test.each([
    ['a body that is no JSON', '/nothing-of-this-name', 'application/json', '{'],
    ['a body that is too large', '/nothing-of-this-name', 'application/json', 'x'.repeat(70_000)],
    ['a body of another type', '/nothing-of-this-name', 'text/plain', 'x'],
    ['a body that is no JSON', '/v1/nothing-of-this-name', 'application/json', '{'],
    ['a body that is too large', '/v1/nothing-of-this-name', 'application/json', 'x'.repeat(70_000)],
    ['a body of another type', '/v1/nothing-of-this-name', 'text/plain', 'x'],
  ])('is a 404 with %s too: %s', async (_what, at, contentType, body) => {
    const { agent } = await sandbox()
    expect((await agent.put(at).set('content-type', contentType).send(body)).status).toBe(404)
  })

  test.each([101, 10_001])('with a part of %d characters is a 404 that quotes the path in part', async (length) => {
    const { agent } = await sandbox()
    expect(told(await agent.get(`/v1/${'x'.repeat(length)}`))).toEqual(
      routeNotFound(`GET /v1/${'x'.repeat(Math.min(length, 196))}`, elsewhere),
    )
  })
})

describe('an unsupported method', () => {
  test.each([
    ['PUT', `/v1/groups/${ids.apiGroup}/users`, '/v1/groups/{group_id}/users', 'GET, HEAD'],
    ['DELETE', `/v1/groups/${ids.apiGroup}/users`, '/v1/groups/{group_id}/users', 'GET, HEAD'],
    ['POST', '/_sandbox/health', '/_sandbox/health', 'GET, HEAD'],
    ['POST', '/', '/', 'GET, HEAD'],
    ['OPTIONS', '/', '/', 'GET, HEAD'],
    ['TRACE', '/', '/', 'GET, HEAD'],
    ['PROPFIND', '/', '/', 'GET, HEAD'],
  ])('is a 405 that names those that it has: %s %s', async (method, at, documented, allow) => {
    const { app } = await sandbox()
    const headers = { authorization: `Bearer ${tokens.fullAccess}` }
    const answer = await app.inject({ method: method as 'GET', url: at, headers })
    expect({ status: answer.statusCode, allow: answer.headers.allow, body: answer.json<unknown>() }).toEqual({
      status: 405,
      allow,
      body: {
        code: 'METHOD_NOT_ALLOWED',
        message: `${documented} does not support ${method}.`,
        hint: `Use ${allow}.`,
        request_id: requestId,
      },
    })
  })

  test('is a 405, whatever else is sent', async () => {
    const { agent } = await sandbox()
    const answer = await agent.patch(path).set('content-type', 'text/plain').send('x'.repeat(70_000))
    expect(answer.status).toBe(405)
  })

  test('names PUT on the path of a group user', async () => {
    const { agent } = await sandbox()
    expect((await agent.patch(path)).headers.allow?.split(', ')).toContain('PUT')
  })

  test('is a 401 under /v1 without a token', async () => {
    const { agent } = await sandbox()
    expect(told(await agent.patch(path).set('authorization', ''))).toEqual(noHeader)
  })

  test('is a 403 under /v1 with a read-only token', async () => {
    const { agent } = await sandbox()
    expect(told(await agent.patch(path).auth(tokens.readOnly, { type: 'bearer' }))).toEqual(readOnly)
  })
})

describe('HEAD', () => {
  test.each([
    '/',
    '/_sandbox/health',
    '/_sandbox/openapi.yaml',
    '/_sandbox/openapi.json',
    `/v1/groups/${ids.apiGroup}/users`,
  ])('on %s says what GET would, without a body', async (at) => {
    const { agent } = await sandbox()
    const get = await agent.get(at)
    const head = await agent.head(at)
    expect({ status: head.status, type: head.headers['content-type'], text: head.text }).toEqual({
      status: 200,
      type: get.headers['content-type'],
      text: undefined,
    })
  })

  test.each([
    ['without a token', `/v1/groups/${ids.apiGroup}/users`, '', 401],
    ['on a bad id', '/v1/groups/nope/users', `Bearer ${tokens.fullAccess}`, 400],
    ['on an unknown group', `/v1/groups/${ids.unknown}/users`, `Bearer ${tokens.fullAccess}`, 404],
    ['on a path that takes no GET', path, `Bearer ${tokens.fullAccess}`, 405],
    ['with a read-only token', `/v1/groups/${ids.apiGroup}/users`, `Bearer ${tokens.readOnly}`, 200],
  ])('is answered as GET is %s', async (_how, at, authorization, status) => {
    const { agent } = await sandbox()
    expect((await agent.head(at).set('authorization', authorization)).status).toBe(status)
  })
})

describe('a malformed percent sequence', () => {
  test.each(['/v1/%zz', '/v1/groups/%zz/users/x', '/v1/groups/%E0%A4/users', '//v1/%', '/nothing/%zz', '/%zz'])(
    'is a 400 with a token: %s',
    async (at) => {
      const { agent } = await sandbox()
      expect(told(await agent.get(at))).toEqual(badPercent)
    },
  )

  test.each(['/v1/%zz', '/v1/groups/%zz/users/x', '//v1//%zz'])('is a 401 without a token: %s', async (at) => {
    const { agent } = await sandbox()
    const answer = await agent.get(at).set('authorization', '')
    expect({ ...told(answer), asksFor: answer.headers['www-authenticate'] }).toEqual({ ...noHeader, asksFor: 'Bearer' })
  })

  test.each(['/%zz', '/v10/%zz', '/_sandbox/%zz'])('is a 400 without a token outside of /v1: %s', async (at) => {
    const { agent } = await sandbox()
    expect(told(await agent.get(at).set('authorization', ''))).toEqual(badPercent)
  })

  test('means nothing in a query', async () => {
    const { agent } = await sandbox()
    expect(told(await put(agent, '{"duration_minutes":60}', `${path}?x=%zz`))).toEqual({ status: 200, body: jake })
  })
})

describe('raw bytes', () => {
  /** All that comes back, until the server hangs up. */
  async function send(text: string): Promise<{ status: number; body: unknown }> {
    const opened = await sandbox()
    const port = await opened.listen({ host: '127.0.0.1', port: 0 })
    const answer = await new Promise<string>((resolve, reject) => {
      const socket = connect(port, '127.0.0.1', () => socket.write(text))
      let received = ''
      socket.setEncoding('utf8')
      socket.on('data', (chunk: string) => (received += chunk))
      socket.on('close', () => resolve(received))
      socket.on('error', reject)
    })
    const [head = '', body = ''] = answer.split('\r\n\r\n')
    return { status: Number(head.split(' ')[1]), body: JSON.parse(body) as unknown }
  }

  test('that are not HTTP get an error in our form', async () => {
    expect(await send('nonsense\r\n\r\n')).toEqual(
      invalid({ path: 'request', message: 'is not HTTP/1.1: HPE_INVALID_METHOD' }),
    )
  })

  test('with very long headers get an error in our form', async () => {
    expect(await send(`GET / HTTP/1.1\r\nHost: x\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`)).toEqual(
      refusal(431, 'HEADERS_TOO_LARGE', 'The request line and headers are over the limit of 16 KiB.'),
    )
  })

  test('with the host in the path get no further than others', async () => {
    const request = 'GET http://x//v1/nothing-of-this-name HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n'
    expect(await send(request)).toEqual(noHeader)
  })
})
