import fc from 'fast-check'
import { expect, test } from 'vitest'
import { formatTimestamp } from '../../../src/domain/clock.js'
import { operations } from '../../../src/domain/operations.js'
import { groupUserPath, ids, now, sandbox } from '../../helper.js'
import { nameBuiltIn, routes, sampleCall, type Name } from '../sample-calls.js'

const writes = routes.filter(({ id }) => operations.some((one) => one.id === id && one.access === 'write'))

/** Of what a sequence may touch; other fields have one id. */
const pools: Record<string, string[]> = {
  group_id: [ids.apiGroup, ids.oktaGroup, ids.gitlabGroup, ids.plainGroup],
  // Not the user of the token.
  user_id: [ids.jake, ids.brett, ids.noor],
  user_ids: [ids.jake, ids.brett, ids.noor],
  manager_id: [ids.jake, ids.brett, ids.noor, ids.ada],
}

interface Step {
  call: string
  choice: number
  minutes: number
}

const step: fc.Arbitrary<Step> = fc.record({
  call: fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom(...writes.map(({ id }) => id)) },
    { weight: 2, arbitrary: fc.constantFrom('update_group_user', 'add_group_user', 'delete_group_user') },
    { weight: 1, arbitrary: fc.constantFrom('clock', 'settings') },
  ),
  choice: fc.nat(1_000),
  minutes: fc.constantFrom(-1, 0, 1, 60),
})

type Agent = Awaited<ReturnType<typeof sandbox>>['agent']

/** Ids that calls have created join the pools. */
async function take(agent: Agent, created: Record<string, string[]>, { call, choice, minutes }: Step) {
  if (call === 'clock') {
    await agent.post('/_sandbox/clock').send({ advance: `${1 + (choice % 90)}m` })
    return
  }
  if (call === 'settings') {
    const change =
      choice % 2 ? { re_add: choice % 4 === 1 ? 'conflict' : 'replace' } : { max_duration_minutes: choice + 1 }
    await agent.patch('/_sandbox/settings').send(change)
    return
  }
  let turn = choice
  const name: Name = (field) => {
    const pool = [...(pools[field] ?? [nameBuiltIn(field)]), ...(created[field] ?? [])]
    turn = (turn * 31 + 7) % 1_009
    return pool[turn % pool.length] ?? ''
  }
  const route = writes.find(({ id }) => id === call)
  if (!route) throw new Error(`There is no ${call}`)
  const { method, url, body } = sampleCall(route, name, {
    inviteUser: { email: `new${choice}@company.dev`, first_name: 'Kim', last_name: 'Park', role: 'MEMBER' },
  })
  const sent =
    typeof body === 'object' && body && 'duration_minutes' in body ? { ...body, duration_minutes: minutes } : body
  const answer = await agent[method.toLowerCase() as 'post'](url).send(sent as object)
  if (method !== 'POST' || answer.status >= 300) return
  for (const [field, id] of Object.entries(answer.body as object)) {
    if (/^\w+_id$/.test(field) && typeof id === 'string') (created[field] ??= []).push(id)
  }
}

interface Item {
  noun: string
  key: object
  change: string
  before?: Record<string, unknown>
  after?: Record<string, unknown>
}

/** Exports do not tell in which order links were created, beyond the order of their list. */
function comparable(results: Item[]): Item[] {
  return results
    .map(({ before, after, ...item }) => {
      const [old, current] = [{ ...before }, { ...after }]
      delete old.sequence
      delete current.sequence
      return { ...item, before: old, after: current }
    })
    .filter(({ change, before, after }) => change !== 'updated' || Object.keys({ ...before, ...after }).length > 0)
    .sort((a, b) => (JSON.stringify([a.noun, a.key]) < JSON.stringify([b.noun, b.key]) ? -1 : 1))
}

