import { describe, expect, test } from 'vitest'
import { groupUserPath, ids, requestId, sandbox, told } from '../../helper.js'

const path = `/v1/groups/${ids.apiGroup}/containing-groups`
const okta = { containing_group_id: ids.oktaGroup, duration_minutes: 60, access_level_remote_id: 'admin' }
const plain = { containing_group_id: ids.plainGroup }
const notFound = (at = '') => ({
  status: 404,
  body: {
    code: 'CONTAINING_GROUP_NOT_FOUND',
    message: `The group ${ids.apiGroup} has no containing group ${ids.oktaGroup}${at}.`,
    hint: `GET ${path} lists those it has.`,
    request_id: requestId,
  },
})

async function withBoth() {
  const opened = await sandbox()
  expect(told(await opened.agent.post(path).send(okta))).toEqual({ status: 200, body: okta })
  expect(told(await opened.agent.post(path).send(plain))).toEqual({ status: 200, body: plain })
  return opened
}

test('a containing group is read as it was written', async () => {
  const { agent } = await withBoth()
  expect(told(await agent.get(`${path}/${ids.oktaGroup}`))).toEqual({ status: 200, body: okta })
  expect(told(await agent.get(`${path}/${ids.plainGroup}`))).toEqual({ status: 200, body: plain })
})

test.each([
  ['', [okta, plain]],
  ['admin', [okta]],
  ['other', []],
])('those at the level "%s" are listed', async (level, containing_groups) => {
  const { agent } = await withBoth()
  const answer = await agent.get(path).query(level === '' ? {} : { access_level_remote_id: level })
  expect(told(answer)).toEqual({ status: 200, body: { containing_groups } })
})

test('one that is added again gets the new level and duration', async () => {
  const { agent } = await withBoth()
  const changed = { containing_group_id: ids.oktaGroup, duration_minutes: 0 }
  await agent.post(path).send(changed)
  expect((await agent.get(path)).body).toEqual({ containing_groups: [plain, changed] })
})

test('one that names no group is refused', async () => {
  const { agent } = await sandbox()
  expect((await agent.post(path).send({ containing_group_id: ids.unknown })).body).toMatchObject({
    errors: [
      { path: 'body.containing_group_id', message: `expected the id of a group; there is no group ${ids.unknown}` },
    ],
  })
})

describe('one is removed', () => {
  test('at whatever level', async () => {
    const { agent } = await withBoth()
    const answer = await agent.delete(`${path}/${ids.oktaGroup}`)
    expect([answer.status, answer.text]).toEqual([204, ''])
    expect(told(await agent.get(`${path}/${ids.oktaGroup}`))).toEqual(notFound())
    expect(told(await agent.delete(`${path}/${ids.oktaGroup}`))).toEqual(notFound())
    expect((await agent.get(path)).body).toEqual({ containing_groups: [plain] })
  })

  test('at its level, not at another', async () => {
    const { agent } = await withBoth()
    const remove = (level: string) => agent.delete(`${path}/${ids.oktaGroup}`).query({ access_level_remote_id: level })
    expect(told(await remove('other'))).toEqual(notFound(' at the level "other"'))
    expect((await remove('admin')).status).toBe(204)
  })

  test('by a negative duration', async () => {
    const { agent } = await withBoth()
    const ended = { ...okta, duration_minutes: -1 }
    expect(told(await agent.post(path).send(ended))).toEqual({ status: 200, body: ended })
    expect((await agent.get(path)).body).toEqual({ containing_groups: [plain] })
  })

  test('by time', async () => {
    const { agent } = await withBoth()
    await agent.post('/_sandbox/clock').send({ advance: '59m' })
    expect((await agent.get(path)).body).toEqual({ containing_groups: [okta, plain] })
    await agent.post('/_sandbox/clock').send({ advance: '1m' })
    expect((await agent.get(path)).body).toEqual({ containing_groups: [plain] })
    expect(told(await agent.get(`${path}/${ids.oktaGroup}`))).toEqual(notFound())
  })
})

test('one that a seed gives an end has one', async () => {
  const { agent } = await sandbox({
    seed: {
      version: 1,
      users: { ada: { email: 'ada@company.dev', full_name: 'Ada Lane' } },
      groups: {
        api: {
          group_id: ids.apiGroup,
          name: 'API Group',
          group_type: 'OPAL_GROUP',
          containing_groups: [{ group: 'okta', duration_minutes: 60, expiration_date: '+60m' }],
        },
        okta: { group_id: ids.oktaGroup, name: 'Okta', group_type: 'OPAL_GROUP' },
      },
    },
  })
  const shown = { containing_group_id: ids.oktaGroup, duration_minutes: 60 }
  expect((await agent.get(path)).body).toEqual({ containing_groups: [shown] })
  await agent.post('/_sandbox/clock').send({ advance: '60m' })
  expect((await agent.get(path)).body).toEqual({ containing_groups: [] })
})

test('the lists of group users show direct access alone', async () => {
  const { agent } = await withBoth()
  await agent.post(groupUserPath(ids.plainGroup, ids.noor)).send({ duration_minutes: 0 })
  const { results } = (await agent.get(`/v1/groups/${ids.apiGroup}/users`)).body as { results: { user_id: string }[] }
  expect(results.map(({ user_id }) => user_id)).toEqual([ids.jake, ids.brett])
  expect((await agent.get(`/v1/groups/users/${ids.noor}`)).body).toMatchObject({
    results: [{ group_id: ids.plainGroup }],
  })
})
