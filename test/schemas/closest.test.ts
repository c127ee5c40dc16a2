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
])('of the fields of a PUT, %j is meant to be %s', (word, field) => {
  expect(closest(word, fields)).toBe(field)
})

test.each([
  ['a word that is there is itself', 'set', ['sat', 'set'], 'set'],
  ['the nearer one is chosen', 'strat', ['stripe', 'start'], 'start'],
  ['of two that are equally near, the first is chosen', 'cat', ['bat', 'rat'], 'bat'],
  ['letters that changed places are no other word', 'prot', ['host', 'port'], 'port'],
  ['three letters may differ in one', 'abc', ['abx'], 'abx'],
  ['three letters may not differ in two', 'abc', ['axy'], undefined],
  ['four letters may differ in two', 'abcd', ['abxy'], 'abxy'],
  ['four letters may not differ in three', 'abcd', ['axyz'], undefined],
  ['six letters may differ in two', 'abcdef', ['abcdxy'], 'abcdxy'],
  ['six letters may not differ in three', 'abcdef', ['abcxyz'], undefined],
  ['nine letters may differ in three', 'abcdefghi', ['abcdefxyz'], 'abcdefxyz'],
  ['nothing is near where there is nothing', 'start', [], undefined],
  ['a word without end is compared by its beginning', `${'a'.repeat(200)}${'b'.repeat(100_000)}`, ['start'], undefined],
])('%s', (_rule, word, candidates, nearest) => {
  expect(closest(word, candidates)).toBe(nearest)
})
