import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { describe, expect, onTestFinished, test } from 'vitest'
import { ids, groupUserPath } from '../helper.js'
import { called, cli, printed, refused, seedFile, served } from './command.js'

describe('help', () => {
  test.each([
    [['help'], ['--help']],
    [
      ['help', 'clock'],
      ['clock', '--help'],
    ],
    [
      ['clock', 'help', 'set'],
      ['clock', 'set', '--help'],
    ],
  ])('%j prints what %j does', async (words, flags) => {
    const help = await called(flags)
    expect(help.stdout).toContain('Usage: opal-sandbox')
    expect(await called(words)).toEqual(help)
  })

  test('of an unknown command names the nearest one', async () => {
    expect(await called(['help', 'clok'])).toEqual(
      refused("unknown command 'clok'; did you mean clock? See opal-sandbox --help."),
    )
  })
})

test('-v prints the version', async () => {
  expect(await called(['-v'])).toEqual(await called(['--version']))
})

test('seed apply replaces the state of a running sandbox, and the lists show it', async () => {
  const { command } = await served()
  expect(await command(['seed', 'apply', seedFile()])).toMatchObject({ code: 0, stderr: '' })
  expect((await command(['groups'])).stdout.split(/\s+/)).toEqual(
    expect.arrayContaining(['navy', '0c000000-0000-4000-8000-000000000001', 'Navy', 'OPAL_GROUP']),
  )
  expect((await command(['users'])).stdout).toContain('grace@company.dev')
  expect(JSON.parse((await command(['access', '--json'])).stdout)).toEqual({
    results: [{ group: 'navy', user: 'grace', access_level: '', expires_at: '' }],
  })
})

test('seed apply reports mistakes with their lines, and changes nothing', async () => {
  const { command } = await served()
  const before = await command(['seed', 'export'])
  const file = seedFile('version: 1\nuser: {}\n')
  expect(await command(['seed', 'apply', file])).toEqual(
    refused(`The seed is not valid. ${file}:2 user is not known: did you mean users?`),
  )
  expect(await command(['seed', 'export'])).toEqual(before)
})

test('a snapshot is saved, listed, restored and deleted', async () => {
  const { agent, command } = await served()
  const access = () => command(['access'])
  const before = await access()
  expect(await command(['snapshot', 'list'])).toEqual(printed('', 'There are no snapshots.\n'))
  expect(await command(['snapshot', 'save', 'before'])).toEqual(printed('', 'Saved the snapshot before.\n'))
  await agent.put(groupUserPath(ids.apiGroup, ids.jake)).send({ duration_minutes: 60 })
  expect(await access()).not.toEqual(before)
  expect((await command(['snapshot', 'list'])).stdout).toMatch(/^name +created_at\nbefore +2022-01-23T03:56:07.000Z\n$/)
  expect(await command(['snapshot', 'restore', 'before'])).toMatchObject({ code: 0, stderr: '' })
  expect(await access()).toEqual(before)
  expect(await command(['snapshot', 'delete', 'before'])).toEqual(printed('', 'Deleted the snapshot before.\n'))
  expect((await command(['snapshot', 'restore', 'before'])).code).toBe(1)
})

test('fault remove deletes one rule', async () => {
  const { command } = await served()
  const before = await command(['fault', 'list'])
  const added = JSON.parse((await command(['fault', 'add', '--drop', '--json'])).stdout) as { fault_id: string }
  expect((await command(['fault', 'remove', added.fault_id])).code).toBe(0)
  expect(await command(['fault', 'list'])).toEqual(before)
})

test('requests --follow prints calls as they come', async () => {
  const { agent, url } = await served()
  await agent.put(groupUserPath(ids.apiGroup, ids.jake)).send({ duration_minutes: 60 })
  const following = spawn(process.execPath, [cli, 'requests', '--follow', '--json', '--url', url])
  onTestFinished(() => void following.kill('SIGKILL'))
  const lines = createInterface(following.stdout)[Symbol.asyncIterator]()
  const next = async () => JSON.parse(String((await lines.next()).value)) as unknown
  expect(await next()).toMatchObject({ user_id: ids.jake, status: 200 })
  await agent.put(groupUserPath(ids.apiGroup, ids.brett)).send({ duration_minutes: 60 })
  expect(await next()).toMatchObject({ user_id: ids.brett, status: 200 })
})

test('-p chooses the port', async () => {
  expect(await called(['-p', 'http'])).toEqual(await called(['--port', 'http']))
})

test('organizations prints their names, last use and number of group users', async () => {
  const { agent, command } = await served()
  await agent.get('/v1/users').set('authorization', 'Bearer org-a')
  expect(await command(['organizations'])).toEqual(
    printed(
      'name     last_used_at              group_users\n' +
        'org-a    2022-01-23T03:56:07.000Z  40\n' +
        'default  -                         40\n',
    ),
  )
  expect(JSON.parse((await command(['organizations', '--json'])).stdout)).toMatchObject({
    results: [{ name: 'org-a', group_users: 40 }, { name: 'default' }],
  })
})
