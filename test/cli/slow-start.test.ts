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

// In one test, since each start waits for the 2 s to pass.
test('a start that takes longer than 2 s reports what it is doing, once', async () => {
  const server = ['--port', '0', '--db', ':memory:']
  const json = startSlowly(server)
  const people = startSlowly(server, onTerminal)
  const exec = startSlowly(['exec'], {}, ['--', process.execPath, '-e', ''])
  await Promise.all([
    json.says(`"msg":"still starting: reading the seed ${json.file}"}\n`),
    people.says(`opal-sandbox: still starting: reading the seed ${people.file}\n`),
    exec.says(`"msg":"still starting: reading the seed ${exec.file}"}\n`),
  ])
  await Promise.all([json, people, exec].map(({ resume }) => resume()))
  await Promise.all([json.ready(), people.ready()])
  const ends = await Promise.all([json.stop(), people.stop(), exec.exited])
  expect(ends.map(({ code, stderr }) => [code, stderr.split('reading the seed').length])).toEqual([
    [0, 2],
    [0, 2],
    [0, 2],
  ])
})
