import { describe, expect, test } from 'vitest'
import { groupUserPath, ids, requestId, sandbox, tokens } from '../../helper.js'

const origin = 'http://localhost:5173'
const preflight = {
  origin,
  'access-control-request-method': 'PUT',
  'access-control-request-headers': 'authorization,content-type',
}
const bearer = { authorization: `Bearer ${tokens.fullAccess}`, origin }
const put = { method: 'PUT', url: groupUserPath(ids.apiGroup, ids.jake), payload: { duration_minutes: 60 } } as const

describe('by default', () => {
  test('a preflight is answered with a 403 that says how to allow it', async () => {
    const { app } = await sandbox()
    const answer = await app.inject({ method: 'OPTIONS', url: put.url, headers: preflight })
    expect({ status: answer.statusCode, body: answer.json<unknown>() }).toEqual({
      status: 403,
      body: {
        code: 'CROSS_SITE_REQUEST',
        message: `A web page of ${origin} may not call the API.`,
        hint: 'Allow it with --cors, or with cors: true in createSandbox.',
        request_id: requestId,
      },
    })
    expect(answer.headers).not.toHaveProperty('access-control-allow-origin')
  })

  test('a GET of another site, which needs no preflight, is answered as any other, but the page cannot read it', async () => {
    const { app } = await sandbox()
    const [ofPage, other] = await Promise.all([
      app.inject({ url: '/v1/users', headers: { origin, 'sec-fetch-site': 'cross-site' } }),
      app.inject('/v1/users'),
    ])
    expect([ofPage.statusCode, ofPage.json<{ code: string }>().code]).toEqual([401, 'TOKEN_MISSING'])
    expect(other.statusCode).toBe(401)
    expect(Object.keys(ofPage.headers).filter((name) => name.startsWith('access-control-'))).toEqual([])
  })

  test('a call with a token is answered, since it came through a proxy and not from the page', async () => {
    const { app } = await sandbox()
    const answer = await app.inject({ ...put, headers: bearer })
    expect(answer.statusCode).toBe(200)
    expect(answer.headers).not.toHaveProperty('access-control-allow-origin')
  })
})

describe('on', () => {
  test('a preflight is allowed without a token, and is not in the journal', async () => {
    const { app } = await sandbox({ cors: true })
    const answer = await app.inject({ method: 'OPTIONS', url: put.url, headers: preflight })
    expect(answer.statusCode).toBe(204)
    expect(answer.headers).toMatchObject({
      'access-control-allow-origin': '*',
      'access-control-allow-headers': 'authorization,content-type',
    })
    expect(String(answer.headers['access-control-allow-methods']).split(', ')).toContain('PUT')
    const journal = await app.inject('/_sandbox/requests')
    expect(journal.json<{ results: unknown[] }>().results).toEqual([])
  })

  test.each<[what: string, call: object, status: number]>([
    ['success', { ...put, headers: bearer }, 200],
    ['a missing token', { ...put, headers: { origin } }, 401],
    ['an unknown group', { url: `/v1/groups/${ids.unknown}`, headers: bearer }, 404],
    ['an unknown path', { url: '/v1/nothing', headers: bearer }, 404],
    ['a path that cannot be decoded', { url: '/v1/%zz', headers: bearer }, 400],
    ['a path without a token that cannot be decoded', { url: '/v1/%zz', headers: { origin } }, 401],
    [
      'a body over the limit',
      { ...put, payload: { duration_minutes: 1, x: 'x'.repeat(70_000) }, headers: bearer },
      413,
    ],
    ['an operation that is not simulated', { url: '/v1/opal-scripts', headers: bearer }, 501],
  ])('the answer to %s can be read by any page', async (_what, call, status) => {
    const { app } = await sandbox({ cors: true })
    const answer = await app.inject(call)
    expect(answer.statusCode).toBe(status)
    expect(answer.headers['access-control-allow-origin']).toBe('*')
    const exposed = String(answer.headers['access-control-expose-headers']).toLowerCase().split(', ')
    const own = Object.keys(answer.headers).filter((name) => /^(x-|retry-after)/.test(name))
    expect(exposed).toEqual(expect.arrayContaining(own))
  })

  test('so can those above the rate and those of fault rules', async () => {
    const { app, agent } = await sandbox({ cors: true })
    await agent
      .post('/_sandbox/faults')
      .send({ effect: { status: 503 } })
      .expect(200)
    const failed = await app.inject({ ...put, headers: bearer })
    expect([failed.statusCode, failed.headers['access-control-allow-origin']]).toEqual([503, '*'])
    await agent
      .patch('/_sandbox/settings')
      .send({ rate_limit: { requests_per_second: 1, group_writes_per_second: 1 } })
      .expect(200)
    let last = failed
    for (let call = 0; call < 1_000 && last.statusCode !== 429; call++)
      last = await app.inject({ ...put, headers: bearer })
    expect([last.statusCode, last.headers['access-control-allow-origin']]).toEqual([429, '*'])
    expect(last.headers['access-control-expose-headers']).toContain('Retry-After')
  })

  test('the control plane stays closed', async () => {
    const { app } = await sandbox({ cors: true })
    for (const method of ['OPTIONS', 'GET'] as const) {
      const answer = await app.inject({ method, url: '/_sandbox/clock', headers: preflight })
      expect(answer.statusCode).toBeGreaterThanOrEqual(400)
      expect(answer.headers).not.toHaveProperty('access-control-allow-origin')
    }
  })

  test('an unknown path gets the same hint as without', async () => {
    const hints = [await sandbox(), await sandbox({ cors: true })].map(async ({ app }) => {
      const answer = await app.inject({ url: '/v1/group', headers: bearer })
      return answer.json<{ hint: string }>().hint
    })
    expect(await hints[0]).toBe(await hints[1])
  })
})
