import { describe, expect, test } from 'vitest'
import { operations } from '../../../src/domain/operations.js'
import { groupUserPath, ids, sandbox } from '../../helper.js'
import { routes, sampleCall } from '../sample-calls.js'
import { call } from '../sandbox/calls.js'

type Send = [method: string, url: string, body?: object | undefined]

const jake = groupUserPath(ids.apiGroup, ids.jake)
const anHour: Send = ['PUT', jake, { duration_minutes: 60 }]
const misspelt: Send = ['PUT', jake, { duration_minutes: 60, minutes: 5 }]

/** The tokens of the organization, of which every call here uses `caller`. */
const seed = (caller: object | null, settings: object = {}) => ({
  version: 1,
  settings,
  tokens: { full_access: { access_level: 'FULL_ACCESS' }, ...(caller && { caller }) },
  users: {
    jake: { user_id: ids.jake, email: 'jake@company.dev', full_name: 'Jake Barnes' },
    brett: { user_id: ids.brett, email: 'brett@company.dev', full_name: 'Brett Ashley' },
  },
  groups: { api: { group_id: ids.apiGroup, name: 'API Group', group_type: 'OKTA_GROUP' } },
  group_users: [{ group: 'api', user: 'jake' }],
})
const endless = { access_level: 'FULL_ACCESS', token_id: ids.noor, user: 'brett' }
const fullAccess = { access_level: 'FULL_ACCESS', expires_at: '+1h' }

/** Sends a change of the organization and a call, whose work runs after it in the same event loop iteration. */
async function together(change: Send, write: Send, caller: object = endless) {
  const opened = await sandbox()
  // The call that loads routes would take more than this iteration.
  await opened.loadAll()
  await call(opened, 'org-a', 'PUT', '/_sandbox/seed', seed(caller))
  const inject = ([method, url, body]: Send, token: string) =>
    opened.app.inject({
      method: method as 'GET',
      url,
      headers: { authorization: `Bearer ${token}` },
      ...(body && { payload: body }),
    })
  // So that the token is known without a look at the database.
  await inject(['GET', '/v1/users'], 'org-a.caller')
  const changing = inject(change, 'org-a')
  // Ticks do not end the iteration: the work of the change is queued, and has not run.
  for (let tick = 0; tick < 100; tick++) await new Promise<void>((resolve) => process.nextTick(resolve))
  const [changed, written] = await Promise.all([changing, inject(write, 'org-a.caller')])
  expect(changed.statusCode).toBe(200)
  const { results } = (await call(opened, 'org-a', 'GET', `/v1/groups/${ids.apiGroup}/users`)) as {
    results: { expiration_date: string | null }[]
  }
  const { code } = written.body === '' ? {} : written.json<{ code?: string }>()
  const { 'x-opal-sandbox-ignored': ignored } = written.headers
  return { status: written.statusCode, code, ignored, ends: results.map(({ expiration_date }) => expiration_date) }
}

describe('a write after a change in the same event loop iteration sees the settings and the token as changed', () => {
  const settings: Send = ['PATCH', '/_sandbox/settings', { unknown_fields: 'reject' }]
  const clock = '/_sandbox/clock'
  const put = (caller: object | null, chosen = {}): Send => ['PUT', '/_sandbox/seed', seed(caller, chosen)]

  test.each<[what: string, change: Send, write: Send, status: number, code: string | undefined]>([
    ['settings that reject unknown fields', settings, misspelt, 400, 'INVALID_REQUEST'],
    ['a seed that rejects them', put(fullAccess, { unknown_fields: 'reject' }), misspelt, 400, 'INVALID_REQUEST'],
    ['a seed with its token', put(fullAccess), anHour, 200, undefined],
    ['a seed without its token', put(null), anHour, 401, 'TOKEN_UNKNOWN'],
    ['a seed that makes its token read-only', put({ access_level: 'READ_ONLY' }), anHour, 403, 'TOKEN_READ_ONLY'],
    ['a clock past the end of its token', ['POST', clock, { advance: '1h' }], anHour, 401, 'TOKEN_EXPIRED'],
    ['a clock before the end of it', ['POST', clock, { advance: '1s' }], anHour, 200, undefined],
    ['a reset', ['POST', '/_sandbox/reset'], anHour, 200, undefined],
    ['the revocation of its token', ['DELETE', `/v1/tokens/${ids.noor}`], anHour, 401, 'TOKEN_REVOKED'],
    ['the deletion of its user', ['DELETE', `/v1/users/${ids.brett}`], anHour, 401, 'TOKEN_REVOKED'],
  ])('%s', async (_what, change, write, status, code) => {
    const written = await together(change, write, change[1] === clock ? fullAccess : endless)
    expect(written).toMatchObject({ status, code, ignored: undefined })
    expect(written.ends[0] === null).toBe(status !== 200)
  })
})

describe('after a revocation in the same event loop iteration, the token cannot make', () => {
  test.each(operations.filter(({ simulated, access }) => simulated && access === 'write'))('$id', async ({ id }) => {
    const { method, url, body } = sampleCall(routes.find((route) => route.id === id)!)
    const revocation: Send = ['DELETE', `/v1/tokens/${ids.noor}`]
    expect(await together(revocation, [method, url, body as object | undefined])).toMatchObject({
      status: 401,
      code: 'TOKEN_REVOKED',
    })
  })
})
