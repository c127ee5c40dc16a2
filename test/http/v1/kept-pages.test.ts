import type { Agent } from 'supertest'
import { expect, test } from 'vitest'
import { groupUserPath, ids, sandbox, tokens } from '../../helper.js'

const list = `/v1/groups/${ids.apiGroup}/users`

const seed = {
  version: 1,
  tokens: { full_access: { access_level: 'FULL_ACCESS', secret: tokens.fullAccess } },
  users: {
    jake: { user_id: ids.jake, email: 'jake@company.dev', full_name: 'Jake Barnes' },
    brett: { user_id: ids.brett, email: 'brett@company.dev', full_name: 'Brett Ashley' },
    ada: { user_id: ids.ada, email: 'ada@company.dev', full_name: 'Ada Lane' },
  },
  groups: {
    api: { group_id: ids.apiGroup, name: 'API Group', group_type: 'OKTA_GROUP' },
    slow: {
      group_id: ids.oktaGroup,
      name: 'Slow',
      group_type: 'OKTA_GROUP',
      propagation: [{ status: 'PENDING', for: '5s' }, { status: 'SUCCESS' }],
    },
  },
  group_users: [
    { group: 'api', user: 'jake', expires_at: '+10m' },
    { group: 'api', user: 'brett', expires_at: '+20m' },
  ],
}

/** Another address of the same page, at which it was never read. */
let fresh = 300
async function expectFresh(agent: Agent, path = list) {
  const again = await agent.get(path)
  const anew = await agent.get(`${path}?page_size=${++fresh}`)
  expect({ status: again.status, body: again.body as unknown }).toEqual({ status: 200, body: anew.body as unknown })
  return again.text
}

const clock = (change: object) => (agent: Agent) => agent.post('/_sandbox/clock').send(change)

test.each<[what: string, change: (agent: Agent) => Promise<{ status: number }>]>([
  ['a PUT', async (agent) => agent.put(groupUserPath(ids.apiGroup, ids.jake)).send({ duration_minutes: 5 })],
  ['a POST', async (agent) => agent.post(groupUserPath(ids.apiGroup, ids.ada)).send({ duration_minutes: 5 })],
  ['a DELETE', async (agent) => agent.delete(groupUserPath(ids.apiGroup, ids.jake))],
  [
    'a change of the group',
    async (agent) => agent.put('/v1/groups').send({ groups: [{ group_id: ids.apiGroup, name: 'New' }] }),
  ],
  ["the end of someone's access", async (agent) => clock({ advance: '10m' })(agent)],
  ['the end of all access', async (agent) => clock({ advance: '1h' })(agent)],
  [
    'another seed',
    async (agent) => agent.put('/_sandbox/seed').send({ ...seed, group_users: [{ group: 'api', user: 'ada' }] }),
  ],
])('a page that was read reads otherwise after %s', async (_what, change) => {
  const { agent } = await sandbox({ seed })
  const before = await expectFresh(agent)
  expect((await change(agent)).status).toBe(200)
  expect(await expectFresh(agent)).not.toBe(before)
})

test('a page that was read once access had ended is read anew when the clock is set back', async () => {
  const { agent } = await sandbox({ seed })
  const before = await expectFresh(agent)
  await clock({ advance: '15m' })(agent)
  expect(await expectFresh(agent)).not.toBe(before)
  await clock({ reset: true })(agent)
  expect(await expectFresh(agent)).toBe(before)
})

test('a page on which access is on its way shows how far it is', async () => {
  const { agent } = await sandbox({ seed })
  const path = `/v1/groups/${ids.oktaGroup}/users`
  await agent.post(groupUserPath(ids.oktaGroup, ids.ada)).send({ duration_minutes: 60 })
  expect(await expectFresh(agent, path)).toContain('PENDING')
  await clock({ advance: '5s' })(agent)
  expect(await expectFresh(agent, path)).toContain('SUCCESS')
})

test('the page after which more follow knows when they are gone', async () => {
  const { agent } = await sandbox({ seed })
  const first = async () => ((await agent.get(`${list}?page_size=1`)).body as { next: string | null }).next
  await agent.put(groupUserPath(ids.apiGroup, ids.jake)).send({ duration_minutes: 60 })
  expect(await first()).not.toBe(null)
  expect(await first()).not.toBe(null)
  await clock({ advance: '20m' })(agent)
  expect(await first()).toBe(null)
})

test('organizations do not read each other’s pages', async () => {
  const { agent } = await sandbox({ seed })
  const as = (name: string) => ({ authorization: `Bearer org-${name}` })
  await agent.put(groupUserPath(ids.apiGroup, ids.jake)).set(as('a')).send({ duration_minutes: -1 })
  const read = async (name: string) =>
    ((await agent.get(list).set(as(name))).body as { results: { user_id: string }[] }).results.map(
      ({ user_id }) => user_id,
    )
  for (let time = 0; time < 2; time++) {
    expect(await read('a')).toEqual([ids.brett])
    expect(await read('b')).toEqual([ids.jake, ids.brett])
  }
})

test('a page that is kept says what it said, in the journal too', async () => {
  const { agent } = await sandbox({ seed })
  const [one, two] = [await agent.get(list), await agent.get(list)]
  expect(two.text).toBe(one.text)
  expect(two.headers['content-type']).toBe(one.headers['content-type'])
  const { results } = (await agent.get('/_sandbox/requests')).body as { results: { answer: unknown }[] }
  expect(results.map(({ answer }) => answer)).toEqual([one.body, one.body])
})
