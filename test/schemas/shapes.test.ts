import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { createShapes } from '../../src/schemas/shapes.js'

const shapes = createShapes(fileURLToPath(new URL('../../shapes.json', import.meta.url)))
const id = '0b000000-0000-4000-8000-000000000001'
const app = { app_id: id, name: 'x', description: 'x', admin_owner_id: id, app_type: 'AWS' }
const bundle = { bundle_id: id, name: 'x', description: 'x', admin_owner_id: id, created_at: '2026-01-01T00:00:00Z' }

describe('an answer fits its operation', () => {
  test.each<[what: string, operation: string, status: number, body: unknown]>([
    ['an empty list', 'get_group_tags', 200, { tags: [] }],
    ['an object with what is required', 'getApp', 200, app],
    ['an enum that may be null', 'get_group_users', 200, { results: [], next: null }],
    ['no body', 'deleteBundle', 200, undefined],
    ['an error, of whose body nothing is known', 'getApp', 404, { anything: true }],
    ['a path parameter in place of a UUID', 'getApp', 200, { ...app, app_id: '{app_id}' }],
    ['one of several shapes', 'runOpalQuery', 200, shapes.example('runOpalQuery').body],
    ['anything, if no shape is known', 'getPaladin', 200, { anything: true }],
  ])('%s', (_what, operation, status, body) => {
    expect(shapes.problems(operation, { status, body })).toEqual([])
  })
})

describe('an answer that does not fit is described', () => {
  const item = (tag: object) => ({ tags: [{ tag_id: id }, tag] })
  test.each<[operation: string, status: number, body: unknown, path: string, message: string]>([
    ['get_group_tags', 200, { tags: 'none' }, 'body.tags', 'expected array, got the string "none"'],
    ['get_group_tags', 200, [], 'body', 'expected object, got a list'],
    ['get_group_tags', 200, undefined, 'body', 'expected object, got nothing'],
    ['get_group_tags', 200, item({}), 'body.tags[1].tag_id', 'is required'],
    ['get_group_tags', 200, item({ tag_id: 'x' }), 'body.tags[1].tag_id', 'expected uuid, got the string "x"'],
    ['get_group_tags', 200, { tag: [], tags: [] }, 'body.tag', "is not in Opal's document: did you mean tags?"],
    ['get_group_tags', 200, { tags: [], __proto__x: 1 }, 'body.__proto__x', "is not in Opal's document"],
    [
      'get_group_visibility',
      200,
      { visibility: 'ALL' },
      'body.visibility',
      'expected one of GLOBAL, LIMITED, got the string "ALL"',
    ],
    ['getApp', 200, { ...app, app_id: '{group_id}' }, 'body.app_id', 'expected uuid, got the string "{group_id}"'],
    [
      'getBundle',
      200,
      { ...bundle, created_at: 'today' },
      'body.created_at',
      'expected date-time, got the string "today"',
    ],
    ['getBundle', 200, { ...bundle, total_num_items: 1.5 }, 'body.total_num_items', 'expected integer, got 1.5'],
    ['getBundle', 200, { ...bundle, name: null }, 'body.name', 'expected string, got null'],
    ['createBundle', 200, bundle, 'status', "is 201 in Opal's document, not 200"],
    ['deleteBundle', 200, {}, 'body', 'expected none'],
    ['runOpalQuery', 200, { type: 'NODE' }, 'body', 'fits none of 2 shapes'],
  ])('%s %d %j', (operation, status, body, path, message) => {
    expect(shapes.problems(operation, { status, body })).toContainEqual({ path, message })
  })

  test('with a few problems at most', () => {
    expect(shapes.problems('get_group_tags', { status: 200, body: { tags: Array(100).fill(1) } })).toHaveLength(5)
  })
})

test.each([
  ['get_group_tags', { status: 200, body: { tags: [] } }],
  ['get_tag_by_ID', { status: 200, body: { tag_id: '{tag_id}' } }],
  ['get_group_users', { status: 200, body: { results: [] } }],
  ['remove_group_containing_group', { status: 204 }],
  ['getPaladin', { status: 200, body: {} }],
])('the example of %s is small', (operation, answer) => {
  expect(shapes.example(operation)).toEqual(answer)
})
