import { once } from 'node:events'
import { connect } from 'node:net'
import { describe, expect, test, vi } from 'vitest'
import { groupUserPath, ids, levels, now, requestId, sandbox, told, tokens } from '../../helper.js'
import { listening, read, send, type Call } from '../wire.js'
import { call, type Opened } from './calls.js'

const path = groupUserPath(ids.apiGroup, ids.jake)
const minutes = (duration_minutes: number, rest: object = {}) => JSON.stringify({ duration_minutes, ...rest })
const anHour = minutes(60)

interface Entry {
  request_id: string
  [key: string]: unknown
}

async function list(opened: Opened, query = '', token = tokens.fullAccess): Promise<Entry[]> {
  const { results } = (await call(opened, token, 'GET', `/_sandbox/requests${query}`)) as { results: Entry[] }
  return withoutChanges(results)
}

/** changes.test.ts looks at them. */
function withoutChanges(entries: Entry[]): Entry[] {
  return entries.map(({ changes, ...others }) => others)
}

/** What every entry has. */
const entry = (rest: object) => ({
  request_id: requestId,
  at: new Date(now).toISOString(),
  received_at: expect.stringMatching(/^\d{4}-.*Z$/) as unknown,
  headers: expect.any(Object) as unknown,
  duration_ms: expect.any(Number) as unknown,
  ...rest,
})

const jake = { group_id: ids.apiGroup, user_id: ids.jake }
const update = { operation: 'update_group_user', method: 'PUT', url: path, ...jake }

const accepted = 'the token is accepted'
const kept = 'the call is within the rate'
const mayWrite = 'the token may write'
const isRead = 'the body is read'
const isValid = 'the request is valid'
const valid = [accepted, kept, mayWrite, isRead, isValid]
const found = [...valid, 'the group is found', 'the user is found', 'the user is in the group']
const passed = [...found, 'the level is accepted']

const added = 'the user had no access and gets it: the setting missing_group_user_on_update is "create"'
const expires = 'access expires that many minutes from now'
const named = 'access has the level that the request names, one of those of the group or resource'
const namedDefault = 'an empty access_level_remote_id names the default level, which always exists'
const levelLeftOut = 'the request names no level, so the default level is meant'
const levelKept = 'the request names no level, so the level stays the same'
const ignored = 'fields and parameters that the API does not know have no effect; a header names them'
const pages = 'next is the cursor of the page that follows, previous the one that led to this page'
const risk = 'risk_sensitivity shows risk_sensitivity_override, or UNKNOWN if there is none'
const taken = 'there is no such level, but it is accepted: the setting unknown_access_level is "accept"'

interface Told {
  status: number
  why: unknown[]
  rule?: string
  basis: string
  hint?: unknown
}

/** A refusal whose code ends the trail. */
const refused = (status: number, before: string[], code: string, message: string, hint?: unknown): Told => ({
  status,
  why: [...before, `${code}: ${message}`],
  rule: code,
  basis: 'assumed',
  ...(hint !== undefined && { hint }),
})

