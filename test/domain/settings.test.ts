import { expect, test } from 'vitest'
import { defaultSettings, switches } from '../../src/domain/settings.js'

test('the first value of each switch is its default', () => {
  const first = Object.fromEntries(Object.entries(switches).map(([name, [value]]) => [name, value]))
  expect(defaultSettings).toEqual({ ...first, propagation: null, rate_limit: 'off' })
})

test('the defaults are those that the design names', () => {
  expect(defaultSettings).toEqual({
    missing_group_user_on_update: 'not_found',
    re_add: 'replace',
    negative_duration: 'revoke',
    unknown_access_level: 'reject',
    unknown_fields: 'report',
    propagation: null,
    rate_limit: 'off',
  })
})
