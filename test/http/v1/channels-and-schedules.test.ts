import { describe, expect, test } from 'vitest'
import { ids, requestId, sandbox, told } from '../../helper.js'

const seed = {
  version: 1,
  message_channels: {
    alerts: { third_party_provider: 'SLACK', remote_id: 'C1', name: '#alerts', is_private: true },
  },
  on_call_schedules: { primary: { third_party_provider: 'OPSGENIE', remote_id: 'S1', name: 'Primary' } },
}

// The two differ in nothing but their names.
describe.each([
  {
    path: '/v1/message-channels',
    list: 'channels',
    idField: 'message_channel_id',
    seeded: seed.message_channels.alerts,
    created: { third_party_provider: 'SLACK', remote_id: 'C2' },
    code: 'MESSAGE_CHANNEL_NOT_FOUND',
    label: 'message channel',
  },
  {
    path: '/v1/on-call-schedules',
    list: 'on_call_schedules',
    idField: 'on_call_schedule_id',
    seeded: seed.on_call_schedules.primary,
    created: { third_party_provider: 'PAGER_DUTY', remote_id: 'S2' },
    code: 'ON_CALL_SCHEDULE_NOT_FOUND',
    label: 'on-call schedule',
  },
])('$path', ({ path, list, idField, seeded, created, code, label }) => {
  const uuid = expect.stringMatching(/^[0-9a-f-]{36}$/) as string

  test('shows what the seed has, and what is created, in that order', async () => {
    const { agent } = await sandbox({ seed })
    expect(told(await agent.get(path))).toEqual({ status: 200, body: { [list]: [{ [idField]: uuid, ...seeded }] } })
    const answer = await agent.post(path).send(created)
    expect(told(answer)).toEqual({ status: 200, body: { [idField]: uuid, ...created } })
    const { [idField]: id } = answer.body as Record<string, string>
    expect(told(await agent.get(`${path}/${id}`))).toEqual(told(answer))
    expect((await agent.get(path)).body).toEqual({ [list]: [{ [idField]: uuid, ...seeded }, answer.body] })
  })

  test.each([
    ['a provider that is not known', { third_party_provider: 'IRC' }, 'third_party_provider'],
    ['no remote id', { remote_id: undefined }, 'remote_id'],
  ])('rejects %s', async (_, change, field) => {
    const { agent } = await sandbox({ seed })
    expect(told(await agent.post(path).send({ ...created, ...change }))).toMatchObject({
      status: 400,
      body: { errors: [{ path: `body.${field}` }] },
    })
  })

  test('is a 404 for what is not there', async () => {
    const { agent } = await sandbox({ seed })
    expect(told(await agent.get(`${path}/${ids.unknown}`))).toEqual({
      status: 404,
      body: {
        code,
        message: `There is no ${label} ${ids.unknown}.`,
        hint: `GET ${path} lists the ${label}s.`,
        request_id: requestId,
      },
    })
  })
})
