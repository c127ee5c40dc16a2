// Time to list 1,000 of 100,000 group users against 1,000 of 2,000, of one group and of one user, on the first page and
// on one in the middle, in one process. Must hold: a list costs no more than 3 times as much where it is 50 times as long.
import { openSandbox } from '../../dist/sandbox.js'
import { alternate, describe, ratio, table } from '../measure.js'

const sizes = { short: 2_000, long: 100_000 }
const pageSize = 1_000
const secret = 'opal_sandbox_full_access'

const numbers = (count) => Array.from({ length: count }, (_, index) => index)
const id = (kind, number) => `0${kind}000000-0000-4000-8000-${String(number).padStart(12, '0')}`

/** The first group has every user, the second some; the first user is in every group, the second in some. */
const seed = {
  version: 1,
  tokens: { full_access: { access_level: 'FULL_ACCESS', secret } },
  users: Object.fromEntries(
    numbers(sizes.long).map((user) => [
      `u${user}`,
      { user_id: id('a', user), email: `u${user}@company.dev`, full_name: `User ${user}` },
    ]),
  ),
  groups: Object.fromEntries(
    numbers(sizes.long).map((group) => [
      `g${group}`,
      { group_id: id('b', group), name: `Group ${group}`, group_type: 'OKTA_GROUP', access_levels: { Admin: 'admin' } },
    ]),
  ),
  group_users: [
    ...numbers(sizes.long).map((user) => ({ group: 'g0', user: `u${user}`, access_level: 'admin' })),
    ...numbers(sizes.short).map((user) => ({ group: 'g1', user: `u${user}`, access_level: 'admin' })),
    ...numbers(sizes.long - 2).map((group) => ({ group: `g${group + 2}`, user: 'u0', access_level: 'admin' })),
    ...numbers(sizes.short - 2).map((group) => ({ group: `g${group + 2}`, user: 'u1', access_level: 'admin' })),
  ],
}

const lists = {
  "a group's users": { short: `/v1/groups/${id('b', 1)}/users`, long: `/v1/groups/${id('b', 0)}/users` },
  "a user's groups": { short: `/v1/groups/users/${id('a', 1)}`, long: `/v1/groups/users/${id('a', 0)}` },
}

export async function measure({ rounds }) {
  const { app, close } = openSandbox({ seed })
  await app.ready()

  async function read(path, cursor) {
    const url = `${path}?page_size=${pageSize}&cursor=${cursor}`
    const began = performance.now()
    const { statusCode, body } = await app.inject({ url, headers: { authorization: `Bearer ${secret}` } })
    const ms = performance.now() - began
    const page = JSON.parse(body)
    if (statusCode !== 200 || page.results.length !== pageSize)
      throw new Error(`${url}: ${statusCode} ${body.slice(0, 200)}`)
    return { ms, next: page.next }
  }

  /** The cursor of the page that begins in the middle of the list. */
  async function middle(path, size) {
    let cursor = ''
    for (let seen = 0; seen < size / 2; seen += pageSize) cursor = (await read(path, cursor)).next
    return cursor
  }

  const rows = []
  for (const [list, paths] of Object.entries(lists)) {
    const middles = { short: await middle(paths.short, sizes.short), long: await middle(paths.long, sizes.long) }
    for (const [page, cursors] of Object.entries({ first: { short: '', long: '' }, middle: middles })) {
      const { short, long } = await alternate(['short', 'long'], rounds * 8, async (length) => {
        const { ms } = await read(paths[length], cursors[length])
        return ms
      })
      rows.push([`${list}, ${page} page`, describe(short, 2), describe(long, 2), ratio(long, short)])
    }
  }
  await close()
  return table(['', '1,000 of 2,000, ms', '1,000 of 100,000, ms', 'ratio'], rows)
}
