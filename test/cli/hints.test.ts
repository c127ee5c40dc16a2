import { expect, test } from 'vitest'
import { groupUserPath, ids } from '../helper.js'
import { refused, served } from './command.js'

const id = '0c000000-0000-4000-8000-00000000000f'

test.each<[words: string, message: string]>([
  ['fault remove fault-999', 'There is no fault rule fault-999. "opal-sandbox fault list" lists the rules.'],
  ['snapshot restore nope', 'There is no snapshot nope. "opal-sandbox snapshot list" lists them.'],
  [
    'requests --wait --status 418 --timeout 1ms',
    'Waited 1ms for 1 matching calls, got 0. "opal-sandbox requests" lists the calls that came.',
  ],
  [
    'reset --token org-A',
    'The token names no organization. With --token, give org-<name> or org-<name>.<alias>, where name and alias have 1 to 64 characters a-z 0-9 _ -',
  ],
  ['requests --wait --timeout 10m', '--timeout expected a duration of at most 4m, such as 2s, got "10m".'],
  ['fault add --status 503 --header Trailer:x', '--header is not allowed here: the response has no trailer fields.'],
  ['fault add --group-id x --drop', '--group-id expected a UUID, got the string "x".'],
  [
    'clock advance 99999999d',
    'The clock can show times from 1970 to 9998-12-31T17:59:59Z. body leads outside the range from 1970 to 9998-12-31T17:59:59Z.',
  ],
])('%s: a rejection names commands and flags, not calls', async (words, message) => {
  const { command } = await served()
  expect(await command(words.split(' '))).toEqual(refused(message))
})

test('a full list of snapshots names the command that deletes one', async () => {
  const { agent, command } = await served()
  for (let number = 0; number < 100; number++) await agent.post('/_sandbox/snapshots').send({ name: `s${number}` })
  expect(await command(['snapshot', 'save', 'another'])).toEqual(
    refused('There are 100 snapshots already. Delete one with "opal-sandbox snapshot delete NAME".'),
  )
})

test.each([
  [groupUserPath(id, ids.jake), '  hint: "opal-sandbox groups" lists the groups.'],
  [groupUserPath(ids.apiGroup, id), '  hint: "opal-sandbox users" lists the users.'],
])('requests --why names commands in its hints: %s', async (path, hint) => {
  const { agent, command } = await served()
  await agent.put(path).send({ duration_minutes: 60 })
  expect((await command(['requests', '--why'])).stdout.split('\n')).toContain(hint)
})

test('requests --why shows the command that adds a rule for an operation that is not simulated', async () => {
  const { agent, command } = await served()
  await agent.get('/v1/opal-scripts')
  const rule = '{"operation":"getOpalScripts","times":"forever","effect":{"status":200,"body":{}}}'
  const lines = (await command(['requests', '--why'])).stdout.split('\n')
  expect(lines).toContain(`  hint: A rule can answer it: opal-sandbox fault add '${rule}'`)
  expect((await command(['fault', 'add', rule])).code).toBe(0)
  expect((await agent.get('/v1/opal-scripts')).body).toEqual({})
})
