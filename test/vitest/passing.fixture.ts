import { expect } from 'vitest'
import { opalTest, test } from '../../src/vitest.js'
import type { Sandbox } from '../../src/index.js'
import { groupUser, put } from '../library/created.js'

const names: string[] = []
const sandboxes: Sandbox[] = []

for (const minutes of [30, 60, 90]) {
  test.concurrent(`gives access for ${minutes} minutes`, async ({ opal }) => {
    names.push(opal.name)
    const answer = await fetch(opal.baseUrl + groupUser, put(opal.token, minutes))
    expect(await answer.json()).toMatchObject({ group_name: 'API Group' })
    expect((await opal.requests.list()).map(({ body }) => body)).toEqual([{ duration_minutes: minutes }])
  })
}

test('had its own organization, on one server', ({ opal, opalSandbox }) => {
  expect(new Set([...names, opal.name]).size).toBe(4)
  expect(opal.url).toBe(opalSandbox.url)
})

const now = '2026-01-01T00:00:00Z'

opalTest({ now })('has the options of opalTest', async ({ opal, opalSandbox }) => {
  expect(await opal.clock.now()).toEqual(new Date(now))
  sandboxes.push(opalSandbox)
})

opalTest({ now })('shares the sandbox of those with equal options', ({ opalSandbox }) => {
  expect(sandboxes).toEqual([opalSandbox])
})

const frozen = test.extend({ opalOptions: { now } })

frozen('takes options', async ({ opal }) => {
  expect(await opal.clock.now()).toEqual(new Date(now))
})

test('takes options of the configuration', async ({ opal }) => {
  expect(await opal.settings.get()).toMatchObject({ re_add: 'conflict' })
})
