import { expect, test } from 'vitest'
import { propagationStatuses } from '../../../src/domain/propagation.js'
import { sandbox } from '../../helper.js'
import { call } from './calls.js'

const group_id = '00000000-0000-4000-8000-00000000cafe'

/** Released clients reject a page with one of the statuses that came after July 2026. */
const knownToClients = propagationStatuses.slice(0, 21)
const pushed = knownToClients.map((status, index) => ({
  user_id: `00000000-0000-4000-b000-${String(index + 1).padStart(12, '0')}`,
  group_id,
  email: `${status.toLowerCase().replaceAll('_', '-')}@magic.dev`,
  outcome: `propagates to ${status}`,
}))

const answered = [
  ['403', '000000000403', 'returns 403'],
  ['404', '000000000404', 'returns 404'],
  ['409', '000000000409', 'returns 409'],
  ['429', '000000000429', 'returns 429 once, then works normally'],
  ['500', '000000000500', 'returns 500'],
  ['502', '000000000502', 'returns 502'],
  ['503', '000000000503', 'returns 503'],
  ['slow', '0000000051ee', 'responds after two seconds'],
  ['dropped-before', '00000000dead', 'drops the connection before the work is done'],
  ['dropped-after', '0000000dead2', 'drops the connection after the work is done'],
].map(([name, end, outcome]) => ({
  user_id: `00000000-0000-4000-a000-${end}`,
  group_id,
  email: `http-${name}@magic.dev`,
  outcome,
}))

const everyone = { results: [...pushed, ...answered] }

test('the magic users are listed, one for each status and each outcome', async () => {
  const opened = await sandbox()
  expect(await call(opened, 'org-a', 'GET', '/_sandbox/magic')).toEqual(everyone)
})

test.each<[seed: object, expected: object]>([
  [{ version: 1 }, { results: [] }],
  [{ version: 1, magic: false }, { results: [] }],
  [{ version: 1, magic: true }, everyone],
  [
    {
      version: 1,
      users: { magic_wand: { email: 'wand@company.dev', full_name: 'Magic Wand' } },
      groups: { magic: { name: 'Magic', group_type: 'OPAL_GROUP' } },
    },
    { results: [] },
  ],
])('a seed %j has those that it asks for', async (seed, expected) => {
  const opened = await sandbox({ seed })
  expect(await call(opened, 'org-a', 'GET', '/_sandbox/magic')).toEqual(expected)
  // An export holds them as users like any others, and they are magic all the same.
  const exported = (await call(opened, 'org-a', 'GET', '/_sandbox/seed')) as object
  await call(opened, 'org-b', 'PUT', '/_sandbox/seed', exported)
  expect(await call(opened, 'org-b', 'GET', '/_sandbox/magic')).toEqual(expected)
})

test('all of them are in the group, after all other users', async () => {
  const opened = await sandbox()
  const { results: members } = (await call(opened, 'org-a', 'GET', `/v1/groups/${group_id}/users`)) as {
    results: { user_id: string }[]
  }
  const { results: users } = (await call(opened, 'org-a', 'GET', '/v1/users')) as { results: { user_id: string }[] }
  const magic = everyone.results.map(({ user_id }) => user_id)
  expect(members.map(({ user_id }) => user_id)).toEqual(magic)
  expect(users.slice(-magic.length).map(({ user_id }) => user_id)).toEqual(magic)
})