describe('the PUT is explained, case by case', () => {
  const unknownGroup = groupUserPath(ids.unknown, ids.jake)
  const unknownUser = groupUserPath(ids.apiGroup, ids.unknown)
  const absent = groupUserPath(ids.apiGroup, ids.noor)
  const invalid = (count: string): Told => ({
    ...refused(400, [accepted, kept, mayWrite, isRead], 'INVALID_REQUEST', `The request is not valid: ${count}.`),
    basis: 'inferred',
  })
  /** A refusal that another behavior than that of its code decided. */
  const decidedBy = (told: Told, means: string): Told => ({ ...told, why: [...told.why, means], basis: 'assumed' })
  const sendBearer = 'Send the header "Authorization: Bearer <token>".'
  const sendJson = 'Send the header "Content-Type: application/json".'

  const table: [name: string, given: Call & { path?: string; settings?: object; twice?: true }, expected: Told][] = [
    [
      'no token',
      { token: null },
      refused(401, [], 'TOKEN_MISSING', 'No token: there is no Authorization header.', sendBearer),
    ],
    [
      'a header that is not Bearer',
      { token: null, headers: { authorization: 'Basic YTpi' } },
      refused(
        401,
        [],
        'TOKEN_MISSING',
        'No token: the Authorization header is not of the form "Bearer <token>".',
        sendBearer,
      ),
    ],
    [
      'an unknown token',
      { token: 'stranger' },
      refused(401, [], 'TOKEN_UNKNOWN', 'The token is unknown.', expect.stringMatching(/^Send a token/)),
    ],
    [
      'an expired token',
      { token: tokens.expired },
      refused(401, [], 'TOKEN_EXPIRED', 'The token expired at 2022-01-23T02:56:07.000Z.', 'Use another token.'),
    ],
    [
      'a revoked token',
      { token: tokens.revoked },
      refused(401, [], 'TOKEN_REVOKED', 'The token was revoked at 2022-01-23T02:56:07.000Z.', 'Use another token.'),
    ],
    [
      'a call above the rate',
      { settings: { rate_limit: { requests_per_second: 0.001 } }, twice: true },
      {
        ...refused(
          429,
          [accepted],
          'RATE_LIMITED',
          'More than 0.001 requests a second.',
          'Retry in 1000 s, or set rate_limit to "off" with PATCH /_sandbox/settings.',
        ),
        basis: 'documented',
      },
    ],
    [
      'a read-only token',
      { token: tokens.readOnly },
      refused(403, [accepted, kept], 'TOKEN_READ_ONLY', 'This token is read-only.', 'Use a token with FULL_ACCESS.'),
    ],
    [
      'a body over the limit',
      { body: minutes(60, { x: 'x'.repeat(65 * 1024) }) },
      refused(
        413,
        [accepted, kept, mayWrite],
        'BODY_TOO_LARGE',
        'The body is over the limit of 64 KiB.',
        'Send a smaller body.',
      ),
    ],
    [
      'a body of another type',
      { headers: { 'content-type': 'text/plain' } },
      refused(
        415,
        [accepted, kept, mayWrite],
        'CONTENT_TYPE_UNSUPPORTED',
        'The body is sent as text/plain; only JSON is read.',
        sendJson,
      ),
    ],
    ['an id that is no UUID', { path: groupUserPath('api', ids.jake) }, invalid('1 problem')],
    ['a body that is no JSON', { body: '{' }, invalid('1 problem')],
    ['a body without minutes', { body: '{}' }, invalid('1 problem')],
    ['minutes as text', { body: '{"duration_minutes":"60"}' }, invalid('1 problem')],
    ['half a minute', { body: minutes(0.5) }, invalid('1 problem')],
    [
      'too many minutes',
      { body: minutes(525_961) },
      {
        ...invalid('1 problem'),
        why: [...invalid('1 problem').why, 'a duration over the setting max_duration_minutes is rejected'],
      },
    ],
    ['three mistakes', { path: groupUserPath('api', 'jake'), body: '{}' }, invalid('3 problems')],
    [
      'an unknown group',
      { path: unknownGroup },
      refused(404, valid, 'GROUP_NOT_FOUND', `There is no group ${ids.unknown}.`, 'GET /v1/groups lists the groups.'),
    ],
    [
      'an unknown user',
      { path: unknownUser },
      refused(
        404,
        [...valid, 'the group is found'],
        'USER_NOT_FOUND',
        `There is no user ${ids.unknown}.`,
        'GET /v1/users lists the users.',
      ),
    ],
    [
      'a user who is not in the group',
      { path: absent },
      refused(
        404,
        [...valid, 'the group is found', 'the user is found'],
        'GROUP_USER_NOT_FOUND',
        `User ${ids.noor} has no access to group ${ids.apiGroup}.`,
        `Grant access first with POST ${absent}.`,
      ),
    ],
    [
      'a second PUT after a negative one',
      { body: minutes(-1), twice: true },
      refused(
        404,
        [...valid, 'the group is found', 'the user is found'],
        'GROUP_USER_NOT_FOUND',
        `User ${ids.jake} has no access to group ${ids.apiGroup}.`,
        `Grant access first with POST ${path}.`,
      ),
    ],
    [
      'a level that the group does not have',
      { body: minutes(60, { access_level_remote_id: 'nope' }) },
      {
        ...refused(
          400,
          found,
          'ACCESS_LEVEL_NOT_FOUND',
          '',
          'Send the access_level_remote_id of one of those, or leave it out.',
        ),
        why: [
          ...found,
          `ACCESS_LEVEL_NOT_FOUND: The group has no access level "nope". It has "${levels.admin}" (AdministratorAccess), "${levels.readOnly}" (ReadOnlyAccess), "" (the default level).`,
        ],
      },
    ],
    [
      'minutes and a level',
      { body: minutes(60, { access_level_remote_id: levels.admin }) },
      {
        status: 200,
        why: [...passed, expires, named],
        rule: 'access_expires',
        basis: 'documented',
      },
    ],
    [
      'minutes and the default level',
      { body: minutes(525_960, { access_level_remote_id: '' }) },
      {
        status: 200,
        why: [...passed, expires, namedDefault],
        rule: 'access_expires',
        basis: 'documented',
      },
    ],
    [
      'no minutes and a level',
      { body: minutes(0, { access_level_remote_id: '' }) },
      {
        status: 200,
        why: [...passed, 'access with a duration of 0 never expires', namedDefault],
        rule: 'access_indefinite',
        basis: 'documented',
      },
    ],
    [
      'no level',
      { body: anHour },
      {
        status: 200,
        why: [...passed, levelKept, expires],
        rule: 'level_kept',
        basis: 'inferred',
      },
    ],
    [
      'negative minutes',
      { body: minutes(-1) },
      {
        status: 200,
        why: [...passed, 'a negative duration ends access at once, and the response shows its final state', levelKept],
        rule: 'access_revoked',
        basis: 'assumed',
      },
    ],
    [
      'a user whom a setting lets a PUT add',
      { path: absent, settings: { missing_group_user_on_update: 'create' } },
      {
        status: 200,
        why: [...passed.filter((step) => step !== 'the user is in the group'), added, levelLeftOut, expires],
        rule: 'access_created',
        basis: 'assumed',
      },
    ],
    [
      'a level that the group does not have and a setting lets pass',
      { body: minutes(0, { access_level_remote_id: 'nope' }), settings: { unknown_access_level: 'accept' } },
      {
        status: 200,
        why: [...passed, taken, 'access with a duration of 0 never expires'],
        rule: 'level_accepted',
        basis: 'assumed',
      },
    ],
    [
      'a level that a setting would let pass, and need not',
      { body: minutes(60, { access_level_remote_id: '' }), settings: { unknown_access_level: 'accept' } },
      {
        status: 200,
        why: [...passed, expires, namedDefault],
        rule: 'access_expires',
        basis: 'documented',
      },
    ],
    [
      'all that settings let pass at once',
      {
        path: absent,
        body: minutes(60, { access_level_remote_id: 'nope' }),
        settings: { unknown_access_level: 'accept', missing_group_user_on_update: 'create' },
      },
      {
        status: 200,
        why: [...passed.filter((step) => step !== 'the user is in the group'), added, taken, expires],
        rule: 'access_created',
        basis: 'assumed',
      },
    ],
    [
      'negative minutes that a setting refuses',
      { body: minutes(-1), settings: { negative_duration: 'reject' } },
      decidedBy(
        { ...invalid('1 problem'), hint: 'End access with DELETE on the same path.' },
        'a negative duration is rejected: the setting negative_duration is "reject"',
      ),
    ],
    [
      'an unknown field that a setting refuses',
      { body: minutes(60, { minutes: 1 }), settings: { unknown_fields: 'reject' } },
      decidedBy(
        { ...invalid('1 problem'), hint: 'The setting unknown_fields is "reject" in this organization.' },
        'fields and parameters that the API does not know are rejected: the setting unknown_fields is "reject"',
      ),
    ],
  ]
  test.each(table)('%s', async (_name, given, { status, why, basis, ...rest }) => {
    const { path: to = path, settings, twice, body = anHour, ...how } = given
    const opened = await listening()
    if (settings) await call(opened, tokens.fullAccess, 'PATCH', '/_sandbox/settings', settings)
    if (twice) await send(opened.port, 'PUT', to, { ...how, body })
    const outcome = await send(opened.port, 'PUT', to, { ...how, body })
    const [, group_id, user_id] = /groups\/(.*)\/users\/(.*)/.exec(to)!
    const isUnread = [401, 403, 413, 415, 429].includes(status) || body === '{'
    expect(await list(opened, '?limit=1')).toEqual([
      entry({
        operation: 'update_group_user',
        method: 'PUT',
        url: to,
        group_id,
        user_id,
        ...(!isUnread && { body: JSON.parse(body) as unknown }),
        status,
        answer: read(outcome).body,
        why,
        basis,
        ...rest,
      }),
    ])
    expect([outcome.status, outcome.headers['x-opal-sandbox-basis']]).toEqual([status, basis])
  })

  test('a level that the group does not have, and that stays the same', async () => {
    const opened = await listening()
    await call(opened, tokens.fullAccess, 'PATCH', '/_sandbox/settings', { unknown_access_level: 'accept' })
    await send(opened.port, 'PUT', path, { body: minutes(60, { access_level_remote_id: 'nope' }) })
    await call(opened, tokens.fullAccess, 'PATCH', '/_sandbox/settings', { unknown_access_level: 'reject' })
    await send(opened.port, 'PUT', path, { body: anHour })
    const [entry] = await list(opened, '?limit=1')
    expect(entry).toMatchObject({ why: [...passed, levelKept, expires] })
  })

  test('expired access', async () => {
    const opened = await listening()
    await send(opened.port, 'PUT', path, { body: anHour })
    await call(opened, tokens.fullAccess, 'POST', '/_sandbox/clock', { advance: '61m' })
    const outcome = await send(opened.port, 'PUT', path, { body: anHour })
    expect(await list(opened, '?limit=1')).toEqual([
      {
        ...entry(update),
        at: '2022-01-23T04:57:07.000Z',
        body: { duration_minutes: 60 },
        answer: read(outcome).body,
        ...refused(
          404,
          [...valid, 'the group is found', 'the user is found'],
          'GROUP_USER_NOT_FOUND',
          `User ${ids.jake} has no access to group ${ids.apiGroup}.`,
          `The access expired at 2022-01-23T04:56:07.000Z. Grant it again with POST ${path}.`,
        ),
      },
    ])
  })
})

