import { Type } from '@sinclair/typebox'
import { describe, expect, test } from 'vitest'
import type { Problem } from '../../src/domain/refusal.js'
import { createSchemaCheck, show } from '../../src/schemas/check.js'

const schema = Type.Object(
  {
    minutes: Type.Integer({ maximum: 10 }),
    level: Type.Optional(Type.String()),
    access: Type.Optional(Type.Union([Type.Literal('FULL_ACCESS'), Type.Literal('READ_ONLY')])),
    id: Type.Optional(Type.String({ pattern: '^[a-z]+$', expects: 'an id' })),
    code: Type.Optional(Type.String({ pattern: '^[a-z]+$' })),
    name: Type.Optional(Type.String({ minLength: 1, maxLength: 3 })),
    tags: Type.Optional(Type.Array(Type.String(), { minItems: 1, maxItems: 2 })),
    flag: Type.Optional(Type.Boolean()),
    steps: Type.Optional(Type.Array(Type.Object({ at: Type.Number({ minimum: 0 }) }))),
    labels: Type.Optional(
      Type.Record(Type.String({ pattern: '^[a-z]+$' }), Type.String(), {
        additionalProperties: false,
        expectsNames: 'small letters',
      }),
    ),
  },
  { additionalProperties: false },
)

const check = createSchemaCheck(schema)

function problems(value: unknown, limit = 20): Problem[] {
  return check.problems(value, 'body', limit)
}

test.each([
  ['all that is required', { minutes: 0 }],
  ['an integer at its limit', { minutes: 10 }],
  ['an integer written as a fraction', { minutes: JSON.parse('5.0') as number }],
  ['an integer written with an exponent', { minutes: JSON.parse('1e1') as number }],
  [
    'everything',
    { minutes: -1, level: '', access: 'READ_ONLY', name: 'abc', tags: ['a'], steps: [], labels: { a: '' } },
  ],
])('a value with %s is valid and has no problems', (_what, value) => {
  expect([check.isValid(value), problems(value)]).toEqual([true, []])
})

test.each<[what: string, value: unknown, path: string, message: string]>([
  ['nothing', undefined, 'body', 'is required: expected an object'],
  ['null', null, 'body', 'expected an object, got null'],
  ['a list', [], 'body', 'expected an object, got a list'],
  ['text', 'minutes', 'body', 'expected an object, got the string "minutes"'],
  ['a missing field', {}, 'body.minutes', 'is required: expected an integer, at most 10'],
  ['text for a number', { minutes: '5' }, 'body.minutes', 'expected an integer, at most 10, got the string "5"'],
  ['a fraction', { minutes: 5.5 }, 'body.minutes', 'expected an integer, at most 10, got 5.5'],
  ['a number too large', { minutes: 11 }, 'body.minutes', 'expected an integer, at most 10, got 11'],
  ['infinity', { minutes: Infinity }, 'body.minutes', 'expected an integer, at most 10, got Infinity'],
  ['true for a number', { minutes: true }, 'body.minutes', 'expected an integer, at most 10, got true'],
  ['null for a number', { minutes: null }, 'body.minutes', 'expected an integer, at most 10, got null'],
  ['an object for text', { minutes: 1, level: {} }, 'body.level', 'expected a string, got an object'],
  [
    'text that does not match its pattern',
    { minutes: 1, code: 'A' },
    'body.code',
    'expected a string, matching ^[a-z]+$, got the string "A"',
  ],
  [
    'text that does not match its named pattern',
    { minutes: 1, id: 'A' },
    'body.id',
    'expected an id, got the string "A"',
  ],
  [
    'text too short',
    { minutes: 1, name: '' },
    'body.name',
    'expected a string, at least 1 character and at most 3 characters, got the string ""',
  ],
  [
    'too few items',
    { minutes: 1, tags: [] },
    'body.tags',
    'expected a list, at least 1 item and at most 2 items, got none',
  ],
  [
    'too many items',
    { minutes: 1, tags: ['a', 'b', 'c'] },
    'body.tags',
    'expected a list, at least 1 item and at most 2 items, got 3 items',
  ],
  [
    'another type for a list',
    { minutes: 1, tags: {} },
    'body.tags',
    'expected a list, at least 1 item and at most 2 items, got an object',
  ],
  ['text for a boolean', { minutes: 1, flag: 'true' }, 'body.flag', 'expected true or false, got the string "true"'],
  [
    'a word that is near one',
    { minutes: 1, access: 'READONLY' },
    'body.access',
    'the string "READONLY" is not known: did you mean READ_ONLY?',
  ],
  [
    'a word that is near none',
    { minutes: 1, access: 'ROOT' },
    'body.access',
    'expected one of "FULL_ACCESS", "READ_ONLY", got the string "ROOT"',
  ],
  ['a wrong item', { minutes: 1, tags: ['a', 1] }, 'body.tags[1]', 'expected a string, got 1'],
  [
    'a wrong field of an item',
    { minutes: 1, steps: [{ at: 1 }, { at: -1 }] },
    'body.steps[1].at',
    'expected a number, at least 0, got -1',
  ],
  ['a field with a similar name', { minutes: 1, Level: 'a' }, 'body.Level', 'is not known: did you mean level?'],
  [
    'a field without a similar name',
    { minutes: 1, colour: 'a' },
    'body.colour',
    'is not known: expected one of minutes, level, access, id, code, name, tags, flag, steps, labels',
  ],
  [
    'a name that is not allowed',
    { minutes: 1, labels: { A: '' } },
    'body.labels.A',
    'is not an allowed name: expected small letters',
  ],
  [
    'a name with a slash and a tilde',
    { minutes: 1, labels: { 'a/b~c': '' } },
    'body.labels.a/b~c',
    'is not an allowed name: expected small letters',
  ],
  [
    'a field named __proto__',
    JSON.parse('{"minutes": 1, "__proto__": {}}'),
    'body.__proto__',
    'is not known: expected one of minutes, level, access, id, code, name, tags, flag, steps, labels',
  ],
])('%s is reported with its path and what was expected', (_what, value, path, message) => {
  expect([check.isValid(value), problems(value)]).toEqual([false, [{ path, message }]])
})

describe('several problems', () => {
  const value = { minutes: '1', level: 2, tags: 3 }

  test('are all reported, in the order of the schema', () => {
    expect(problems(value).map(({ path }) => path)).toEqual(['body.minutes', 'body.level', 'body.tags'])
  })

  test('are reported up to the limit', () => {
    expect(problems(value, 2).map(({ path }) => path)).toEqual(['body.minutes', 'body.level'])
  })
})

test('an object that fails a union is reported with its problems as an object', () => {
  const union = createSchemaCheck(Type.Union([Type.Null(), Type.Object({ minutes: Type.Integer() })]))
  expect(union.problems({ minutes: 'x' }, 'body', 20)).toEqual([
    { path: 'body.minutes', message: 'expected an integer, got the string "x"' },
  ])
})

test.each<[value: unknown, text: string]>([
  [undefined, 'nothing'],
  [null, 'null'],
  [[1, 2], 'a list'],
  [{ a: 1 }, 'an object'],
  [-0.5, '-0.5'],
  [1e21, '1e+21'],
  [NaN, 'NaN'],
  [false, 'false'],
  ['two\nlines', String.raw`the string "two\nlines"`],
  ['x'.repeat(200), `the string "${'x'.repeat(99)}...`],
])('%j is shown as %s', (value, text) => {
  expect(show(value)).toBe(text)
})
