import { describe, expect, test } from 'vitest'
import { groupUserPath, ids, requestId, sandbox, told, tokens } from '../../helper.js'
import { call } from '../sandbox/calls.js'

const seed = {
  version: 1,
  users: {
    jake: { user_id: ids.jake, email: 'jake@company.dev', full_name: 'Jake Barnes', position: 'Engineer' },
    ada: {
      user_id: ids.ada,
      email: 'ada+work@company.dev',
      full_name: 'Ada Mary Lane',
      first_name: 'Ada Mary',
      last_name: 'Lane',
      hr_idp_status: 'SUSPENDED',
    },
    noor: { user_id: ids.noor, email: 'Noor@Company.dev', full_name: 'Noor' },
  },
}

const jake = {
  user_id: ids.jake,
  email: 'jake@company.dev',
  full_name: 'Jake Barnes',
  first_name: 'Jake',
  last_name: 'Barnes',
  position: 'Engineer',
}
const ada = {
  user_id: ids.ada,
  email: 'ada+work@company.dev',
  full_name: 'Ada Mary Lane',
  first_name: 'Ada Mary',
  last_name: 'Lane',
  position: '',
  hr_idp_status: 'SUSPENDED',
}
const noor = {
  user_id: ids.noor,
  email: 'Noor@Company.dev',
  full_name: 'Noor',
  first_name: 'Noor',
  last_name: '',
  position: '',
}

const invalid = (path: string, message: string) => ({
  status: 400,
  body: {
    code: 'INVALID_REQUEST',
    message: 'The request is not valid: 1 problem.',
    errors: [{ path, message }],
    request_id: requestId,
  },
})

describe('GET /v1/users', () => {
  test('everyone is listed, in the order in which they were created', async () => {
    const { agent } = await sandbox({ seed })
    expect(told(await agent.get('/v1/users'))).toEqual({
      status: 200,
      body: { results: [jake, ada, noor], next: null, previous: null },
    })
  })

  test('a list can be empty', async () => {
    const { agent } = await sandbox({ seed: { version: 1 } })
    expect(told(await agent.get('/v1/users'))).toEqual({
      status: 200,
      body: { results: [], next: null, previous: null },
    })
  })

  test('a read-only token can list', async () => {
    const { agent } = await sandbox({ seed })
    const answer = await agent.get('/v1/users').auth(tokens.readOnly, { type: 'bearer' })
    expect(told(answer)).toEqual(told(await agent.get('/v1/users')))
  })
})

describe('GET /v1/user', () => {
  test.each([
    ['by id', `?user_id=${ids.jake}`, jake],
    ['by id in upper case', `?user_id=${ids.jake.toUpperCase()}`, jake],
    ['by address', '?email=jake@company.dev', jake],
    ['by address with an encoded @', '?email=jake%40company.dev', jake],
    ['by address in another case', '?email=NOOR@company.DEV', noor],
    ['by address with an encoded +', '?email=ada%2Bwork@company.dev', ada],
    ['by both, the id winning', `?user_id=${ids.jake}&email=ada%2Bwork@company.dev`, jake],
    ['by id beside an address that nobody has', `?email=nobody@company.dev&user_id=${ids.ada}`, ada],
    ['by id beside an empty address', `?email=&user_id=${ids.ada}`, ada],
  ])('%s', async (_name, query, user) => {
    const { agent } = await sandbox({ seed })
    expect(told(await agent.get(`/v1/user${query}`))).toEqual({ status: 200, body: user })
  })

  const addressUnknown = (email: string) => ({
    status: 404,
    body: {
      code: 'USER_NOT_FOUND',
      message: `There is no user with the email address "${email}".`,
      hint: 'GET /v1/users lists the users. A + in an address must be sent as %2B.',
      request_id: requestId,
    },
  })
  const idUnknown = {
    status: 404,
    body: {
      code: 'USER_NOT_FOUND',
      message: `There is no user ${ids.unknown}.`,
      hint: 'GET /v1/users lists the users.',
      request_id: requestId,
    },
  }
  test.each([
    ['neither id nor address', '', invalid('query', 'expected user_id or email, got neither')],
    [
      'an id that is none, also beside an address',
      '?user_id=jake&email=jake@company.dev',
      invalid('query.user_id', 'expected a UUID, got the string "jake"'),
    ],
    ['an empty id', '?user_id=', invalid('query.user_id', 'expected a UUID, got the string ""')],
    ['two addresses', '?email=a&email=b', invalid('query.email', 'expected a string, got a list')],
    ['an unknown id', `?user_id=${ids.unknown}`, idUnknown],
    ['an unknown id, also beside an address', `?user_id=${ids.unknown}&email=jake@company.dev`, idUnknown],
    ['an unknown address', '?email=nobody@company.dev', addressUnknown('nobody@company.dev')],
    ['an empty address', '?email=', addressUnknown('')],
    ['a + that is read as a space', '?email=ada+work@company.dev', addressUnknown('ada work@company.dev')],
    ['an address for a pattern', '?email=%25', addressUnknown('%')],
    ['a long address', `?email=${'a'.repeat(300)}`, addressUnknown('a'.repeat(200))],
  ])('%s', async (_name, query, answer) => {
    const { agent } = await sandbox({ seed })
    expect(told(await agent.get(`/v1/user${query}`))).toEqual(answer)
  })
})

