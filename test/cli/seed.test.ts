import { readFileSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { readPackage } from '../../src/package.js'
import { temporaryFolder } from '../folder.js'
import { groupUserPath, ids, now } from '../helper.js'
import { called, printed, refused, seedFile, served, start } from './command.js'

const seed = (args: string[], cwd = temporaryFolder()) => called(['seed', ...args], { cwd })

const builtIn = readFileSync(new URL('../../src/seed/default.yaml', import.meta.url), 'utf8')

describe('a new seed', () => {
  test('is a copy of the built-in one, with which a sandbox starts', async () => {
    const cwd = temporaryFolder()
    expect(await seed(['init'], cwd)).toEqual(printed('', 'Wrote seed.yaml.\n'))
    const text = readFileSync(join(cwd, 'seed.yaml'), 'utf8')
    expect(parse(text)).toEqual(parse(builtIn))
    expect(text).toContain('# in no group')
    await start(['--db', ':memory:', '--seed', 'seed.yaml'], { cwd })
  })

  test('names its schema for editors', async () => {
    const cwd = temporaryFolder()
    await seed(['init', 'mine.yaml'], cwd)
    const file = join(cwd, 'mine.yaml')
    const [, schema = ''] = /^# yaml-language-server: \$schema=(.*)$/m.exec(readFileSync(file, 'utf8')) ?? []
    expect(resolve(dirname(file), schema)).toBe(readPackage().seedSchemaFile)
  })

  test('is JSON if the name of the file ends in .json', async () => {
    const cwd = temporaryFolder()
    expect(await seed(['init', 'mine.json'], cwd)).toEqual(printed('', 'Wrote mine.json.\n'))
    const { $schema, ...rest } = JSON.parse(readFileSync(join(cwd, 'mine.json'), 'utf8')) as { $schema: string }
    expect(resolve(cwd, $schema)).toBe(readPackage().seedSchemaFile)
    expect(rest).toEqual(parse(builtIn))
  })

  test('does not overwrite an existing file without --force', async () => {
    const cwd = temporaryFolder()
    writeFileSync(join(cwd, 'seed.yaml'), 'precious')
    expect(await seed(['init'], cwd)).toEqual(refused('seed.yaml already exists. Add --force to overwrite it.'))
    expect(readFileSync(join(cwd, 'seed.yaml'), 'utf8')).toBe('precious')
    expect((await seed(['init', '--force'], cwd)).code).toBe(0)
    expect(parse(readFileSync(join(cwd, 'seed.yaml'), 'utf8'))).toEqual(parse(builtIn))
  })

  test('is reported with its path if it cannot be written', async () => {
    const cwd = temporaryFolder()
    expect(await seed(['init', 'none/seed.yaml'], cwd)).toEqual(
      refused('Cannot write none/seed.yaml: no such file or directory.'),
    )
  })
})

describe('a seed is checked:', () => {
  test.each<[what: string, text: string | undefined, summary: string]>([
    ['a small one', undefined, '1 user, 1 group, 1 group user, 1 token, 0 fault rules'],
    ['the least', 'version: 1', '0 users, 0 groups, 0 group users, the built-in tokens, 0 fault rules'],
    ['the built-in one', builtIn, '7 users, 9 groups, 9 group users, 5 tokens, 0 fault rules, the magic users'],
  ])('%s', async (_what, text, summary) => {
    const file = seedFile(text)
    expect(await seed(['validate', file])).toEqual(printed(`${file} is valid: ${summary}.\n`))
  })

  test('all mistakes are reported, with their lines', async () => {
    const file = seedFile('version: 1\nusers:\n  ada: { email: a@b.c }\ngruops: {}\n')
    expect(await seed(['validate', file])).toEqual(
      refused(
        `The seed is not valid. 2 problems:\n  ${file}:4 gruops is not known: did you mean groups?\n  ${file}:3 users.ada.full_name is required: expected a string`,
      ),
    )
  })

  test('also a clock outside of the range', async () => {
    const file = seedFile('version: 1\nclock:\n  offset_ms: 253000000000000\n')
    const message = `The seed is not valid. ${file}:3 clock.offset_ms leads outside the range from 1970 to 9998-12-31T17:59:59Z`
    expect(await seed(['validate', file])).toEqual(refused(message))
    expect(await called(['--port', '0', '--seed', file])).toEqual(refused(message))
    expect(await called(['exec', '--seed', file, '--', 'true'])).toEqual(refused(message))
  })

  test('a missing file', async () => {
    const cwd = temporaryFolder()
    const file = join(cwd, 'none.yaml')
    expect(await seed(['validate', 'none.yaml'], cwd)).toEqual(
      refused(`Cannot read the seed ${file}: no such file or directory.`),
    )
  })
})

describe('an organization is exported', () => {
  test('as JSON into a file whose name ends in .json', async () => {
    const { command, agent } = await served()
    const cwd = temporaryFolder()
    expect(await command(['seed', 'export', 'state.json'], { cwd })).toEqual(printed('', 'Wrote state.json.\n'))
    expect(JSON.parse(readFileSync(join(cwd, 'state.json'), 'utf8'))).toEqual(
      (await agent.get('/_sandbox/seed')).body as unknown,
    )
  })

  test.each<[what: string, args: string[], read: (text: string) => unknown]>([
    ['as YAML', [], (text) => parse(text) as unknown],
    ['as JSON', ['--json'], (text) => JSON.parse(text) as unknown],
  ])('%s', async (_what, args, read) => {
    const { command, agent } = await served()
    const { code, stdout, stderr } = await command(['seed', 'export', ...args])
    expect({ code, seed: read(stdout), stderr }).toEqual({
      code: 0,
      seed: (await agent.get('/_sandbox/seed')).body as unknown,
      stderr: '',
    })
  })

  test('into a file that another sandbox can start from', async () => {
    const { command, agent } = await served()
    await agent.put(groupUserPath(ids.apiGroup, ids.jake)).send({ duration_minutes: 60 })
    const cwd = temporaryFolder()
    expect(await command(['seed', 'export', 'state.yaml'], { cwd })).toEqual(printed('', 'Wrote state.yaml.\n'))
    expect(await command(['seed', 'export', 'state.yaml'], { cwd })).toEqual(
      refused('state.yaml already exists. Add --force to overwrite it.'),
    )
    const other = await served({ seed: parse(readFileSync(join(cwd, 'state.yaml'), 'utf8')) as unknown, now })
    expect((await other.command(['seed', 'export', '--token', 'org-x'])).stdout).toContain('2022-01-23T04:56:07.000Z')
  })
})
