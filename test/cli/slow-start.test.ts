import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { temporaryFolder } from '../folder.js'
import { onTerminal, run, seedFile } from './command.js'

/** A seed that cannot be read until something is written to it. */
function pipe(): string {
  const file = join(temporaryFolder(), 'seed.yaml')
  execFileSync('mkfifo', [file])
  return file
}

test.each([
  ['JSON', {}, (file: string) => `"msg":"still starting: reading the seed ${file}"}\n`],
  ['text on a terminal', onTerminal, (file: string) => `opal-sandbox: still starting: reading the seed ${file}\n`],
])('a start that takes longer than 2 s reports what it is doing, as %s', async (_form, env, line) => {
  const file = pipe()
  const command = run(['--port', '0', '--db', ':memory:', '--seed', file], { env })
  await command.says(line(file))
  await writeFile(file, readFileSync(seedFile()))
  await command.ready()
  const { stderr } = await command.stop()
  expect(stderr.split('reading the seed')).toHaveLength(2)
})

test('exec reports it, too', async () => {
  const file = pipe()
  const { exited, says } = run(['exec', '--seed', file, '--', process.execPath, '-e', ''])
  await says(`still starting: reading the seed ${file}`)
  await writeFile(file, readFileSync(seedFile()))
  expect((await exited).code).toBe(0)
})
