import { expect, test } from 'vitest'
import { groupUserPath, ids } from '../helper.js'
import { printed, served } from './command.js'

test('an organization is reset', async () => {
  const { command, agent } = await served()
  await agent.delete(groupUserPath(ids.apiGroup, ids.jake))
  expect(await command(['reset'])).toEqual(printed('2022-01-23T03:56:07.000Z  frozen\n'))
  expect((await agent.put(groupUserPath(ids.apiGroup, ids.jake)).send({ duration_minutes: 1 })).status).toBe(200)
})

test('and the result is JSON', async () => {
  const { command } = await served()
  const { stdout, ...rest } = await command(['reset', '--json'])
  expect([JSON.parse(stdout), rest]).toEqual([
    { now: '2022-01-23T03:56:07.000Z', mode: 'frozen' },
    { code: 0, stderr: '' },
  ])
})
