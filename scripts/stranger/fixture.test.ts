import { opalTest, test } from 'opal-sandbox/vitest'
import { expect } from 'vitest'

test('has an organization of its own', async ({ opal }) => {
  const { status } = await fetch(`${opal.baseUrl}/users`, { headers: { authorization: `Bearer ${opal.token}` } })
  expect(status).toBe(200)
  expect(await opal.requests.list()).toHaveLength(1)
})

opalTest({ now: '2026-01-01T00:00:00Z' })('takes options', async ({ opal }) => {
  expect(await opal.clock.now()).toEqual(new Date('2026-01-01T00:00:00Z'))
})
