import { expect, test } from 'vitest'
import { groupUserPath, ids, sandbox } from '../../helper.js'

test("the documentation's example is answered as documented", async () => {
  const { agent } = await sandbox()
  const answer = await agent.put(groupUserPath(ids.apiGroup, ids.jake)).send({ duration_minutes: 60 })
  expect(answer.status).toBe(200)
  expect(answer.body).toEqual({
    group_id: ids.apiGroup,
    group_name: 'API Group',
    description: "Group required to request API's",
    user_id: ids.jake,
    access_level: { access_level_name: '', access_level_remote_id: '' },
    full_name: 'Jake Barnes',
    email: 'jake@company.dev',
    expiration_date: '2022-01-23T04:56:07.000Z',
    propagation_status: { status: 'SUCCESS' },
  })
})
