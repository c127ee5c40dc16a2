import { describe, expect, test } from 'vitest'
import { operations } from '../../../src/domain/operations.js'
import { groupUserPath, ids, requestId, sandbox, told, tokens } from '../../helper.js'

type Method = 'get' | 'post' | 'put' | 'delete' | 'patch' | 'options'

const refused = (status: number, code: string, message: string, hint: unknown) => ({
  status,
  body: { code, message, hint, request_id: requestId },
})
const noOperation = (operationId: string, method: string, path: string) =>
  refused(
    501,
    'NOT_SIMULATED',
    `${operationId} (${method} ${path}) is not simulated.`,
    expect.stringMatching(/^A rule can answer it: POST \/_sandbox\/faults \{"operation":.*\}$/),
  )

const notSimulated = operations
  .filter(({ simulated }) => !simulated)
  .map(({ id, method, path }) => ({
    operationId: id,
    method,
    path: `/v1${path}`,
    url: `/v1${path.replaceAll(/\{\w+\}/g, ids.unknown)}`,
  }))

describe('an operation of the API that is not simulated is a 501 that names it', () => {
  test.each(notSimulated)('$method $path', async ({ operationId, method, path, url }) => {
    const { agent } = await sandbox()
    const call = () => agent[method.toLowerCase() as Method](url)
    const answer = noOperation(operationId, method, path)
    expect(told(await call())).toEqual(answer)
    expect(told(await call().query({ page_size: 'x' }))).toEqual(answer)
  })
})

test('whatever its body is', async () => {
  const { agent } = await sandbox()
  const call = () => agent.post('/v1/opal-scripts')
  const answer = noOperation('createOpalScript', 'POST', '/v1/opal-scripts')
  expect(told(await call().send({ name: 'x' }))).toEqual(answer)
  expect(told(await call().type('application/json').send('{'))).toEqual(answer)
  expect(told(await call().type('text/plain').send('x'))).toEqual(answer)
  expect(told(await call().type('application/json').send('x'.repeat(100_000)))).toEqual(answer)
})

test('with an id in any form, since some take names', async () => {
  const { agent } = await sandbox()
  expect(told(await agent.get('/v1/paladin/The%20one'))).toEqual(
    noOperation('getPaladin', 'GET', '/v1/paladin/{paladin_id}'),
  )
})

test('a fixed part of a path has precedence over a parameter', async () => {
  const { agent } = await sandbox()
  expect(told(await agent.get('/v1/paladin/name/x'))).toEqual(
    noOperation('getPaladinFromName', 'GET', '/v1/paladin/name/{paladin_name}'),
  )
})

test.each([
  ['a doubled slash', '/v1//queries/run'],
  ['a trailing slash', '/v1/queries/run/'],
  ['both, and a query', '//v1///queries//run//?x=1'],
])('%s changes nothing', async (_name, path) => {
  const { agent } = await sandbox()
  expect(told(await agent.post(path))).toEqual(noOperation('runOpalQuery', 'POST', '/v1/queries/run'))
})

describe('the token is checked first', () => {
  test.each(['/v1/apps', '/v1/nowhere', '/v1', `/v1/groups/${ids.apiGroup}/nowhere`])('%s', async (path) => {
    const { agent } = await sandbox()
    const { status, body } = told(await agent.get(path).auth('nobody', { type: 'bearer' }))
    expect([status, body]).toEqual([401, expect.objectContaining({ code: 'TOKEN_UNKNOWN' })])
  })

  test('a read-only one is rejected if it would write', async () => {
    const { agent } = await sandbox()
    const readOnly = () => agent.post('/v1/opal-scripts').auth(tokens.readOnly, { type: 'bearer' })
    expect(told(await readOnly())).toEqual(
      refused(403, 'TOKEN_READ_ONLY', 'This token is read-only.', 'Use a token with FULL_ACCESS.'),
    )
    const reads = agent.get('/v1/opal-scripts').auth(tokens.readOnly, { type: 'bearer' })
    expect(told(await reads)).toEqual(noOperation('getOpalScripts', 'GET', '/v1/opal-scripts'))
  })
})

