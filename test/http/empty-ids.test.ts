import { expect, test } from 'vitest'
import { operations } from '../../src/domain/operations.js'
import { groupUserPath, ids, requestId, sandbox, told, tokens } from '../helper.js'

const control = [
  ['GET', '/_sandbox/requests/{request_id}'],
  ['DELETE', '/_sandbox/faults/{fault_id}'],
  ['DELETE', '/_sandbox/snapshots/{name}'],
  ['POST', '/_sandbox/snapshots/{name}/restore'],
]
/** Every parameter of every path, with the path in which it is empty. */
const cases = [...operations.map(({ method, path }) => [method, `/v1${path}`]), ...control].flatMap(
  ([method = '', path = '']) =>
    [...path.matchAll(/\{\w+\}/g)].map(({ 0: name, index }) => {
      const before = path.slice(0, index).replaceAll(/\{\w+\}/g, ids.apiGroup)
      const after = path.slice(index + name.length).replaceAll(/\{\w+\}/g, ids.jake)
      return [method, path, name, before + after] as const
    }),
)

test.each(cases)('%s %s with an empty %s is a 404 that says so', async (method, path, name, url) => {
  const { app } = await sandbox()
  for (const sent of [url, `${url}/`, `${url}?page_size=1`]) {
    const answer = await app.inject({
      method: method as 'GET',
      url: sent,
      headers: { authorization: `Bearer ${tokens.fullAccess}` },
    })
    expect({ status: answer.statusCode, body: answer.json<object>() }).toEqual({
      status: 404,
      body: {
        code: 'ROUTE_NOT_FOUND',
        message: `There is nothing at ${method} ${sent.split('?')[0]}: ${name} is empty.`,
        hint: `The path is ${path}: is the variable that holds ${name} empty?`,
        request_id: requestId,
      },
    })
  }
})

test('nothing is changed or deleted by such a call', async () => {
  const { agent } = await sandbox()
  await agent.post('/_sandbox/faults').send({ user_id: ids.unknown, effect: { drop: true } })
  const rules = (await agent.get('/_sandbox/faults')).body as object
  expect((await agent.delete('/_sandbox/faults/')).status).toBe(404)
  expect((await agent.get('/_sandbox/faults')).body).toEqual(rules)
})

test.each([`${groupUserPath(ids.apiGroup, ids.jake)}/`, `/v1//groups//${ids.apiGroup}//users//${ids.jake}//`])(
  'slashes that leave no id empty do not matter: %s',
  async (url) => {
    const { agent } = await sandbox()
    expect((await agent.put(url).send({ duration_minutes: 60 })).status).toBe(200)
  },
)

test.each(['/v1/tokens/', '/v1//groups', '/v1/groups?group_name=//', '/_sandbox/clock/'])(
  'slashes behind a complete path do not matter: %s',
  async (url) => {
    const { agent } = await sandbox()
    expect((await agent.get(url)).status).toBe(200)
  },
)

test('a call without a token does not learn which paths exist', async () => {
  const { agent } = await sandbox()
  expect(told(await agent.get('/v1/groups/').set('authorization', ''))).toMatchObject({ status: 401 })
})
