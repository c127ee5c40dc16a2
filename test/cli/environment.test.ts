import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { temporaryFolder } from '../folder.js'
import { printed, run, served, start } from './command.js'

test('a sandbox without a terminal, as under nohup, runs on after SIGHUP', async () => {
  const { pid, stop, url } = await start(['--db', ':memory:'])
  process.kill(pid, 'SIGHUP')
  expect((await fetch(`${url}/_sandbox/health`)).status).toBe(200)
  expect(await stop('SIGTERM')).toMatchObject({ code: 0, signal: null })
})

test('the command runs where node:module has no compile cache, as on Deno', async () => {
  const file = join(temporaryFolder(), 'no-cache.cjs')
  writeFileSync(file, "delete require('node:module').enableCompileCache")
  const { exited } = run(['--version'], { env: { NODE_OPTIONS: `--require ${file}` } })
  const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string }
  expect(await exited).toEqual({ ...printed(`${version}\n`), signal: null })
})

test('a date without a time is midnight in UTC', async () => {
  const { command } = await served({ now: undefined })
  await command(['clock', 'freeze'])
  expect(await command(['clock', 'set', '2026-01-01'])).toEqual(printed('2026-01-01T00:00:00.000Z  frozen\n'))
})
