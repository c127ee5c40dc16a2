import { describe, expect, test } from 'vitest'
import type { FaultRule } from '../../src/index.js'
import { ids } from '../helper.js'
import { created, groupUser, put, thrown } from './created.js'

/** With and without a socket: what is said here holds for both, and for the global fetch. */
describe.each([true, false])('a fetch with listen %s', (listen) => {
  async function opened() {
    const sandbox = await created({ listen, now: '2022-01-23T03:56:07.000Z' })
    const opal = sandbox.organization()
    return { ...sandbox, opal, token: opal.token, authorization: `Bearer ${opal.token}` }
  }

  test('returns what the global one returns', async () => {
    const { fetch: call, baseUrl, token } = await opened()
    const answer = await call(baseUrl + groupUser, put(token))
    expect({ status: answer.status, ok: answer.ok, url: answer.url }).toEqual({
      status: 200,
      ok: true,
      url: baseUrl + groupUser,
    })
    expect(answer.headers.get('content-type')).toBe('application/json')
    expect(await answer.json()).toMatchObject({ expiration_date: '2022-01-23T04:56:07.000Z' })
  })

  test.each<[form: string, read: (url: string, init: RequestInit) => [string | URL | Request, RequestInit?]]>([
    ['a URL as text', (url, init) => [url, init]],
    ['a URL', (url, init) => [new URL(url), init]],
    ['a Request', (url, init) => [new Request(url, init)]],
    ['a Request and what is changed of it', (url, init) => [new Request(url), init]],
  ])('takes %s', async (_form, read) => {
    const { fetch: call, baseUrl, token } = await opened()
    const answer = await call(...read(baseUrl + groupUser, put(token)))
    expect(answer.status).toBe(200)
    expect(await answer.json()).toMatchObject({ expiration_date: '2022-01-23T04:56:07.000Z' })
  })

  test('sends bodies of every form, and none', async () => {
    const { fetch: call, baseUrl, token } = await opened()
    const { headers, body } = put(token)
    const bytes = new TextEncoder().encode(body)
    const bodies = [body, bytes, new Blob([bytes]), new Response(body).body]
    const statuses = []
    for (const one of [...bodies, undefined]) {
      const init = { method: 'POST', headers, ...(one !== undefined && { body: one }), duplex: 'half' } as RequestInit
      const answer = await call(baseUrl + groupUser, init)
      statuses.push(answer.status)
      await answer.arrayBuffer()
    }
    expect(statuses).toEqual([200, 200, 200, 200, 200])
  })

  test('carries the query, and any path', async () => {
    const { fetch: call, url, authorization } = await opened()
    const paths = ['/v1/users?page_size=1', '/v1//users', '/v1/%zz', '/_sandbox/health']
    const answers = await Promise.all(paths.map((path) => call(url + path, { headers: { authorization } })))
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 400, 200])
    expect(((await answers[0]?.json()) as { results: unknown[] }).results).toHaveLength(1)
  })

  test('has no body for HEAD, and an empty one for DELETE', async () => {
    const { fetch: call, baseUrl, authorization } = await opened()
    const texts = []
    for (const [method, path] of [
      ['HEAD', '/users'],
      ['DELETE', groupUser],
    ]) {
      const answer = await call(baseUrl + path!, { method: method!, headers: { authorization } })
      texts.push([answer.status, await answer.text()])
    }
    expect(texts).toEqual([
      [200, ''],
      [200, ''],
    ])
  })

  test('reaches the control plane', async () => {
    const { fetch: call, url } = await opened()
    expect(await (await call(`${url}/_sandbox/clock`)).json()).toEqual({
      now: '2022-01-23T03:56:07.000Z',
      mode: 'frozen',
    })
  })

  test('rejects if a fault rule cuts the connection, and the change stays', async () => {
    const { fetch: call, baseUrl, token, opal, authorization } = await opened()
    const rejected = []
    for (const phase of ['before', 'after'] as const) {
      await opal.fault({ operation: 'update_group_user', phase, effect: { drop: true } })
      rejected.push((await thrown(() => call(baseUrl + groupUser, put(token, phase === 'after' ? 60 : 30)))).name)
    }
    expect(rejected).toEqual(['TypeError', 'TypeError'])
    const answer = await call(`${baseUrl}/groups/users/${ids.jake}`, { headers: { authorization } })
    const { results } = (await answer.json()) as { results: { group_id: string; expiration_date: string }[] }
    const access = results.find(({ group_id }) => group_id === ids.apiGroup)
    expect(access?.expiration_date).toBe('2022-01-23T04:56:07.000Z')
  })

  test('breaks off if a fault rule cuts the answer', async () => {
    const { fetch: call, baseUrl, token, opal } = await opened()
    await opal.fault({ operation: 'update_group_user', effect: { truncate: true } })
    const answer = await call(baseUrl + groupUser, put(token))
    expect(answer.status).toBe(200)
    expect(await thrown(() => answer.text())).toMatchObject({ name: 'TypeError', message: 'terminated' })
  })

  const held: FaultRule = { operation: 'update_group_user', effect: { hang: true } }

  test('is aborted at its timeout', async () => {
    const { fetch: call, baseUrl, token, opal } = await opened()
    await opal.fault(held)
    const signal = AbortSignal.timeout(50)
    expect(await thrown(() => call(baseUrl + groupUser, { ...put(token), signal }))).toMatchObject({
      name: 'TimeoutError',
    })
    expect(await opal.requests.list()).toEqual([expect.not.objectContaining({ status: expect.anything() as unknown })])
  })

  test('rejects with the reason when it is aborted', async () => {
    const { fetch: call, baseUrl, token, opal } = await opened()
    const fault = await opal.fault(held)
    const controller = new AbortController()
    const answer = thrown(() => call(baseUrl + groupUser, { ...put(token), signal: controller.signal }))
    await expect.poll(() => fault.hits()).toBe(1)
    controller.abort(new RangeError('no more'))
    expect(await answer).toEqual({ name: 'RangeError', message: 'no more' })
    await fault.remove()
  })

  test('does nothing if it was aborted before', async () => {
    const { fetch: call, baseUrl, token, opal } = await opened()
    const work = thrown(() => call(baseUrl + groupUser, { ...put(token), signal: AbortSignal.abort() }))
    expect(await work).toMatchObject({ name: 'AbortError' })
    expect(await opal.requests.list()).toEqual([])
  })

  test('reaches nothing else', async () => {
    const { fetch: call, url } = await opened()
    expect(await thrown(() => call('https://api.opal.dev/v1/users'))).toEqual({
      name: 'TypeError',
      message: `fetch failed: this fetch reaches only the sandbox at ${url}, not https://api.opal.dev`,
    })
  })

  test('rejects once the sandbox is closed', async () => {
    const { fetch: call, url, close } = await opened()
    await close()
    expect(await thrown(() => call(url))).toEqual({ name: 'TypeError', message: 'fetch failed: the sandbox is closed' })
  })
})
