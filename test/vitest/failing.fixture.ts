import { expect } from 'vitest'
import { test } from '../../src/vitest.js'
import { groupUser, put } from '../library/created.js'

test('calls, and fails', async ({ opal }) => {
  await opal.fault({ operation: 'update_group_user', skip: 1, effect: { drop: true } })
  await fetch(opal.baseUrl + groupUser, { ...put(opal.token), body: JSON.stringify({ durationMinutes: 60 }) })
  await fetch(opal.baseUrl + groupUser, put(opal.token)).catch(() => undefined)
  await fetch(opal.baseUrl + groupUser, put(opal.token))
  expect(1).toBe(2)
})

test('calls often, and fails', async ({ opal }) => {
  for (let minutes = 0; minutes < 12; minutes++) await fetch(opal.baseUrl + groupUser, put(opal.token, minutes))
  expect(1).toBe(2)
})

test('fails without a call', ({ opal }) => {
  expect(opal.url).toBe('')
})

test('fails, but wants no organization', () => {
  expect(1).toBe(2)
})

test('passes', async ({ opal }) => {
  expect((await fetch(opal.baseUrl + groupUser, put(opal.token))).status).toBe(200)
})
