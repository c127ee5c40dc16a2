import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { parse } from 'yaml'

const { paths, components } = parse(readFileSync(new URL('../../openapi.yaml', import.meta.url), 'utf8')) as {
  paths: Record<string, Record<string, { operationId: string; responses: Record<string, { $ref?: string }> }>>
  components: { responses: Record<string, unknown> }
}

const all = Object.entries(paths).flatMap(([path, methods]) =>
  Object.values(methods).map(({ operationId, responses }) => ({ path, operationId, responses })),
)

test.each(all.filter(({ path }) => path.startsWith('/v1/')))(
  '$operationId lists what any request can be answered with, by reference',
  ({ responses }) => {
    const references = ['408', '415', '431', '500', '503'].map((status) => responses[status]?.$ref)
    expect(references).toEqual([
      '#/components/responses/Refusal408RequestTimeout',
      '#/components/responses/Refusal415ContentTypeUnsupported',
      '#/components/responses/Refusal431HeadersTooLarge',
      '#/components/responses/Refusal500InternalError',
      '#/components/responses/Refusal503DatabaseUnavailable',
    ])
    for (const reference of references) expect(components.responses).toHaveProperty([reference!.split('/').at(-1)!])
  },
)

test('and so does the control plane', () => {
  const lacking = all.filter(({ responses }) => ['408', '431', '503'].some((status) => !(status in responses)))
  expect(lacking.map(({ operationId }) => operationId)).toEqual([])
})
