import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import supertest from 'supertest'
import { parse } from 'yaml'
import { requestId, sandbox, tokens, told } from '../../helper.js'
import { anonymous, as, call } from './calls.js'

const { paths } = parse(readFileSync(new URL('../../../openapi.yaml', import.meta.url), 'utf8')) as {
  paths: Record<string, Record<string, { operationId: string; tags?: string[] }>>
}

/** Every call of the control plane, by its operation. */
const operations = Object.entries(paths).flatMap(([path, methods]) =>
  Object.entries(methods)
    .filter(([, { tags }]) => tags?.includes('sandbox'))
    .map(([method, { operationId }]) => [operationId, method.toUpperCase(), path.replaceAll(/\{\w+\}/g, 'x')] as const),
)
const guarded = operations.filter(([operation]) => operation !== 'sandbox_health')

const otherSite = {
  status: 403,
  body: {
    code: 'CROSS_SITE_REQUEST',
    message: 'The control plane rejects calls from web pages of other sites.',
    hint: 'Call it from a program, or from a page served by this server.',
    request_id: requestId,
  },
}

describe('on loopback', () => {
  test('a call without a token is for the default organization', async () => {
    const opened = await sandbox()
    await anonymous(opened).patch('/_sandbox/settings').send({ re_add: 'conflict' }).expect(200)
    expect(await call(opened, tokens.fullAccess, 'GET', '/_sandbox/settings')).toMatchObject({ re_add: 'conflict' })
    expect(await call(opened, 'org-a', 'GET', '/_sandbox/settings')).toMatchObject({ re_add: 'replace' })
  })

  test.each([
    [tokens.readOnly, 200],
    [tokens.expired, 200],
    [tokens.revoked, 200],
    ['unknown', 401],
    ['org-A', 401],
  ])('a call with the token %s is answered with %i', async (token, status) => {
    const opened = await sandbox()
    await as(opened, token).post('/_sandbox/reset').expect(status)
  })

  test.each(['Basic b3BhbDpzYW5kYm94', 'Bearer', 'Bearer '])(
    'the header %j is no token, so nobody is meant',
    async (header) => {
      const opened = await sandbox()
      await anonymous(opened).get('/_sandbox/clock').set('authorization', header).expect(401)
    },
  )

  test.each<[headers: Record<string, string>, status: number]>([
    [{}, 200],
    [{ host: 'localhost' }, 200],
    [{ host: 'LOCALHOST:6725' }, 200],
    [{ host: '127.0.0.1:6725' }, 200],
    [{ host: '127.1.2.3' }, 200],
    [{ host: '[::1]:6725' }, 200],
    [{ host: '0.0.0.0:6725' }, 200],
    [{ host: 'opal.localhost:6725' }, 200],
    [{ host: 'host.docker.internal:6725' }, 200],
    [{ host: 'host.docker.internal.evil.example' }, 403],
    [{ host: 'evillocalhost' }, 403],
    [{ host: 'evil.example' }, 403],
    [{ host: 'localhost.evil.example' }, 403],
    [{ host: '127.0.0.1.evil.example' }, 403],
    [{ host: 'evil.example:6725' }, 403],
    [{ host: '10.0.0.1' }, 403],
    [{ host: 'localhost:6725', origin: 'http://localhost:6725' }, 200],
    [{ host: '127.0.0.1:6725', origin: 'http://127.0.0.1:6725', 'sec-fetch-site': 'same-origin' }, 200],
    [{ host: 'localhost:6725', 'sec-fetch-site': 'none' }, 200],
    [{ host: 'localhost:6725', origin: 'http://localhost:3000' }, 403],
    [{ host: 'localhost:6725', origin: 'http://127.0.0.1:6725' }, 403],
    [{ host: 'localhost:6725', origin: 'https://evil.example' }, 403],
    [{ host: 'localhost:6725', origin: 'null' }, 403],
    [{ host: 'localhost:6725', origin: '' }, 403],
    [{ host: 'localhost:6725', 'sec-fetch-site': 'cross-site' }, 403],
    [{ host: 'localhost:6725', 'sec-fetch-site': 'same-site' }, 403],
    [{ host: 'localhost:6725', origin: 'http://localhost:6725', 'sec-fetch-site': 'cross-site' }, 403],
  ])('a call with %j is answered with %i, whatever its token; the API does not look at it', async (headers, status) => {
    const opened = await sandbox()
    for (const token of [undefined, tokens.fullAccess, 'org-a']) {
      const authorization = token === undefined ? {} : { authorization: `Bearer ${token}` }
      const answer = await opened.app.inject({ url: '/_sandbox/clock', headers: { ...headers, ...authorization } })
      expect([token, answer.statusCode]).toEqual([token, status])
    }
    const api = { ...headers, authorization: 'Bearer org-a' }
    expect((await opened.app.inject({ url: '/v1/groups', headers: api })).statusCode).toBe(200)
  })

  test('the answer to a foreign name lists the allowed ones', async () => {
    const opened = await sandbox()
    expect(told(await anonymous(opened).get('/_sandbox/clock').set('host', 'evil.example'))).toEqual({
      status: 403,
      body: {
        code: 'CROSS_SITE_REQUEST',
        message: 'The control plane does not answer to the host name "evil.example".',
        hint: 'Call it as 127.0.0.1 or localhost, or allow the name with --allowed-hosts.',
        request_id: requestId,
      },
    })
  })

  test('allowed names can be used, with any port and in any case, and no others', async () => {
    const { app } = await sandbox({ allowedHosts: ['ci.internal', 'Host-2'] })
    const hosts = [
      'ci.internal',
      'CI.internal:6725',
      'host-2:80',
      'host.docker.internal',
      'xci.internal',
      'ci-internal',
    ]
    const statuses = hosts.map(
      async (host) => (await app.inject({ url: '/_sandbox/clock', headers: { host } })).statusCode,
    )
    expect(await Promise.all(statuses)).toEqual([200, 200, 200, 200, 403, 403])
  })

  test.each(['/', '/_sandbox/openapi.yaml', '/_sandbox/openapi.json'])(
    '%s answers to no foreign name, and needs no token',
    async (url) => {
      const opened = await sandbox()
      const status = async (host: string) => (await opened.app.inject({ url, headers: { host } })).statusCode
      expect([await status('evil.example'), await status('localhost:6725'), await status('127.0.0.1')]).toEqual([
        403, 200, 200,
      ])
    },
  )

  test.each(guarded)('%s rejects pages of other sites', async (_operation, method, path) => {
    const opened = await sandbox()
    const answer = await opened.app.inject({
      method: method as 'GET',
      url: path,
      headers: { origin: 'https://evil.example' },
    })
    expect({ status: answer.statusCode, body: answer.json<unknown>() }).toEqual(otherSite)
  })
})

