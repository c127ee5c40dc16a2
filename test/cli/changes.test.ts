import { expect, test } from 'vitest'
import { groupUserPath, ids } from '../helper.js'
import { served } from './command.js'

const path = groupUserPath(ids.apiGroup, ids.jake)

test('changes are printed one a line, with their fields before and after', async () => {
  const { command, agent } = await served()
  expect(await command(['changes'])).toMatchObject({ code: 0, stdout: '', stderr: 'Nothing has changed.\n' })
  await agent.delete(path)
  const { stdout } = await command(['changes'])
  const [heading, line, ...rest] = stdout.trimEnd().split('\n')
  expect(heading).toMatch(/^change +noun +key +fields$/)
  expect(line).toMatch(
    new RegExp(`^removed +group_user +${ids.apiGroup} ${ids.jake} +access_level_remote_id="" expiration_date=null`),
  )
  expect(rest).toEqual([])
})

test('or as JSON, since a request', async () => {
  const { command, agent } = await served()
  await agent.delete(path)
  const all = JSON.parse((await command(['changes', '--json'])).stdout) as { until: string; results: object[] }
  expect(all.results).toHaveLength(1)
  const { stdout } = await command(['changes', '--since', all.until, '--json'])
  expect(JSON.parse(stdout)).toMatchObject({ complete: true, results: [] })
})

test('undo prints what it changed', async () => {
  const { command, agent } = await served()
  const { headers } = await agent.delete(path)
  const { 'x-opal-sandbox-request-id': id = '' } = headers as Record<string, string>
  const { code, stdout } = await command(['undo', id])
  expect(code).toBe(0)
  expect(stdout).toMatch(/^change .*\ncreated +group_user .*\n$/)
  expect(await command(['undo', id])).toMatchObject({ code: 0, stdout: '', stderr: 'There was nothing to undo.\n' })
  expect(JSON.parse((await command(['undo', id, '--json'])).stdout)).toMatchObject({ results: [] })
  expect(await command(['undo', 'req-zzzz'])).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/^opal-sandbox: .*expected the id of a request/) as unknown,
  })
})