describe('every call under /v1 has one entry', () => {
  const noRoute = (status: number, code: string, message: string, hint: unknown) => ({
    ...refused(status, [], code, message, hint),
  })
  const readSteps = [accepted, kept, isValid]

  test.each<[method: string, url: string, given: Call, expected: object]>([
    [
      'GET',
      '/v1/groups?page_size=1',
      {},
      {
        operation: 'getGroups',
        status: 200,
        why: [accepted, kept, isValid, risk, 'the list holds the groups that the filter selects', pages],
        rule: 'risk_sensitivity',
        basis: 'assumed',
      },
    ],
    [
      'GET',
      `/v1/groups/${ids.apiGroup}`,
      { token: tokens.readOnly },
      {
        operation: 'getGroup',
        group_id: ids.apiGroup,
        status: 200,
        why: [...readSteps, 'the group is found', risk, 'the group is shown; fields without a value are left out'],
        rule: 'risk_sensitivity',
        basis: 'assumed',
      },
    ],
    [
      'POST',
      path,
      {},
      {
        operation: 'add_group_user',
        ...jake,
        body: null,
        status: 200,
        why: [
          ...valid,
          'the group is found',
          'the user is found',
          'the level is accepted',
          'the user already had access, and it was replaced',
          'the request names no duration, so access never expires',
          levelLeftOut,
        ],
        rule: 'access_replaced',
        basis: 'assumed',
      },
    ],
    [
      'POST',
      groupUserPath(ids.apiGroup, ids.noor),
      { body: anHour },
      {
        operation: 'add_group_user',
        ...jake,
        user_id: ids.noor,
        status: 200,
        body: { duration_minutes: 60 },
        why: [
          ...valid,
          'the group is found',
          'the user is found',
          'the level is accepted',
          'the user is not in the group yet',
          levelLeftOut,
          expires,
        ],
        rule: 'level_left_out',
        basis: 'inferred',
      },
    ],
    [
      'POST',
      path,
      { body: minutes(-1) },
      {
        operation: 'add_group_user',
        ...jake,
        body: { duration_minutes: -1 },
        status: 200,
        why: [
          ...valid,
          'the group is found',
          'the user is found',
          'the level is accepted',
          'a negative duration ends access at once, and the response shows its final state',
          levelLeftOut,
        ],
        rule: 'access_revoked',
        basis: 'assumed',
      },
    ],
    [
      'DELETE',
      path,
      {},
      {
        operation: 'delete_group_user',
        ...jake,
        status: 200,
        why: [...found, levelLeftOut, 'access at the named level ends; the response is empty'],
        rule: 'level_left_out',
        basis: 'inferred',
      },
    ],
    [
      'PUT',
      path.replace(ids.jake, ids.jake.toUpperCase()),
      { body: anHour },
      {
        ...update,
        url: path.replace(ids.jake, ids.jake.toUpperCase()),
        status: 200,
        body: { duration_minutes: 60 },
        why: [...passed, levelKept, expires],
        rule: 'level_kept',
        basis: 'inferred',
      },
    ],
    [
      'PUT',
      `${path}?dry_run=true`,
      { body: minutes(60, { access_level_remote_id: '', durationMinutes: 5 }) },
      {
        ...update,
        url: `${path}?dry_run=true`,
        status: 200,
        body: { duration_minutes: 60, access_level_remote_id: '', durationMinutes: 5 },
        ignored: ['body.durationMinutes; did you mean duration_minutes?', 'query.dry_run'],
        why: [...passed, ignored, expires, namedDefault],
        rule: 'fields_ignored',
        basis: 'inferred',
      },
    ],
    [
      'GET',
      '/v1/nothing',
      {},
      noRoute(404, 'ROUTE_NOT_FOUND', 'There is nothing at GET /v1/nothing.', expect.any(String)),
    ],
    ['GET', '/v1', {}, noRoute(404, 'ROUTE_NOT_FOUND', 'There is nothing at GET /v1.', expect.any(String))],
    [
      'PATCH',
      path,
      { body: anHour },
      noRoute(
        405,
        'METHOD_NOT_ALLOWED',
        '/v1/groups/{group_id}/users/{user_id} does not support PATCH.',
        'Use DELETE, POST, PUT.',
      ),
    ],
    [
      'GET',
      '/v1/request-templates',
      {},
      {
        operation: 'getRequestTemplates',
        ...noRoute(
          501,
          'NOT_SIMULATED',
          'getRequestTemplates (GET /v1/request-templates) is not simulated.',
          expect.stringMatching(/^A rule can answer it: POST /),
        ),
      },
    ],
    [
      'GET',
      '/v1/request-templates',
      { token: null },
      {
        operation: 'getRequestTemplates',
        ...refused(401, [], 'TOKEN_MISSING', 'No token: there is no Authorization header.', expect.any(String)),
      },
    ],
    [
      'GET',
      '/v1/groups/%zz',
      {},
      {
        ...refused(400, [], 'INVALID_REQUEST', 'The request is not valid: 1 problem.'),
        basis: 'inferred',
      },
    ],
    [
      'GET',
      '/v1/groups/%zz',
      { token: null },
      refused(401, [], 'TOKEN_MISSING', 'No token: there is no Authorization header.', expect.any(String)),
    ],
  ])('%s %s (%j)', async (method, url, given, expected) => {
    const opened = await listening()
    const outcome = await send(opened.port, method, url, given)
    const { body: answer } = read(outcome)
    expect(await list(opened)).toEqual([entry({ method, url, ...(answer !== undefined && { answer }), ...expected })])
    expect(outcome.headers['x-opal-sandbox-request-id']).toBe((await list(opened))[0]!.request_id)
  })

  const groups = '/v1/groups'
  const long = 'x'.repeat(70_000)
  test.each<[what: string, method: string, url: string, headers: Record<string, string>, body: string, status: number]>(
    [
      ['a HEAD', 'HEAD', groups, {}, '', 200],
      ['a HEAD of nothing', 'HEAD', '/v1/nothing', {}, '', 404],
      ['OPTIONS', 'OPTIONS', groups, {}, '', 405],
      ['TRACE', 'TRACE', groups, {}, '', 405],
      ['another method of HTTP', 'PROPFIND', groups, {}, '', 405],
      ['a host before the path', 'GET', `http://127.0.0.1${groups}/${ids.unknown}`, {}, '', 404],
      ['a bad percent sign', 'GET', '/v1/%zz', {}, '', 400],
      ['a body of unknown length that is too long', 'PUT', path, { 'transfer-encoding': 'chunked' }, long, 413],
      ['a body that is too long', 'PUT', path, {}, long, 413],
      ['a content type that is none', 'PUT', path, { 'content-type': ';;;' }, '{}', 415],
      ['another content type', 'DELETE', path, { 'content-type': 'text/plain' }, '{}', 415],
      ['a wish to speak another protocol', 'GET', groups, { connection: 'upgrade', upgrade: 'websocket' }, '', 200],
    ],
  )('%s', async (_what, method, url, headers, body, status) => {
    const opened = await listening()
    const length = headers['transfer-encoding'] === undefined ? { 'content-length': String(body.length) } : {}
    const all = { host: '127.0.0.1', connection: 'close', 'content-type': 'application/json', ...length, ...headers }
    const head = Object.entries({ authorization: `Bearer ${tokens.fullAccess}`, ...all })
    const sent =
      body !== '' && 'transfer-encoding' in all ? `${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n` : body
    const socket = connect(opened.port, '127.0.0.1')
    socket.write(
      `${method} ${url} HTTP/1.1\r\n${head.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n${sent}`,
    )
    const answer = await new Promise<string>((resolve) => {
      socket.setEncoding('utf8').once('data', (data: Buffer) => resolve(String(data)))
    })
    socket.destroy()
    const request_id = /x-opal-sandbox-request-id: (\S+)/i.exec(answer)?.[1]
    expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `))
    expect((await list(opened)).map((one) => [one.method, one.status, one.request_id])).toEqual([
      [method, status, request_id],
    ])
  })

  test('a body that breaks off gets no answer', async () => {
    const opened = await listening()
    const socket = connect(opened.port, '127.0.0.1')
    const begun = once(opened.app.server, 'request')
    socket.write(
      `PUT ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer ${tokens.fullAccess}\r\n` +
        'Content-Type: application/json\r\nContent-Length: 50\r\n\r\n{"duration',
    )
    await begun
    socket.destroy()
    await expect.poll(() => list(opened), { interval: 5 }).toHaveLength(1)
    const [one] = await list(opened)
    expect(one).toMatchObject({ operation: 'update_group_user', method: 'PUT', rule: 'INVALID_REQUEST' })
    expect([one!.status, one!.answer]).toEqual([undefined, undefined])
  })

  test.each<[rule: object, expected: object]>([
    [
      { effect: { status: 503 } },
      {
        status: 503,
        why: [
          accepted,
          kept,
          mayWrite,
          isRead,
          expect.stringMatching(/^FAULT_INJECTED: The fault rule fault-\d+ made this call fail\.$/),
        ],
        rule: 'FAULT_INJECTED',
        basis: 'assumed',
        hint: 'GET /_sandbox/faults lists the rules.',
        fault: { effect: 'status 503', phase: 'before' },
      },
    ],
    [
      { phase: 'after', effect: { status: 503, message: 'Lost.' } },
      {
        status: 503,
        why: [
          ...passed,
          levelKept,
          expires,
          expect.stringMatching(/^the change is committed; fault rule fault-\d+: status 503$/),
        ],
        rule: 'FAULT_INJECTED',
        basis: 'assumed',
        hint: 'GET /_sandbox/faults lists the rules.',
        fault: { effect: 'status 503', phase: 'after' },
      },
    ],
    [
      { effect: { drop: true } },
      {
        why: [accepted, kept, mayWrite, isRead, expect.stringMatching(/^fault rule fault-\d+: drop$/)],
        basis: 'documented',
        fault: { effect: 'drop', phase: 'before' },
      },
    ],
    [
      { phase: 'after', effect: { drop: true } },
      {
        why: [
          ...passed,
          levelKept,
          expires,
          expect.stringMatching(/^the change is committed; fault rule fault-\d+: drop$/),
        ],
        rule: 'level_kept',
        basis: 'inferred',
        fault: { effect: 'drop', phase: 'after' },
      },
    ],
    [
      { effect: { truncate: true } },
      {
        status: 200,
        answer: expect.objectContaining({ expiration_date: '2022-01-23T04:56:07.000Z' }) as unknown,
        why: [
          ...passed,
          levelKept,
          expires,
          expect.stringMatching(/^the change is committed; fault rule fault-\d+: truncate$/),
        ],
        rule: 'level_kept',
        basis: 'inferred',
        fault: { effect: 'truncate', phase: 'after' },
      },
    ],
    [
      { effect: { delay: '5ms' } },
      {
        status: 200,
        why: [
          accepted,
          kept,
          mayWrite,
          isRead,
          expect.stringMatching(/^fault rule fault-\d+: delay 5 ms$/),
          ...passed.slice(4),
          levelKept,
          expires,
        ],
        rule: 'level_kept',
        basis: 'inferred',
        fault: { effect: 'delay 5 ms', phase: 'before' },
      },
    ],
  ])('that met the rule %j', async (rule, { fault, ...expected }: { fault?: object }) => {
    const opened = await listening()
    const { fault_id } = (await call(opened, tokens.fullAccess, 'POST', '/_sandbox/faults', rule)) as Entry
    const outcome = await send(opened.port, 'PUT', path, { body: anHour })
    expect(await list(opened)).toEqual([
      entry({
        ...update,
        body: { duration_minutes: 60 },
        ...(outcome.end === 'whole' && { answer: read(outcome).body }),
        ...expected,
        fault: { fault_id, ...fault },
      }),
    ])
  })

  test('but calls of the control plane have none', async () => {
    const opened = await listening()
    await send(opened.port, 'GET', '/')
    await send(opened.port, 'GET', '/_sandbox/clock')
    await send(opened.port, 'GET', '/_sandbox/nothing')
    expect(await list(opened)).toEqual([])
  })

  test('in the journal of the organization of its token, else of default', async () => {
    const opened = await listening()
    const urls = async (token: string) => (await list(opened, '', token)).map(({ url, status }) => [url, status])
    await send(opened.port, 'GET', '/v1/groups', { token: 'org-one' })
    await send(opened.port, 'GET', '/v1/users', { token: 'org-two.read_only' })
    await send(opened.port, 'GET', '/v1/tokens', { token: 'org-two.expired' })
    await send(opened.port, 'GET', '/v1/user', { token: 'org-two.nobody' })
    await send(opened.port, 'GET', '/v1/users', { token: 'org-three.nobody' })
    await send(opened.port, 'GET', '/v1/groups', { token: 'nobody' })
    expect([await urls('org-one'), await urls('org-two'), await urls(tokens.fullAccess)]).toEqual([
      [['/v1/groups', 200]],
      [
        ['/v1/users', 200],
        ['/v1/tokens', 401],
        ['/v1/user', 401],
      ],
      [
        ['/v1/users', 401],
        ['/v1/groups', 401],
      ],
    ])
  })

  test('and no token is in any of them', async () => {
    const opened = await listening()
    const all = [
      ...Object.values(tokens),
      'a-stranger-of-some-length',
      'org-hidden',
      'org-hidden.revoked',
      'org-HIDDEN',
    ]
    for (const token of all) {
      for (const url of [path, '/v1/nothing', '/v1/groups/%zz', '/v1/request-templates']) {
        await send(opened.port, 'PUT', url, { token, body: anHour })
        await send(opened.port, 'GET', url, { token })
      }
      await send(opened.port, 'GET', '/v1/tokens', { token })
    }
    const journals = JSON.stringify([await list(opened), await list(opened, '', 'org-hidden')])
    expect(journals.length).toBeGreaterThan(10_000)
    expect(all.filter((token) => journals.includes(token))).toEqual([])
  })
})

// What such a token is called is the token.
test('a token of an organization that has no such alias is not in the journal either', async () => {
  const opened = await listening()
  await send(opened.port, 'GET', path, { token: 'org-hidden.nobody' })
  expect(JSON.stringify(await list(opened))).not.toContain('org-hidden')
})

describe('a long', () => {
  const limit = 16 * 1024

  test.each<[length: number, isCut: boolean]>([
    [limit, false],
    [limit + 1, true],
    [60_000, true],
  ])('body of %i characters is cut: %s', async (length, isCut) => {
    const opened = await listening()
    const bare = minutes(60, { access_level_remote_id: '', x: '' })
    const body = minutes(60, { access_level_remote_id: '', x: 'x'.repeat(length - bare.length) })
    const outcome = await send(opened.port, 'PUT', path, { body })
    expect(await list(opened)).toEqual([
      entry({
        ...update,
        body: isCut ? body.slice(0, limit) : (JSON.parse(body) as unknown),
        ...(isCut && { body_cut: true }),
        ignored: ['body.x'],
        status: 200,
        answer: read(outcome).body,
        why: [...passed, ignored, expires, namedDefault],
        rule: 'fields_ignored',
        basis: 'inferred',
      }),
    ])
  })

  test('body that comes in chunks is cut too', async () => {
    const opened = await listening()
    const body = minutes(60, { access_level_remote_id: '', x: 'x'.repeat(20_000) })
    const answer = await fetch(`http://127.0.0.1:${opened.port}${path}`, {
      method: 'PUT',
      headers: { authorization: `Bearer ${tokens.fullAccess}`, 'content-type': 'application/json' },
      body: new Blob([body]).stream(),
      duplex: 'half',
    })
    expect(answer.status).toBe(200)
    const [one] = await list(opened)
    expect([one!.body, one!.body_cut]).toEqual([body.slice(0, limit), true])
  })

  test('answer is cut', async () => {
    const users = Object.fromEntries(
      Array.from({ length: 200 }, (_, index) => [
        `user-${index}`,
        { email: `${index}@x.dev`, full_name: 'X '.repeat(50) },
      ]),
    )
    const opened = await listening({ seed: { version: 1, users } })
    const { text } = await send(opened.port, 'GET', '/v1/users', { token: 'org-x' })
    expect(text.length).toBeGreaterThan(limit)
    expect(await list(opened, '', 'org-x')).toEqual([
      entry({
        operation: 'getUsers',
        method: 'GET',
        url: '/v1/users',
        status: 200,
        answer: text.slice(0, limit),
        answer_cut: true,
        why: [accepted, kept, isValid, 'the list holds all users', pages],
        rule: 'users_listed',
        basis: 'documented',
      }),
    ])
  })
})

