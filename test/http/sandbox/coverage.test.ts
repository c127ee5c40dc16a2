import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { groupUserPath, ids, sandbox, tokens } from '../../helper.js'
import { as, call, type Opened } from './calls.js'

interface Coverage {
  results: { operation: string; method: string; path: string; statuses: Record<string, number> }[]
  never_met: string[]
}

const document = parse(readFileSync(new URL('../../../openapi.yaml', import.meta.url), 'utf8')) as {
  paths: Record<string, Record<string, { operationId?: string; tags?: string[]; responses: Record<string, unknown> }>>
}

/** The statuses of the operation: neither those of fault rules nor those that any request can meet. */
const ownStatuses = (method: string, responses: object) => {
  const common = ['default', '408', '431', '503', ...(method === 'get' ? ['415'] : [])]
  return Object.keys(responses).filter((status) => !common.includes(status))
}

/** As openapi.yaml has the operations of the API, nothing met. */
const nothingMet = Object.entries(document.paths)
  .filter(([path]) => path.startsWith('/v1/'))
  .flatMap(([path, operations]) =>
    Object.entries(operations).flatMap(([method, { operationId, tags, responses }]) =>
      operationId === undefined || tags?.includes('not simulated')
        ? []
        : [
            {
              operation: operationId,
              method: method.toUpperCase(),
              path,
              statuses: Object.fromEntries(ownStatuses(method, responses).map((status) => [status, 0])),
            },
          ],
    ),
  )

const byOperation = (results: Coverage['results']) => results.toSorted((a, b) => (a.operation < b.operation ? -1 : 1))

const measure = async (opened: Opened, token = tokens.fullAccess) =>
  (await call(opened, token, 'GET', '/_sandbox/coverage')) as Coverage

const put = ({ agent }: Awaited<ReturnType<typeof sandbox>>, user_id: string, body: object) =>
  agent.put(groupUserPath(ids.apiGroup, user_id)).send(body)

/** Two 200, one 400 and one 404 of one operation, and one 200 of another. */
async function fiveCalls(options: Parameters<typeof sandbox>[0] = {}) {
  const opened = await sandbox(options)
  await put(opened, ids.jake, { duration_minutes: 60 })
  await put(opened, ids.brett, { duration_minutes: 60 })
  await put(opened, ids.jake, {})
  await put(opened, ids.unknown, { duration_minutes: 60 })
  await opened.agent.get('/v1/groups')
  return opened
}
const met: Record<string, Record<string, number>> = {
  update_group_user: { 200: 2, 400: 1, 404: 1 },
  getGroups: { 200: 1 },
}
const fiveMet = nothingMet.map((one) => ({ ...one, statuses: { ...one.statuses, ...met[one.operation] } }))
const neverMetOf = (results: Coverage['results']) =>
  results.flatMap(({ operation, statuses }) =>
    Object.entries(statuses).flatMap(([status, count]) => (count === 0 ? [`${operation} ${status}`] : [])),
  )

test('at the start, no status in openapi.yaml was met for any operation', async () => {
  const { results, never_met } = await measure(await sandbox())
  expect(byOperation(results)).toEqual(byOperation(nothingMet))
  expect(never_met.toSorted()).toEqual(neverMetOf(nothingMet).toSorted())
  expect(never_met).toContain('update_group_user 404')
})

test('calls are counted by operation and status', async () => {
  const { results, never_met } = await measure(await fiveCalls())
  expect(byOperation(results)).toEqual(byOperation(fiveMet))
  expect(never_met.toSorted()).toEqual(neverMetOf(fiveMet).toSorted())
})

test('including those that the journal has dropped', async () => {
  const { results } = await measure(await fiveCalls({ journal: { entries: 1 } }))
  expect(byOperation(results)).toEqual(byOperation(fiveMet))
  expect(byOperation((await measure(await fiveCalls({ journal: { entries: 0 } }))).results)).toEqual(
    byOperation(fiveMet),
  )
})

test.each([
  ['the journal is cleared', 'DELETE', '/_sandbox/requests'],
  ['the organization is reset', 'POST', '/_sandbox/reset'],
])('the counts begin again when %s', async (_how, method, url) => {
  const opened = await fiveCalls()
  await call(opened, tokens.fullAccess, method, url)
  expect(byOperation((await measure(opened)).results)).toEqual(byOperation(nothingMet))
})

