import { describe, expect, test } from 'vitest'
import type { OpenSandboxOptions } from '../../../src/sandbox.js'
import { groupUserPath, ids, sandbox, tokens } from '../../helper.js'

const path = groupUserPath(ids.apiGroup, ids.jake)

/** A sandbox with what undo needs to know. */
async function open(options: OpenSandboxOptions = {}) {
  const { agent, ...opened } = await sandbox(options)
  const entries = async () => ((await agent.get('/_sandbox/requests')).body as { results: Entry[] }).results
  return {
    ...opened,
    agent,
    entries,
    lastId: async () => (await entries()).at(-1)?.request_id ?? '',
    exported: async () => (await agent.get('/_sandbox/seed')).text,
    undo: (to: string) => agent.post('/_sandbox/undo').send({ to }),
  }
}

interface Entry {
  request_id: string
  operation: string
  why: string[]
  changes?: object[]
}

test('undo goes back to the state before a call, and is an entry with what it changed', async () => {
  const { agent, entries, lastId, undo } = await open()
  await agent.put(path).send({ duration_minutes: 60 })
  const first = await lastId()
  await agent.get(path.replace(/users.*/, 'users'))
  await agent.delete(path)
  const last = await lastId()
  const answer = await undo(first)
  expect(answer.body).toMatchObject({
    undone: [first, last],
    results: [{ noun: 'group_user', change: 'created', after: { expiration_date: null } }],
  })
  const entry = (await entries()).at(-1)
  expect(entry).toMatchObject({ operation: 'sandbox_undo', why: [`undo to ${first}`, 'requests undone: 2'] })
  expect(entry?.changes).toEqual((answer.body as { results: object[] }).results)
})

test('an undo of nothing changes nothing', async () => {
  const { agent, undo, entries } = await open()
  const { until } = (await agent.get('/_sandbox/changes')).body as { until: string }
  expect((await undo(until)).body).toEqual({ undone: [], results: [] })
  expect((await entries()).at(-1)).not.toHaveProperty('changes')
})

test('the clock, settings and revoked tokens go back too', async () => {
  const { agent, exported, lastId, undo } = await open()
  const before = await exported()
  await agent.post('/_sandbox/clock').send({ advance: '61m' })
  const first = await lastId()
  await agent.patch('/_sandbox/settings').send({ re_add: 'conflict', propagation: [{ status: 'SUCCESS' }] })
  const listed = (await agent.get('/v1/tokens')).body as { results: { token_id: string; access_level: string }[] }
  const readOnly = listed.results.find(({ access_level }) => access_level === 'READ_ONLY')
  const read = () => agent.get('/v1/groups').auth(tokens.readOnly, { type: 'bearer' })
  expect((await read()).status).toBe(200)
  await agent.delete(`/v1/tokens/${readOnly?.token_id}`)
  expect((await read()).status).toBe(401)
  await undo(first)
  expect((await read()).status).toBe(200)
  expect(await exported()).toBe(before)
})

test('fault rules stay', async () => {
  const { agent, undo } = await open()
  const list = async () => (await agent.get('/_sandbox/faults')).body as object
  await agent.post('/_sandbox/faults').send({ effect: { status: 503 } })
  const before = await list()
  await undo('req-1')
  expect(await list()).toEqual(before)
})

describe('undo is rejected', () => {
  const impossible = { status: 409, body: { code: 'UNDO_IMPOSSIBLE' } }

  test('if the journal has dropped a change', async () => {
    const { agent, lastId, undo } = await open({ journal: { entries: 2 } })
    await agent.put(path).send({ duration_minutes: 60 })
    const dropped = await lastId()
    for (const duration_minutes of [90, 120]) await agent.put(path).send({ duration_minutes })
    const kept = await lastId()
    expect(await undo(dropped)).toMatchObject({
      ...impossible,
      body: { message: `The journal no longer holds everything that was changed since ${dropped}.` },
    })
    expect((await undo(kept)).status).toBe(200)
  })

  test('if there is no journal', async () => {
    const { agent, undo } = await open({ journal: { entries: 0 } })
    await agent.put(path).send({ duration_minutes: 60 })
    expect(await undo('req-1')).toMatchObject(impossible)
  })

  test.each<[what: string, (agent: Awaited<ReturnType<typeof open>>['agent']) => Promise<unknown>]>([
    ['a reset', (agent) => agent.post('/_sandbox/reset')],
    [
      'a new seed',
      async (agent) => agent.put('/_sandbox/seed').send((await agent.get('/_sandbox/seed')).body as object),
    ],
    ['a restored snapshot', (agent) => agent.post('/_sandbox/snapshots/before/restore')],
  ])('across %s, which is an entry', async (_what, replace) => {
    const { agent, entries, lastId, undo } = await open()
    await agent.post('/_sandbox/snapshots').send({ name: 'before' })
    await agent.put(path).send({ duration_minutes: 60 })
    const before = await lastId()
    await replace(agent)
    const [entry, ...rest] = await entries()
    expect(rest).toEqual([])
    expect(entry).toMatchObject({ why: [expect.stringMatching(/reset|seed|snapshot before/)] })
    expect(entry).not.toHaveProperty('body')
    for (const id of [before, entry?.request_id ?? '']) expect(await undo(id)).toMatchObject(impossible)
    await agent.put(path).send({ duration_minutes: 60 })
    expect((await undo(await lastId())).status).toBe(200)
    const { complete } = (await agent.get('/_sandbox/changes').query({ since: before })).body as { complete: boolean }
    expect(complete).toBe(false)
  })

  test('if the id is of no earlier request', async () => {
    const { undo } = await open()
    for (const id of ['req-zzzzzz', 'last', '']) {
      expect(await undo(id)).toMatchObject({
        status: 400,
        body: { code: 'INVALID_REQUEST', errors: [{ path: 'body.to' }] },
      })
    }
  })
})

test('a call that a fault rule held is undone in the order of its work', async () => {
  const { agent, exported, entries, undo } = await open()
  await agent.delete('/_sandbox/faults')
  const before = await exported()
  await agent.post('/_sandbox/faults').send({ method: 'DELETE', effect: { hang: true } })
  const held = agent.delete(path).then(({ status }) => status)
  await agent.get('/_sandbox/requests/wait')
  await agent.put(path).send({ duration_minutes: 60 })
  const put = (await entries()).find(({ operation }) => operation === 'update_group_user')
  await agent.delete('/_sandbox/faults')
  expect(await held).toBe(200)
  expect(((await undo(put?.request_id ?? '')).body as { undone: string[] }).undone).toHaveLength(2)
  expect(await exported()).toBe(before)
})

test('calls that arrive at the same time are undone too, or the undo is rejected', async () => {
  const { agent, app, exported } = await open()
  const before = await exported()
  const authorization = `Bearer ${tokens.fullAccess}`
  const inject = (method: 'PUT' | 'POST', url: string, payload: object) =>
    app.inject({ method, url, headers: { authorization }, payload })
  await agent.put(path).send({ duration_minutes: 60 })
  const undone = await Promise.all([
    inject('PUT', path, { duration_minutes: 90 }),
    inject('POST', '/_sandbox/undo', { to: 'req-1' }),
    inject('POST', '/_sandbox/undo', { to: 'req-1' }),
  ])
  expect(undone.map(({ statusCode }) => statusCode)).toEqual([200, 200, 409])
  expect(await exported()).toBe(before)
})
