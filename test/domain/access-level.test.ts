import { expect, test } from 'vitest'
import { accessLevelNotFound, type AccessLevel } from '../../src/domain/access-level.js'

const hint = 'Send the access_level_remote_id of one of those, or leave it out.'

test.each<[what: string, asked: string, levels: AccessLevel[], message: string]>([
  [
    'those that the group has',
    'root',
    [
      { access_level_name: 'Reader', access_level_remote_id: 'r' },
      { access_level_name: 'Admin "all"', access_level_remote_id: 'a"b' },
    ],
    String.raw`The group has no access level "root". It has "r" (Reader), "a\"b" (Admin "all"), "" (the default level).`,
  ],
  [
    'the default one if the group has no other',
    'root',
    [],
    'The group has no access level "root". It has "" (the default level).',
  ],
  [
    'the beginning of a long one',
    'x'.repeat(201),
    [],
    `The group has no access level "${'x'.repeat(200)}...". It has "" (the default level).`,
  ],
])('the refusal of an access level names %s', (_what, asked, levels, message) => {
  const refusal = accessLevelNotFound('group', asked, levels)
  expect({ code: refusal.code, message: refusal.message, details: refusal.details }).toEqual({
    code: 'ACCESS_LEVEL_NOT_FOUND',
    message,
    details: { hint },
  })
})
