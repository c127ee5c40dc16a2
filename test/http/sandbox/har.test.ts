import { expect, test } from 'vitest'
import { groupUserPath, ids, now, sandbox } from '../../helper.js'
import { served } from '../../cli/command.js'

const path = groupUserPath(ids.apiGroup, ids.jake)

interface Archive {
  log: { entries: Record<string, unknown>[] }
}

/** The answer to a call of supertest's, whose body may be anything. */
const archiveOf = ({ body }: { body: unknown }) => body as Archive

test('the journal as an HTTP archive has calls with their reasons, and no moves of the clock', async () => {
  const { agent } = await sandbox()
  await agent.put(`${path}?x=1`).set({ host: 'opal.test', cookie: 'secret=1' }).send({ duration_minutes: 60 })
  await agent.post('/_sandbox/clock').send({ advance: '61m' })
  await agent.delete(path)
  await agent.post('/_sandbox/faults').send({ effect: { drop: true } })
  await agent.get('/v1/users').catch(() => undefined)
  const answer = await agent.get('/_sandbox/requests?format=har')
  const { headers } = answer
  const body = archiveOf(answer)
  const { entries } = body.log
  expect(body).toMatchObject({ log: { version: '1.2', creator: { name: 'opal-sandbox' } } })
  expect(headers['content-type']).toBe('application/json')
  expect(entries).toMatchObject([
    {
      request: {
        method: 'PUT',
        url: `http://opal.test${path}?x=1`,
        queryString: [{ name: 'x', value: '1' }],
        postData: { mimeType: 'application/json', text: '{"duration_minutes":60}' },
      },
      response: { status: 200, content: { mimeType: 'application/json' } },
      _rule: 'level_kept',
    },
    { request: { method: 'DELETE' }, response: { status: 404 }, _rule: 'GROUP_USER_NOT_FOUND' },
    { request: { method: 'GET' }, response: { status: 0 } },
  ])
  const [first] = entries as unknown as [{ response: { content: { text: string } }; startedDateTime: string }]
  expect(JSON.parse(first.response.content.text)).toMatchObject({ user_id: ids.jake })
  // In real time, as a browser shows it beside other calls.
  expect(Date.parse(first.startedDateTime)).toBeGreaterThan(now)
  expect(JSON.stringify(body)).not.toMatch(/opal_sandbox_full|secret=1/)
})

test('filters hold for it, and any other format is rejected', async () => {
  const { agent } = await sandbox()
  await agent.get('/v1/users')
  await agent.get('/v1/groups')
  const answer = await agent.get('/_sandbox/requests?format=har&operation=getGroups')
  expect(archiveOf(answer).log.entries).toHaveLength(1)
  expect((await agent.get('/_sandbox/requests?format=xml')).status).toBe(400)
})

test('a URL that is none is still written', async () => {
  const { agent } = await sandbox()
  await agent.get('/v1/users').set({ host: 'a b' })
  const answer = await agent.get('/_sandbox/requests?format=har')
  expect([answer.status, archiveOf(answer).log.entries]).toMatchObject([
    200,
    [{ request: { url: 'http://localhost/v1/users' } }],
  ])
})

test('the command prints it', async () => {
  const { command, agent } = await served()
  await agent.get('/v1/users')
  await agent.get('/v1/groups')
  const { stdout } = await command(['requests', '--har', '--limit', '1'])
  expect(JSON.parse(stdout)).toMatchObject({ log: { entries: [{ request: { method: 'GET' } }] } })
})
