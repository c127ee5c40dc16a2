import { expect, test } from 'vitest'
import { groupUserPath, ids, sandbox, tokens } from '../../helper.js'
import { listening, send } from '../wire.js'
import { call } from './calls.js'

interface Entry {
  [key: string]: unknown
  headers: Record<string, string>
}

interface Coverage {
  unrouted: { method: string; path: string; count: number }[]
}

const journal = async (opened: Awaited<ReturnType<typeof sandbox>>, token = tokens.fullAccess, query = '') =>
  ((await call(opened, token, 'GET', `/_sandbox/requests${query}`)) as { results: Entry[] }).results

const unrouted = async (opened: Awaited<ReturnType<typeof sandbox>>, token = tokens.fullAccess) =>
  ((await call(opened, token, 'GET', '/_sandbox/coverage')) as Coverage).unrouted

test('calls outside of /v1 are in the journal of the organization of their token, and counted', async () => {
  const opened = await sandbox()
  await opened.agent.get('/groups?page_size=1').auth('org-a', { type: 'bearer' })
  await opened.agent.get('/groups').auth('org-a', { type: 'bearer' })
  await opened.agent.put('/groups').auth('org-a', { type: 'bearer' }).send({})
  await opened.agent.get('/users').auth('nobody', { type: 'bearer' })
  expect(await journal(opened, 'org-a')).toMatchObject([
    { method: 'GET', url: '/groups?page_size=1', status: 404, rule: 'ROUTE_NOT_FOUND' },
    { method: 'GET', url: '/groups', status: 404 },
    { method: 'PUT', url: '/groups', status: 404 },
  ])
  expect(await unrouted(opened, 'org-a')).toEqual([
    { method: 'GET', path: '/groups', count: 2 },
    { method: 'PUT', path: '/groups', count: 1 },
  ])
  expect(await unrouted(opened)).toEqual([{ method: 'GET', path: '/users', count: 1 }])
  expect((await opened.coverage()).unrouted).toContainEqual({ method: 'GET', path: '/groups', count: 2 })
})

test('calls under /v1 that match no operation are counted, calls of the control plane and of browsers are not', async () => {
  const opened = await sandbox()
  for (const url of ['/v1/nothing', '/_sandbox/nothing', '/favicon.ico', '/v1/groups', '/v1/opal-scripts']) {
    await opened.agent.get(url)
  }
  expect(await unrouted(opened)).toEqual([{ method: 'GET', path: '/v1/nothing', count: 1 }])
})

test('at most 100 different paths are counted, with at most 200 characters each', async () => {
  const opened = await sandbox()
  for (let index = 0; index < 110; index++) await opened.agent.get(`/${index}${'x'.repeat(300)}`)
  const counted = await unrouted(opened)
  expect(counted).toHaveLength(100)
  expect(counted[0]?.path).toHaveLength(200)
})

test('clearing the journal clears the counts', async () => {
  const opened = await sandbox()
  await opened.agent.get('/groups')
  await opened.agent.delete('/_sandbox/requests')
  expect(await unrouted(opened)).toEqual([])
  expect((await opened.coverage()).unrouted).toEqual([{ method: 'GET', path: '/groups', count: 1 }])
})

test('a call of an operation that is not simulated has operation and body in the journal', async () => {
  const opened = await sandbox()
  expect((await opened.agent.post('/v1/opal-scripts').send({ a: 1 })).status).toBe(501)
  expect(await journal(opened, tokens.fullAccess, '?operation=createOpalScript')).toMatchObject([
    { operation: 'createOpalScript', body: { a: 1 }, status: 501 },
  ])
})

test.each([
  ['is no JSON', '{'],
  ['is too long', JSON.stringify('x'.repeat(70_000))],
])('and no body if that %s', async (_what, body) => {
  const opened = await sandbox()
  const url = '/v1/opal-scripts'
  expect((await opened.agent.post(url).set('content-type', 'application/json').send(body)).status).toBe(501)
  const [entry] = await journal(opened)
  expect(entry).toMatchObject({ operation: 'createOpalScript', status: 501 })
  expect(entry).not.toHaveProperty('body')
})

test('entries have the real time and the headers, without secrets', async () => {
  const opened = await sandbox()
  const before = Date.now()
  await opened.agent
    .get('/v1/groups')
    .set('user-agent', 'probe/1')
    .set('idempotency-key', 'once')
    .set('cookie', 'a=secret')
    .set('proxy-authorization', 'Basic secret')
  const [entry] = await journal(opened)
  expect(entry?.headers).toMatchObject({ 'user-agent': 'probe/1', 'idempotency-key': 'once' })
  expect(Object.keys(entry?.headers ?? {}).filter((name) => /authorization|cookie/.test(name))).toEqual([])
  expect(JSON.stringify(entry)).not.toContain('secret')
  expect(JSON.stringify(entry)).not.toContain(tokens.fullAccess)
  expect(Date.parse(entry?.received_at as string)).toBeGreaterThanOrEqual(before - 1)
  expect(Date.parse(entry?.received_at as string)).toBeLessThanOrEqual(Date.now())
})

test('a call that hangs is pending in the journal, a wait sees it, and it is completed when it ends', async () => {
  const opened = await listening()
  const { fault_id } = (await call(opened, tokens.fullAccess, 'POST', '/_sandbox/faults', {
    effect: { hang: true },
  })) as { fault_id: string }
  const path = groupUserPath(ids.apiGroup, ids.jake)
  const hanging = send(opened.port, 'PUT', path, { body: '{"duration_minutes":60}' })
  const waited = (await call(
    opened,
    tokens.fullAccess,
    'GET',
    '/_sandbox/requests/wait?operation=update_group_user&timeout=30s',
  )) as { results: Entry[] }
  expect(waited.results).toMatchObject([
    { pending: true, body: { duration_minutes: 60 }, fault: { fault_id, effect: 'hang' } },
  ])
  expect(waited.results[0]).not.toHaveProperty('status')

  // Its completion is not another call.
  const twice = call(opened, tokens.fullAccess, 'GET', '/_sandbox/requests/wait?count=2&timeout=300ms')
  await call(opened, tokens.fullAccess, 'DELETE', `/_sandbox/faults/${fault_id}`)
  await hanging
  await expect(twice).rejects.toThrow('408')
  const entries = (await call(opened, tokens.fullAccess, 'GET', '/_sandbox/requests')) as { results: Entry[] }
  expect(entries.results).toMatchObject([{ status: 200, fault: { fault_id } }])
  expect(entries.results[0]).not.toHaveProperty('pending')
})
