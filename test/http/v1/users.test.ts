import { describe, expect, test } from 'vitest'
import { ids, requestId, sandbox, told, tokens } from '../../helper.js'

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

  test('nobody is a list as well', async () => {
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
