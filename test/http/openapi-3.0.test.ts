import { createConfig, lintFromString } from '@redocly/openapi-core'
import { describe, expect, test } from 'vitest'
import { toOpenapi30 } from '../../src/http/openapi-3.0.js'
import { sandbox } from '../helper.js'

describe('openapi-3.0.json', () => {
  test('is valid OpenAPI 3.0, and has the same operations', async () => {
    const { agent } = await sandbox()
    const answer = await agent.get('/_sandbox/openapi-3.0.json').set('authorization', '')
    expect([answer.status, answer.headers['content-type']]).toEqual([200, 'application/json'])
    const problems = await lintFromString({ source: answer.text, config: await createConfig({ extends: ['spec'] }) })
    expect(problems.map(({ message, location }) => `${message} ${location[0]?.pointer ?? ''}`)).toEqual([])
    const newer = (await agent.get('/_sandbox/openapi.json')).body as { paths: object }
    const older = answer.body as { openapi: string; paths: object }
    expect(older.openapi).toBe('3.0.3')
    expect(operationsOf(older)).toEqual(operationsOf(newer))
  })

  test.each<[what: string, schema: object, converted: object]>([
    ['a nullable text', { type: ['string', 'null'] }, { type: 'string', nullable: true }],
    ['a constant', { const: 'ok' }, { enum: ['ok'] }],
    [
      'a reference or null',
      { anyOf: [{ $ref: '#/components/a' }, { type: 'null' }] },
      { type: 'object', allOf: [{ $ref: '#/components/a' }], nullable: true },
    ],
    ['a text or null', { anyOf: [{ type: 'string' }, { type: 'null' }] }, { type: 'string', nullable: true }],
    ['named examples of a parameter', { in: 'path', examples: { sample: { value: 1 } } }, { in: 'path', example: 1 }],
    ['a reference with more', { $ref: '#/a', readOnly: true }, { allOf: [{ $ref: '#/a' }], readOnly: true }],
    ['examples', { type: 'integer', examples: [60] }, { type: 'integer', example: 60 }],
    [
      'names of a pattern',
      { type: 'object', patternProperties: { '^x': { type: 'string' } }, additionalProperties: false },
      { type: 'object', additionalProperties: { type: 'string' } },
    ],
    [
      'fields named like keywords',
      { properties: { type: { type: 'string' }, const: { const: 1 } } },
      { properties: { type: { type: 'string' }, const: { enum: [1] } } },
    ],
    ['an example that looks like a schema', { example: { const: 1 } }, { example: { const: 1 } }],
  ])('has %s in the words of 3.0', (_what, schema, converted) => {
    const document = { info: {}, components: { a: { type: 'object' } }, schema }
    expect(toOpenapi30(document).schema).toEqual(converted)
  })
})

function operationsOf({ paths }: { paths: object }): string[] {
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.keys(methods as object).map((method) => `${method} ${path}`),
  )
}