const userNotFound = (user_id: string) => ({
  status: 404,
  body: {
    code: 'USER_NOT_FOUND',
    message: `There is no user ${user_id}.`,
    hint: 'GET /v1/users lists the users.',
    request_id: requestId,
  },
})
const conflict = (code: string, message: string, hint: string) => ({
  status: 409,
  body: { code, message, hint, request_id: requestId },
})

describe('GET /v1/users/{user_id}', () => {
  test.each([ids.jake, ids.jake.toUpperCase()])('%s', async (id) => {
    const { agent } = await sandbox({ seed })
    expect(told(await agent.get(`/v1/users/${id}`))).toEqual({ status: 200, body: jake })
  })

  test.each([
    [ids.unknown, userNotFound(ids.unknown)],
    ['jake', invalid('path.user_id', 'expected a UUID, got the string "jake"')],
  ])('%s is not found', async (id, answer) => {
    const { agent } = await sandbox({ seed })
    expect(told(await agent.get(`/v1/users/${id}`))).toEqual(answer)
  })
})

describe('GET /v1/users/whoami', () => {
  test('shows the user of the token', async () => {
    const { agent } = await sandbox({
      seed: {
        ...seed,
        tokens: {
          full_access: { access_level: 'FULL_ACCESS', secret: tokens.fullAccess, user: 'noor' },
          read_only: { access_level: 'READ_ONLY', secret: tokens.readOnly, user: 'jake' },
        },
      },
    })
    expect(told(await agent.get('/v1/users/whoami'))).toEqual({ status: 200, body: noor })
    const readOnly = agent.get('/v1/users/whoami').auth(tokens.readOnly, { type: 'bearer' })
    expect(told(await readOnly)).toEqual({ status: 200, body: jake })
  })

  test('is a 404 in a seed without users', async () => {
    const { agent } = await sandbox({ seed: { version: 1 } })
    expect((await agent.get('/v1/users/whoami')).body).toMatchObject({ code: 'USER_NOT_FOUND' })
  })
})

