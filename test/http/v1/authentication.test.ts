import { describe, expect, test, vi } from 'vitest'
import { openStore } from '../../../src/store/index.js'
import { groupUserPath, ids, now, recordingLogger, requestId, sandbox, tokens, told } from '../../helper.js'

vi.mock('../../../src/store/index.js', { spy: true })

const listPath = `/v1/groups/${ids.plainGroup}/users`
const path = groupUserPath(ids.apiGroup, ids.jake)

const list = {
  status: 200,
  body: {
    results: [
      {
        group_id: ids.plainGroup,
        group_name: 'Announcements',
        description: '',
        user_id: ids.brett,
        access_level: { access_level_name: '', access_level_remote_id: '' },
        full_name: 'Brett Ashley',
        email: 'brett@company.dev',
        expiration_date: null,
      },
    ],
    next: null,
    previous: null,
  },
}

const refused = (code: string, message: string, hint: unknown) => ({
  status: 401,
  body: { code, message, hint, request_id: requestId },
  asksFor: 'Bearer',
})
const missing = (what: string) =>
  refused('TOKEN_MISSING', `No token: ${what}.`, 'Send the header "Authorization: Bearer <token>".')
const noHeader = missing('there is no Authorization header')
const otherForm = missing('the Authorization header is not of the form "Bearer <token>"')
const unknown = refused('TOKEN_UNKNOWN', 'The token is unknown.', expect.stringMatching(/^Send a token of the seed; /))
const expired = (at: string) => refused('TOKEN_EXPIRED', `The token expired at ${at}.`, 'Use another token.')
const revoked = (at: string) => refused('TOKEN_REVOKED', `The token was revoked at ${at}.`, 'Use another token.')

interface Answer {
  status: number
  body: unknown
  headers: Record<string, string>
}

const toldWhole = (answer: Answer) => ({ ...told(answer), asksFor: answer.headers['www-authenticate'] })

const bearer = (token: string) => ({ authorization: `Bearer ${token}` })

describe('an Authorization header', () => {
  test.each([
    ['as documented', `Bearer ${tokens.fullAccess}`],
    ['with the scheme in lower case', `bearer ${tokens.fullAccess}`],
    ['with the scheme in upper case', `BEARER ${tokens.fullAccess}`],
    ['with spaces between', `Bearer    ${tokens.fullAccess}`],
    ['with spaces around', `  Bearer ${tokens.fullAccess}  `],
    ['of a read-only token', `Bearer ${tokens.readOnly}`],
  ])('%s lets in', async (_form, authorization) => {
    const { agent } = await sandbox()
    expect(told(await agent.get(listPath).set({ authorization }))).toEqual(list)
  })

  test.each([
    ['that is empty', '', noHeader],
    ['of spaces', '   ', noHeader],
    ['of the scheme alone', 'Bearer', otherForm],
    ['of the scheme and a space', 'Bearer ', otherForm],
    ['of a token alone', tokens.fullAccess, otherForm],
    ['without a space', `Bearer${tokens.fullAccess}`, otherForm],
    ['with a tab', `Bearer\t${tokens.fullAccess}`, otherForm],
    ['with a colon', `Bearer: ${tokens.fullAccess}`, otherForm],
    ['of another scheme', `Basic ${tokens.fullAccess}`, otherForm],
    ['of another scheme, with a user', `Basic ${btoa(`x:${tokens.fullAccess}`)}`, otherForm],
    ['with two tokens', `Bearer ${tokens.fullAccess} ${tokens.readOnly}`, otherForm],
    ['with two tokens and a comma', `Bearer ${tokens.fullAccess}, Bearer ${tokens.readOnly}`, otherForm],
    ['with letters beyond ASCII', 'Bearer zoë', otherForm],
    ['with an emoji', `Bearer ${Buffer.from('🔑').toString('latin1')}`, otherForm],
    ['with quotes', `Bearer "${tokens.fullAccess}"`, unknown],
    ['with the token in upper case', `Bearer ${tokens.fullAccess.toUpperCase()}`, unknown],
    ['with a letter too few', `Bearer ${tokens.fullAccess.slice(0, -1)}`, unknown],
    ['with a letter too many', `Bearer ${tokens.fullAccess}x`, unknown],
    ['with a very long token', `Bearer ${'x'.repeat(15_000)}`, unknown],
  ])('%s does not', async (_form, authorization, expected) => {
    const { agent } = await sandbox()
    expect(toldWhole(await agent.get(listPath).set({ authorization }))).toEqual(expected)
  })

  test('that is missing does not', async () => {
    const { app } = await sandbox()
    const answer = await app.inject({ method: 'GET', url: listPath })
    expect({
      status: answer.statusCode,
      body: answer.json<unknown>(),
      asksFor: answer.headers['www-authenticate'],
    }).toEqual(noHeader)
  })

  test('that makes the headers too long is a 431', async () => {
    const { agent } = await sandbox()
    expect(told(await agent.get(listPath).set(bearer('x'.repeat(20_000))))).toEqual({
      status: 431,
      body: {
        code: 'HEADERS_TOO_LARGE',
        message: 'The request line and headers are over the limit of 16 KiB.',
        request_id: requestId,
      },
    })
  })

  test.each(['x-api-key', 'proxy-authorization', 'cookie'])('counts, but not %s', async (name) => {
    const { agent } = await sandbox()
    const answer = await agent.get(listPath).set('authorization', '').set(name, `Bearer ${tokens.fullAccess}`)
    expect(toldWhole(answer)).toEqual(noHeader)
  })

  test('counts, but not the query', async () => {
    const { agent } = await sandbox()
    const answer = await agent.get(`${listPath}?access_token=${tokens.fullAccess}`).set('authorization', '')
    expect(toldWhole(answer)).toEqual(noHeader)
  })
})

