import { expect, test } from 'vitest'
import { operations } from '../../src/domain/operations.js'
import { ids, sandbox, tokens } from '../helper.js'
import { registeredRoutes } from '../routes.js'

test('the routes under /v1 are those of the simulated operations, and no others', async () => {
  const routes = (await registeredRoutes()).flatMap(({ method, url, schema = {} }) => {
    const { operationId: id } = schema as { operationId?: string }
    return url.startsWith('/v1') && id !== undefined ? [{ id, method, url }] : []
  })
  const simulated = operations
    .filter((operation) => operation.simulated)
    .map(({ id, method, path }) => ({ id, method, url: `/v1${path.replaceAll(/\{(\w+)\}/g, ':$1')}` }))
  expect(routes).toHaveLength(simulated.length)
  expect(routes).toEqual(expect.arrayContaining(simulated))
})

test('every id is unique, and so is every combination of method and path', () => {
  const known = new Set(operations.map(({ id }) => id))
  const calls = new Set(operations.map(({ method, path }) => `${method} ${path}`))
  expect([known.size, calls.size]).toEqual([operations.length, operations.length])
})

test('a READ_ONLY token is rejected for every write, and for nothing else', async () => {
  const { app } = await sandbox()
  const refused: string[] = []
  for (const { id, method, path } of operations) {
    const answer = await app.inject({
      method,
      url: `/v1${path.replaceAll(/\{\w+\}/g, ids.unknown)}`,
      headers: { authorization: `Bearer ${tokens.readOnly}` },
    })
    if (answer.json<{ code?: string }>().code === 'TOKEN_READ_ONLY') refused.push(id)
  }
  expect(refused).toEqual(operations.filter(({ access }) => access === 'write').map(({ id }) => id))
})