describe('off loopback', () => {
  async function openWide() {
    const opened = await sandbox()
    const port = await opened.listen({ host: '0.0.0.0', port: 0 })
    return { ...opened, at: supertest(`http://127.0.0.1:${port}`), port }
  }

  test.each(guarded)('%s needs a token', async (_operation, method, path) => {
    const { at } = await openWide()
    const answer = await at[method.toLowerCase() as 'get'](path)
    expect(told(answer)).toEqual({
      status: 401,
      body: {
        code: 'TOKEN_MISSING',
        message: 'No token: there is no Authorization header.',
        hint: 'Send the header "Authorization: Bearer <token>".',
        request_id: requestId,
      },
    })
  })

  test('calls that need no token there work with any host name', async () => {
    const { at } = await openWide()
    for (const url of ['/', '/_sandbox/openapi.yaml']) await at.get(url).set('host', 'sandbox.internal').expect(200)
  })

  test('health needs no token', async () => {
    const { at } = await openWide()
    await at.get('/_sandbox/health').expect(200)
  })

  test('a call with a token works with any host name', async () => {
    const { at } = await openWide()
    for (const token of [tokens.fullAccess, tokens.expired, 'org-a']) {
      for (const host of ['127.0.0.1', 'sandbox.internal:6725']) {
        await at
          .get('/_sandbox/clock')
          .set({ authorization: `Bearer ${token}`, host })
          .expect(200)
      }
    }
    await at.get('/_sandbox/clock').set('authorization', 'Bearer unknown').expect(401)
  })

  test('a page of another site is rejected there, too, but not one of the same site', async () => {
    const { at, port } = await openWide()
    const call = (headers: Record<string, string>) =>
      at.get('/_sandbox/clock').set({ authorization: 'Bearer org-a', ...headers })
    expect(told(await call({ origin: 'https://evil.example' }))).toEqual(otherSite)
    expect(told(await call({ 'sec-fetch-site': 'cross-site' }))).toEqual(otherSite)
    await call({ origin: `http://127.0.0.1:${port}` }).expect(200)
    await at.get('/v1/groups').set({ authorization: 'Bearer org-a', origin: 'https://evil.example' }).expect(200)
  })
})
