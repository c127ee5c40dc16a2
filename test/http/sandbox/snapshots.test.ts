import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { groupUserPath, ids, now, requestId, sandbox, temporaryFolder, tokens, told } from '../../helper.js'
import { as, call, readApi, type Opened } from './calls.js'

const createdAt = new Date(now).toISOString()
const save = (opened: Opened, name: string, token = 'org-a') =>
  call(opened, token, 'POST', '/_sandbox/snapshots', { name })
const restore = (opened: Opened, name: string, token = 'org-a') =>
  call(opened, token, 'POST', `/_sandbox/snapshots/${name}/restore`)
const list = (opened: Opened, token = 'org-a') => call(opened, token, 'GET', '/_sandbox/snapshots')
const exported = (opened: Opened, token = 'org-a') => call(opened, token, 'GET', '/_sandbox/seed')

async function disturb(opened: Opened, token = 'org-a') {
  await call(opened, token, 'POST', groupUserPath(ids.oktaGroup, ids.noor), { duration_minutes: 60 })
  await call(opened, token, 'DELETE', `/v1/groups/${ids.plainGroup}`)
  await call(opened, token, 'POST', '/v1/groups', { name: 'New', group_type: 'OPAL_GROUP', app_id: ids.unknown })
  await call(opened, token, 'PATCH', '/_sandbox/settings', { re_add: 'conflict' })
  await call(opened, token, 'POST', '/_sandbox/clock', { advance: '3s' })
  await call(opened, token, 'DELETE', '/_sandbox/faults')
}

function notFound(name: string) {
  return {
    status: 404,
    body: {
      code: 'SNAPSHOT_NOT_FOUND',
      message: `There is no snapshot ${name}.`,
      hint: 'GET /_sandbox/snapshots lists them.',
      request_id: requestId,
    },
  }
}

