import { expect, test } from 'vitest'
import { requestId, sandbox, told, tokens } from '../../helper.js'
import { registeredRoutes } from '../../routes.js'

const routes = await controlRoutes()

async function controlRoutes() {
  const found: { method: string; url: string; hasBody: boolean; parameters: string[] }[] = []
  for (const { method, url, schema = {} } of await registeredRoutes()) {
    if (!url.startsWith('/_sandbox/')) continue
    const { querystring } = schema as { querystring?: { properties: object } }
    const parameters = Object.keys(querystring?.properties ?? {})
    found.push({ method: String(method), url, hasBody: schema.body !== undefined, parameters })
  }
  return found
}

async function send(method: string, url: string, payload?: object) {
  const { app } = await sandbox()
  const headers = { authorization: `Bearer ${tokens.fullAccess}` }
  const answer = await app.inject({
    method: method as 'GET',
    url: url.replaceAll(/:\w+/g, 'some'),
    headers,
    ...(payload && { payload }),
  })
  return { status: answer.statusCode, body: answer.json<{ errors: object[] }>() }
}

test.each(routes)('$method $url rejects an unknown query parameter', async ({ method, url }) => {
  const { status, body } = await send(method, `${url}?zzzzzz=1`)
  expect({ status, errors: body.errors }).toMatchObject({ status: 400, errors: [{ path: 'query.zzzzzz' }] })
})

test.each(routes.filter(({ parameters }) => parameters.length > 0))(
  '$method $url names the nearest parameter',
  async ({ method, url, parameters }) => {
    for (const name of parameters) {
      const misspelt = `${name.slice(0, -2)}${name.at(-1)}${name.at(-2)}`
      const { status, body } = await send(method, `${url}?${misspelt}=1`)
      const message = `is not known: did you mean ${name}?`
      expect({ status, errors: body.errors }).toEqual({ status: 400, errors: [{ path: `query.${misspelt}`, message }] })
    }
  },
)

test.each(routes.filter(({ method }) => method !== 'GET'))(
  '$method $url rejects a body key that it does not know',
  async ({ method, url, hasBody }) => {
    const { status, body } = await send(method, url, { zzzzzz: 1 })
    expect(status).toBe(400)
    expect(body.errors).toContainEqual(expect.objectContaining({ path: hasBody ? 'body.zzzzzz' : 'body' }))
  },
)

test('a misspelt filter of a wait is rejected at once', async () => {
  const { agent } = await sandbox()
  expect(told(await agent.get('/_sandbox/requests/wait?operatoin=update_group_user'))).toEqual({
    status: 400,
    body: {
      code: 'INVALID_REQUEST',
      message: 'The request is not valid: 1 problem.',
      errors: [{ path: 'query.operatoin', message: 'is not known: did you mean operation?' }],
      request_id: requestId,
    },
  })
})

test.each([undefined, {}])('a call without a body takes the body %j', async (body) => {
  const { agent } = await sandbox()
  expect((await agent.post('/_sandbox/reset').send(body)).status).toBe(200)
})