describe('a token', () => {
  test.each([
    ['that ran out', tokens.expired, expired('2022-01-23T02:56:07.000Z')],
    ['that was revoked', tokens.revoked, revoked('2022-01-23T02:56:07.000Z')],
  ])('%s may not even read', async (_kind, token, expected) => {
    const { agent } = await sandbox()
    expect(toldWhole(await agent.get(listPath).set(bearer(token)))).toEqual(expected)
  })

  test.each(['PUT', 'POST', 'DELETE', 'PATCH'] as const)('that is read-only cannot %s', async (method) => {
    const { app } = await sandbox()
    const answer = await app.inject({ method, url: path, headers: bearer(tokens.readOnly) })
    expect({ status: answer.statusCode, body: answer.json<unknown>() }).toEqual({
      status: 403,
      body: {
        code: 'TOKEN_READ_ONLY',
        message: 'This token is read-only.',
        hint: 'Use a token with FULL_ACCESS.',
        request_id: requestId,
      },
    })
  })

  test.each(['GET', 'HEAD'] as const)('that is read-only can %s', async (method) => {
    const { app } = await sandbox()
    expect((await app.inject({ method, url: listPath, headers: bearer(tokens.readOnly) })).statusCode).toBe(200)
  })

  test('that is both expired and revoked counts as revoked', async () => {
    const seed = {
      version: 1,
      tokens: {
        spent: { access_level: 'FULL_ACCESS', secret: 'a-secret-of-this-test', expires_at: '-1h', revoked_at: '-2h' },
      },
    }
    const { agent } = await sandbox({ seed })
    expect(toldWhole(await agent.get('/v1/users').set(bearer('a-secret-of-this-test')))).toEqual(
      revoked('2022-01-23T01:56:07.000Z'),
    )
  })

  test.each([
    ['a millisecond before its end', '2022-01-23T03:56:07.001Z', 200],
    ['at its end', '2022-01-23T03:56:07.000Z', 401],
    ['a millisecond after its end', '2022-01-23T03:56:06.999Z', 401],
  ])('is answered %s, when it ends at %s, with %d', async (_when, expires_at, status) => {
    const seed = {
      version: 1,
      tokens: { brief: { access_level: 'FULL_ACCESS', secret: 'a-secret-of-this-test', expires_at } },
    }
    const { agent } = await sandbox({ seed })
    expect((await agent.get('/v1/users').set(bearer('a-secret-of-this-test'))).status).toBe(status)
  })

  /** How a token that lasts an hour is answered when the clock was turned, and turned again. */
  async function answersAt(...moments: string[]): Promise<unknown[]> {
    const seed = {
      version: 1,
      tokens: { brief: { access_level: 'FULL_ACCESS', secret: 'a-secret-of-this-test', expires_at: '+1h' } },
    }
    const { agent } = await sandbox({ seed })
    const answers = []
    for (const set of moments) {
      await agent.post('/_sandbox/clock').set(bearer('a-secret-of-this-test')).send({ set })
      const answer = await agent.get('/v1/users').set(bearer('a-secret-of-this-test'))
      answers.push(answer.status)
    }
    return answers
  }

  test('that was accepted before still expires', async () => {
    expect(await answersAt('2022-01-23T04:56:06.999Z', '2022-01-23T04:56:07.000Z')).toEqual([200, 401])
  })

  test('that has expired is accepted when the clock is set back', async () => {
    expect(await answersAt('2022-01-23T04:56:07.000Z', '2022-01-23T04:56:06.999Z')).toEqual([401, 200])
  })

  test('expires by the clock of the sandbox, not by that of the machine', async () => {
    const { agent } = await sandbox({ now: now + 1_000 * 365 * 24 * 3_600_000 })
    expect((await agent.get(listPath)).status).toBe(200)
  })
})

