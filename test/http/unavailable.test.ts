import { expect, test, vi } from 'vitest'
import { openDatabase } from '../../src/store/database.js'
import { groupUserPath, ids, recordingLogger, requestId, sandbox, tokens } from '../helper.js'

vi.mock('../../src/store/database.js', { spy: true })

const path = groupUserPath(ids.apiGroup, ids.jake)

/** A sandbox, and the database that it has opened. */
async function open() {
  const { logger, lines } = recordingLogger('error')
  const { app } = await sandbox({ logger })
  const opened = vi.mocked(openDatabase).mock.results.at(-1)
  if (opened?.type !== 'return') throw new Error('No database was opened')
  const call = async (method: 'GET' | 'PUT' | 'POST', url: string, payload?: object, token = tokens.fullAccess) => {
    const answer = await app.inject({
      method,
      url,
      headers: { authorization: `Bearer ${token}` },
      ...(payload && { payload }),
    })
    return { status: answer.statusCode, body: answer.json<Record<string, unknown>>() }
  }
  return { db: opened.value, call, lines }
}

const unavailable = (reason: string) => ({
  status: 503,
  body: {
    code: 'DATABASE_UNAVAILABLE',
    message: `The database cannot be used: ${reason}.`,
    hint: 'Nothing was changed. Free space on its disk, or make its folder writable, and call again.',
    request_id: requestId,
  },
})

const reasons: [what: string, breaks: string, heals: string, reason: string][] = [
  ['read-only', 'query_only = on', 'query_only = off', 'attempt to write a readonly database'],
]

test.each(reasons)(
  'while the database is %s, writes and health are a 503 with the reason',
  async (_, breaks, heals, reason) => {
    const { db, call, lines } = await open()
    const health = async () => (await call('GET', '/_sandbox/health')).status
    db.pragma(breaks)
    expect(await call('PUT', path, { duration_minutes: 60 })).toEqual(unavailable(reason))
    expect(await call('POST', '/_sandbox/faults', { effect: { status: 503 } })).toEqual(unavailable(reason))
    expect(await call('GET', '/v1/groups', undefined, 'org-new')).toEqual(unavailable(reason))
    expect(await call('GET', '/_sandbox/health')).toEqual(unavailable(reason))
    expect((await call('GET', '/v1/groups')).status).toBe(200)
    expect(lines).toMatchObject([{ msg: 'failed' }, { msg: 'failed' }, { msg: 'failed' }])
    db.pragma(heals)
    expect(await health()).toBe(200)
    expect((await call('PUT', path, { duration_minutes: 60 })).status).toBe(200)
  },
)

test('a full disk causes a 503, too', async () => {
  const { db, call } = await open()
  db.pragma(`max_page_count = ${String(db.pragma('page_count', { simple: true }))}`)
  const results = []
  for (let count = 0; count < 20; count++) results.push(await call('GET', '/v1/groups', undefined, `org-${count}`))
  expect(results.at(-1)).toEqual(unavailable('database or disk is full'))
  expect((await call('GET', '/v1/groups')).status).toBe(200)
})