/** Six calls; the tests name them by their places. */
async function sixCalls() {
  const opened = await listening()
  const put = (to: string, body = anHour) => send(opened.port, 'PUT', to, { body })
  const outcomes = [
    await put(path),
    await put(groupUserPath(ids.apiGroup, ids.brett)),
    await put(groupUserPath(ids.oktaGroup, ids.jake)),
    await put(path, '{}'),
    await send(opened.port, 'GET', `/v1/groups/users/${ids.jake}`),
    await send(opened.port, 'GET', '/v1/nothing'),
  ]
  const called = outcomes.map(({ headers }) => String(headers['x-opal-sandbox-request-id']))
  const places = (entries: Entry[]) => entries.map(({ request_id }) => called.indexOf(request_id))
  return { opened, called, places }
}

describe('the list', () => {
  test('is filtered by what the query names', async () => {
    const { opened, called, places } = await sixCalls()
    const table: [query: string, places: number[]][] = [
      ['', [0, 1, 2, 3, 4, 5]],
      ['?operation=update_group_user', [0, 1, 2, 3]],
      ['?operation=get_user_groups', [4]],
      ['?operation=deleteToken', []],
      ['?status=200', [0, 1, 2, 4]],
      ['?status=400', [3]],
      ['?status=404', [5]],
      [`?group_id=${ids.apiGroup}`, [0, 1, 3]],
      [`?group_id=${ids.apiGroup.toUpperCase()}`, [0, 1, 3]],
      [`?user_id=${ids.jake}`, [0, 2, 3, 4]],
      [`?user_id=${ids.jake}&group_id=${ids.apiGroup}&status=200`, [0]],
      ['?limit=1', [5]],
      ['?limit=2&status=200', [2, 4]],
      ['?limit=1000', [0, 1, 2, 3, 4, 5]],
      [`?since=${called[3]!}`, [4, 5]],
      [`?since=${called[5]!}`, []],
      [`?since=${called[0]!}&operation=update_group_user&limit=2`, [2, 3]],
    ]
    for (const [query, expected] of table) expect([query, places(await list(opened, query))]).toEqual([query, expected])
  })

  test.each([
    ['limit=0', 'query.limit', 'expected an integer from 1 to 1000, got 0'],
    ['limit=1001', 'query.limit', 'expected an integer from 1 to 1000, got 1001'],
    ['limit=ten', 'query.limit', 'expected an integer from 1 to 1000, got the string "ten"'],
    ['status=ok', 'query.status', 'expected an integer, got the string "ok"'],
    ['user_id=jake', 'query.user_id', 'expected a UUID, got the string "jake"'],
    [
      'operation=updateGroupUser',
      'query.operation',
      'the string "updateGroupUser" is not known: did you mean update_group_user?',
    ],
  ])('refuses %s', async (query, place, message) => {
    const { agent } = await sandbox()
    expect(told(await agent.get(`/_sandbox/requests?${query}`))).toEqual({
      status: 400,
      body: {
        code: 'INVALID_REQUEST',
        message: 'The request is not valid: 1 problem.',
        errors: [{ path: place, message }],
        request_id: requestId,
      },
    })
  })

  test.each(['', 'nope', 'req-', 'req-0', 'req-01', 'REQ-1', 'req-1 ', 'req-zzzz', `req-${'z'.repeat(200)}`])(
    'and the wait refuse a since of %j, which was given to no request',
    async (since) => {
      const opened = await sandbox()
      for (const place of ['', '/wait']) {
        const answer = await opened.agent.get(`/_sandbox/requests${place}`).query({ since })
        const { request_id, errors } = answer.body as { request_id: string; errors: object[] }
        const message = `expected the id of a request, such as ${request_id}, got ${JSON.stringify(since.slice(0, 100))}`
        expect([answer.status, errors]).toEqual([400, [{ path: 'query.since', message }]])
      }
    },
  )

  test('has the calls since one that was dropped, or since one of the other plane', async () => {
    const opened = await listening({ journal: { entries: 3 } })
    const ids: string[] = []
    for (let turn = 0; turn < 40; turn++) {
      const { headers } = await send(opened.port, 'GET', '/v1/groups')
      ids.push(String(headers['x-opal-sandbox-request-id']))
    }
    const since = async (id: string) => (await list(opened, `?since=${id}`)).map((one) => one.request_id)
    expect(await since(ids[0]!)).toEqual(ids.slice(-3))
    expect(await since(ids[30]!)).toEqual(ids.slice(-3))
    expect(await since(ids[37]!)).toEqual(ids.slice(-2))
    expect(await since(ids[39]!)).toEqual([])
    const refused = await opened.agent.get('/_sandbox/requests?limit=0')
    const { headers } = await send(opened.port, 'GET', '/v1/groups')
    const [last] = [String(headers['x-opal-sandbox-request-id'])]
    expect(await since((refused.body as { request_id: string }).request_id)).toEqual([last])
    await call(opened, tokens.fullAccess, 'DELETE', '/_sandbox/requests')
    await send(opened.port, 'GET', '/v1/groups')
    expect((await since(ids[0]!)).length).toBe(1)
  })

  test('is empty if the journal keeps nothing, but the coverage still counts', async () => {
    const opened = await listening({ journal: { entries: 0 } })
    const record = vi.spyOn(opened.organizations.default.journal, 'record')
    await send(opened.port, 'GET', '/v1/groups')
    expect([record.mock.calls, await list(opened)]).toEqual([[], []])
    expect(opened.organizations.default.journal.timesMet('getGroups', 200)).toBe(1)
  })

  test('holds no more than its limits', async () => {
    const opened = await listening({ journal: { entries: 3 } })
    for (let turn = 1; turn <= 5; turn++) await send(opened.port, 'GET', `/v1/groups?page_size=${turn}`)
    expect((await list(opened)).map(({ url }) => url)).toEqual([
      '/v1/groups?page_size=3',
      '/v1/groups?page_size=4',
      '/v1/groups?page_size=5',
    ])
  })
})

