import fc from 'fast-check'
import { request } from 'node:http'
import { expect, test } from 'vitest'
import { groupUserPath, ids, levels, now, requestId, sandbox, tokens } from '../../helper.js'

const path = groupUserPath(ids.apiGroup, ids.noor)
const headers = { authorization: `Bearer ${tokens.fullAccess}`, 'content-type': 'application/json' }
const names = new Map([
  ['', ''],
  [levels.admin, 'AdministratorAccess'],
  [levels.readOnly, 'ReadOnlyAccess'],
])

const oddValue = fc.oneof(
  fc.integer(),
  fc.integer({ min: -2, max: 2 }),
  fc.integer({ min: 525_958, max: 525_962 }),
  fc.double(),
  fc.constantFrom(...names.keys(), '60', ' ', 'null', '\ud800', null, true, false, -0, 1e300, -1e300, [], {}, [60]),
  fc.string({ unit: 'binary' }),
  fc.jsonValue({ maxDepth: 1 }),
)

const body = fc.oneof(
  fc.jsonValue(),
  fc.record(
    {
      duration_minutes: oddValue,
      access_level_remote_id: oddValue,
      durationMinutes: oddValue,
      ['__proto__']: oddValue,
    },
    { requiredKeys: [] },
  ),
  fc.record(
    {
      duration_minutes: fc.integer({ min: -10, max: 525_970 }),
      access_level_remote_id: fc.oneof(fc.constantFrom(...names.keys()), fc.string()),
    },
    { requiredKeys: ['duration_minutes'] },
  ),
)

/** What the documentation asks of the body of the PUT; said here once more, in other words than in the server. */
function isAsDocumented(value: unknown): value is { duration_minutes: number; access_level_remote_id?: string } {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return false
  const fields = new Map<string, unknown>(Object.entries(value))
  const minutes = fields.get('duration_minutes')
  if (typeof minutes !== 'number' || minutes % 1 !== 0 || minutes > 525_960) return false
  if (!fields.has('access_level_remote_id')) return true
  const level = fields.get('access_level_remote_id')
  return typeof level === 'string' && level.isWellFormed() && !level.includes('\0')
}

function expectedAnswer(value: unknown): object {
  if (!isAsDocumented(value))
    return { status: 400, body: expect.objectContaining({ code: 'INVALID_REQUEST' }) as unknown }
  const { duration_minutes, access_level_remote_id = '' } = value
  const access_level_name = names.get(access_level_remote_id)
  if (access_level_name === undefined) {
    return { status: 400, body: expect.objectContaining({ code: 'ACCESS_LEVEL_NOT_FOUND' }) as unknown }
  }
  return {
    status: 200,
    body: {
      group_id: ids.apiGroup,
      group_name: 'API Group',
      description: "Group required to request API's",
      user_id: ids.noor,
      access_level: { access_level_name, access_level_remote_id },
      full_name: 'Noor Haddad',
      email: 'noor@company.dev',
      expiration_date:
        duration_minutes === 0 ? null : new Date(now + Math.max(duration_minutes, 0) * 60_000).toISOString(),
      propagation_status: { status: 'SUCCESS' },
    },
  }
}

test('any JSON is either valid by the documentation and applied, or rejected', async () => {
  const { app, agent } = await sandbox()
  await agent.patch('/_sandbox/settings').send({ missing_group_user_on_update: 'create' })
  const put = (payload: string) => app.inject({ method: 'PUT', url: path, headers, payload })
  await fc.assert(
    fc.asyncProperty(body, async (value) => {
      // Whatever came before: access for ever, at the default level.
      await put('{"duration_minutes":0,"access_level_remote_id":""}')
      const sent = JSON.stringify(value)
      const answer = await put(sent)
      const parsed: unknown = JSON.parse(sent)
      expect({ status: answer.statusCode, body: answer.json<unknown>() }).toEqual(expectedAnswer(parsed))
    }),
    { numRuns: 1_000 },
  )
})

