import { randomUUID } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { text } from 'node:stream/consumers'
import { temporaryFolder, tokens } from '../helper.js'
import { send } from '../http/wire.js'
import { createDoor, UnsafeCall, type Method } from '../../src/verify/call.js'
import { openLedger, readLedger } from '../../src/verify/ledger.js'
import { clean, exitCodeOf } from '../../src/verify/run.js'
import { pace, runningSandbox, scratchUser, serve, verifyTarget } from './verifying.js'

type Answerer = (request: IncomingMessage, response: ServerResponse) => void

function json(response: ServerResponse, status: number, body: unknown) {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}

/** A proxy before a sandbox, which can answer calls itself. `writes` are the calls it got that were no GETs. */
async function proxied(answer: (request: IncomingMessage, response: ServerResponse) => boolean) {
  const opened = await runningSandbox()
  const writes: string[] = []
  const target = await serve((request, response) => {
    const { method = '', url = '' } = request
    if (method !== 'GET') writes.push(`${method} ${url}`)
    return answer(request, response) ? undefined : forward(opened.port, request, response)
  })
  return { ...opened, target, writes }
}

async function forward(port: number, request: IncomingMessage, response: ServerResponse) {
  const body = await text(request)
  const { method = '', url = '', headers } = request
  const type = headers['content-type']
  const answer = await send(port, method, url, {
    token: headers.authorization?.replace('Bearer ', '') ?? null,
    ...(body !== '' && { body }),
    ...(type !== undefined && { headers: { 'content-type': type } }),
  })
  const { date = '', 'content-type': answerType = '' } = answer.headers
  response.writeHead(answer.status!, { date, 'content-type': answerType }).end(answer.text)
}

/** What a run may write: a group of its own name, and this group. */
function isOwn(write: string, ids: string[]): boolean {
  const [method, path = ''] = write.split(' ')
  return (method === 'POST' && path === '/v1/groups') || ids.some((id) => path.startsWith(`/v1/groups/${id}`))
}

/** Only the one that never answers should be found too slow. */
const timeoutMs = (answer: Answerer) => (answer === never ? 700 : 60_000)
const never: Answerer = () => undefined