describe('the log', () => {
  const unknownToken = 'a-word-that-nobody-knows'
  // The name of an organization is in the log, and the rest of its token is not.
  const secrets = [...Object.values(tokens), unknownToken, 'org-quiet.']

  const calls: [method: 'GET' | 'PUT', url: string, authorization: string, payload?: string][] = [
    ['GET', listPath, `Bearer ${tokens.fullAccess}`],
    ['GET', listPath, `Bearer ${tokens.readOnly}`],
    ['GET', listPath, `Bearer ${tokens.expired}`],
    ['GET', listPath, `Bearer ${tokens.revoked}`],
    ['GET', listPath, 'Bearer org-quiet.full_access'],
    ['GET', listPath, 'Bearer org-quiet.nobody'],
    ['GET', listPath, `Bearer ${unknownToken}`],
    ['GET', listPath, `Basic ${unknownToken}`],
    ['GET', listPath, unknownToken],
    ['GET', '/v1/%zz', `Bearer ${tokens.fullAccess}`],
    ['GET', '/v1/%zz', `Bearer ${unknownToken}`],
    ['GET', '/v1/nothing-of-this-name', `Bearer ${tokens.fullAccess}`],
    ['GET', '/nothing-of-this-name', `Bearer ${tokens.fullAccess}`],
    ['GET', '/', `Bearer ${tokens.fullAccess}`],
    ['GET', '/_sandbox/health', `Bearer ${tokens.fullAccess}`],
    ['GET', '/_sandbox/clock', `Bearer ${tokens.fullAccess}`],
    ['PUT', path, `Bearer ${tokens.readOnly}`, '{}'],
    ['PUT', path, `Bearer ${tokens.fullAccess}`, '{"duration_minutes":60}'],
    ['PUT', path, `Bearer ${tokens.fullAccess}`, '{'],
    ['PUT', path, `Bearer ${tokens.fullAccess}`, 'x'.repeat(70_000)],
    ['PUT', path, `Bearer ${tokens.fullAccess}`],
  ]

  /** All that is logged of calls of every kind, first on a database that works, then on one that does not. */
  async function logOfCalls() {
    const { logger, lines } = recordingLogger('trace')
    const { app } = await sandbox({ logger })
    for (const isBroken of [false, true]) {
      const [opened] = vi.mocked(openStore).mock.results.slice(-1)
      if (isBroken && opened?.type === 'return') opened.value.close()
      for (const [method, url, authorization, payload] of calls) {
        const headers = { authorization, 'content-type': 'application/json' }
        await app.inject({ method, url, headers, ...(payload !== undefined && { payload }) })
      }
    }
    return lines
  }

  test('has a line for every call and every failure', async () => {
    const lines = await logOfCalls()
    const counts = {
      requests: lines.filter((line) => 'status' in line).length,
      failed: lines.some((line) => 'err' in line),
    }
    expect(counts).toEqual({ requests: 2 * calls.length, failed: true })
  })

  test('never contains a token, at any level', async () => {
    const text = JSON.stringify(await logOfCalls())
    expect(secrets.filter((secret) => text.includes(secret))).toEqual([])
  })
})