test('any text that is not JSON is rejected', async () => {
  const { app } = await sandbox()
  const isJson = (text: string) => {
    try {
      JSON.parse(text)
      return true
    } catch {
      return false
    }
  }
  const text = fc.oneof(
    fc.string(),
    fc.string({ unit: 'grapheme' }),
    fc.json().map((json) => json.slice(0, -1)),
  )
  await fc.assert(
    fc.asyncProperty(
      text.filter((candidate) => candidate !== '' && !isJson(candidate)),
      async (payload) => {
        const answer = await app.inject({ method: 'PUT', url: path, headers, payload })
        expect({ status: answer.statusCode, body: answer.json<unknown>() }).toEqual({
          status: 400,
          body: {
            code: 'INVALID_REQUEST',
            message: 'The request is not valid: 1 problem.',
            errors: [{ path: 'body', message: expect.stringMatching(/^is not JSON: /) as unknown }],
            request_id: requestId,
          },
        })
      },
    ),
    { numRuns: 500 },
  )
})

test('any bytes as a body are answered, but not with a 5xx', async () => {
  const { app } = await sandbox()
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), async (bytes) => {
      const answer = await app.inject({ method: 'PUT', url: path, headers, payload: Buffer.from(bytes) })
      expect([400, 404]).toContain(answer.statusCode)
    }),
    { numRuns: 500 },
  )
})

test('any text as an id is rejected unless it is a UUID, which is not found', async () => {
  const opened = await sandbox()
  const port = await opened.listen({ host: '127.0.0.1', port: 0 })
  const id = fc.oneof(
    fc.string({ minLength: 1 }),
    fc.string({ minLength: 1, unit: 'binary' }),
    fc.constantFrom('.', '..', '%', '%00', ' ', ':group_id', '*', '__proto__', 'constructor', 'users', 'null'),
    fc.uuid(),
    fc.uuid().map((uuid) => uuid.toUpperCase()),
    fc.uuid().map((uuid) => `{${uuid}}`),
    fc.uuid().map((uuid) => `${uuid}\n`),
    fc.uuid().map((uuid) => `urn:uuid:${uuid}`),
  )
  const isUuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$(?!\n)/i
  await fc.assert(
    fc.asyncProperty(id, async (text) => {
      const answer = await putAsSent(port, `/v1/groups/${encodeURIComponent(text)}/users/${ids.jake}`)
      expect(answer).toEqual(
        isUuid.test(text) ? { status: 404, code: 'GROUP_NOT_FOUND' } : { status: 400, code: 'INVALID_REQUEST' },
      )
    }),
    { numRuns: 500 },
  )
})

test('any path under /v1 is answered, but not with a 5xx', async () => {
  const opened = await sandbox()
  const port = await opened.listen({ host: '127.0.0.1', port: 0 })
  const piece = fc.constantFrom(
    '/',
    '//',
    'groups',
    'users',
    ids.apiGroup,
    ids.jake,
    '%',
    '%2F',
    '%zz',
    '%00',
    '.',
    '..',
    ';',
    '?',
    '&',
    '=',
    '*',
    ':',
    '\\',
    "'",
  )
  await fc.assert(
    fc.asyncProperty(fc.array(piece, { maxLength: 12 }), async (pieces) => {
      const { status } = await putAsSent(port, `/v1${pieces.join('')}`)
      expect([200, 400, 404, 405, 501]).toContain(status)
    }),
    { numRuns: 500 },
  )
})

/** Nothing tidies the path up on its way: a client that did would hide what the server makes of it. */
function putAsSent(port: number, at: string): Promise<{ status: number | undefined; code: unknown }> {
  return new Promise((resolve, reject) => {
    const call = request({ port, method: 'PUT', path: at, headers }, (response) => {
      let text = ''
      response.setEncoding('utf8')
      response.on('data', (chunk: string) => (text += chunk))
      response.on('end', () => {
        const { code } = JSON.parse(text) as { code: unknown }
        resolve({ status: response.statusCode, code })
      })
    })
    call.on('error', reject)
    call.end('{"duration_minutes":60}')
  })
}