describe('POST /v1/users', () => {
  const kim = { email: 'kim@company.dev', first_name: 'Kim', last_name: 'Park' }

  test('creates a user, who can be given access at once', async () => {
    const { agent } = await sandbox()
    const created = await agent.post('/v1/users').send({ ...kim, role: 'MEMBER' })
    const { user_id } = created.body as { user_id: string }
    expect(told(created)).toEqual({ status: 200, body: { ...kim, user_id, full_name: 'Kim Park', position: '' } })
    expect((await agent.get(`/v1/users/${user_id}`)).body).toEqual(created.body)
    expect((await agent.get('/v1/user?email=kim@company.dev')).body).toEqual(created.body)
    expect((await agent.post(groupUserPath(ids.apiGroup, user_id))).body).toMatchObject({ full_name: 'Kim Park' })
  })

  test.each(['jake@company.dev', 'JAKE@company.dev'])('a taken email address is a 409: %s', async (email) => {
    const { agent } = await sandbox({ seed })
    expect(told(await agent.post('/v1/users').send({ ...kim, email, role: 'ADMIN' }))).toEqual(
      conflict(
        'USER_EXISTS',
        `There is already a user with the email address "${email}".`,
        `GET /v1/user?email=${encodeURIComponent(email)} shows the user.`,
      ),
    )
  })

  test.each([
    ['email', 'kim', 'expected an email address, got the string "kim"'],
    ['first_name', undefined, 'is required: expected a string'],
    ['last_name', 1, 'expected a string, got 1'],
    ['role', 'OWNER', 'expected one of "MEMBER", "ADMIN", got the string "OWNER"'],
  ])('%s: %s', async (field, value, message) => {
    const { agent } = await sandbox({ seed })
    const body = { ...kim, role: 'MEMBER', [field]: value }
    expect(told(await agent.post('/v1/users').send(body))).toEqual(invalid(`body.${field}`, message))
  })

  test('an id that the seed uses is skipped', async () => {
    const first = await sandbox({ seed })
    const { user_id } = (await first.agent.post('/v1/users').send({ ...kim, role: 'MEMBER' })).body as typeof jake
    const users = { ...seed.users, taken: { user_id, email: 'taken@company.dev', full_name: 'Taken' } }
    const { agent } = await sandbox({ seed: { version: 1, users } })
    for (const number of [1, 2, 3]) {
      const created = await agent.post('/v1/users').send({ ...kim, email: `k${number}@company.dev`, role: 'MEMBER' })
      expect(created.status).toBe(200)
      expect((created.body as typeof jake).user_id).not.toBe(user_id)
    }
  })
})

describe('PATCH /v1/users/{user_id}', () => {
  test('changes the given fields, and keeps the others', async () => {
    const { agent } = await sandbox({ seed })
    const path = `/v1/users/${ids.jake}`
    const managed = { ...jake, manager_id: ids.ada }
    expect(told(await agent.patch(path).send({ manager_id: ids.ada }))).toEqual({ status: 200, body: managed })
    const promoted = { ...managed, position: 'Lead' }
    expect(told(await agent.patch(path).send({ position: 'Lead' }))).toEqual({ status: 200, body: promoted })
    expect(told(await agent.get(path))).toEqual({ status: 200, body: promoted })
    expect(told(await agent.patch(path).send({ manager_id: null }))).toEqual({
      status: 200,
      body: { ...jake, position: 'Lead' },
    })
  })

  test('a manager is exported by alias', async () => {
    const { agent } = await sandbox({ seed })
    await agent.patch(`/v1/users/${ids.jake}`).send({ manager_id: ids.ada }).expect(200)
    const exported = (await agent.get('/_sandbox/seed')).body as { users: Record<string, object> }
    expect(exported.users.jake).toMatchObject({ manager: 'ada' })
    await agent.put('/_sandbox/seed').send(exported).expect(200)
    expect((await agent.get(`/v1/users/${ids.jake}`)).body).toEqual({ ...jake, manager_id: ids.ada })
  })

  test.each([
    ['nothing', {}, invalid('body', 'expected an object with manager_id, position or both, got an object')],
    ['only unknown fields', { name: 'x' }, 400],
    [
      'a manager who is not there',
      { manager_id: ids.unknown },
      invalid('body.manager_id', `there is no user ${ids.unknown}`),
    ],
    ['a position of null', { position: null }, invalid('body.position', 'expected a string, got null')],
  ])('%s is a 400', async (_name, body, answer) => {
    const { agent } = await sandbox({ seed })
    const patched = told(await agent.patch(`/v1/users/${ids.jake}`).send(body))
    if (answer === 400) expect(patched.status).toBe(400)
    else expect(patched).toEqual(answer)
  })

  test('an unknown user is a 404', async () => {
    const { agent } = await sandbox({ seed })
    const path = `/v1/users/${ids.unknown}`
    expect(told(await agent.patch(path).send({ position: 'x' }))).toEqual(userNotFound(ids.unknown))
  })

  test.each([
    ['directly', ids.jake, ids.jake],
    ['through another', ids.ada, ids.jake],
  ])('nobody manages themselves: %s', async (_name, user_id, manager_id) => {
    const users = { ...seed.users, jake: { ...seed.users.jake, manager: 'ada' } }
    const { agent } = await sandbox({ seed: { version: 1, users } })
    expect(told(await agent.patch(`/v1/users/${user_id}`).send({ manager_id }))).toEqual(
      conflict(
        'MANAGER_CYCLE',
        `User ${user_id} cannot be managed by ${manager_id}: they would manage themselves.`,
        'Choose a manager who does not report to the user.',
      ),
    )
  })
})

