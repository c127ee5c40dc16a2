import { randomInt } from 'node:crypto'
import { connect } from 'node:net'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { pino } from 'pino'
import { expect, test } from 'vitest'
import { groupUserPath, ids, sandbox, tokens } from '../helper.js'

const requestCount = 10_000
const connections = 16

/** What may be sent on one connection. */
interface Sent {
  kind: string
  bytes: Buffer
  /**
   * A request that is whole gets an answer. One that is not is followed by the end of the connection, at which the
   * server may answer or not.
   */
  isWhole: boolean
}

type Random = ReturnType<typeof createRandom>

/** Numbers that look random and are the same for the same seed (mulberry32). */
function createRandom(seed: number) {
  let state = seed >>> 0
  function next(): number {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  const below = (limit: number) => Math.floor(next() * limit)
  return {
    below,
    pick: <T>(values: readonly T[]): T => values[below(values.length)]!,
    bytes: (length: number) => Buffer.from(Array.from({ length }, () => below(256))),
  }
}

const putPath = groupUserPath(ids.apiGroup, ids.jake)

const paths = [
  putPath,
  groupUserPath(ids.unknown, ids.jake),
  groupUserPath('not-an-id', '%00'),
  '/v1/groups',
  `/v1/groups/${ids.oktaGroup}`,
  '/v1/users',
  '/v1/user',
  '/v1/tokens',
  '/v1/groups/users/1',
  '/v1/nothing',
  '/_sandbox/clock',
  '/_sandbox/health',
  '/',
]

const oddPaths = [
  '/v1/%zz',
  '/v1/%',
  '/v1/groups/%ff%fe/users/%c0%af',
  '/v1/groups/%00/users/%0d%0a',
  '/v1/groups/..%2f..%2fetc/users/passwd',
  '/v1/../../../etc/passwd',
  '//v1//groups///',
  '/v1/groups/',
  '/V1/GROUPS',
  '/v1/groups;a=b',
  '/v1/groups?page_size=1e9&page_size=-1',
  '/v1/groups?cursor=%ff&page_size=',
  '/v1/groups?__proto__[a]=1&constructor.prototype=2&toString=3',
  '/v1/groups?group_ids=,,,&group_name=%',
  `/v1/groups?${'a=b&'.repeat(1000)}`,
  `/v1/groups/users/${'x'.repeat(5000)}`,
  `/${'/'.repeat(5000)}`,
  `/v1${'/x'.repeat(3000)}`,
  'http://elsewhere.example/v1/groups',
  'http://',
  '*',
  '?',
  '#',
  'v1/groups',
  '/v1/groups#fragment',
  '/v1/\u00e4\u00f6',
  '/v1/\u0000',
  '/v1/\t',
  '/_sandbox/%2e%2e/v1/groups',
]

const methods = ['GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS']
const oddMethods = ['TRACE', 'PROPFIND', 'QUERY', 'LINK', 'PURGE', 'M-SEARCH', 'put', 'PUTT', 'G\u00cbT', '{}', '']

const oddValues = [
  'null',
  'true',
  '"60"',
  '60.5',
  '1e400',
  '-1e400',
  '9007199254740993',
  '525961',
  '1e308',
  '9'.repeat(5000),
  '-0',
  '[]',
  '{}',
  '[60]',
  '{"a":{"a":{"a":{}}}}',
  '"\\ud800"',
  '"\\u0000"',
  `"${'x'.repeat(3000)}"`,
  '"\u00ff"',
]

const oddNames = [
  'duration_minutes',
  'durationMinutes',
  'access_level_remote_id',
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  '',
  '\\n\\r\\u0000',
  'x'.repeat(3000),
]

const headLines = [
  'Content-Type: text/plain',
  'Content-Type: application/json; charset=utf-16',
  'Content-Type: application/json;;;=',
  'Content-Type: application/jsonx',
  'Content-Type: ',
  'Content-Type: multipart/form-data; boundary=',
  'Content-Encoding: gzip',
  'Authorization: Bearer',
  'Authorization: Bearer  ',
  'Authorization: bearer \u00ff\u00fe',
  'Authorization: Basic b3BhbA==',
  `Authorization: Bearer ${'x'.repeat(8000)}`,
  'Authorization: Bearer org-',
  'Authorization: Bearer org-\u00e4',
  `Authorization: Bearer ${tokens.expired}`,
  `Authorization: Bearer ${tokens.readOnly}`,
  'Expect: 100-continue',
  'Expect: the-unexpected',
  'Accept: \u00ff',
  'Cookie: ',
  'Cookie: a=b; __proto__=c',
  'Upgrade: websocket',
  'Range: bytes=0-',
  'If-None-Match: *',
  'X-HTTP-Method-Override: DELETE',
  'Accept-Version: 99',
  'Host: a, b',
  'Host: ',
  'Host: [::1',
  'Origin: null',
  'X: \u0001',
  'X\u0000: a',
  ': a',
  'no colon',
  ' folded',
  `X: ${'x'.repeat(17_000)}`,
  'X: a\r\n'.repeat(2500).trimEnd(),
]

const lengths = ['-1', '+5', '0x10', '1e3', '5, 5', '', ' ', '5 5', '99999999999999999999999', '999999999999', '\u0665']

/** A request on one connection, which ends with its answer. */
function whole(parts: { method?: string; path?: string; version?: string; head?: string[]; body?: Buffer }): Buffer {
  const { method = 'PUT', path = putPath, version = 'HTTP/1.1', head = [], body = Buffer.alloc(0) } = parts
  const has = (name: string) => head.some((line) => line.toLowerCase().startsWith(`${name}:`))
  const lines = [
    `${method} ${path} ${version}`,
    ...(has('host') ? [] : ['Host: 127.0.0.1']),
    ...(has('authorization') ? [] : [`Authorization: Bearer ${tokens.fullAccess}`]),
    ...(has('content-type') ? [] : ['Content-Type: application/json']),
    ...(has('content-length') || has('transfer-encoding') ? [] : [`Content-Length: ${body.length}`]),
    'Connection: close',
    ...head,
  ]
  return Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'), body])
}

const goodBody = '{"duration_minutes": 60, "access_level_remote_id": ""}'

function oddObject({ below, pick }: Random): Buffer {
  const fields = Array.from({ length: below(5) }, () => `"${pick(oddNames)}": ${pick(oddValues)}`)
  return Buffer.from(`{${fields.join(', ')}}`, 'latin1')
}

function flipped(bytes: Buffer, { below }: Random): Buffer {
  const copy = Buffer.from(bytes)
  for (let count = 1 + below(8); count > 0; count--) copy[below(copy.length)] = below(256)
  return copy
}

/** Every way to be wrong, each of which is as likely as the others. */
const kinds: Record<string, (random: Random) => Omit<Sent, 'kind'>> = {
  'a body with odd fields': (random) => ({
    bytes: whole({ method: random.pick(methods), path: random.pick(paths), body: oddObject(random) }),
    isWhole: true,
  }),
  'JSON that breaks off': ({ below }) => ({
    bytes: whole({ body: Buffer.from(goodBody.slice(0, below(goodBody.length))) }),
    isWhole: true,
  }),
  'JSON that is no object': ({ pick }) => ({ bytes: whole({ body: Buffer.from(pick(oddValues)) }), isWhole: true }),
  'a body of noise': ({ below, bytes, pick }) => ({
    bytes: whole({ path: pick(paths), body: bytes(below(300)) }),
    isWhole: true,
  }),
  'a body that is no UTF-8': ({ pick }) => {
    const noise = Buffer.from(pick(['ff', 'c0af', 'eda080', 'f8888080', 'e282']), 'hex')
    const body = [Buffer.from('{"duration_minutes": "'), noise, Buffer.from('"}')]
    return { bytes: whole({ body: Buffer.concat(body) }), isWhole: true }
  },
  'deep nesting': ({ below, pick }) => {
    const depth = 1 + below(20_000)
    const [left, right] = pick([
      ['[', ']'],
      ['{"a":', '}'],
      ['{"__proto__":', '}'],
    ] as const)
    const closing = pick([right.repeat(depth), ''])
    const body = Buffer.from(`${left.repeat(depth)}1${closing}`)
    // Over the limit, the answer may come before all is sent, and be lost.
    return { bytes: whole({ body }), isWhole: body.length <= 64 * 1024 }
  },
  'a body over the limit': ({ below }) => ({
    bytes: whole({ body: Buffer.alloc(64 * 1024 + 1 + below(100_000), ' ') }),
    isWhole: false,
  }),
  'odd headers': ({ below, pick }) => ({
    bytes: whole({
      method: pick(methods),
      path: pick(paths),
      head: Array.from({ length: 1 + below(3) }, () => pick(headLines)),
      body: Buffer.from(goodBody),
    }),
    isWhole: false,
  }),
  'one odd header': ({ pick }) => ({
    bytes: whole({ path: pick(paths), head: [pick(headLines)], body: Buffer.from(goodBody) }),
    isWhole: true,
  }),
  'a header of noise': ({ below, bytes, pick }) => ({
    bytes: whole({
      path: pick(paths),
      head: [
        `X: ${bytes(1 + below(100))
          .toString('latin1')
          .replaceAll(/[\r\n]/g, ' ')}`,
      ],
    }),
    isWhole: true,
  }),
  'a header twice': ({ pick }) => ({
    bytes: whole({
      head: pick([
        ['Content-Length: 2', 'Content-Length: 3'],
        ['Content-Length: 2', 'Content-Length: 2'],
        ['Host: a', 'Host: b'],
        ['Authorization: Bearer a', `Authorization: Bearer ${tokens.fullAccess}`],
        ['Content-Type: text/plain', 'Content-Type: application/json'],
        ['Transfer-Encoding: chunked', 'Content-Length: 2'],
        ['Transfer-Encoding: chunked', 'Transfer-Encoding: gzip'],
      ]),
      body: Buffer.from('{}'),
    }),
    // Some are the beginning of chunks that do not come.
    isWhole: false,
  }),
  'an absurd length': ({ pick }) => ({
    bytes: whole({ head: [`Content-Length: ${pick(lengths)}`], body: Buffer.from('{}') }),
    isWhole: true,
  }),
  'a length that is too short': ({ below }) => ({
    bytes: whole({ head: [`Content-Length: ${below(goodBody.length)}`], body: Buffer.from(goodBody) }),
    isWhole: true,
  }),
  'a length that is too long': ({ below }) => ({
    bytes: whole({ head: [`Content-Length: ${goodBody.length + 1 + below(1000)}`], body: Buffer.from(goodBody) }),
    isWhole: false,
  }),
  'chunked nonsense': ({ below, bytes, pick }) => ({
    bytes: whole({
      head: ['Transfer-Encoding: chunked'],
      body: pick([
        Buffer.from('zz\r\n{}\r\n0\r\n\r\n'),
        Buffer.from('-2\r\n{}\r\n0\r\n\r\n'),
        Buffer.from('ffffffffffffffffff\r\n{}\r\n0\r\n\r\n'),
        Buffer.from('2\r\n{}{}{}\r\n0\r\n\r\n'),
        Buffer.from(`2;${'x'.repeat(20_000)}\r\n{}\r\n0\r\n\r\n`),
        Buffer.from('2\n{}\n0\n\n'),
        Buffer.from('2\r\n{}\r\n'),
        Buffer.from('2\r\n{}\r\n0\r\nContent-Length: 5\r\n\r\n'),
        Buffer.from('1\r\n{\r\n1\r\n}\r\n0\r\n\r\n'),
        bytes(below(100)),
      ]),
    }),
    isWhole: false,
  }),
  'an odd path': ({ pick }) => ({ bytes: whole({ method: pick(methods), path: pick(oddPaths) }), isWhole: true }),
  'a path of percent signs': ({ below, pick }) => ({
    bytes: whole({
      path: `/v1/groups/${Array.from({ length: 1 + below(50) }, () => pick(['%', '%2', '%zz', '%e2%82', '%00', 'a', '/', '?', '&', '='])).join('')}`,
    }),
    isWhole: true,
  }),
  'a path of noise': ({ below, bytes }) => ({
    bytes: whole({ path: `/${bytes(1 + below(200)).toString('latin1')}` }),
    isWhole: false,
  }),
  'an odd method': ({ pick }) => ({ bytes: whole({ method: pick(oddMethods), path: pick(paths) }), isWhole: true }),
  'an odd version': ({ pick }) => ({
    bytes: whole({ version: pick(['', 'HTTP/9.9', 'HTTP/2.0', 'http/1.1', 'HTTP/1.1.1', 'ICY 200', 'HTTP/1']) }),
    isWhole: true,
  }),
  'no host': ({ pick }) => ({
    bytes: Buffer.from(`${pick(methods)} ${pick(paths)} HTTP/1.1\r\nConnection: close\r\n\r\n`),
    isWhole: true,
  }),
  'a request that breaks off': ({ below }) => {
    const bytes = whole({ body: Buffer.from(goodBody) })
    return { bytes: bytes.subarray(0, below(bytes.length)), isWhole: false }
  },
  'a request with wrong bytes': (random) => ({
    bytes: flipped(whole({ body: Buffer.from(goodBody) }), random),
    isWhole: false,
  }),
  'nothing but noise': ({ below, bytes }) => ({ bytes: bytes(1 + below(500)), isWhole: false }),
  'many requests at once': ({ below, pick }) => ({
    bytes: Buffer.concat(
      Array.from({ length: 2 + below(5) }, () =>
        Buffer.from(`${pick(['GET', 'DELETE', 'PUT'])} ${pick(paths)} HTTP/1.1\r\nHost: a\r\n\r\n`),
      ),
    ),
    isWhole: false,
  }),
}

/** The request of that number, the same for the same seed. */
function makeRequest(seed: number, index: number): Sent {
  const random = createRandom(seed + Math.imul(index, 0x9e3779b1))
  const kind = random.pick(Object.keys(kinds))
  return { kind, ...kinds[kind]!(random) }
}

/** Sends the bytes on a connection of their own and answers all that comes back until it ends. */
function exchange(port: number, { bytes, isWhole }: Sent): Promise<string> {
  return new Promise((resolve) => {
    const received: Buffer[] = []
    const socket = connect(port, '127.0.0.1')
    // Node's client waits for nothing that long; it is there so that a request without an answer is told of.
    socket.setTimeout(10_000, () => socket.destroy())
    socket.on('data', (chunk) => received.push(chunk))
    socket.on('error', () => undefined)
    socket.on('close', () => resolve(Buffer.concat(received).toString('latin1')))
    if (isWhole) socket.write(bytes)
    else socket.end(bytes)
  })
}

/** What is wrong with the answers that came on one connection; undefined where they are as they have to be. */
function findFault(received: string, isWhole: boolean): string | undefined {
  let rest = received
  let count = 0
  while (rest !== '') {
    const end = rest.indexOf('\r\n\r\n')
    const head = rest.slice(0, end)
    const status = Number(/^HTTP\/1\.1 (\d{3}) /.exec(head)?.[1])
    if (end < 0 || Number.isNaN(status)) return `no HTTP: ${rest.slice(0, 100)}`
    rest = rest.slice(end + 4)
    if (status < 200) continue
    const length = Number(/^content-length: (\d+)$/im.exec(head)?.[1])
    if (Number.isNaN(length)) return `no length: ${head}`
    const body = Buffer.from(rest.slice(0, length), 'latin1').toString()
    rest = rest.slice(length)
    count++
    // 501 is what Opal has and the sandbox does not.
    if (status >= 500 && status !== 501) return `${status} ${body}`
    if (status >= 300 && !isErrorBody(head, body)) return `no error of ours: ${head} ${body}`
  }
  return isWhole && count === 0 ? 'no answer' : undefined
}

function isErrorBody(head: string, body: string): boolean {
  if (!/^content-type: application\/json/im.test(head)) return false
  const error = JSON.parse(body) as Record<string, unknown>
  return [error.code, error.message, error.request_id].every((value) => typeof value === 'string' && value !== '')
}

/** What is in use on the heap once all that is not has been collected. */
function heapUsed(): number {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  collect()
  collect()
  return process.memoryUsage().heapUsed
}

test(`${requestCount} malformed requests are rejected in our form, and leave nothing behind`, async () => {
  const seed = randomInt(2 ** 31)
  const log: string[] = []
  const logger = pino({ level: 'error' }, { write: (line) => log.push(line) })
  // A journal that is full at once, or its filling would hide what else grows.
  const opened = await sandbox({ logger, journal: { entries: 10 } })
  const port = await opened.listen({ host: '127.0.0.1', port: 0 })
  const faults: string[] = []
  let index = 0

  async function sendUntil(end: number) {
    async function work() {
      while (index < end && faults.length < 20) {
        const number = index++
        const sent = makeRequest(seed, number)
        const fault = findFault(await exchange(port, sent), sent.isWhole)
        if (fault !== undefined) {
          const start = sent.bytes.toString('latin1', 0, 300)
          faults.push(`request ${number}, ${sent.kind}: ${fault}\n${JSON.stringify(start)}`)
        }
      }
    }
    await Promise.all(Array.from({ length: connections }, work))
  }

  await sendUntil(requestCount / 5)
  const heapBefore = heapUsed()
  await sendUntil(requestCount)
  const grownBy = heapUsed() - heapBefore

  expect({ faults, log }, `seed ${seed}`).toEqual({ faults: [], log: [] })
  expect(grownBy, `bytes on the heap; seed ${seed}`).toBeLessThan(8 * 1024 * 1024)
  const answer = await opened.app.inject({
    method: 'PUT',
    url: putPath,
    headers: { authorization: 'Bearer org-after' },
    payload: { duration_minutes: 60 },
  })
  expect(answer.statusCode).toBe(200)
})

test('a journal of bodies with thousands of objects does not exceed its limit', async () => {
  const { app } = await sandbox()
  const payload = `{"duration_minutes": 60, "ignored": [${'{},'.repeat(5000)}{}]}`
  const headers = { authorization: `Bearer ${tokens.fullAccess}`, 'content-type': 'application/json' }
  const before = heapUsed()
  for (let count = 0; count < 1000; count++) await app.inject({ method: 'PUT', url: putPath, headers, payload })
  expect(heapUsed() - before, 'bytes on the heap').toBeLessThan(2 * 8 * 1024 * 1024)
})
