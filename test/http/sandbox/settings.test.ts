import { describe, expect, test } from 'vitest'
import { groupUserPath, ids, levels, requestId, sandbox, told } from '../../helper.js'
import { as, call, type Opened } from './calls.js'

const defaults = {
  missing_group_user_on_update: 'not_found',
  re_add: 'replace',
  negative_duration: 'revoke',
  unknown_access_level: 'reject',
  unknown_fields: 'report',
  rate_limit: 'off',
}

const jake = groupUserPath(ids.apiGroup, ids.jake)
const noor = groupUserPath(ids.apiGroup, ids.noor)

describe('each switch, by default and switched', () => {
  type Call = [method: 'PUT' | 'POST', path: string, body: object]

  test.each<[setting: object, calls: Call[], byDefault: number[], switched: number[]]>([
    [
      { missing_group_user_on_update: 'create' },
      [
        ['PUT', noor, { duration_minutes: -1 }],
        ['PUT', noor, { duration_minutes: 60 }],
        ['PUT', noor, { duration_minutes: 60 }],
      ],
      [404, 404, 404],
      [404, 200, 200],
    ],
    [
      { re_add: 'conflict' },
      [
        ['POST', noor, { duration_minutes: 60 }],
        ['POST', noor, { duration_minutes: 60 }],
        ['PUT', noor, { duration_minutes: 60 }],
      ],
      [200, 200, 200],
      [200, 409, 200],
    ],
    [
      { negative_duration: 'reject' },
      [
        ['PUT', jake, { duration_minutes: -1 }],
        ['PUT', jake, { duration_minutes: 60 }],
        ['POST', noor, { duration_minutes: -1 }],
        ['POST', noor, { duration_minutes: 0 }],
      ],
      [200, 404, 200, 200],
      [400, 200, 400, 200],
    ],
    [
      { unknown_access_level: 'accept' },
      [
        ['PUT', jake, { duration_minutes: 60, access_level_remote_id: 'nowhere' }],
        ['POST', noor, { duration_minutes: 60, access_level_remote_id: 'nowhere' }],
        ['PUT', jake, { duration_minutes: 60, access_level_remote_id: levels.admin }],
      ],
      [400, 400, 200],
      [200, 200, 200],
    ],
    [
      { unknown_fields: 'reject' },
      [
        ['PUT', jake, { duration_minutes: 60, durationMinutes: 60 }],
        ['POST', `${noor}?duration=60`, { duration_minutes: 60 }],
        ['PUT', jake, { duration_minutes: 60 }],
      ],
      [200, 200, 200],
      [400, 400, 200],
    ],
  ])('%j', async (setting, calls, byDefault, switched) => {
    const opened = await sandbox()
    async function statuses(token: string) {
      const seen = []
      for (const [method, path, body] of calls) {
        const agent = as(opened, token)
        seen.push((await (method === 'PUT' ? agent.put(path) : agent.post(path)).send(body)).status)
      }
      return seen
    }
    expect(await call(opened, 'org-a', 'PATCH', '/_sandbox/settings', setting)).toEqual({ ...defaults, ...setting })
    expect([await statuses('org-b'), await statuses('org-a')]).toEqual([byDefault, switched])
    // And back again.
    await call(opened, 'org-a', 'POST', '/_sandbox/reset')
    expect(await statuses('org-a')).toEqual(byDefault)
  })

  test('a level that nobody knows has an id and no name', async () => {
    const opened = await sandbox()
    await call(opened, 'org-a', 'PATCH', '/_sandbox/settings', { unknown_access_level: 'accept' })
    const body = { duration_minutes: 60, access_level_remote_id: 'nowhere' }
    expect(await call(opened, 'org-a', 'POST', noor, body)).toMatchObject({
      access_level: { access_level_name: '', access_level_remote_id: 'nowhere' },
    })
  })

  test('what is refused tells of the setting', async () => {
    const opened = await sandbox()
    await call(opened, 'org-a', 'PATCH', '/_sandbox/settings', { unknown_fields: 'reject' })
    const answer = await as(opened, 'org-a').put(`${jake}?page=1`).send({ duration_minutes: 60, durationMinutes: 5 })
    expect(told(answer)).toEqual({
      status: 400,
      body: {
        code: 'INVALID_REQUEST',
        message: 'The request is not valid: 2 problems.',
        errors: [
          { path: 'body.durationMinutes', message: 'is not known: did you mean duration_minutes?' },
          { path: 'query.page', message: 'is not known' },
        ],
        hint: 'The setting unknown_fields is "reject" in this organization.',
        request_id: requestId,
      },
    })
  })
})

describe('settings', () => {
  const read = (opened: Opened) => call(opened, 'org-a', 'GET', '/_sandbox/settings')

  test('are as by default at first, and change one by one', async () => {
    const opened = await sandbox()
    expect(await read(opened)).toEqual(defaults)
    await call(opened, 'org-a', 'PATCH', '/_sandbox/settings', { re_add: 'conflict' })
    const propagation = [{ status: 'PENDING', for: '90s' }, { status: 'SUCCESS' }]
    await call(opened, 'org-a', 'PATCH', '/_sandbox/settings', { propagation })
    await call(opened, 'org-a', 'PATCH', '/_sandbox/settings', {})
    expect(await read(opened)).toEqual({ ...defaults, re_add: 'conflict', propagation })
    await call(opened, 'org-a', 'PATCH', '/_sandbox/settings', { propagation: null })
    expect(await read(opened)).toEqual({ ...defaults, re_add: 'conflict' })
  })

  test.each<[body: object | null, path: string, message: string]>([
    [{ re_ad: 'replace' }, 'body.re_ad', 'is not known: did you mean re_add?'],
    [{ re_add: 'conflicts' }, 'body.re_add', 'the string "conflicts" is not known: did you mean conflict?'],
    [{ re_add: null }, 'body.re_add', 'expected one of "replace", "conflict", got null'],
    [
      { propagation: [{ status: 'PENDING' }, { status: 'SUCCESS' }] },
      'body.propagation[0].for',
      'is required: how long this status lasts, such as 5s',
    ],
    [
      { propagation: [{ status: 'SUCESS' }] },
      'body.propagation[0].status',
      'the string "SUCESS" is not known: did you mean SUCCESS?',
    ],
    [null, 'body', 'expected an object, got null'],
  ])('do not change by %j, nor by what stands beside it', async (body, path, message) => {
    const opened = await sandbox()
    const answer = await as(opened, 'org-a')
      .patch('/_sandbox/settings')
      .set('content-type', 'application/json')
      .send(JSON.stringify(body && { unknown_fields: 'reject', ...body }))
    expect(told(answer)).toEqual({
      status: 400,
      body: {
        code: 'INVALID_REQUEST',
        message: 'The request is not valid: 1 problem.',
        errors: [{ path, message }],
        request_id: requestId,
      },
    })
    expect(await read(opened)).toEqual(defaults)
  })
})
