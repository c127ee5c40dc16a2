import { expect, onTestFinished, test } from 'vitest'
import { openSandbox } from '../../../src/sandbox.js'
import { recordingLogger, sandbox } from '../../helper.js'
import { listening, send } from '../wire.js'

const names = [
  ...['accept', 'age', 'allow', 'cache-control', 'connection', 'content-encoding', 'content-length', 'content-type'],
  ...['cookie', 'date', 'etag', 'expect', 'host', 'keep-alive', 'link', 'location', 'proxy-connection', 'retry-after'],
  ...['set-cookie', 'te', 'trailer', 'Trailer', 'transfer-encoding', 'upgrade', 'vary', 'via', 'www-authenticate'],
  ...['__proto__', 'constructor', 'toString', 'x-any', 'x any', ''],
]
const values = ['x', '', 'chunked', 'close', 'keep-alive', 'a\tb', '\u00ff', '\u0001', '\u007f', '\r\n', '\u2603']

test.each(['before', 'after'])(
  'a header that Node cannot send is rejected when a rule with phase %s is written; any other is sent',
  async (phase) => {
    const { logger, lines } = recordingLogger('error')
    const { agent, port } = await listening({ logger })
    const outcomes: unknown[] = []
    for (const name of names) {
      for (const value of values) {
        const effect = {
          status: 503,
          headers: JSON.parse(`{${JSON.stringify(name)}:${JSON.stringify(value)}}`) as object,
        }
        const { status } = await agent.post('/_sandbox/faults').send({ phase, effect })
        if (status === 400) continue
        const { end, status: sent } = await send(port, 'GET', '/v1/groups')
        if (end !== 'whole' || sent !== 503) outcomes.push({ name, value, end, sent })
      }
    }
    expect({ outcomes, lines }).toEqual({ outcomes: [], lines: [] })
  },
)

test('a header named trailer is rejected', async () => {
  const { agent } = await sandbox()
  const answer = await agent.post('/_sandbox/faults').send({ effect: { status: 503, headers: { Trailer: 'x' } } })
  expect([answer.status, (answer.body as { errors: unknown }).errors]).toEqual([
    400,
    [{ path: 'body.effect.headers.Trailer', message: 'is not allowed here: the response has no trailer fields' }],
  ])
})

test.each(['before', 'after'])(
  'a rule with phase %s that was stored before its header was rejected makes the call fail, and is logged',
  async (phase) => {
    const { logger, lines } = recordingLogger('error')
    // Without the hooks of the helper, which would catch what is thrown.
    const { listen, organizations, close } = openSandbox({ logger })
    onTestFinished(close)
    const port = await listen({ host: '127.0.0.1', port: 0 })
    const rule = { phase, times: 1, skip: 0, effect: { status: 503, headers: { trailer: 'x' } } }
    organizations.default.faults.follow([{ sequence: 999, rule: JSON.stringify(rule) }])
    expect(await send(port, 'GET', '/v1/groups')).toMatchObject({ end: 'whole', status: 500 })
    expect(lines[0]).toMatchObject({ err: { code: 'ERR_HTTP_TRAILER_INVALID' } })
    expect(await send(port, 'GET', '/v1/groups')).toMatchObject({ end: 'whole', status: 200 })
  },
)
