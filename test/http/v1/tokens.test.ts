import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { ids, now, requestId, sandbox, temporaryFolder, told, tokens } from '../../helper.js'

const tokenId = (index: number) => `0d000000-0000-4000-8000-00000000000${index}`
const at = (minutes: number) => new Date(now + minutes * 60_000).toISOString()

const seed = {
  version: 1,
  users: {
    jake: { user_id: ids.jake, email: 'jake@company.dev', full_name: 'Jake Barnes' },
    ada: { user_id: ids.ada, email: 'ada@company.dev', full_name: 'Ada Lane' },
  },
  tokens: {
    full: {
      token_id: tokenId(1),
      access_level: 'FULL_ACCESS',
      secret: tokens.fullAccess,
      user: 'jake',
      token_label: 'Full',
      created_at: '-1d',
    },
    spare: { token_id: tokenId(2), access_level: 'FULL_ACCESS', secret: 'secret-of-spare', user: 'ada' },
    read: {
      token_id: tokenId(3),
      access_level: 'READ_ONLY',
      secret: tokens.readOnly,
      user: 'ada',
      expires_at: '+60m',
    },
    expired: {
      token_id: tokenId(4),
      access_level: 'FULL_ACCESS',
      secret: tokens.expired,
      user: 'jake',
      expires_at: '-1m',
    },
    revoked: {
      token_id: tokenId(5),
      access_level: 'FULL_ACCESS',
      secret: tokens.revoked,
      user: 'jake',
      revoked_at: '-1m',
    },
  },
}

const full = {
  token_id: tokenId(1),
  created_at: at(-24 * 60),
  token_label: 'Full',
  creator_user_id: ids.jake,
  user_id: ids.jake,
  last_used_at: at(0) as string | null,
  access_level: 'FULL_ACCESS',
  expires_at: null as string | null,
}
const spare = {
  ...full,
  token_id: tokenId(2),
  created_at: at(0),
  token_label: 'spare',
  creator_user_id: ids.ada,
  user_id: ids.ada,
  last_used_at: null,
}
const read = { ...spare, token_id: tokenId(3), token_label: 'read', access_level: 'READ_ONLY', expires_at: at(60) }
const expired = {
  ...full,
  token_id: tokenId(4),
  created_at: at(0),
  token_label: 'expired',
  last_used_at: null,
  expires_at: at(-1),
}

const as = (secret: string) => [secret, { type: 'bearer' }] as const
const refused = (status: number, code: string, message: string, more: object) => ({
  status,
  body: { code, message, ...more, request_id: requestId },
})
const tokenNotFound = (token_id: string) =>
  refused(404, 'TOKEN_NOT_FOUND', `There is no token ${token_id}.`, { hint: 'GET /v1/tokens lists the tokens.' })
const tokenRevoked = (when: string) =>
  refused(401, 'TOKEN_REVOKED', `The token was revoked at ${when}.`, { hint: 'Use another token.' })
const invalid = (path: string, message: string) =>
  refused(400, 'INVALID_REQUEST', 'The request is not valid: 1 problem.', { errors: [{ path, message }] })

describe('GET /v1/tokens', () => {
  test.each([
    ['all but those that were revoked, in order of creation', '', [full, spare, read, expired]],
    ['one id', `?token_ids=${tokenId(2)}`, [spare]],
    ['ids with a comma', `?token_ids=${tokenId(4)},${tokenId(2)}`, [spare, expired]],
    ['ids with an encoded comma', `?token_ids=${tokenId(2)}%2C${tokenId(3)}`, [spare, read]],
    ['ids in upper case', `?token_ids=${tokenId(2).toUpperCase()}`, [spare]],
    ['the id of a revoked one', `?token_ids=${tokenId(5)}`, []],
    ['an unknown id', `?token_ids=${ids.unknown}`, []],
    ['a user', `?user_id=${ids.ada}`, [spare, read]],
    ['a user in upper case', `?user_id=${ids.jake.toUpperCase()}`, [full, expired]],
    ['an unknown user', `?user_id=${ids.unknown}`, []],
    ['a user and ids', `?user_id=${ids.ada}&token_ids=${tokenId(1)},${tokenId(3)}`, [read]],
  ])('%s', async (_name, query, results) => {
    const { agent } = await sandbox({ seed })
    expect(told(await agent.get(`/v1/tokens${query}`))).toEqual({
      status: 200,
      body: { results, next: null, previous: null },
    })
  })

  test.each([
    ['ids that are none', '?token_ids=x', invalid('query.token_ids[0]', 'expected a UUID, got the string "x"')],
    ['a user that is none', '?user_id=jake', invalid('query.user_id', 'expected a UUID, got the string "jake"')],
  ])('%s: 400', async (_name, query, answer) => {
    const { agent } = await sandbox({ seed })
    expect(told(await agent.get(`/v1/tokens${query}`))).toEqual(answer)
  })

  test('neither a secret nor its hash is ever shown', async () => {
    const { agent } = await sandbox({ seed })
    const { text } = await agent.get('/v1/tokens')
    for (const secret of [tokens.fullAccess, tokens.readOnly, 'secret-of-spare', 'hash', 'secret']) {
      expect(text).not.toContain(secret)
    }
  })

  test('a token was last used when it was last accepted, whatever the call', async () => {
    const { agent } = await sandbox({ seed })
    await agent
      .get('/v1/users')
      .auth(...as('secret-of-spare'))
      .expect(200)
    await agent.post('/_sandbox/clock').send({ advance: '5m' }).expect(200)
    await agent
      .get('/v1/nowhere')
      .auth(...as(tokens.readOnly))
      .expect(404)
    await agent
      .get('/v1/users')
      .auth(...as(tokens.expired))
      .expect(401)
    const { results } = told(await agent.get('/v1/tokens')).body as { results: unknown[] }
    expect(results).toEqual([
      { ...full, last_used_at: at(5) },
      { ...spare, last_used_at: at(0) },
      { ...read, last_used_at: at(5) },
      expired,
    ])
  })

  test('a read-only token can list', async () => {
    const { agent } = await sandbox({ seed })
    const { status, body } = told(await agent.get('/v1/tokens').auth(...as(tokens.readOnly)))
    const results = [{ ...full, last_used_at: null }, spare, { ...read, last_used_at: at(0) }, expired]
    expect({ status, body }).toEqual({ status: 200, body: { results, next: null, previous: null } })
  })
})