describe('one call', () => {
  test('is shown by its id, as in the list', async () => {
    const { opened, called } = await sixCalls()
    const shown = await call(opened, tokens.fullAccess, 'GET', `/_sandbox/requests/${called[3]!}`)
    expect(shown).toEqual((await list(opened))[3])
  })

  test('is not shown to another organization, or if it is unknown', async () => {
    const { opened, called } = await sixCalls()
    const unknown = {
      status: 404,
      body: {
        code: 'REQUEST_NOT_FOUND',
        message: `The journal holds no request ${called[3]!}.`,
        hint: 'GET /_sandbox/requests lists the calls that it holds; older ones are dropped.',
        request_id: requestId,
      },
    }
    const shown = () => opened.agent.get(`/_sandbox/requests/${called[3]!}`)
    expect(told(await shown().auth('org-other', { type: 'bearer' }))).toEqual(unknown)
    expect(told(await opened.agent.delete('/_sandbox/requests'))).toEqual({ status: 200, body: {} })
    expect(told(await shown())).toEqual(unknown)
  })
})

test('clearing the journal changes nothing else', async () => {
  const { opened } = await sixCalls()
  await call(opened, tokens.fullAccess, 'POST', '/_sandbox/faults', { skip: 1, effect: { status: 503 } })
  await send(opened.port, 'PUT', path, { body: minutes(5) })
  await call(opened, tokens.fullAccess, 'POST', '/_sandbox/clock', { advance: '1m' })
  const state = async () =>
    Promise.all(
      ['seed', 'clock', 'settings', 'faults'].map((name) =>
        call(opened, tokens.fullAccess, 'GET', `/_sandbox/${name}`),
      ),
    )
  const before = await state()
  await call(opened, tokens.fullAccess, 'DELETE', '/_sandbox/requests')
  expect(await list(opened)).toEqual([])
  expect(await state()).toEqual(before)
})

