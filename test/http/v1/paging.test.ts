import { describe, expect, test } from 'vitest'
import { requestId, sandbox, told, tokens } from '../../helper.js'

// Every list pages in the same way. Each of these holds `size` rows, in the order of their numbers.

const size = 7
const id = (kind: number, index: number) => `0000000${kind}-0000-4000-8000-${String(index).padStart(12, '0')}`
const indexes = Array.from({ length: size }, (_, index) => index + 1)
const byAlias = (prefix: string, entry: (index: number) => object) =>
  Object.fromEntries(indexes.map((index) => [`${prefix}${index}`, entry(index)]))

const seed = {
  version: 1,
  tokens: byAlias('t', (index) => ({
    token_id: id(3, index),
    access_level: 'FULL_ACCESS',
    ...(index === 1 && { secret: tokens.fullAccess }),
    user: 'u1',
  })),
  users: byAlias('u', (index) => ({
    user_id: id(1, index),
    email: `u${index}@company.dev`,
    full_name: `User ${index}`,
  })),
  groups: byAlias('g', (index) => ({ group_id: id(2, index), name: `Group ${index}`, group_type: 'OKTA_GROUP' })),
  group_users: indexes.flatMap((index) => [
    { group: 'g1', user: `u${index}` },
    ...(index > 1 ? [{ group: `g${index}`, user: 'u1' }] : []),
  ]),
}

interface Page {
  results: Record<string, unknown>[]
  next: string | null
  previous: string | null
}

const lists = [
  { list: "a group's users", path: `/v1/groups/${id(2, 1)}/users`, key: 'user_id', kind: 1 },
  { list: "a user's groups", path: `/v1/groups/users/${id(1, 1)}`, key: 'group_id', kind: 2 },
  { list: 'groups', path: '/v1/groups', key: 'group_id', kind: 2 },
  { list: 'groups under a filter', path: '/v1/groups?group_type_filter=OKTA_GROUP', key: 'group_id', kind: 2 },
  { list: 'users', path: '/v1/users', key: 'user_id', kind: 1 },
  { list: 'tokens', path: '/v1/tokens', key: 'token_id', kind: 3 },
  { list: 'tokens under a filter', path: `/v1/tokens?user_id=${id(1, 1)}`, key: 'token_id', kind: 3 },
]

function withQuery(path: string, query: Record<string, string | number>): string {
  return `${path}${path.includes('?') ? '&' : '?'}${new URLSearchParams(query as Record<string, string>).toString()}`
}

describe.each(lists)('$list', ({ path, key, kind }) => {
  const all = indexes.map((index) => id(kind, index))
  const keys = ({ results }: Page) => results.map((result) => result[key])

  async function reader() {
    const { agent } = await sandbox({ seed })
    return async (query: Record<string, string | number>) => {
      const { status, body } = (await agent.get(withQuery(path, query))) as { status: number; body: Page }
      expect(status).toBe(200)
      return body
    }
  }

  test('a short list fits on one page', async () => {
    const read = await reader()
    const page = await read({})
    expect({ ...page, results: keys(page) }).toEqual({ results: all, next: null, previous: null })
    expect(await read({ page_size: 1000 })).toEqual(page)
    expect(await read({ cursor: '' })).toEqual(page)
  })

  test.each(Array.from({ length: size + 1 }, (_, index) => ({ page_size: index + 1 })))(
    'pages of $page_size lead to the end, each naming the cursor that led to it',
    async ({ page_size }) => {
      const read = await reader()
      const pages = [await read({ page_size })]
      for (let next = pages[0]!.next; next !== null; next = pages.at(-1)!.next) {
        pages.push(await read({ page_size, cursor: next }))
      }
      const full = Array.from({ length: Math.ceil(size / page_size) }, (_, index) =>
        all.slice(index * page_size, (index + 1) * page_size),
      )
      expect(pages.map(keys)).toEqual(full)
      expect(pages.map(({ previous }) => previous)).toEqual([null, ...pages.slice(0, -1).map(({ next }) => next)])
    },
  )

  test('a cursor also works with another page size', async () => {
    const read = await reader()
    const { next } = await read({ page_size: 2 })
    const page = await read({ page_size: 3, cursor: next! })
    expect(keys(page)).toEqual(all.slice(2, 5))
  })

  const wrongSize = (got: string) => ({
    path: 'query.page_size',
    message: `expected an integer from 1 to 1000, got ${got}`,
  })
  const foreign = { path: 'query.cursor', message: 'expected the `next` of another page' }
  const encode = (text: string) => Buffer.from(text).toString('base64url')
  test.each([
    ['a page size of 0', { page_size: 0 }, wrongSize('0')],
    ['a negative page size', { page_size: -1 }, wrongSize('-1')],
    ['a page size of 1001', { page_size: 1001 }, wrongSize('1001')],
    ['a page size that is text', { page_size: 'abc' }, wrongSize('the string "abc"')],
    ['a page size with a fraction', { page_size: '10.5' }, wrongSize('the string "10.5"')],
    ['an empty page size', { page_size: '' }, wrongSize('the string ""')],
    ['a cursor that is a word', { cursor: 'abc' }, foreign],
    ['a cursor that is a number', { cursor: '2' }, foreign],
    ['a cursor that is an id', { cursor: id(1, 1) }, foreign],
    ["a cursor in another server's form", { cursor: encode('{"offset":2}') }, foreign],
    ['a cursor with a negative place', { cursor: encode('after=-1') }, foreign],
    ['a cursor with a place in another spelling', { cursor: encode('after=01') }, foreign],
    ['a cursor with a place beyond all integers', { cursor: encode(`after=${'9'.repeat(30)}`) }, foreign],
    ['a cursor with text behind it', { cursor: `${encode('after=1')}!` }, foreign],
  ])('%s is refused', async (_name, query, problem) => {
    const { agent } = await sandbox({ seed })
    expect(told(await agent.get(withQuery(path, query)))).toEqual({
      status: 400,
      body: {
        code: 'INVALID_REQUEST',
        message: 'The request is not valid: 1 problem.',
        errors: [problem],
        request_id: requestId,
      },
    })
  })

  test('a cursor that is given twice is rejected', async () => {
    const { agent } = await sandbox({ seed })
    const answer = await agent.get(withQuery(withQuery(path, { cursor: 'a' }), { cursor: 'b' }))
    expect(told(answer)).toEqual({
      status: 400,
      body: {
        code: 'INVALID_REQUEST',
        message: 'The request is not valid: 1 problem.',
        errors: [{ path: 'query.cursor', message: 'expected a string, got a list' }],
        request_id: requestId,
      },
    })
  })
})
