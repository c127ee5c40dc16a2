import { expect, test } from 'vitest'
import type { ChangedNoun, Row, RowChange } from '../../src/domain/change.js'
import { readCall, writeCall } from '../../src/domain/events.js'

const at = '2022-01-01T12:00:00.000Z'
const before = '2022-01-01T11:00:00.000Z'
const later = '2022-01-01T13:00:00.000Z'
const actor = { token_id: 'token', user_id: 'admin' }
const key = { group_id: 'group', user_id: 'user' }

function change(noun: ChangedNoun, key: Row, before?: Row, after?: Row): RowChange {
  return { noun, key, before, after }
}

const access = (expiration_date: string | null, rest: Row = {}) => ({ sequence: 7, expiration_date, ...rest })

test.each<[what: string, change: RowChange, events: [type: string, created_at: string][]]>([
  ['access is given', change('group_user', key, undefined, access(later)), [['GROUP_USERS_CREATED', at]]],
  ['access lasts longer', change('group_user', key, access(later), access(null)), [['GROUP_USERS_UPDATED', at]]],
  ['access is revoked', change('group_user', key, access(later), undefined), [['GROUP_USERS_DELETED', at]]],
  ['nothing differs', change('group_user', key, access(later), access(later)), []],
  [
    'access that had expired is given again',
    change('group_user', key, access(before), access(later, { sequence: 8 })),
    [
      ['GROUP_USERS_EXPIRED', before],
      ['GROUP_USERS_CREATED', at],
    ],
  ],
  [
    'access that expires at this moment is removed',
    change('group_user', key, access(at), undefined),
    [['GROUP_USERS_EXPIRED', at]],
  ],
  [
    'a token is revoked',
    change('token', { token_id: 't' }, { revoked_at: null }, { revoked_at: at }),
    [['API_TOKENS_REVOKED', at]],
  ],
  [
    'a tag is added',
    change('group_tag', { from_id: 'group', to_id: 'tag' }, undefined, { sequence: 1 }),
    [['GROUP_TAGS_CREATED', at]],
  ],
  ['the clock is moved', change('clock', {}, { clock: 'a' }, { clock: 'b' }), []],
])('%s', (_what, row, expected) => {
  const text = writeCall(at, actor, [row])
  const events = text === '' ? [] : readCall(1, text)
  expect(events.map(({ event_type, created_at }) => [event_type, created_at])).toEqual(expected)
  // Nobody ends access that expires.
  expect(events.map((event) => event.actor)).toEqual(
    expected.map(([type]) => (type === 'GROUP_USERS_EXPIRED' ? undefined : actor)),
  )
})

test('a call makes one event for each type, with all objects of it', () => {
  const removed = [
    change('group_user', { ...key, user_id: 'a' }, access(null), undefined),
    change('group', { group_id: 'group' }, { name: 'Group "A"' }, undefined),
    change('group_user', { ...key, user_id: 'b' }, access(null), undefined),
  ]
  const text = writeCall(at, actor, removed)
  expect(text).not.toContain('\n')
  const events = readCall(1, text)
  expect(events.map(({ event_type, objects }) => [event_type, objects])).toEqual([
    [
      'GROUP_USERS_DELETED',
      ['a', 'b'].map((user_id) => ({ noun: 'group_user', key: { ...key, user_id }, name: undefined })),
    ],
    ['GROUPS_DELETED', [{ noun: 'group', key: { group_id: 'group' }, name: 'Group "A"' }]],
  ])
  const others = readCall(2, text)
  expect(new Set([...events, ...others].map(({ event_id }) => event_id)).size).toBe(4)
  expect([...events, ...others].map(({ position }) => position).toSorted()).toEqual(
    [...events, ...others].map(({ position }) => position),
  )
})

test('the expiration of access has one id before and after the row is replaced', () => {
  const row = change('group_user', key, access(before), access(later, { sequence: 8 }))
  const [expired] = readCall(1, writeCall(at, actor, [row]))
  const [again] = readCall(9, writeCall(later, actor, [change('group_user', key, access(before), undefined)]))
  expect(again).toEqual(expired)
})
