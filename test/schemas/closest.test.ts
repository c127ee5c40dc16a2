import { expect, test } from 'vitest'
import { closest } from '../../src/schemas/closest.js'

const fields = ['duration_minutes', 'access_level_remote_id', 'user_id', 'group_id']

test.each([
  ['durationMinutes', 'duration_minutes'],
  ['duration-minutes', 'duration_minutes'],
  ['Duration Minutes', 'duration_minutes'],
  ['DURATION_MINUTES', 'duration_minutes'],
  ['duration_minute', 'duration_minutes'],
  ['duration_mintues', 'duration_minutes'],
  ['duration', undefined],
  ['userid', 'user_id'],
  ['usr_id', 'user_id'],
  ['grup_id', 'group_id'],
  ['colour', undefined],
  ['', undefined],
])('among the fields of a PUT, the closest to %j is %s', (word, field) => {
  expect(closest(word, fields)).toBe(field)
})

test.each([
  ['a candidate is closest to itself', 'set', ['sat', 'set'], 'set'],
  ['the nearer one is chosen', 'strat', ['stripe', 'start'], 'start'],
  ['of two that are equally close, the first is chosen', 'cat', ['bat', 'rat'], 'bat'],
  ['two letters may be swapped', 'prot', ['host', 'port'], 'port'],
  ['three letters may differ in one', 'abc', ['abx'], 'abx'],
  ['three letters may not differ in two', 'abc', ['axy'], undefined],
  ['four letters may differ in two', 'abcd', ['abxy'], 'abxy'],
  ['four letters may not differ in three', 'abcd', ['axyz'], undefined],
  ['six letters may differ in two', 'abcdef', ['abcdxy'], 'abcdxy'],
  ['six letters may not differ in three', 'abcdef', ['abcxyz'], undefined],
  ['nine letters may differ in three', 'abcdefghi', ['abcdefxyz'], 'abcdefxyz'],
  ['nothing is close without candidates', 'start', [], undefined],
  ['an endless word is compared by its beginning', `${'a'.repeat(200)}${'b'.repeat(100_000)}`, ['start'], undefined],
])('%s', (_rule, word, candidates, nearest) => {
  expect(closest(word, candidates)).toBe(nearest)
})
