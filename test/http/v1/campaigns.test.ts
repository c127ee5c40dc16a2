import { expect, test } from 'vitest'
import { ids, sandbox, told } from '../../helper.js'

const at = '2022-01-23T03:56:07.000Z'
const query = { principalFilter: { entityIDs: [ids.jake], anyOf: [{ entityTypes: ['USER'] }] } }

test('a campaign is created, changed, started, stopped and ended', async () => {
  const { agent } = await sandbox()
  const configuration = { query, revoke_on: 'END', start_date: '2022-02-01T01:00:00+01:00', end_date: null }
  const created = await agent.post('/v1/campaigns').send({ name: 'Leavers 2', configuration })
  const campaign = created.body as { campaign_id: string; configuration: Record<string, unknown> }
  expect(told(created)).toMatchObject({
    status: 201,
    body: {
      ...{ name: 'Leavers 2', status: 'DRAFT', is_template: false },
      ...{ created_at: at, updated_at: at, created_by_user_id: ids.ada },
    },
  })
  expect(campaign.configuration).toMatchObject({
    ...{ query, revoke_on: 'END', start_date: '2022-02-01T00:00:00.000Z', timezone: 'UTC', created_at: at },
  })
  expect(campaign.configuration).not.toHaveProperty('end_date')

  const path = `/v1/campaigns/${campaign.campaign_id}`
  const sent = { name: 'Leavers 3', configuration: { timezone: 'Europe/Berlin', start_date: null } }
  const { start_date: _, ...about } = campaign.configuration
  const changed = { ...campaign, name: 'Leavers 3', configuration: { ...about, timezone: 'Europe/Berlin' } }
  expect(told(await agent.put(path).send(sent))).toEqual({ status: 200, body: changed })

  const by = (what: string) => ({ [`${what}_at`]: at, [`${what}_by_user_id`]: ids.ada })
  const started = { ...changed, status: 'ONGOING', ...by('started') }
  expect(told(await agent.post(`${path}/start`))).toEqual({ status: 200, body: started })
  const stopped = { ...started, status: 'STOPPED', ...by('stopped') }
  expect(told(await agent.post(`${path}/stop`).send({ revoke_unreviewed: true }))).toEqual({
    status: 200,
    body: stopped,
  })
  const ended = { ...stopped, status: 'ENDED', ...by('ended') }
  expect(told(await agent.post(`${path}/end`))).toEqual({ status: 200, body: ended })
  expect((await agent.get(path)).body).toEqual(ended)
  expect((await agent.post(`/v1/campaigns/${ids.unknown}/start`)).status).toBe(404)
})

test.each([
  ['', ['Leavers', 'Contractors']],
  ['name=Leavers', ['Leavers']],
  ['status=ONGOING', ['Contractors']],
  ['started_at_after=2022-01-01T00:00:00Z', ['Contractors']],
  ['started_at_after=2022-02-01T00:00:00Z', []],
  ['started_at_before=2022-02-01T00:00:00Z', ['Contractors']],
  ['created_at_before=2022-01-01T00:00:00Z', []],
  ['status=ONGOING&name=Leavers', []],
])('campaigns are listed by %j', async (filter, names) => {
  const { agent } = await sandbox()
  const { results } = (await agent.get(`/v1/campaigns?${filter}`)).body as { results: { name: string }[] }
  expect(results.map(({ name }) => name)).toEqual(names)
})
