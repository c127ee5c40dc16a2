import { expect, test } from 'vitest'
import { ids, sandbox, told } from '../../helper.js'

const seed = {
  version: 1,
  users: {
    jake: { user_id: ids.jake, email: 'jake@company.dev', full_name: 'Jake Barnes' },
    ada: { user_id: ids.ada, email: 'ada@company.dev', full_name: 'Ada Lane' },
  },
  remote_users: {
    jake_slack: { user: 'jake', remote_id: 'U1', third_party_provider: 'SLACK' },
    ada_slack: { user: 'ada', remote_id: 'U2', third_party_provider: 'SLACK' },
    ada_github: { user: 'ada', remote_id: 'ada', third_party_provider: 'GIT_HUB' },
  },
}
const jakeSlack = { user_id: ids.jake, remote_id: 'U1', third_party_provider: 'SLACK' }
const adaSlack = { user_id: ids.ada, remote_id: 'U2', third_party_provider: 'SLACK' }
const adaGithub = { user_id: ids.ada, remote_id: 'ada', third_party_provider: 'GIT_HUB' }

test.each([
  ['all', '', [jakeSlack, adaSlack, adaGithub]],
  ['at a provider', '?third_party_provider=SLACK', [jakeSlack, adaSlack]],
  ['at several', '?third_party_provider=SLACK&third_party_provider=GIT_HUB', [jakeSlack, adaSlack, adaGithub]],
  ['of a user', `?user_id=${ids.ada}`, [adaSlack, adaGithub]],
  ['of several', `?user_id=${ids.ada},${ids.jake}`, [jakeSlack, adaSlack, adaGithub]],
  ['with a remote id', '?remote_id=U1&remote_id=ada', [jakeSlack, adaGithub]],
  ['with all of these', `?remote_id=ada&user_id=${ids.ada}&third_party_provider=SLACK`, []],
])('remote users are listed: %s', async (_, query, results) => {
  const { agent } = await sandbox({ seed })
  const body = { results, next: null, previous: null }
  expect(told(await agent.get(`/v1/users/remote_users${query}`))).toEqual({ status: 200, body })
})

test('remote users are listed page by page, also if they are filtered', async () => {
  const { agent } = await sandbox({ seed })
  const path = `/v1/users/remote_users?user_id=${ids.ada}&page_size=1`
  const { next, ...first } = (await agent.get(path)).body as { next: string }
  expect(first).toEqual({ results: [adaSlack], previous: null })
  const second = await agent.get(`${path}&cursor=${encodeURIComponent(next)}`)
  expect(second.body).toEqual({ results: [adaGithub], next: null, previous: next })
})