test('each organization has its own', async () => {
  const opened = await fiveCalls()
  await as(opened, 'org-other').get('/v1/users')
  const statuses = async (token: string, name: string) =>
    (await measure(opened, token)).results.find(({ operation }) => operation === name)!.statuses['200']
  expect([
    await statuses('org-other', 'getUsers'),
    await statuses('org-other', 'getGroups'),
    await statuses(tokens.fullAccess, 'getUsers'),
    await statuses(tokens.fullAccess, 'getGroups'),
  ]).toEqual([1, 0, 0, 1])
})

test('a status that is not in openapi.yaml is shown once it was met', async () => {
  const opened = await sandbox()
  await call(opened, tokens.fullAccess, 'POST', '/_sandbox/faults', { effect: { status: 418 } })
  await put(opened, ids.jake, { duration_minutes: 60 })
  const { results, never_met } = await measure(opened)
  expect(results.find(({ operation }) => operation === 'update_group_user')!.statuses).toMatchObject({ 200: 0, 418: 1 })
  expect(never_met.filter((name) => name.endsWith('418'))).toEqual([])
})

test('a call whose connection was cut, or that matched no route, is not counted', async () => {
  const opened = await sandbox()
  await opened.listen({ host: '127.0.0.1', port: 0 })
  await call(opened, tokens.fullAccess, 'POST', '/_sandbox/faults', { phase: 'after', effect: { drop: true } })
  await put(opened, ids.jake, { duration_minutes: 60 }).catch(() => undefined)
  await opened.agent.get('/v1/nothing')
  await opened.agent.get('/v1/request-templates')
  expect(byOperation((await measure(opened)).results)).toEqual(byOperation(nothingMet))
})

test('an operation that is not simulated is listed once it was called', async () => {
  const opened = await sandbox()
  const rule = { operation: 'getOpalScripts', effect: { status: 200, body: { opal_scripts: [] } } }
  await call(opened, tokens.fullAccess, 'POST', '/_sandbox/faults', rule)
  await opened.agent.get('/v1/opal-scripts')
  await opened.agent.get('/v1/opal-scripts')
  const { not_simulated, never_met } = (await measure(opened)) as Coverage & { not_simulated: object[] }
  expect(not_simulated).toEqual([
    { operation: 'getOpalScripts', method: 'GET', path: '/v1/opal-scripts', statuses: { 200: 1, 501: 1 } },
  ])
  expect(never_met.filter((name) => name.startsWith('getOpalScripts'))).toEqual([])
  const { text } = await opened.agent.get('/_sandbox/coverage').set('accept', 'text/markdown')
  expect(text.split('\n')).toContain('- not simulated: getOpalScripts, GET /v1/opal-scripts: 200 (1), 501 (1)')
})

test('in Markdown it is a table', async () => {
  const opened = await fiveCalls()
  const { results, never_met } = await measure(opened)
  const answer = await opened.agent.get('/_sandbox/coverage').set('accept', 'text/markdown')
  const row = ({ operation, method, path, statuses }: Coverage['results'][number]) => {
    const isMet = ([, count]: [string, number]) => count > 0
    const all = Object.entries(statuses)
    const seen = all.filter(isMet).map(([status, count]) => `${status} (${count})`)
    const unseen = all.filter((one) => !isMet(one)).map(([status]) => status)
    return `| ${operation} | ${method} ${path} | ${seen.join(', ') || '-'} | ${unseen.join(', ') || '-'} |`
  }
  expect(answer.headers['content-type']).toBe('text/markdown; charset=utf-8')
  const lines = answer.text.split('\n')
  expect(lines).toEqual([
    `# Coverage: ${never_met.length} never met`,
    '',
    '| operation | call | met | never met |',
    '| --- | --- | --- | --- |',
    ...results.map(row),
    '',
  ])
  expect(lines).toContain(
    '| update_group_user | PUT /v1/groups/{group_id}/users/{user_id} | 200 (2), 400 (1), 404 (1) | 401, 403, 413, 415, 429, 500 |',
  )
})

test('the sandbox itself counts over all organizations, including those that were reset or deleted', async () => {
  const opened = await fiveCalls()
  await call(opened, tokens.fullAccess, 'POST', '/_sandbox/reset')
  await as(opened, 'org-other').get('/v1/groups')
  await call(opened, 'org-other', 'DELETE', '/_sandbox/organization')
  await as(opened, 'org-third').get('/v1/groups')
  const { results, never_met } = await opened.coverage()
  const expected = fiveMet.map((one) =>
    one.operation === 'getGroups' ? { ...one, statuses: { ...one.statuses, 200: 3 } } : one,
  )
  expect(byOperation(results)).toEqual(byOperation(expected))
  expect(never_met.toSorted()).toEqual(neverMetOf(expected).toSorted())
})