describe('waiting', () => {
  const wait = (query: string) => `/_sandbox/requests/wait?${query}`
  const put = (port: number, user_id = ids.jake) =>
    send(port, 'PUT', groupUserPath(ids.apiGroup, user_id), { body: anHour })

  /** Asks, and answers as soon as the call waits. */
  async function begin(opened: Awaited<ReturnType<typeof listening>>, query: string) {
    const waits = vi.spyOn(opened.organizations.default.journal, 'wait')
    const answer = send(opened.port, 'GET', wait(query))
    await expect.poll(() => waits.mock.calls.length, { interval: 2 }).toBe(1)
    return { answer }
  }
  const finish = async ({ answer }: Awaited<ReturnType<typeof begin>>) => {
    const { body, ...rest } = read(await answer) as { status: number; body: { results?: Entry[] } }
    return { ...rest, body: body.results ? { results: withoutChanges(body.results) } : body }
  }

  test('returns at once if there are enough', async () => {
    const { opened, called, places } = await sixCalls()
    const table: [query: string, places: number[]][] = [
      ['', [0, 1, 2, 3, 4, 5]],
      ['count=6', [0, 1, 2, 3, 4, 5]],
      ['operation=update_group_user&count=4', [0, 1, 2, 3]],
      [`operation=update_group_user&user_id=${ids.jake}&status=200&count=2`, [0, 2]],
      [`since=${called[3]!}&count=2`, [4, 5]],
    ]
    for (const [query, expected] of table) {
      const { results } = (await call(opened, tokens.fullAccess, 'GET', wait(query))) as { results: Entry[] }
      expect([query, places(results)]).toEqual([query, expected])
    }
  })

  test.each([
    [1, 0],
    [3, 0],
    [3, 2],
  ])('answers when the call is there that makes it %i, of which %i came before', async (count, before) => {
    const opened = await listening()
    for (let turn = 0; turn < before; turn++) await put(opened.port)
    const waiting = await begin(opened, `operation=update_group_user&user_id=${ids.jake}&count=${count}&timeout=30s`)
    await put(opened.port, ids.brett)
    await send(opened.port, 'GET', '/v1/groups')
    for (let turn = before; turn < count; turn++) await put(opened.port)
    const entries = (await list(opened)).filter(({ user_id }) => user_id === ids.jake)
    expect(entries.length).toBe(count)
    expect(await finish(waiting)).toEqual({ status: 200, body: { results: entries } })
  })

  test('counts only calls since the given one', async () => {
    const { opened, called } = await sixCalls()
    const waiting = await begin(opened, `since=${called[5]!}&operation=update_group_user&timeout=30s`)
    await put(opened.port, ids.brett)
    expect(await finish(waiting)).toEqual({ status: 200, body: { results: (await list(opened)).slice(-1) } })
  })

  test('counts calls whose connection was cut', async () => {
    const opened = await listening()
    await call(opened, tokens.fullAccess, 'POST', '/_sandbox/faults', { effect: { drop: true } })
    const waiting = await begin(opened, 'operation=update_group_user&timeout=30s')
    expect(read(await put(opened.port))).toEqual({ end: 'cut before' })
    expect(await finish(waiting)).toEqual({ status: 200, body: { results: await list(opened) } })
  })

  const timeout = (timeout: string, count: number, there: number) => ({
    status: 408,
    body: {
      code: 'WAIT_TIMEOUT',
      message: `Waited ${timeout} for ${count} matching calls, got ${there}.`,
      hint: 'GET /_sandbox/requests lists the calls that came.',
      request_id: requestId,
    },
  })

  test.each([
    ['20ms', 1, 0],
    ['20ms', 3, 2],
    ['0s', 1, 0],
  ])('ends with 408 after %s where %i were awaited and %i came', async (time, count, there) => {
    const opened = await listening()
    for (let turn = 0; turn < there; turn++) await put(opened.port)
    await put(opened.port, ids.brett)
    const query = `user_id=${ids.jake}&count=${count}&timeout=${time}`
    expect(told(await opened.agent.get(wait(query)))).toEqual(timeout(time, count, there))
  })

  test.each<[what: string, end: (opened: Opened) => Promise<unknown>, status: number, code: string, message: string]>([
    [
      'a reset',
      (opened) => call(opened, 'org-a', 'POST', '/_sandbox/reset'),
      409,
      'WAIT_ENDED',
      'The wait ended early: the organization was reset or replaced.',
    ],
    [
      'another seed',
      (opened) => call(opened, 'org-a', 'PUT', '/_sandbox/seed', { version: 1 }),
      409,
      'WAIT_ENDED',
      'The wait ended early: the organization was reset or replaced.',
    ],
    [
      'the end of the organization',
      (opened) => call(opened, 'org-a', 'DELETE', '/_sandbox/organization'),
      401,
      'TOKEN_UNKNOWN',
      'The organization was deleted while this call was in progress.',
    ],
    [
      'the close of the sandbox',
      (opened) => opened.app.close(),
      409,
      'WAIT_ENDED',
      'The wait ended early: the sandbox is closing.',
    ],
  ])('says so if it is ended by %s', async (_what, end, status, code, message) => {
    const opened = await listening()
    const { journal } = opened.organizations.identify('Bearer org-a').organization
    const answer = send(opened.port, 'GET', wait('timeout=4m'), { token: 'org-a' })
    const calls = vi.spyOn(journal, 'wait').mock.calls
    await expect.poll(() => calls.length, { interval: 2 }).toBe(1)
    await end(opened)
    expect(read(await answer)).toEqual({ status, body: expect.objectContaining({ code, message }) as unknown })
  })

  test('ends when its caller disconnects', async () => {
    const opened = await listening({ journal: { entries: 0 } })
    const { journal } = opened.organizations.default
    const giveUp = new AbortController()
    const answer = send(opened.port, 'GET', wait('timeout=4m'), { signal: giveUp.signal })
    await expect.poll(() => journal.isIdle, { interval: 2 }).toBe(false)
    giveUp.abort()
    await answer
    await expect.poll(() => journal.isIdle, { interval: 2 }).toBe(true)
  })

  test('starts counting again after the journal is cleared', async () => {
    const opened = await listening()
    for (let turn = 0; turn < 2; turn++) await put(opened.port)
    const waiting = await begin(opened, 'count=3&timeout=30s')
    await call(opened, tokens.fullAccess, 'DELETE', '/_sandbox/requests')
    for (let turn = 0; turn < 3; turn++) await put(opened.port)
    expect(await finish(waiting)).toEqual({ status: 200, body: { results: await list(opened) } })
    expect((await list(opened)).length).toBe(3)
  })

  test('ends with the server, within a second', async () => {
    const opened = await listening()
    const waiting = await begin(opened, 'timeout=4m')
    const began = performance.now()
    await opened.close()
    expect(performance.now() - began).toBeLessThan(1_000)
    expect((await finish(waiting)).status).toBe(409)
  })

  test.each(['4m1s', 'soon', '', '-1s', '1y'])('refuses a timeout of %j', async (time) => {
    const { agent } = await sandbox()
    expect(told(await agent.get('/_sandbox/requests/wait').query({ timeout: time }))).toEqual({
      status: 400,
      body: {
        code: 'INVALID_REQUEST',
        message: 'The request is not valid: 1 problem.',
        errors: [
          {
            path: 'query.timeout',
            message: `expected a duration of at most 4m, such as 2s, got ${JSON.stringify(time)}`,
          },
        ],
        request_id: requestId,
      },
    })
  })

  test.each(['0', '1001'])('refuses a count of %s', async (count) => {
    const { agent } = await sandbox()
    expect(told(await agent.get(wait(`count=${count}`)))).toEqual({
      status: 400,
      body: {
        code: 'INVALID_REQUEST',
        message: 'The request is not valid: 1 problem.',
        errors: [{ path: 'query.count', message: `expected an integer, at least 1 and at most 1000, got ${count}` }],
        request_id: requestId,
      },
    })
  })

  test('blocks no other call', async () => {
    const opened = await listening()
    const answers = Array.from({ length: 20 }, () =>
      send(opened.port, 'GET', wait('operation=deleteToken&timeout=30s')),
    )
    for (let turn = 0; turn < 20; turn++) expect((await put(opened.port)).status).toBe(200)
    await send(opened.port, 'DELETE', `/v1/tokens/${ids.unknown}`)
    const results = await list(opened, '?operation=deleteToken')
    expect((await Promise.all(answers)).map(read)).toEqual(answers.map(() => ({ status: 200, body: { results } })))
  })
})

