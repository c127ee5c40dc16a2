import { expect, test } from 'vitest'
import { ids, sandbox, tokens } from '../../helper.js'

const clients = Array.from({ length: 50 }, (_, index) => index)
const id = (kind: 'a' | 'b', index: number) => `0${kind}000000-0000-4000-8000-${String(index).padStart(12, '0')}`
const groupIds = [0, 1, 2].map((index) => id('b', index))

const seed = {
  version: 1,
  users: Object.fromEntries(
    clients.flatMap((client) =>
      [0, 1].map((which) => [
        `u${client}_${which}`,
        {
          user_id: id('a', client * 2 + which),
          email: `u${client}_${which}@company.dev`,
          full_name: `User ${client} ${which}`,
        },
      ]),
    ),
  ),
  groups: Object.fromEntries(
    groupIds.map((group_id, index) => [`g${index}`, { group_id, name: `Group ${index}`, group_type: 'OKTA_GROUP' }]),
  ),
}

interface GroupUser {
  group_id: string
  user_id: string
  expiration_date: string | null
}

/** A sandbox that listens, and calls to it over real sockets. Whatever is not a 200 is thrown. */
async function listening() {
  const opened = await sandbox({ seed })
  const port = await opened.listen({ host: '127.0.0.1', port: 0 })
  return async (method: string, path: string, body?: unknown): Promise<unknown> => {
    const response = await fetch(`http://127.0.0.1:${port}/v1${path}`, {
      method,
      headers: {
        authorization: `Bearer ${tokens.fullAccess}`,
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
    const text = await response.text()
    if (response.status !== 200) throw new Error(`${method} ${path}: ${response.status} ${text}`)
    return text === '' ? undefined : JSON.parse(text)
  }
}

type Call = Awaited<ReturnType<typeof listening>>

const groupUser = (group_id: string, user_id: string) => `/groups/${group_id}/users/${user_id}`

/** Follows `next` to the end. */
async function listAll(call: Call, path: string, page_size: number): Promise<GroupUser[]> {
  const results: GroupUser[] = []
  let cursor = ''
  for (;;) {
    const page = (await call('GET', `${path}?page_size=${page_size}&cursor=${cursor}`)) as {
      results: GroupUser[]
      next: string | null
    }
    results.push(...page.results)
    if (page.next === null) return results
    cursor = page.next
  }
}

const summary = (rows: GroupUser[]) =>
  rows.map(({ group_id, user_id, expiration_date }) => `${group_id} ${user_id} ${expiration_date}`).toSorted()

test('50 clients add, update, list and remove their own users at once, and no update is lost', async () => {
  const call = await listening()

  /** What the client's users must have at the end. */
  async function work(client: number): Promise<GroupUser[]> {
    const [first, second] = [id('a', client * 2), id('a', client * 2 + 1)]
    const kept: GroupUser[] = []
    for (const group_id of groupIds) {
      const added = await Promise.all(
        [first, second].map((user) => call('POST', groupUser(group_id, user), { duration_minutes: client + 1 })),
      )
      const updated = (await call('PUT', groupUser(group_id, first), { duration_minutes: 1000 + client })) as GroupUser
      const own = (rows: GroupUser[]) => rows.filter(({ user_id }) => user_id === first || user_id === second)
      expect(summary(own(await listAll(call, `/groups/${group_id}/users`, 7)))).toEqual(
        summary([updated, added[1] as GroupUser]),
      )
      await call('DELETE', groupUser(group_id, second))
      expect(summary(await listAll(call, `/groups/users/${first}`, 2))).toEqual(summary([...kept, updated]))
      expect(await listAll(call, `/groups/users/${second}`, 2)).toEqual([])
      kept.push(updated)
    }
    return kept
  }

  const kept = (await Promise.all(clients.map(work))).flat()
  expect(kept).toHaveLength(clients.length * groupIds.length)
  const listed = await Promise.all(groupIds.map((group_id) => listAll(call, `/groups/${group_id}/users`, 1000)))
  expect(summary(listed.flat())).toEqual(summary(kept))
})

test('of 50 parallel updates of one user, each gets its own answer, and one remains', async () => {
  const call = await listening()
  const path = groupUser(groupIds[0]!, id('a', 0))
  await call('POST', path)
  const answers = await Promise.all(
    clients.map((client) => call('PUT', path, { duration_minutes: client + 1 }) as Promise<GroupUser>),
  )
  expect(new Set(summary(answers)).size).toBe(clients.length)
  const [stands, ...others] = await listAll(call, `/groups/${groupIds[0]}/users`, 1000)
  expect(others).toEqual([])
  expect(answers).toContainEqual(stands)
})

test('50 clients that add one user at once do not add them twice', async () => {
  const call = await listening()
  const path = groupUser(groupIds[0]!, id('a', 0))
  await Promise.all(clients.map(() => call('POST', path)))
  expect(await listAll(call, `/groups/${groupIds[0]}/users`, 1000)).toHaveLength(1)
})

test('50 groups created at once are 50 groups', async () => {
  const call = await listening()
  const created = await Promise.all(
    clients.map((client) =>
      call('POST', '/groups', { name: `New ${client}`, group_type: 'OKTA_GROUP', app_id: ids.unknown }),
    ),
  )
  const { results } = (await call('GET', '/groups')) as { results: { name: string }[] }
  const byName = (a: unknown, b: unknown) => ((a as { name: string }).name < (b as { name: string }).name ? -1 : 1)
  expect(results.slice(groupIds.length).toSorted(byName)).toEqual(created.toSorted(byName))
})
