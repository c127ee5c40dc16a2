import { expect } from 'vitest'
import { opalTest, test } from '../../src/vitest.js'
import { groupUser, put } from '../library/created.js'

const names: string[] = []
const urls = new Set<string>()

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
const frozen = opalTest({ now })

for (const count of ['one', 'another']) {
  frozen(`has the options of opalTest, ${count}`, async ({ opal, opalSandbox }) => {
    expect(await opal.clock.now()).toEqual(new Date(now))
    urls.add(opalSandbox.url)
    expect(urls.size).toBe(1)
  })
}

test.extend({ opalOptions: { now } })('takes options', async ({ opal }) => {
  expect(await opal.clock.now()).toEqual(new Date(now))
})

test('takes options of the configuration', async ({ opal }) => {
  expect(await opal.settings.get()).toMatchObject({ re_add: 'conflict' })
})
