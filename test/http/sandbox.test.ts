import { readFileSync } from 'node:fs'
import { describe, expect, test, vi } from 'vitest'
import supertest from 'supertest'
import { parse } from 'yaml'
import { openStore } from '../../src/store/index.js'
import { requestId, sandbox, told, tokens } from '../helper.js'

vi.mock('../../src/store/index.js', { spy: true })

const read = (name: string) => readFileSync(new URL(`../../${name}`, import.meta.url), 'utf8')
const { version } = JSON.parse(read('package.json')) as { version: string }

const builtInTokens = [
  { secret: tokens.fullAccess, token_label: 'Full access' },
  { secret: tokens.readOnly, token_label: 'Read only' },
  { secret: tokens.expired, token_label: 'Expired' },
  { secret: tokens.revoked, token_label: 'Revoked' },
]

const seedWithTokens = (...secrets: string[]) => ({
  version: 1,
  tokens: Object.fromEntries(
    secrets.map((secret, index) => [`token_${index}`, { access_level: 'FULL_ACCESS', secret }]),
  ),
})

describe('GET /_sandbox/health', () => {
  const healthy = { status: 200, body: { status: 'ok', version, uptime_seconds: expect.any(Number) as unknown } }

  test.each([
    ['without a token', ''],
    ['with a token', `Bearer ${tokens.fullAccess}`],
    ['with a token that ran out', `Bearer ${tokens.expired}`],
    ['with a token that nobody knows', 'Bearer a-word-that-nobody-knows'],
  ])('says %s that all is well', async (_who, authorization) => {
    const { agent } = await sandbox()
    expect(told(await agent.get('/_sandbox/health').set({ authorization }))).toEqual(healthy)
  })

  test('counts the time since the sandbox was opened, not that of its clock', async () => {
    const { agent } = await sandbox()
    const before = performance.now()
    const first = (await agent.get('/_sandbox/health')).body as { uptime_seconds: number }
    const second = (await agent.get('/_sandbox/health')).body as { uptime_seconds: number }
    const elapsed = second.uptime_seconds - first.uptime_seconds
    expect(elapsed >= 0 && elapsed <= (performance.now() - before) / 1_000 + 0.001).toBe(true)
  })

  test('reports a database that does not answer', async () => {
    const { agent } = await sandbox()
    const [opened] = vi.mocked(openStore).mock.results.slice(-1)
    if (opened?.type === 'return') opened.value.close()
    expect(told(await agent.get('/_sandbox/health'))).toEqual({
      status: 503,
      body: { code: 'DATABASE_UNAVAILABLE', message: 'The database cannot be read.', request_id: requestId },
    })
  })
})

describe('the description of the API', () => {
  const served = read('openapi.yaml').replace(
    /  - url: http:.*\n    description: .*\n/,
    '  - url: /\n    description: This server.\n',
  )

  test('is served as YAML, as in the package except for the address', async () => {
    const { agent } = await sandbox()
    const answer = await agent.get('/_sandbox/openapi.yaml').set('authorization', '').buffer(true)
    expect({ status: answer.status, type: answer.headers['content-type'], text: answer.text }).toEqual({
      status: 200,
      type: 'application/yaml; charset=utf-8',
      text: served,
    })
  })

  test('names no address except that of its server', () => {
    expect((parse(served) as { servers: unknown }).servers).toEqual([{ url: '/', description: 'This server.' }])
  })

  test('is text that a browser displays', async () => {
    const { agent } = await sandbox()
    const answer = await agent.get('/_sandbox/openapi.yaml').set('accept', 'text/html,*/*;q=0.8')
    expect([answer.headers['content-type'], answer.text]).toEqual(['text/plain; charset=utf-8', served])
  })

  test('is served as JSON, with the same content', async () => {
    const { agent } = await sandbox()
    const answer = await agent.get('/_sandbox/openapi.json').set('authorization', '')
    expect({ ...told(answer), type: answer.headers['content-type'] }).toEqual({
      status: 200,
      type: 'application/json',
      body: parse(served) as unknown,
    })
  })
})

