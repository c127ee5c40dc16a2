import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { parse } from 'yaml'

const { paths, components } = parse(readFileSync(new URL('../../openapi.yaml', import.meta.url), 'utf8')) as {
  paths: Record<
    string,
    Record<string, { operationId: string; tags: string[]; responses: Record<string, { $ref?: string }> }>
  >
  components: { responses: Record<string, unknown> }
}

const all = Object.entries(paths).flatMap(([path, methods]) =>
  Object.values(methods).map((operation) => ({ path, ...operation })),
)

test.each(all.filter(({ path }) => path.startsWith('/v1/')))(
  '$operationId lists what any request can be answered with, by reference',
  ({ responses, tags }) => {
    // The body of a call that is not simulated is not read.
    const isRead = !tags.includes('not simulated')
    const statuses = ['408', ...(isRead ? ['415'] : []), '431', '500', '503']
    const references = statuses.map((status) => responses[status]?.$ref)
    expect(references).toEqual([
      '#/components/responses/Refusal408RequestTimeout',
      ...(isRead ? ['#/components/responses/Refusal415ContentTypeUnsupported'] : []),
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