describe('DELETE /v1/tokens/{token_id}', () => {
  test('the answer is 200 with an empty body, and the token is rejected from its next request on', async () => {
    const { agent } = await sandbox({ seed })
    await agent
      .get('/v1/users')
      .auth(...as('secret-of-spare'))
      .expect(200)
    const answer = await agent.delete(`/v1/tokens/${tokenId(2)}`)
    expect([answer.status, answer.text, answer.headers['content-type']]).toEqual([200, '', undefined])
    const next = await agent.get('/v1/users').auth(...as('secret-of-spare'))
    expect(told(next)).toEqual(tokenRevoked(at(0)))
    expect(next.headers['www-authenticate']).toBe('Bearer')
    expect((await agent.get('/v1/tokens')).body).toMatchObject({ results: [full, read, expired] })
    expect(told(await agent.delete(`/v1/tokens/${tokenId(2)}`))).toEqual(tokenNotFound(tokenId(2)))
  })

  test('a token can revoke itself', async () => {
    const { agent } = await sandbox({ seed })
    await agent.delete(`/v1/tokens/${tokenId(1)}`).expect(200, '')
    expect(told(await agent.get('/v1/tokens'))).toEqual(tokenRevoked(at(0)))
  })

  test('a revoked token stays revoked when the clock is set back', async () => {
    const { agent } = await sandbox({ seed })
    await agent.delete(`/v1/tokens/${tokenId(2)}`).expect(200)
    await agent.post('/_sandbox/clock').send({ set: '2020-01-01T00:00:00Z' }).expect(200)
    expect(told(await agent.get('/v1/users').auth(...as('secret-of-spare')))).toEqual(tokenRevoked(at(0)))
  })

  test('a revoked token stays revoked after a restart', async () => {
    const db = join(temporaryFolder(), 'sandbox.db')
    const first = await sandbox({ seed, db })
    await first.agent.delete(`/v1/tokens/${tokenId(2)}`).expect(200)
    await first.close()
    const second = await sandbox({ seed, db })
    expect(told(await second.agent.get('/v1/users').auth(...as('secret-of-spare')))).toEqual(tokenRevoked(at(0)))
  })

  test('an expired token can be revoked', async () => {
    const { agent } = await sandbox({ seed })
    await agent.delete(`/v1/tokens/${tokenId(4)}`).expect(200)
    expect(told(await agent.get('/v1/users').auth(...as(tokens.expired)))).toEqual(tokenRevoked(at(0)))
  })

  test.each([
    ['an id in upper case', `/v1/tokens/${tokenId(2).toUpperCase()}`],
    ['a doubled slash', `/v1//tokens/${tokenId(2)}`],
    ['a trailing slash', `/v1/tokens/${tokenId(2)}/`],
  ])('%s is the same token', async (_name, path) => {
    const { agent } = await sandbox({ seed })
    await agent.delete(path).expect(200, '')
    expect(told(await agent.get('/v1/users').auth(...as('secret-of-spare')))).toEqual(tokenRevoked(at(0)))
  })

  test.each([
    ['an unknown token', ids.unknown, tokenNotFound(ids.unknown)],
    ['one that was revoked before', tokenId(5), tokenNotFound(tokenId(5))],
    ['no UUID', 'full', invalid('path.token_id', 'expected a UUID, got the string "full"')],
    [
      'a secret in place of the id',
      'secret-of-spare',
      invalid('path.token_id', 'expected a UUID, got the string "secret-of-spare"'),
    ],
  ])('%s', async (_name, token_id, answer) => {
    const { agent } = await sandbox({ seed })
    expect(told(await agent.delete(`/v1/tokens/${token_id}`))).toEqual(answer)
    expect((await agent.get('/v1/tokens')).body).toMatchObject({ results: [full, spare, read, expired] })
  })

  test('a read-only token cannot revoke, not even itself', async () => {
    const { agent } = await sandbox({ seed })
    const answer = await agent.delete(`/v1/tokens/${tokenId(3)}`).auth(...as(tokens.readOnly))
    expect(told(answer)).toEqual(
      refused(403, 'TOKEN_READ_ONLY', 'This token is read-only.', { hint: 'Use a token with FULL_ACCESS.' }),
    )
    await agent
      .get('/v1/users')
      .auth(...as(tokens.readOnly))
      .expect(200)
  })
})
