import { describe, expect, test } from 'vitest'
import { ClientError, createClient } from '../../src/library/client.js'
import { groupUserPath, ids, now, requestId, sandbox } from '../helper.js'
import { listening, send } from '../http/wire.js'

const token = 'org-client'
const path = groupUserPath(ids.apiGroup, ids.jake)
const start = { now: new Date(now).toISOString(), mode: 'frozen' }

async function connected(given: string | undefined = token) {
  const opened = await listening()
  const url = `http://127.0.0.1:${opened.port}`
  const put = () => send(opened.port, 'PUT', path, { token, body: JSON.stringify({ duration_minutes: 60 }) })
  return { ...opened, put, client: createClient({ url, token: given, fetch }) }
}

/** What was thrown, as it is compared. */
async function thrown(work: Promise<unknown>) {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  if (!(error instanceof ClientError)) throw new Error(`no ClientError: ${String(error)}`)
  const { name, status, message, body } = error
  return { name, status, message, body }
}

describe('a client', () => {
  test('asks for the health', async () => {
    const { client } = await connected()
    expect(await client.health()).toEqual({
      status: 'ok',
      version: expect.stringMatching(/^\d+\.\d+\.\d+/) as unknown,
      uptime_seconds: expect.any(Number) as unknown,
    })
  })

  test('reads and moves the clock', async () => {
    const { client, put } = await connected()
    await put()
    expect(await client.getClock()).toEqual(start)
    expect(await client.turnClock({ advance: '61m' })).toEqual({
      now: '2022-01-23T04:57:07.000Z',
      mode: 'frozen',
      expired: [expect.objectContaining({ user_id: ids.jake, group_id: ids.apiGroup })],
      expired_count: 1,
      settled_count: 1,
      settled: [expect.objectContaining({ user_id: ids.jake, group_id: ids.oktaGroup })],
    })
    expect(await client.getClock()).toEqual({ ...start, now: '2022-01-23T04:57:07.000Z' })
    expect(await client.turnClock({ reset: true })).toMatchObject({ ...start, expired: [] })
  })

  test('exports, replaces and resets the organization', async () => {
    const { client } = await connected()
    const seed = await client.exportSeed()
    const users = { solo: { email: 'solo@x.dev', full_name: 'Solo' } }
    expect(await client.replaceSeed({ version: 1, users })).toEqual(start)
    const replaced = await client.exportSeed()
    expect(Object.keys(replaced.users ?? {})).toEqual(['solo'])
    await client.changeSettings({ re_add: 'conflict' })
    expect(await client.reset()).toEqual(start)
    expect(await client.exportSeed()).toEqual(replaced)
    await client.replaceSeed(seed)
    expect(await client.exportSeed()).toEqual(seed)
  })

  test('saves, lists, restores and deletes snapshots, whatever they are called', async () => {
    const { client } = await connected()
    const saved = await client.saveSnapshot('before-it')
    expect(await client.listSnapshots()).toEqual([saved])
    const { re_add } = await client.getSettings()
    await client.changeSettings({ re_add: 'conflict' })
    expect(await client.restoreSnapshot('before-it')).toEqual(start)
    expect((await client.getSettings()).re_add).toBe(re_add)
    await client.deleteSnapshot('before-it')
    expect(await client.listSnapshots()).toEqual([])
    expect((await thrown(client.restoreSnapshot('a/b?c'))).status).toBe(400)
  })

  test('reads and changes settings', async () => {
    const { client } = await connected()
    const settings = await client.getSettings()
    const changes = { re_add: 'conflict', rate_limit: { requests_per_second: 5 } } as const
    expect(await client.changeSettings(changes)).toEqual({ ...settings, ...changes })
    expect(await client.getSettings()).toEqual({ ...settings, ...changes })
  })

  test('adds, lists and deletes fault rules', async () => {
    const { client, put } = await connected()
    await client.deleteFaults()
    const first = await client.addFault({ operation: 'update_group_user', effect: { status: 503 } })
    const { fault_id } = first
    expect(first).toEqual({
      fault_id,
      hits: 0,
      times: 1,
      skip: 0,
      phase: 'before',
      operation: 'update_group_user',
      effect: { status: 503 },
    })
    const second = await client.addFault({ times: 'forever', effect: { delay: '1ms' } })
    expect((await put()).status).toBe(503)
    expect(await client.listFaults()).toEqual([{ ...first, hits: 1 }, second])
    await client.deleteFault(fault_id)
    expect(await client.listFaults()).toEqual([second])
    await client.deleteFaults()
    expect(await client.listFaults()).toEqual([])
  })

  test('lists, awaits, shows and clears calls', async () => {
    const { client, put } = await connected()
    const later = client.waitForRequests({ operation: 'update_group_user', count: 2, timeout: '30s' })
    await put()
    await put()
    const both = await client.listRequests()
    expect(both.map(({ operation, status }) => [operation, status])).toEqual([
      ['update_group_user', 200],
      ['update_group_user', 200],
    ])
    expect(await later).toEqual(both)
    const [first, second] = both
    expect(await client.waitForRequests()).toEqual(both)
    expect(await client.listRequests({ since: first!.request_id, status: 200, user_id: ids.jake })).toEqual([second])
    expect(await client.listRequests({ limit: 1 })).toEqual([second])
    expect(await client.listRequests({ status: 404 })).toEqual([])
    expect(await client.getRequest(first!.request_id)).toEqual(first)
    const coverage = await client.getCoverage()
    const row = coverage.results.find(({ operation }) => operation === 'update_group_user')!
    expect(row.statuses['200']).toBe(2)
    expect(coverage.never_met).toContain('update_group_user 404')
    await client.clearRequests()
    expect(await client.listRequests()).toEqual([])
  })

  test('lists the magic users, and deletes its organization', async () => {
    const { client, put } = await connected()
    expect(await client.listMagic()).toContainEqual({
      user_id: '00000000-0000-4000-a000-000000000429',
      group_id: '00000000-0000-4000-8000-00000000cafe',
      email: 'http-429@magic.dev',
      outcome: 'returns 429 once, then works normally',
    })
    await client.changeSettings({ re_add: 'conflict' })
    await put()
    await client.deleteOrganization()
    expect([(await client.getSettings()).re_add, await client.listRequests()]).toEqual(['replace', []])
  })

  test('with no token acts on the organization default', async () => {
    const opened = await listening()
    const client = createClient({ url: `http://127.0.0.1:${opened.port}/`, fetch })
    await send(opened.port, 'GET', '/v1/groups')
    expect((await client.listRequests()).map(({ url }) => url)).toEqual(['/v1/groups'])
    expect(await thrown(client.deleteOrganization())).toMatchObject({ status: 409 })
  })

  test('needs no socket if its fetch needs none', async () => {
    const { app } = await sandbox()
    const client = createClient({
      url: 'http://127.0.0.1',
      token,
      fetch: async (request) => {
        const { method, url, headers } = request
        const payload = await request.text()
        const answer = await app.inject({
          method: method as 'GET',
          url: new URL(url).pathname,
          headers: Object.fromEntries(headers),
          ...(payload && { payload }),
        })
        return new Response(answer.body, { status: answer.statusCode })
      },
    })
    expect(await client.turnClock({ advance: '1s' })).toMatchObject({ now: '2022-01-23T03:56:08.000Z' })
    expect(await client.reset()).toEqual(start)
  })
})