describe('DELETE /v1/users/{user_id}', () => {
  test('shows the user once more, and ends all access', async () => {
    const { agent } = await sandbox()
    const path = `/v1/users/${ids.jake}`
    const before = told(await agent.get(path))
    expect(before.status).toBe(200)
    expect(told(await agent.delete(path))).toEqual(before)
    expect(told(await agent.get(path))).toEqual(userNotFound(ids.jake))
    expect(told(await agent.delete(path))).toEqual(userNotFound(ids.jake))
    const listed = (await agent.get(`/v1/groups/${ids.apiGroup}/users`)).body as { results: { user_id: string }[] }
    expect(listed.results.map(({ user_id }) => user_id)).toEqual([ids.brett])
    const change = agent.put(groupUserPath(ids.apiGroup, ids.jake)).send({ duration_minutes: 1 })
    expect((await change).body).toMatchObject({ code: 'USER_NOT_FOUND' })
  })

  test("revokes the user's tokens, also one that was just used", async () => {
    const { agent } = await sandbox({
      seed: {
        ...seed,
        tokens: {
          full_access: { access_level: 'FULL_ACCESS', secret: tokens.fullAccess, user: 'noor' },
          read_only: { access_level: 'READ_ONLY', secret: tokens.readOnly, user: 'jake' },
        },
      },
    })
    const asJake = () => agent.get('/v1/users').auth(tokens.readOnly, { type: 'bearer' })
    expect((await asJake()).status).toBe(200)
    expect((await agent.delete(`/v1/users/${ids.jake}`)).status).toBe(200)
    expect((await asJake()).body).toMatchObject({ code: 'TOKEN_REVOKED' })
    const listed = (await agent.get('/v1/tokens')).body as { results: object[] }
    expect(listed.results).toHaveLength(1)
  })

  test('leaves the users they managed without a manager', async () => {
    const users = { ...seed.users, jake: { ...seed.users.jake, manager: 'noor' } }
    const { agent } = await sandbox({ seed: { ...seed, users, tokens: undefined } })
    expect((await agent.get(`/v1/users/${ids.jake}`)).body).toEqual({ ...jake, manager_id: ids.noor })
    await agent.delete(`/v1/users/${ids.noor}`).expect(200)
    expect((await agent.get(`/v1/users/${ids.jake}`)).body).toEqual(jake)
  })

  test('a token cannot delete its own user', async () => {
    const { agent } = await sandbox()
    expect(told(await agent.delete(`/v1/users/${ids.ada}`))).toEqual(
      conflict(
        'OWN_USER',
        `User ${ids.ada} owns the token of this call, and cannot be deleted with it.`,
        "Use another user's token.",
      ),
    )
    expect((await agent.get(`/v1/users/${ids.ada}`)).status).toBe(200)
  })
})

test('an export holds whoever could be invited, such as two addresses that differ in the case of an umlaut', async () => {
  const opened = await sandbox()
  const invite = { first_name: 'Kim', last_name: 'Park', role: 'MEMBER' }
  for (const email of ['ö@company.dev', 'Ö@company.dev']) {
    await call(opened, 'org-a', 'POST', '/v1/users', { ...invite, email })
  }
  const seed = (await call(opened, 'org-a', 'GET', '/_sandbox/seed')) as object
  await call(opened, 'org-b', 'PUT', '/_sandbox/seed', seed)
  expect(await call(opened, 'org-b', 'GET', '/_sandbox/seed')).toEqual(seed)
})
