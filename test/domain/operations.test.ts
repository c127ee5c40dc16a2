import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { operationIds } from '../../src/domain/operations.js'
import { sandbox } from '../helper.js'

test('the operations that are simulated are those that have a route under /v1', async () => {
  const { app } = await sandbox()
  const coverage = await app.inject('/_sandbox/coverage')
  const { results } = coverage.json<{ results: { operation: string }[] }>()
  expect(results.map(({ operation }) => operation).sort()).toEqual([...operationIds].sort())
})

test('and those that openapi.yaml has', () => {
  const text = readFileSync(new URL('../../openapi.yaml', import.meta.url), 'utf8')
  const { paths } = parse(text) as { paths: Record<string, Record<string, { operationId?: string }>> }
  const ids = Object.entries(paths)
    .filter(([path]) => path.startsWith('/v1/'))
    .flatMap(([, operations]) => Object.values(operations).flatMap(({ operationId }) => operationId ?? []))
  expect(ids.sort()).toEqual([...operationIds].sort())
})
