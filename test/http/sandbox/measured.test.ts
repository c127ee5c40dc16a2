import { expect, test } from 'vitest'
import { groupUserPath, ids, sandbox } from '../../helper.js'

const path = groupUserPath(ids.apiGroup, ids.jake)

test('a measured behavior has its basis, and the journal has the day', async () => {
  const { agent } = await sandbox({ measured: new Map([['access_replaced', '2026-11-25']]) })
  const again = await agent.post(path).send({ duration_minutes: 60, access_level_remote_id: '' })
  const lists = await agent.get('/v1/groups')
  const missing = await agent.put(groupUserPath(ids.apiGroup, ids.noor)).send({ duration_minutes: 60 })
  expect([again, lists, missing].map(({ headers }) => headers['x-opal-sandbox-basis'] as unknown)).toEqual([
    ...['documented', 'assumed', 'assumed'],
  ])
  const { results } = (await agent.get('/_sandbox/requests')).body as { results: { why: string[]; basis: string }[] }
  expect(results.map(({ basis }) => basis)).toEqual(['documented', 'assumed', 'assumed'])
  expect(results.map(({ why }) => why.includes('access_replaced was measured on 2026-11-25'))).toEqual([
    ...[true, false, false],
  ])
})

test('an answer that only measured behaviors decided is measured', async () => {
  const { agent } = await sandbox({ measured: new Map([['GROUP_USER_NOT_FOUND', '2026-11-25']]) })
  const { headers } = await agent.put(groupUserPath(ids.apiGroup, ids.noor)).send({ duration_minutes: 60 })
  expect(headers['x-opal-sandbox-basis']).toBe('measured')
})