describe('GET /', () => {
  const curl = (baseUrl: string, secret: string) =>
    [
      `curl -X PUT ${baseUrl}/groups/1b978423-db0a-4037-a4cf-f79c60cb67b3/users/29827fb8-f2dd-4e80-9576-28e31e9934ac \\`,
      `  -H "Authorization: Bearer ${secret}" \\`,
      '  -H "Content-Type: application/json" \\',
      `  -d '{"duration_minutes": 60}'`,
    ].join('\n')

  const welcome = {
    name: 'opal-sandbox',
    version,
    base_url: 'http://localhost:6725/v1',
    openapi: '/_sandbox/openapi.yaml',
    tokens: builtInTokens,
    curl: curl('http://localhost:6725/v1', tokens.fullAccess),
  }

  test.each([
    ['for JSON', 'application/json'],
    ['for anything', '*/*'],
    ['for nothing in particular', ''],
  ])('tells a program that asks %s where to begin', async (_what, accept) => {
    const { agent } = await sandbox()
    const answer = await agent.get('/').set({ host: 'localhost:6725', authorization: '', accept })
    expect({ ...told(answer), type: answer.headers['content-type'] }).toEqual({
      status: 200,
      type: 'application/json',
      body: welcome,
    })
  })

  /** A loopback server answers to its own names alone. */
  async function openWide() {
    const { listen } = await sandbox()
    return supertest(`http://127.0.0.1:${await listen({ host: '0.0.0.0', port: 0 })}`)
  }

  test('names the address of the request', async () => {
    expect(told(await (await openWide()).get('/').set('host', 'sandbox.internal'))).toEqual({
      status: 200,
      body: {
        ...welcome,
        base_url: 'http://sandbox.internal/v1',
        curl: curl('http://sandbox.internal/v1', tokens.fullAccess),
      },
    })
  })

  test.each([
    ['a seed with tokens of its own', seedWithTokens('a-secret-of-this-test'), [], 'org-demo.token_0'],
    [
      'a seed that keeps one of them',
      seedWithTokens(tokens.readOnly, 'a-secret-of-this-test'),
      [builtInTokens[1]],
      tokens.readOnly,
    ],
    ['a seed without tokens', { version: 1 }, builtInTokens, tokens.fullAccess],
  ])('shows those of the built-in tokens that are valid with %s', async (_which, seed, shown, secret) => {
    const { agent } = await sandbox({ seed })
    expect(told(await agent.get('/').set('host', 'localhost:6725'))).toEqual({
      status: 200,
      body: {
        ...welcome,
        tokens: shown,
        curl: `curl ${welcome.base_url}/users \\\n  -H "Authorization: Bearer ${secret}"`,
      },
    })
  })

  /** Changes the state, then makes the call that `GET /` prints, with the token in it. */
  const run = async (
    seed: unknown,
    change: (agent: Awaited<ReturnType<typeof sandbox>>['agent']) => Promise<unknown>,
  ) => {
    const { agent } = await sandbox(seed === undefined ? {} : { seed })
    await change(agent)
    const { curl, base_url } = (await agent.get('/').set('host', 'localhost:6725')).body as Record<string, string>
    const [, method = 'GET', path = '', authorization = ''] =
      /^curl (?:-X (\w+) )?(\S+)[^"]*"Authorization: ([^"]+)"/.exec(curl!)!
    const verb = method.toLowerCase() as 'get' | 'post' | 'put'
    const call = agent[verb](path.replace(base_url!, '/v1')).set({ authorization })
    const answer = await call.send(method === 'GET' ? undefined : { duration_minutes: 60 })
    return [method, answer.status]
  }
  const ofApi = '/v1/groups/1b978423-db0a-4037-a4cf-f79c60cb67b3/users/29827fb8-f2dd-4e80-9576-28e31e9934ac'
  const people = { users: { zoe: { email: 'zoe@company.dev', full_name: 'Zoe' } } }
  const groups = { groups: { g: { name: 'G', group_type: 'OPAL_GROUP' } } }

  test.each<[state: string, seed: unknown, change: Parameters<typeof run>[1], method: string]>([
    ['as it was seeded', undefined, async () => undefined, 'PUT'],
    ['in which access was removed', undefined, (agent) => agent.delete(ofApi), 'POST'],
    [
      'in which access has expired',
      undefined,
      async (agent) => {
        await agent.put(ofApi).send({ duration_minutes: 1 })
        await agent.post('/_sandbox/clock').send({ advance: '2m' })
      },
      'POST',
    ],
    ['of a seed of its own', { version: 1, ...people, ...groups }, async () => undefined, 'POST'],
    ['of a seed without groups', { version: 1, ...people }, async () => undefined, 'GET'],
    ['of an empty seed', { version: 1 }, async () => undefined, 'GET'],
    [
      'of a seed whose tokens have secrets of their own',
      { ...seedWithTokens('a-secret-of-this-test'), ...people, ...groups },
      async () => undefined,
      'GET',
    ],
    [
      'in which only a read-only token is public',
      { version: 1, ...people, ...groups, tokens: { reader: { access_level: 'READ_ONLY', secret: tokens.readOnly } } },
      async () => undefined,
      'GET',
    ],
    [
      'in which the first token has expired',
      {
        version: 1,
        ...people,
        ...groups,
        tokens: {
          old: { access_level: 'FULL_ACCESS', secret: tokens.fullAccess, expires_at: '-1h' },
          full_access: { access_level: 'FULL_ACCESS', secret: 'a-secret-of-this-test' },
        },
      },
      async () => undefined,
      'GET',
    ],
  ])('prints a call that succeeds in a state %s', async (_state, seed, change, method) => {
    expect(await run(seed, change)).toEqual([method, 200])
  })
})