describe('a header names fields that had no effect', () => {
  test.each<[body: object, query: string, header: string | undefined, ignored: string[] | undefined]>([
    [{}, '', undefined, undefined],
    [
      { durationMinutes: 5 },
      '',
      'body.durationMinutes; did you mean duration_minutes?',
      ['body.durationMinutes; did you mean duration_minutes?'],
    ],
    [{ foo: 1, bar: 2 }, '?baz=3', 'body.foo, body.bar, query.baz', ['body.foo', 'body.bar', 'query.baz']],
    [{ 'one two': 1 }, '', 'body.one two', ['body.one two']],
    [{ 'snow \u{2603}\n': 1 }, '', 'body.snow %E2%98%83%0A', ['body.snow \u{2603}\n']],
    [{ __proto__x: 1, '': 2 }, '', 'body.__proto__x, body.', ['body.__proto__x', 'body.']],
  ])('%j and %j', async (fields, query, header, ignored) => {
    const opened = await listening()
    const { headers } = await send(opened.port, 'PUT', `${path}${query}`, { body: minutes(60, fields) })
    expect(headers['x-opal-sandbox-ignored']).toBe(header)
    expect((await list(opened))[0]!.ignored).toEqual(ignored)
  })

  test('at most 10, in at most 1 KiB', async () => {
    const opened = await listening()
    const names = (count: number, length: number) =>
      Object.fromEntries(Array.from({ length: count }, (_, index) => [`${index}`.padStart(length, 'x'), 1]))
    const header = async (fields: object) => {
      const { status, headers } = await send(opened.port, 'PUT', path, { body: minutes(60, fields) })
      return [status, String(headers['x-opal-sandbox-ignored'] ?? '')] as const
    }
    const [status, ten] = await header(names(50, 3))
    expect([status, ten.split(', ').length]).toEqual([200, 10])
    const [wide, long] = await header(names(10, 300))
    expect([wide, long.split(', ').length, long.length <= 1024]).toEqual([200, 4, true])
    expect((await header(names(1, 5_000)))[0]).toBe(200)
  })
})