describe('a ClientError', () => {
  const said = (status: number, code: string, message: string, rest: object, words: string) => ({
    name: 'ClientError',
    status,
    message: words,
    body: { code, message, ...rest, request_id: requestId },
  })

  test("has the sandbox's message and hint", async () => {
    const { client } = await connected()
    const hint = 'GET /_sandbox/faults lists the rules.'
    expect(await thrown(client.deleteFault('fault-0'))).toEqual(
      said(
        404,
        'FAULT_NOT_FOUND',
        'There is no fault rule fault-0.',
        { hint },
        `DELETE /_sandbox/faults/fault-0: 404 FAULT_NOT_FOUND. There is no fault rule fault-0. ${hint}`,
      ),
    )
  })

  test('names the path of each problem', async () => {
    const { client } = await connected()
    const errors = [
      { path: 'body.times', message: 'expected an integer from 1 to 1000000000000 or "forever", got 0' },
      { path: 'body.skip', message: 'expected an integer from 0 to 1000000000000, got -1' },
    ]
    expect(await thrown(client.addFault({ times: 0, skip: -1, effect: { drop: true } }))).toEqual(
      said(
        400,
        'INVALID_REQUEST',
        'The request is not valid: 2 problems.',
        { errors },
        `POST /_sandbox/faults: 400 INVALID_REQUEST. The request is not valid: 2 problems. ` +
          errors.map((one) => `${one.path} ${one.message}`).join(' '),
      ),
    )
  })

  test('names the call, with its query', async () => {
    const { client } = await connected()
    expect(await thrown(client.waitForRequests({ status: 404, timeout: '1ms' }))).toEqual(
      said(
        408,
        'WAIT_TIMEOUT',
        'Waited 1ms for 1 matching calls, got 0.',
        { hint: 'GET /_sandbox/requests lists the calls that came.' },
        'GET /_sandbox/requests/wait?status=404&timeout=1ms: 408 WAIT_TIMEOUT. ' +
          'Waited 1ms for 1 matching calls, got 0. GET /_sandbox/requests lists the calls that came.',
      ),
    )
  })

  test('does not name the token', async () => {
    const { client } = await connected('a-secret-that-nobody-knows')
    const { status, message } = await thrown(client.reset())
    expect([status, message.includes('a-secret')]).toEqual([401, false])
  })

  test.each([
    ['<html>Bad Gateway</html>', '<html>Bad Gateway</html>'],
    ['x'.repeat(300), 'x'.repeat(200)],
    ['', ''],
    ['null', 'null'],
    ['{"error":"no"}', '{"error":"no"}'],
  ])("says that the answer is not a sandbox's: %j", async (text, shown) => {
    const client = createClient({
      url: 'http://127.0.0.1',
      fetch: async () => new Response(text, { status: 502 }),
    })
    expect(await thrown(client.getClock())).toEqual({
      name: 'ClientError',
      status: 502,
      message: `GET /_sandbox/clock: 502, and the answer is not a sandbox's: ${shown}`,
      body: undefined,
    })
  })

  test("is also thrown for a 200 that is not a sandbox's", async () => {
    const client = createClient({ url: 'http://127.0.0.1', fetch: async () => new Response('<html></html>') })
    expect(await thrown(client.getClock())).toEqual({
      name: 'ClientError',
      status: 200,
      message: "GET /_sandbox/clock: 200, and the answer is not a sandbox's: <html></html>",
      body: undefined,
    })
  })
})
