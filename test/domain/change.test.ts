import fc from 'fast-check'
import { expect, test } from 'vitest'
import { changedNouns, decodeChanges, encodeChanges, layouts, sumChanges, type Row } from '../../src/domain/change.js'

const value = fc.oneof(fc.string({ unit: 'grapheme' }), fc.integer(), fc.constant(null))

const change = fc.constantFrom(...changedNouns).chain((noun) => {
  const { key, columns } = layouts[noun]
  const rowOf = (names: readonly string[]) =>
    fc.record(Object.fromEntries(names.map((name) => [name, value]))) as fc.Arbitrary<Row>
  const [row, keys] = [rowOf(columns), rowOf(key)]
  return fc.oneof(
    fc.record({ noun: fc.constant(noun), key: keys, before: row, after: fc.constant(undefined) }),
    fc.record({ noun: fc.constant(noun), key: keys, before: fc.constant(undefined), after: row }),
    fc.record({ noun: fc.constant(noun), key: keys, before: row, after: row }),
  )
})

test('changes that were encoded are decoded, of updates the columns that differ', () => {
  fc.assert(
    fc.property(fc.array(change), fc.nat(), (rows, number) => {
      const expected = rows.map((one) => {
        const { before, after } = one
        if (!before || !after) return one
        const names = Object.keys(before).filter((name) => before[name] !== after[name])
        const only = (row: Row) => Object.fromEntries(names.map((name) => [name, row[name]]))
        return { ...one, before: only(before), after: only(after) }
      })
      expect(decodeChanges(encodeChanges({ number, rows }))).toEqual({ number, rows: expected })
    }),
  )
})

const key = { user_id: 'u' }
const update = (number: number, before: Row, after: Row) => ({
  number,
  rows: [{ noun: 'user' as const, key, before, after }],
})

test('a sum goes from the first state to the last, in the order of the jobs', () => {
  const first = update(1, { position: 'a', manager_id: null }, { position: 'b', manager_id: 'm' })
  const second = update(2, { position: 'b' }, { position: 'c' })
  const third = update(3, { manager_id: 'm' }, { manager_id: null })
  expect(sumChanges([third, second, first])).toEqual([
    { noun: 'user', key, before: { position: 'a' }, after: { position: 'c' } },
  ])
})

test('what was removed and created again is an update, or nothing', () => {
  const row = { position: 'a', email: 'e' }
  const removed = { number: 1, rows: [{ noun: 'user' as const, key, before: row, after: undefined }] }
  const created = (after: Row) => ({ number: 2, rows: [{ noun: 'user' as const, key, before: undefined, after }] })
  expect(sumChanges([removed, created(row)])).toEqual([])
  expect(sumChanges([removed, created({ ...row, position: 'b' })])).toEqual([
    { noun: 'user', key, before: { position: 'a' }, after: { position: 'b' } },
  ])
})