describe('an unsupported method is a 405 that lists the supported ones', () => {
  const user = '/v1/groups/{group_id}/users/{user_id}'
  test.each([
    ['get', groupUserPath(ids.apiGroup, ids.jake), user, 'DELETE, POST, PUT'],
    ['patch', groupUserPath(ids.apiGroup, ids.jake), user, 'DELETE, POST, PUT'],
    ['post', `/v1/groups/${ids.apiGroup}/users`, '/v1/groups/{group_id}/users', 'GET, HEAD'],
    ['put', `/v1/groups/users/${ids.jake}`, '/v1/groups/users/{user_id}', 'GET, HEAD'],
    ['delete', '/v1/groups', '/v1/groups', 'GET, HEAD, POST, PUT'],
    ['put', `/v1/groups/${ids.apiGroup}`, '/v1/groups/{group_id}', 'DELETE, GET, HEAD'],
    ['put', '/v1/users', '/v1/users', 'GET, HEAD, POST'],
    ['post', `/v1/users/${ids.jake}`, '/v1/users/{user_id}', 'DELETE, GET, HEAD, PATCH'],
    ['delete', '/v1/user', '/v1/user', 'GET, HEAD'],
    ['post', '/v1/tokens', '/v1/tokens', 'GET, HEAD'],
    ['get', `/v1/tokens/${ids.unknown}`, '/v1/tokens/{token_id}', 'DELETE'],
    ['post', '/v1/apps', '/v1/apps', 'GET, HEAD'],
    ['post', '/v1/sessions', '/v1/sessions', 'GET, HEAD'],
    ['delete', '/v1/tag', '/v1/tag', 'GET, HEAD, POST'],
    ['delete', '/v1/delegations', '/v1/delegations', 'GET, HEAD, POST'],
    ['options', '/v1/users', '/v1/users', 'GET, HEAD, POST'],
  ] as const)('%s %s', async (method, path, documented, allow) => {
    const { agent } = await sandbox()
    const answer = await agent[method](path)
    expect({ ...told(answer), allow: answer.headers.allow }).toEqual({
      ...refused(405, 'METHOD_NOT_ALLOWED', `${documented} does not support ${method.toUpperCase()}.`, `Use ${allow}.`),
      allow,
    })
  })
})

describe('an unknown path is a 404 that names the nearest one', () => {
  const api = ids.apiGroup
  const user = 'DELETE or POST or PUT /v1/groups/{group_id}/users/{user_id}'
  const known = 'GET / shows where to start, GET /_sandbox/openapi.yaml lists every path.'
  test.each([
    ['get', '/v1/group', 'Did you mean GET or HEAD or POST or PUT /v1/groups?'],
    ['get', '/v1/Users', 'Did you mean GET or HEAD or POST /v1/users?'],
    ['put', `/v1/group/${api}/user/${ids.jake}`, `Did you mean ${user}?`],
    ['put', `/v1/groups/${api.toUpperCase()}/usres/${ids.jake}`, `Did you mean ${user}?`],
    ['put', `/v2/groups/${api}/users/${ids.jake}`, `Did you mean ${user}?`],
    ['get', '/v1/opal-script', 'Did you mean GET or POST /v1/opal-scripts?'],
    ['get', `/v1/groups/${api}/users/${ids.jake}/nowhere/at/all/in/this/world`, known],
    ['get', '/v1/%E2%82%AC', known],
    ['get', '/v1', known],
    ['get', '/_sandbox/fault', 'Did you mean DELETE or GET or HEAD or POST /_sandbox/faults?'],
    ['get', '/_sandbox/request/wait', 'Did you mean GET or HEAD /_sandbox/requests/wait?'],
    ['get', '/_sandbox/nope', known],
    ['get', '/_sandbox', known],
    ['get', '/clock', "The control plane's paths begin with /_sandbox: /_sandbox/clock"],
  ] as const)('%s %s', async (method, path, hint) => {
    const { agent } = await sandbox()
    expect(told(await agent[method](path))).toEqual(
      refused(404, 'ROUTE_NOT_FOUND', `There is nothing at ${method.toUpperCase()} ${path}.`, hint),
    )
  })

  test.each([
    ['put', groupUserPath(api, ids.jake).slice('/v1'.length)],
    ['get', '/groups'],
    ['get', '/user'],
    ['get', '/apps'],
    ['delete', `/tokens/${ids.unknown}`],
  ] as const)('%s %s: without /v1', async (method, path) => {
    const { agent } = await sandbox()
    expect(told(await agent[method](path))).toEqual(
      refused(
        404,
        'ROUTE_NOT_FOUND',
        `There is nothing at ${method.toUpperCase()} ${path}.`,
        `The API's paths begin with /v1: /v1${path}`,
      ),
    )
  })

  test('a long path is truncated', async () => {
    const { agent } = await sandbox()
    const path = `/v1/${'x'.repeat(3000)}`
    expect(told(await agent.get(path))).toEqual(
      refused(404, 'ROUTE_NOT_FOUND', `There is nothing at GET ${path.slice(0, 200)}.`, known),
    )
  })
})