test('the sum of changes is the difference of the exports before and after', { timeout: 60_000 }, async () => {
  const { agent } = await sandbox({ seed: undefined, now: undefined, realNow: () => now })
  await agent.post('/_sandbox/clock').send({ set: formatTimestamp(now) })
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 15 }), async (steps) => {
      await agent.post('/_sandbox/reset')
      await agent.post('/_sandbox/snapshots').send({ name: 'before' })
      const created = {}
      for (const one of steps) await take(agent, created, one)
      const sum = (await agent.get('/_sandbox/changes')).body as { complete: boolean; results: Item[] }
      const difference = (await agent.get('/_sandbox/snapshots/before/changes')).body as { results: Item[] }
      expect(sum.complete).toBe(true)
      expect(comparable(sum.results)).toEqual(comparable(difference.results))
    }),
    { numRuns: 60 },
  )
})

/** An organization with a clock that keeps the time at which it was opened, and its export as text. */
async function opened() {
  const { agent } = await sandbox({ seed: undefined, now: undefined, realNow: () => now })
  return {
    agent,
    export: async () => (await agent.get('/_sandbox/seed')).text,
    mark: async () => ((await agent.get('/_sandbox/changes')).body as { until: string }).until,
    undo: (to: string) => agent.post('/_sandbox/undo').send({ to }).expect(200),
  }
}

test('an undo restores the export byte for byte, and so does the undo of an undo', { timeout: 60_000 }, async () => {
  const { agent, export: exported, mark, undo } = await opened()
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 8 }), fc.array(step, { maxLength: 12 }), async (earlier, later) => {
      await agent.post('/_sandbox/reset')
      const created = {}
      for (const one of earlier) await take(agent, created, one)
      const [before, start] = [await exported(), await mark()]
      for (const one of later) await take(agent, created, one)
      const [after, end] = [await exported(), await mark()]
      await undo(start)
      expect(await exported()).toBe(before)
      await undo(end)
      expect(await exported()).toBe(after)
      await undo(start)
      expect(await exported()).toBe(before)
      // What was undone leaves no number behind that is given out twice.
      for (const one of later) await take(agent, created, one)
      await undo(start)
      expect(await exported()).toBe(before)
    }),
    { numRuns: 40 },
  )
})

test.each(writes)('$id can be undone', async (route) => {
  const { agent, export: exported, undo } = await opened()
  const before = await exported()
  const { method, url, body } = sampleCall(route)
  const call = await agent[method.toLowerCase() as 'post'](url).send(body as object)
  expect(call.status).toBeLessThan(300)
  const after = await exported()
  await undo((call.headers as Record<string, string>)['x-opal-sandbox-request-id'] ?? '')
  expect(await exported()).toBe(before)
  const [undone] = ((await agent.get('/_sandbox/requests').query({ limit: 1 })).body as { results: Entry[] }).results
  expect(undone?.operation).toBe('sandbox_undo')
  await undo(undone?.request_id ?? '')
  expect(await exported()).toBe(after)
})

interface Entry {
  request_id: string
  operation: string
}

test('snapshots are compared with each other, or with the state', async () => {
  const { agent } = await sandbox()
  const path = groupUserPath(ids.apiGroup, ids.jake)
  await agent.post('/_sandbox/snapshots').send({ name: 'first' })
  await agent.delete(path)
  await agent.post('/_sandbox/snapshots').send({ name: 'second' })
  await agent.put('/v1/groups').send({ groups: [{ group_id: ids.plainGroup, name: 'New' }] })
  const compare = async (rest: string) =>
    ((await agent.get(`/_sandbox/snapshots/${rest}`)).body as { results: Item[] }).results.map((item) => [
      item.change,
      item.key,
    ])
  const removed = ['removed', { group_id: ids.apiGroup, user_id: ids.jake }]
  const renamed = ['updated', { group_id: ids.plainGroup }]
  expect(await compare('first/changes')).toEqual([renamed, removed])
  expect(await compare('first/changes?with=second')).toEqual([removed])
  expect(await compare('second/changes?with=first')).toEqual([['created', removed[1]]])
  const { text } = await agent.get('/_sandbox/snapshots/second/changes').accept('text/markdown')
  expect(text).toMatch(/\| group \| group_id \S+ \| updated \| name: "[^"]+" \| name: "New" \|\n$/)
  for (const wrong of ['none/changes', 'first/changes?with=none']) {
    expect((await agent.get(`/_sandbox/snapshots/${wrong}`)).body).toMatchObject({ code: 'SNAPSHOT_NOT_FOUND' })
  }
})
