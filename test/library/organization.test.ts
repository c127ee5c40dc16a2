import { describe, expect, onTestFinished, test } from 'vitest'
import { ClientError, connect, createSandbox, type Organization } from '../../src/index.js'
import { ids } from '../helper.js'
import { created, groupUser, put, thrown } from './created.js'

const at = '2022-01-23T03:56:07.000Z'

interface Opened {
  opal: Organization
  /** Makes a call that gives access for an hour. */
  give: () => Promise<number>
}

async function inProcess(): Promise<Opened> {
  const sandbox = await created({ listen: false, now: at })
  const opal = sandbox.organization('x')
  return { opal, give: async () => (await sandbox.fetch(opal.baseUrl + groupUser, put(opal.token))).status }
}

async function elsewhere(): Promise<Opened> {
  const { url } = await created({ now: at })
  const opal = connect({ url, token: 'org-x' })
  return { opal, give: async () => (await fetch(opal.baseUrl + groupUser, put(opal.token))).status }
}

describe.each([
  ['in this process', inProcess],
  ['that runs elsewhere', elsewhere],
])('an organization of a sandbox %s', (_where, open) => {
  test('has a name, tokens and URLs', async () => {
    const { name, token, readOnlyToken, url, baseUrl, env } = (await open()).opal
    expect({ name, token, readOnlyToken, baseUrl, env }).toEqual({
      name: 'org-x',
      token: 'org-x',
      readOnlyToken: 'org-x.read_only',
      baseUrl: `${url}/v1`,
      env: {
        OPAL_BASE_URL: `${url}/v1`,
        OPAL_SANDBOX_URL: url,
        OPAL_AUTH_TOKEN: 'org-x',
        OPALMCP_BEARER_AUTH: 'org-x',
      },
    })
  })

  test('moves its clock', async () => {
    const { opal, give } = await open()
    const { clock } = opal
    await give()
    expect(await clock.now()).toEqual(new Date(at))
    const { expired, now } = await clock.advance('61m')
    expect({ now, expired: expired.map(({ user_id }) => user_id) }).toEqual({
      now: '2022-01-23T04:57:07.000Z',
      expired: [ids.jake],
    })
    expect((await clock.set(new Date('2023-01-01T00:00:00Z'))).now).toBe('2023-01-01T00:00:00.000Z')
    expect((await clock.set('2024-01-01T00:00:00Z')).now).toBe('2024-01-01T00:00:00.000Z')
    expect((await clock.freeze(false)).mode).toBe('offset')
    expect((await clock.freeze()).mode).toBe('frozen')
    expect((await clock.reset()).now).toBe(at)
  })

  test('accepts durations in milliseconds', async () => {
    const { clock, requests, fault, faults } = (await created({ now: '2026-01-01T00:00:00Z' })).organization(
      'milliseconds',
    )
    expect((await clock.advance(90_000)).now).toBe('2026-01-01T00:01:30.000Z')
    await fault({ operation: 'getUsers', effect: { delay: 1500 } })
    expect((await faults.list()).at(-1)?.effect).toEqual({ delay: '1500ms' })
    await expect(requests.waitFor({ timeout: 5 })).rejects.toThrow('WAIT_TIMEOUT')
  })

  test('has a running clock that stops at the last moment of its years', async () => {
    const { clock, baseUrl, token } = (await created()).organization('end-of-time')
    const last = '9998-12-31T17:59:59.999Z'
    await clock.set(last)
    const before = performance.now()
    // Runs past the last moment.
    while (performance.now() - before < 3) await clock.now()
    expect((await clock.now()).toISOString()).toBe(last)
    const answer = await fetch(baseUrl + groupUser, put(token, 525_960))
    expect(await answer.json()).toMatchObject({ expiration_date: '9999-12-31T23:59:59.999Z' })
  })

  test('is exported, replaced and reset', async () => {
    const { opal } = await open()
    const seed = await opal.seed()
    await opal.replace({ version: 1, users: { solo: { email: 'solo@company.dev', full_name: 'Solo' } } })
    expect(Object.keys((await opal.seed()).users ?? {})).toEqual(['solo'])
    await opal.settings.change({ re_add: 'conflict' })
    expect(await opal.reset()).toEqual({ now: at, mode: 'frozen' })
    expect(await opal.settings.get()).toMatchObject({ re_add: 'replace' })
    await opal.replace(seed)
    expect(await opal.seed()).toEqual(seed)
  })

  test('saves and restores its state', async () => {
    const { opal } = await open()
    await opal.snapshot('before')
    await opal.clock.advance('1h')
    await opal.restore('before')
    expect(await opal.clock.now()).toEqual(new Date(at))
    expect(await opal.snapshots.list()).toEqual([{ name: 'before', created_at: at }])
    await opal.snapshots.delete('before')
    expect(await opal.snapshots.list()).toEqual([])
  })

  test('makes calls fail, and counts how many', async () => {
    const { opal, give } = await open()
    const fault = await opal.fault({ operation: 'update_group_user', times: 2, effect: { status: 503 } })
    expect(await fault.hits()).toBe(0)
    expect([await give(), await give(), await give()]).toEqual([503, 503, 200])
    expect(await fault.hits()).toBe(2)
    expect((await opal.faults.list()).find(({ fault_id }) => fault_id === fault.id)).toMatchObject({ hits: 2 })
    await fault.remove()
    await fault.remove()
    expect(await thrown(() => fault.hits())).toEqual({
      name: 'Error',
      message: `The fault rule ${fault.id} is gone: it was removed, or the organization was reset.`,
    })
    await opal.faults.clear()
    expect(await opal.faults.list()).toEqual([])
  })

  test.each<[what: string, begin: (opal: Organization) => Promise<unknown>]>([
    ['a reset', (opal) => opal.reset()],
    ['a snapshot that was restored', (opal) => opal.restore('before')],
    ['another seed', async (opal) => opal.replace(await opal.seed())],
  ])('does not confuse another fault rule with one that is gone after %s', async (_what, begin) => {
    const { opal } = await open()
    const effect = { status: 503 }
    const handles = [await opal.fault({ effect }), await opal.fault({ effect }), await opal.fault({ effect })]
    await handles[0]?.remove()
    await opal.snapshot('before')
    await begin(opal)
    const before = await opal.faults.list()
    handles.push(await opal.fault({ effect }))
    for (const handle of handles.slice(0, 3)) {
      await handle.remove()
      expect((await thrown(() => handle.hits())).message).toMatch(/is gone/)
    }
    expect(await opal.faults.list()).toEqual([...before, expect.objectContaining({ fault_id: handles[3]?.id })])
  })

  test('lists calls, and waits for them', async () => {
    const { opal, give } = await open()
    const awaited = opal.requests.waitFor({ operation: 'update_group_user', count: 2, timeout: '30s' })
    await give()
    await give()
    expect(await awaited).toEqual(await opal.requests.list())
    expect(await opal.requests.list({ limit: 1, since: undefined })).toHaveLength(1)
    expect((await opal.coverage()).results.find(({ operation }) => operation === 'update_group_user')).toMatchObject({
      statuses: { 200: 2 },
    })
    await opal.requests.clear()
    expect(await opal.requests.list()).toEqual([])
    expect(await thrown(() => opal.requests.waitFor({ timeout: '1ms' }))).toMatchObject({ name: 'ClientError' })
  })

  test('lists its magic users', async () => {
    const magic = await (await open()).opal.magic()
    expect(magic.length).toBeGreaterThan(20)
  })

  test('is deleted, and opens again', async () => {
    const { opal, give } = await open()
    await give()
    await opal.delete()
    expect(await opal.requests.list()).toEqual([])
  })

  test('says what was expected when it rejects a call', async () => {
    const { opal } = await open()
    const error = await opal.clock.advance('soon').catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(ClientError)
    expect(error).toMatchObject({ status: 400, body: { code: 'INVALID_REQUEST' } })
    expect((error as Error).message).toContain('body.advance expected a duration such as 61m')
  })
})

