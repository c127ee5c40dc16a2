import { expect, test } from 'vitest'
import { defaultSettings, switches } from '../../src/domain/settings.js'

test('the first value of each switch is its default', () => {
  const first = Object.fromEntries(Object.entries(switches).map(([name, [value]]) => [name, value]))
  expect(defaultSettings).toEqual({
    ...first,
    max_duration_minutes: 525_960,
    propagation: null,
    rate_limit: 'off',
    forbid: [],
  })
})

test('the defaults are those that the design names', () => {
  expect(defaultSettings).toEqual({
    missing_group_user_on_update: 'not_found',
    re_add: 'replace',
    negative_duration: 'revoke',
    unknown_access_level: 'reject',
    owner_in_use: 'conflict',
    existing_tag: 'conflict',
    requests: 'manual',
    unknown_fields: 'report',
    timestamps: 'milliseconds',
    default_access_level: 'object',
    propagation_of_synced: 'absent',
    error_body: 'sandbox',
    max_duration_minutes: 525_960,
    propagation: null,
    rate_limit: 'off',
    forbid: [],
  })
})
