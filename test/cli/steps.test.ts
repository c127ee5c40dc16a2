import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { temporaryFolder } from '../folder.js'
import { onTerminal, run, seedFile } from './command.js'

/** A start with a seed that cannot be read before `resume` is called. */
function startSlowly(args: string[], env = {}, more: string[] = []) {
  const file = join(temporaryFolder(), 'seed.yaml')
  execFileSync('mkfifo', [file])
  const command = run([...args, '--seed', file, ...more], { env })
  return { ...command, file, resume: () => writeFile(file, readFileSync(seedFile())) }
}

test('a start that can take long reports what it is doing', async () => {
  const server = ['--port', '0', '--db', ':memory:']
  const json = startSlowly(server)
  const people = startSlowly(server, onTerminal)
  const exec = startSlowly(['exec'], {}, ['--', process.execPath, '-e', ''])
  await Promise.all([
    json.says(`"msg":"starting: reading the seed ${json.file}"}\n`),
    people.says(`opal-sandbox: starting: reading the seed ${people.file}\n`),
    exec.says(`"msg":"starting: reading the seed ${exec.file}"}\n`),
  ])
  await Promise.all([json, people, exec].map(({ resume }) => resume()))
  await Promise.all([json.ready(), people.ready()])
  const ends = await Promise.all([json.stop(), people.stop(), exec.exited])
  expect(ends.map(({ code }) => code)).toEqual([0, 0, 0])
})

test('another start reports no steps', async () => {
  const command = run(['--port', '0', '--db', ':memory:', '--seed', seedFile()])
  await command.ready()
  expect((await command.stop()).stderr).not.toContain('starting: ')
})