describe('connect', () => {
  test.each<[options: Parameters<typeof connect>[0], name: string, token: string, readOnlyToken: string]>([
    [{ url: 'http://h:1' }, 'default', 'opal_sandbox_full_access', 'opal_sandbox_read_only'],
    [{ url: 'http://h:1/v1/', token: 'org-x' }, 'org-x', 'org-x', 'org-x.read_only'],
    [{ url: new URL('http://h:1'), token: 'org-x.boss' }, 'org-x', 'org-x.boss', 'org-x.read_only'],
    [
      { url: 'http://h:1', token: 'secret-boss', readOnlyToken: 'secret-guest' },
      'default',
      'secret-boss',
      'secret-guest',
    ],
  ])('to %o selects the organization', (options, name, token, readOnlyToken) => {
    const opal = connect(options)
    expect({ ...opal, readOnlyToken: opal.readOnlyToken }).toMatchObject({
      name,
      token,
      readOnlyToken,
      url: 'http://h:1',
      baseUrl: 'http://h:1/v1',
    })
  })

  test('does not invent a token', async () => {
    expect((await thrown(() => connect({ url: 'http://h:1', token: 'secret' }).readOnlyToken)).message).toBe(
      'The READ_ONLY token that goes with this token is not known: pass it as readOnlyToken.',
    )
  })

  test.each<[options: unknown, message: string]>([
    [undefined, 'connect: options is required: expected an object.'],
    [{}, 'connect: options.url is required: expected an address such as http://127.0.0.1:6725.'],
    [
      { url: 'localhost:1' },
      'connect: options.url expected an address such as http://127.0.0.1:6725, got the string "localhost:1".',
    ],
    [
      { url: 'http://h', tokn: 'x', fetch: 1 },
      'connect: options.tokn is not known: did you mean token?; options.fetch expected a function such as fetch, got 1.',
    ],
  ])('refuses %j', async (options, message) => {
    expect(await thrown(() => connect(options as { url: string }))).toEqual({ name: 'TypeError', message })
  })

  test('names the address if nothing answers', async () => {
    const { url, close } = await createSandbox()
    onTestFinished(close)
    await close()
    expect(await thrown(() => connect({ url }).reset())).toMatchObject({
      message: `Nothing answers at ${url}: is a sandbox running there?`,
      cause: 'fetch failed',
    })
  })
})

test('a rule answers an operation, and reports where its body does not fit', async () => {
  const sandbox = await created({ listen: false })
  const { baseUrl, token, fault } = sandbox.organization('stubs')
  const { warnings } = await fault({ operation: 'getIdpGroupMappings', effect: { status: 200, body: { mappings: 7 } } })
  expect(warnings).toEqual(['effect.body.mappings: expected array, got 7'])
  const headers = { authorization: `Bearer ${token}` }
  const response = await sandbox.fetch(`${baseUrl}/idp-group-mappings/any`, { headers })
  expect([response.status, await response.json()]).toEqual([200, { mappings: 7 }])
})
