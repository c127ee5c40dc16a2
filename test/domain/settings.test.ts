import { expect, test } from 'vitest'
import { defaultSettings, settingValues } from '../../src/domain/settings.js'

test('the first value of each setting is its default', () => {
  const first = Object.fromEntries(Object.entries(settingValues).map(([name, [value]]) => [name, value]))
  expect(defaultSettings).toEqual(first)
})

test('the defaults are those that the design names', () => {
  expect(defaultSettings).toEqual({
    missing_group_user_on_update: 'not_found',
    re_add: 'replace',
    negative_duration: 'revoke',
    unknown_access_level: 'reject',
    unknown_fields: 'report',
  })
})