const strangeAnswers: [string, Answerer][] = [
  ['never answers', never],
  ['always answers with 500', (_, response) => response.writeHead(500).end('{}')],
  ['always answers with 404', (_, response) => json(response, 404, {})],
  ['answers with HTML', (_, response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<html>')],
  ['answers with other JSON', (_, response) => json(response, 200, { results: 'none' })],
  ['answers with a list of null', (_, response) => json(response, 200, { results: [null] })],
  ['redirects', (_, response) => response.writeHead(302, { location: 'http://127.0.0.1:1/v1' }).end()],
  ['answers with more than 8 MiB', (_, response) => json(response, 200, { results: ['x'.repeat(9 * 1024 * 1024)] })],
  ['cuts the connection', (request) => request.socket.destroy()],
  ['answers with a 429', (_, response) => json(response, 429, {})],
]

describe('a target that', () => {
  test.each(strangeAnswers)('%s cannot be asked, and is sent no write', async (_, answer) => {
    const methods: unknown[] = []
    const target = await serve((request, response) => {
      methods.push(request.method)
      answer(request, response)
    })
    await expect(verifyTarget(target, { pace: { timeoutMs: timeoutMs(answer) } })).rejects.toThrow(
      /^The API cannot be asked: /,
    )
    expect(methods).toEqual(['GET'])
  })

  test.each(strangeAnswers)('%s from the first write on gets no other write than to its group', async (_, answer) => {
    let isWriting = false
    const { target, writes } = await proxied((request, response) => {
      isWriting ||= request.method !== 'GET'
      if (isWriting) answer(request, response)
      return isWriting
    })
    const outcome = await verifyTarget(target, { pace: { timeoutMs: timeoutMs(answer) } })
    expect(new Set(writes)).toEqual(new Set(['POST /v1/groups']))
    expect(outcome.troubles).not.toEqual([])
    expect(exitCodeOf(outcome)).not.toBe(0)
    // Only an answer can tell that nothing is left.
    expect(existsSync(outcome.ledgerFile)).toBe(outcome.troubles.some((trouble) => trouble.includes('--clean')))
  })

  test.each(strangeAnswers)('%s from the third write on is still cleaned up later', async (_, answer) => {
    let count = 0
    let isBroken = true
    const { target, writes, agent } = await proxied((request, response) => {
      if (request.method !== 'GET') count++
      if (count < 3 || !isBroken) return false
      answer(request, response)
      return true
    })
    const outcome = await verifyTarget(target, { pace: { timeoutMs: timeoutMs(answer) } })
    expect(exitCodeOf(outcome)).not.toBe(0)
    if (existsSync(outcome.ledgerFile)) {
      isBroken = false
      const ledger = readLedger(outcome.ledgerFile)
      expect(writes.filter((write) => !isOwn(write, [ledger.group_id!]))).toEqual([])
      expect(await cleanUp(target, outcome.ledgerFile)).toBeUndefined()
    }
    expect(await countScratchGroups(agent)).toBe(answer.toString().includes('404') ? 1 : 0)
  })

  test('answers a new group with an old one is sent no write to the old one', async () => {
    const { target, writes, agent } = await proxied((request, response) => {
      if (request.method !== 'POST' || request.url !== '/v1/groups') return false
      let sent = ''
      request.on('data', (part: Buffer) => (sent += part.toString()))
      request.on('end', () => {
        const { name } = JSON.parse(sent) as { name: string }
        json(response, 200, { group_id: '1b978423-db0a-4037-a4cf-f79c60cb67b3', name })
      })
      return true
    })
    const before = (await agent.get('/_sandbox/seed')).body as unknown
    const outcome = await verifyTarget(target)
    expect(writes).toEqual(['POST /v1/groups'])
    expect(outcome.troubles).toEqual([
      'The scratch group could not be used: POST /groups was not answered with a new group of the given name.',
    ])
    expect((await agent.get('/_sandbox/seed')).body).toEqual(before)
  })

  test('is rate limited is left alone at the first 429, and its group is still deleted', async () => {
    let count = 0
    const { target, agent } = await proxied((request, response) => {
      if (request.method === 'GET' || ++count !== 10) return false
      response.writeHead(429, { 'retry-after': '7' }).end()
      return true
    })
    const outcome = await verifyTarget(target)
    expect(outcome.findings.filter(({ verdict }) => verdict === 'differs')).toEqual([])
    expect([...outcome.shapes, ...outcome.values].filter(([, { problems }]) => problems.length > 0)).toEqual([])
    expect(outcome.troubles).toEqual(['The run ended early: it was answered with 429, Retry-After: 7.'])
    expect(exitCodeOf(outcome)).toBe(1)
    expect(await countScratchGroups(agent)).toBe(0)
  })

  test('is rate limited during the clean-up is waited for', async () => {
    const waits: number[] = []
    let isLimited = true
    const { target, agent } = await proxied((request, response) => {
      if (request.method !== 'DELETE' || request.url?.includes('users') || !isLimited) return false
      isLimited = false
      response.writeHead(429, { 'retry-after': '7' }).end()
      return true
    })
    const wait = async (ms: number) => void waits.push(ms)
    const outcome = await verifyTarget(target, { pace: { wait } })
    expect([waits, outcome.troubles, await countScratchGroups(agent)]).toEqual([[7000], [], 0])
  })
})

async function cleanUp(target: string, file: string) {
  const ledger = readLedger(file)
  const door = createDoor({ target, token: tokens.fullAccess, userAgent: 'test', maxCalls: 0, pace })
  door.allowWrites(ledger, [])
  door.startCleaning()
  return clean(door.call, ledger)
}

type Agent = Awaited<ReturnType<typeof runningSandbox>>['agent']

async function countScratchGroups(agent: Agent) {
  const { results } = (await agent.get('/v1/groups')).body as { results: { name: string }[] }
  return results.filter(({ name }) => name.startsWith('opal-sandbox-verify')).length
}

describe('the door', () => {
  const user = randomUUID()
  const group = randomUUID()

  /** A door to a target that counts its calls. */
  async function doorTo(groupInLedger: string | undefined) {
    const calls: string[] = []
    const target = await serve(({ method = '', url = '' }, response) => {
      calls.push(`${method} ${url}`)
      json(response, 200, {})
    })
    const door = createDoor({ target, token: 'secret', userAgent: 'test', maxCalls: 3, pace })
    const ledger = openLedger(join(temporaryFolder(), 'ledger.json'), target)
    if (groupInLedger !== undefined) ledger.setGroup(groupInLedger)
    return { door, ledger, calls }
  }

  test.each<[Method, string, Record<string, string>]>([
    ['PUT', '/groups', {}],
    ['POST', '/groups', {}],
    ['DELETE', '/groups/{group_id}', { group_id: randomUUID() }],
    ['PUT', '/groups/{group_id}', { group_id: group }],
    ['PUT', '/groups/{group_id}/users/{user_id}', { group_id: group, user_id: randomUUID() }],
    ['PUT', '/groups/{group_id}/users/{user_id}', { group_id: randomUUID(), user_id: user }],
    ['PUT', '/groups/{group_id}/visibility', { group_id: group }],
    ['DELETE', '/users/{user_id}', { user_id: user }],
    ['DELETE', '/groups/{group_id}/../{user_id}', { group_id: group, user_id: user }],
    ['GET', '/groups/{group_id}', { group_id: '..' }],
  ])('refuses %s %s with %o', async (method, template, params) => {
    const { door, ledger, calls } = await doorTo(group)
    const { call } = door
    door.allowWrites(ledger, [user])
    await expect(call(method, template, { params, body: { name: 'another' } })).rejects.toThrow(UnsafeCall)
    expect(calls).toEqual([])
  })

  test('refuses every write until writes are allowed', async () => {
    const { door, ledger, calls } = await doorTo(group)
    const { call } = door
    await expect(call('POST', '/groups', { body: { name: ledger.name } })).rejects.toThrow(UnsafeCall)
    await expect(call('DELETE', '/groups/{group_id}', { params: { group_id: group } })).rejects.toThrow(UnsafeCall)
    expect(calls).toEqual([])
  })

  test('lets the group of the ledger and its user pass', async () => {
    const { door, ledger, calls } = await doorTo(group)
    const { call } = door
    door.allowWrites(ledger, [user])
    await call('POST', '/groups', { body: { name: ledger.name } })
    await call('PUT', '/groups/{group_id}/users/{user_id}', { params: { group_id: group, user_id: user } })
    await call('DELETE', '/groups/{group_id}', { params: { group_id: group } })
    expect(calls).toEqual(['POST /v1/groups', `PUT /v1/groups/${group}/users/${user}`, `DELETE /v1/groups/${group}`])
    await expect(call('GET', '/groups')).rejects.toThrow('the run has made 3 calls already')
  })

  test('makes at most so many calls a second', async () => {
    const waits: number[] = []
    let time = 0
    const target = await serve((_, response) => json(response, 200, {}))
    const { call } = createDoor({
      ...{ target, token: 'secret', userAgent: 'test', maxCalls: 50 },
      pace: { ...pace, perSecond: 5, now: () => time, wait: async (ms) => void (waits.push(ms), (time += ms)) },
    })
    await call('GET', '/groups')
    await call('GET', '/groups')
    time += 150
    await call('GET', '/groups')
    expect(waits).toEqual([200, 50])
  })
})

describe('a run that is killed', () => {
  test.each([
    ['before its group is created', 0],
    ['while it uses its group', 5],
  ])('%s is cleaned up by its ledger', async (_, writes) => {
    let count = 0
    const crash = new Error('killed')
    const opened = await runningSandbox()
    const ledgerFile = join(temporaryFolder(), 'ledger.json')
    // The clean-up dies with the run.
    const now = () => {
      if (count > writes) throw crash
      return Date.now()
    }
    const target = await serve((request, response) => {
      if (request.method !== 'GET') count++
      return forward(opened.port, request, response)
    })
    await expect(verifyTarget(target, { ledgerFile, pace: { now } })).rejects.toThrow(crash)
    expect(await countScratchGroups(opened.agent)).toBe(1)
    expect(JSON.parse(readFileSync(ledgerFile, 'utf8'))).toMatchObject({ version: 1, target })
    expect(await cleanUp(target, ledgerFile)).toBeUndefined()
    expect(await countScratchGroups(opened.agent)).toBe(0)
    expect((await opened.agent.get('/v1/user').query({ email: scratchUser })).status).toBe(200)
  })

  test('leaves a group alone that has another name than in the ledger', async () => {
    const { target, agent } = await runningSandbox()
    const ledger = openLedger(join(temporaryFolder(), 'ledger.json'), target)
    ledger.setGroup('1b978423-db0a-4037-a4cf-f79c60cb67b3')
    expect(await cleanUp(target, ledger.file)).toBe(
      'The group 1b978423-db0a-4037-a4cf-f79c60cb67b3 has another name than in the ledger.',
    )
    expect((await agent.get('/v1/groups/1b978423-db0a-4037-a4cf-f79c60cb67b3')).status).toBe(200)
  })
})

test('a user who does not exist, and a ledger that does, are rejected before anything is written', async () => {
  const { target, writes } = await proxied(() => false)
  const { ledgerFile } = await verifyTarget(target)
  const count = writes.length
  openLedger(ledgerFile, target)
  await expect(verifyTarget(target, { ledgerFile })).rejects.toThrow(/^Cannot write the ledger .* file already exists/)
  expect(writes.length).toBe(count)
})