describe('a snapshot', () => {
  test('brings everything back, including the clock, any number of times', async () => {
    const opened = await sandbox()
    await disturb(opened)
    await save(opened, 'before')
    const before = await exported(opened)
    await readApi(opened, 'org-a')
    const read = await readApi(opened, 'org-a')
    for (const advance of ['1d', '2d']) {
      await call(opened, 'org-a', 'POST', '/_sandbox/clock', { advance })
      await call(opened, 'org-a', 'PUT', '/_sandbox/seed', { version: 1 })
      expect(await restore(opened, 'before')).toEqual({ now: new Date(now + 3000).toISOString(), mode: 'frozen' })
      expect(await exported(opened)).toEqual(before)
      expect(await readApi(opened, 'org-a')).toEqual(read)
    }
  })

  test('is listed with its name and the time at which it was saved', async () => {
    const opened = await sandbox()
    expect(await list(opened)).toEqual({ results: [] })
    expect(await save(opened, 'b')).toEqual({ name: 'b', created_at: createdAt })
    await call(opened, 'org-a', 'POST', '/_sandbox/clock', { advance: '1s' })
    await save(opened, 'a')
    expect(await list(opened)).toEqual({
      results: [
        { name: 'a', created_at: new Date(now + 1000).toISOString() },
        { name: 'b', created_at: createdAt },
      ],
    })
  })

  test('replaces one with the same name', async () => {
    const opened = await sandbox()
    await save(opened, 'a')
    await disturb(opened)
    await save(opened, 'a')
    const saved = await exported(opened)
    await call(opened, 'org-a', 'POST', '/_sandbox/reset')
    await restore(opened, 'a')
    expect(await exported(opened)).toEqual(saved)
    expect((await list(opened)) as object).toEqual({
      results: [{ name: 'a', created_at: new Date(now + 3000).toISOString() }],
    })
  })

  test('survives a reset, a new seed and a restart', async () => {
    const db = join(temporaryFolder(), 'sandbox.db')
    const first = await sandbox({ db })
    await disturb(first)
    await save(first, 'a')
    const saved = await exported(first)
    await call(first, 'org-a', 'POST', '/_sandbox/reset')
    await call(first, 'org-a', 'PUT', '/_sandbox/seed', { version: 1 })
    await first.close()
    const second = await sandbox({ db })
    await restore(second, 'a')
    expect(await exported(second)).toEqual(saved)
  })

  test('does not change the seed that a reset restores', async () => {
    const opened = await sandbox()
    await save(opened, 'built-in')
    await call(opened, 'org-a', 'PUT', '/_sandbox/seed', { version: 1 })
    const own = await exported(opened)
    await restore(opened, 'built-in')
    await call(opened, 'org-a', 'POST', '/_sandbox/reset')
    expect(await exported(opened)).toEqual(own)
  })

  test('can be deleted, and the state stays', async () => {
    const opened = await sandbox()
    await disturb(opened)
    await save(opened, 'a')
    const before = await exported(opened)
    const answer = await as(opened, 'org-a').delete('/_sandbox/snapshots/a')
    expect([answer.status, answer.text]).toEqual([200, ''])
    expect(await list(opened)).toEqual({ results: [] })
    expect(await exported(opened)).toEqual(before)
    expect(told(await as(opened, 'org-a').delete('/_sandbox/snapshots/a'))).toEqual(notFound('a'))
    expect(told(await as(opened, 'org-a').post('/_sandbox/snapshots/a/restore'))).toEqual(notFound('a'))
  })

  test('of another organization is unknown', async () => {
    const opened = await sandbox()
    await save(opened, 'a', 'org-b')
    expect(told(await as(opened, 'org-a').post('/_sandbox/snapshots/a/restore'))).toEqual(notFound('a'))
  })

  test('of the default organization keeps the secrets of its tokens', async () => {
    const opened = await sandbox()
    await save(opened, 'a', tokens.fullAccess)
    await restore(opened, 'a', tokens.fullAccess)
    await call(opened, tokens.fullAccess, 'GET', '/v1/groups')
  })

  test('of the default organization restores secrets that another seed removed', async () => {
    const opened = await sandbox()
    await save(opened, 'a', tokens.fullAccess)
    const mine = { access_level: 'FULL_ACCESS', secret: 'a-secret-of-mine' }
    await call(opened, tokens.fullAccess, 'PUT', '/_sandbox/seed', { version: 1, tokens: { mine } })
    await restore(opened, 'a', 'a-secret-of-mine')
    await call(opened, tokens.fullAccess, 'GET', '/v1/groups')
  })

  test.each(['', ' ', 'a b', 'a/b', 'ä', 'a'.repeat(65)])('cannot be called %j', async (name) => {
    const opened = await sandbox()
    expect(told(await as(opened, 'org-a').post('/_sandbox/snapshots').send({ name }))).toEqual({
      status: 400,
      body: {
        code: 'INVALID_REQUEST',
        message: 'The request is not valid: 1 problem.',
        errors: [
          {
            path: 'body.name',
            message: `expected a name of 1 to 64 characters A-Z a-z 0-9 . _ -, got the string ${JSON.stringify(name)}`,
          },
        ],
        request_id: requestId,
      },
    })
  })

  test.each(['a', 'A.b_c-1', 'a'.repeat(64)])('can be called %s', async (name) => {
    const opened = await sandbox()
    await save(opened, name)
    await restore(opened, name)
    await call(opened, 'org-a', 'DELETE', `/_sandbox/snapshots/${name}`)
  })
})

test('there can be a hundred, each of which can still be replaced', async () => {
  const opened = await sandbox()
  for (let index = 0; index < 100; index++) await save(opened, `s${index}`)
  expect(told(await as(opened, 'org-a').post('/_sandbox/snapshots').send({ name: 'more' }))).toEqual({
    status: 409,
    body: {
      code: 'SNAPSHOT_LIMIT',
      message: 'There are 100 snapshots already.',
      hint: 'Delete one with DELETE /_sandbox/snapshots/{name}.',
      request_id: requestId,
    },
  })
  await save(opened, 's42')
  await save(opened, 'more', 'org-b')
  await call(opened, 'org-a', 'DELETE', '/_sandbox/snapshots/s0')
  await save(opened, 'more')
})
