import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, describe, test } from 'vitest'
import { parse } from 'yaml'
import { loadSeed } from '../../src/seed/load.js'
import { openLedger } from '../../src/verify/ledger.js'
import { temporaryFolder } from '../folder.js'
import { tokens } from '../helper.js'
import { called, refused, reportFile, served } from './command.js'

const env = { OPAL_AUTH_TOKEN: tokens.fullAccess }

test('verify prints a table, writes what it is asked for, and exits with 2 for a difference', async () => {
  const { url, command, agent } = await served()
  await agent.patch('/_sandbox/settings').send({ unknown_fields: 'reject' })
  const cwd = temporaryFolder()
  writeFileSync(join(cwd, 'own.yaml'), '# Mine\nversion: 1\nsettings: { re_add: conflict } # mine\n')
  const files = [
    '--report',
    'a.json',
    '--report',
    'a.md',
    '--report',
    'a.xml',
    '--har',
    'a.har',
    '--settings',
    'own.yaml',
  ]
  const { code, stdout, stderr } = await command(['verify', '--target', `${url}/v1`, ...files], { cwd, env })
  expect([code, stderr]).toEqual([2, 'Wrote a.json.\nWrote a.md.\nWrote a.xml.\nWrote a.har.\nWrote own.yaml.\n'])
  expect(stdout).toMatch(/^unknown_parameter +differs +reject +report +unknown_fields +400 INVALID_REQUEST/m)
  expect(stdout).toContain(`${url}, level read, 20 calls: differs\n`)
  const read = (name: string) => readFileSync(join(cwd, name), 'utf8')
  expect(JSON.parse(read('a.json'))).toMatchObject({ version: 1, result: 'differs' })
  expect(read('a.md')).toContain(`# ${url}: differs`)
  expect(read('a.xml')).toContain('failures="1"')
  expect(JSON.parse(read('a.har'))).toMatchObject({ log: { version: '1.2' } })
  expect(read('own.yaml')).toMatch(/^# Mine\nversion: 1\nsettings:/)
  expect(loadSeed(parse(read('own.yaml'))).settings).toMatchObject({ re_add: 'conflict', unknown_fields: 'reject' })

  const again = await command(['verify', '--target', url, '--seed', 'own.yaml', '--json'], { cwd, env })
  expect([again.code, JSON.parse(again.stdout)]).toMatchObject([0, { result: 'agrees' }])
})

test('--settings copies the built-in seed to a new file', async () => {
  const { url, command } = await served()
  const cwd = temporaryFolder()
  await command(['verify', '--target', url, '--settings', 'new.yaml'], { cwd, env })
  const { settings, users } = loadSeed(parse(readFileSync(join(cwd, 'new.yaml'), 'utf8')))
  expect(settings.timestamps).toBe('milliseconds')
  expect(users.length).toBeGreaterThan(3)
})

test('--list names the probes and what they settle, without a token', async () => {
  const { code, stdout } = await called(['verify', '--list'])
  expect(code).toBe(0)
  expect(stdout).toMatch(/^re_add +scratch +2 +re_add +access_replaced GROUP_USER_EXISTS +What does a POST do/m)
  expect(stdout).toContain('The level read makes at most 20 calls')
  expect(stdout).toContain('  existing_tag: it would have to create a tag\n')
})

test('--clean deletes what a run has left, and its ledger', async () => {
  const { url, command, agent } = await served()
  const { file, name } = openLedger(join(temporaryFolder(), 'ledger.json'), url)
  const app_id = '0e000000-0000-4000-8000-000000000004'
  await agent.post('/v1/groups').send({ name, group_type: 'OPAL_GROUP', app_id })
  expect(await command(['verify', '--clean', file], { env })).toEqual({
    ...{ code: 0, stdout: '' },
    stderr: `Nothing of this run is left. Deleted ${file}.\n`,
  })
  const { results } = (await agent.get(`/v1/groups?group_name=${name}`)).body as { results: object[] }
  expect([results, existsSync(file)]).toEqual([[], false])
})

describe('is rejected with a line:', () => {
  const target = ['--target', 'http://127.0.0.1:1']
  const noTarget = 'verify needs --target, the address of the API to ask.'
  const noToken = 'verify needs the token of the API in the variable OPAL_AUTH_TOKEN.'
  const scratch = 'The level scratch creates and deletes a group: it needs --scratch-user, --app-id and --yes.'

  test.each<[string[], Record<string, string>, string]>([
    [[], env, noTarget],
    [target, {}, noToken],
    [[...target, '--level', 'scratch', '--yes'], env, scratch],
    [
      [...target, '--level', 'scratch', '--scratch-user', 'a@b.c', '--app-id', tokens.fullAccess],
      env,
      "option '--app-id <uuid>' argument 'opal_sandbox_full_access' is invalid. Expected a UUID.",
    ],
    [[...target, '--report', 'a.txt'], env, 'The name of a report ends in .json, .md or .xml, but got a.txt.'],
    [target, env, 'The API cannot be asked: GET /groups got no answer (bad port).'],
  ])('verify %j', async (args, given, message) => {
    const { code, stdout, stderr } = await called(['verify', ...args], { env: given })
    expect({ code, stdout, stderr }).toEqual(refused(message))
  })

  test('--clean with another file', async () => {
    const file = reportFile({})
    expect(await called(['verify', '--clean', file], { env })).toEqual(
      refused(`${file} is not a ledger of opal-sandbox verify.`),
    )
  })

  test('another host without --yes', async () => {
    expect(await called(['verify', '--target', 'https://opal.invalid'], { env })).toEqual({
      ...{ code: 1, stdout: '' },
      stderr:
        'The target is https://opal.invalid, which is not this machine.\n' +
        'opal-sandbox: Add --yes to call https://opal.invalid (it is only read).\n',
    })
  })

  test.each([
    [{}, 'is not a report of opal-sandbox verify.'],
    [
      { settings: {}, behaviors: [], is_sandbox: true },
      'is about a sandbox. Only a report about the real API tells how that behaves.',
    ],
  ])('start --measured with %j', async (parts, message) => {
    const file = reportFile(parts)
    expect(await called(['start', '--db', ':memory:', '--measured', file])).toEqual(refused(`${file} ${message}`))
  })
})
