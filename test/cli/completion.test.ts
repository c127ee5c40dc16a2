import { execFileSync } from 'node:child_process'
import { chmodSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { temporaryFolder } from '../folder.js'
import { called, cli, printed, refused } from './command.js'

test.each<[line: string, words: string[]]>([
  ['cl', ['clock']],
  ['clock ', ['show', 'advance', 'set', 'freeze', 'reset']],
  ['clock fr', ['freeze']],
  ['clock freeze ', ['on', 'off']],
  ['--po', ['--port']],
  ['--durability ', ['normal', 'full']],
  ['--log-level s', ['silent']],
  ['start --fresh o', ['on', 'off']],
  ['--port ', []],
  ['requests --fo', ['--follow']],
  ['fault add --operation update_g', ['update_group_user']],
  ['fault add --times ', ['forever']],
  ['fault add --ur', ['--url']],
  ['completion f', ['fish']],
  ['seed validate ', []],
  ['exec --qu', ['--quiet']],
  ['exec -- clo', []],
])('%j can be completed by %j', async (line, words) => {
  const { stdout } = await called(['completion', 'bash', '--', 'opal-sandbox', ...line.split(' ')])
  expect(stdout.split('\n').filter(Boolean)).toEqual(words)
})

test('bash completes commands and options with the script', async () => {
  const folder = temporaryFolder()
  const program = join(folder, 'opal-sandbox')
  writeFileSync(program, `#!/bin/sh\nexec '${process.execPath}' '${cli}' "$@"\n`)
  chmodSync(program, 0o755)
  const script = `
    source <(opal-sandbox completion bash)
    COMP_WORDS=(opal-sandbox fault add --s) COMP_CWORD=3
    _opal_sandbox opal-sandbox
    printf '%s\\n' "\${COMPREPLY[@]}"
    complete -p opal-sandbox`
  const env = { ...process.env, PATH: `${folder}:${process.env.PATH ?? ''}` }
  expect(execFileSync('bash', ['-c', script], { env, encoding: 'utf8' })).toBe(
    '--skip\n--status\ncomplete -o default -F _opal_sandbox opal-sandbox\n',
  )
})

test.each([
  ['zsh', 'compdef _opal_sandbox opal-sandbox\n'],
  ['fish', "complete -c opal-sandbox -f -a '(__opal_sandbox)'\n"],
])('there is a script for %s', async (shell, last) => {
  expect(await called(['completion', shell])).toEqual(printed(expect.stringMatching(RegExp(`${quote(last)}$`))))
})

test('another shell is rejected', async () => {
  expect(await called(['completion', 'csh'])).toEqual(
    refused("argument 'shell' value 'csh' is invalid. Allowed choices are bash, zsh, fish."),
  )
})

function quote(text: string): string {
  return text.replaceAll(/[()]/g, '\\$&')
}
