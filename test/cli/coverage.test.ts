import { expect, test } from 'vitest'
import { printed, served } from './command.js'

test('coverage is a Markdown table, as the control plane writes it', async () => {
  const { command, agent } = await served()
  await agent.get('/v1/groups')
  const { text } = await agent.get('/_sandbox/coverage').set('accept', 'text/markdown')
  expect(text).toContain('| getGroups | GET /v1/groups | 200 (1) |')
  expect(await command(['coverage'])).toEqual(printed(text))
})

test('or JSON, as the control plane returns it', async () => {
  const { command, agent } = await served()
  await agent.get('/v1/groups')
  const { stdout } = await command(['coverage', '--json'])
  expect(JSON.parse(stdout)).toEqual((await agent.get('/_sandbox/coverage')).body)
})
