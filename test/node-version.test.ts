import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { run as runCommand } from './cli/command.js'
import { temporaryFolder } from './folder.js'

const dist = fileURLToPath(new URL('../dist', import.meta.url))
const vitest = fileURLToPath(new URL('../node_modules/vitest/vitest.mjs', import.meta.url))
const fixtures = fileURLToPath(new URL('vitest', import.meta.url))

const sentenceOf = (version: string, node: string) =>
  `opal-sandbox: Node 22.14, 23.6 or newer is needed, this is ${version} (${node}).`

/** Imports an entry of the built package and prints the message of the Error with which `createSandbox` rejects. */
const useLibrary = `
  import('${dist}/index.js').then(async ({ createSandbox }) => {
    await createSandbox().then(({ close }) => close(), ({ message }) => console.log(message))
  })`

/** Environment in which a Node calls itself one without the Node-API that better-sqlite3 needs, as 22.13 is. */
function withOldNodeApi() {
  const preload = join(temporaryFolder(), 'preload.mjs')
  writeFileSync(preload, `Object.defineProperty(process.versions, 'napi', { value: '9' })`)
  return { NODE_OPTIONS: `--import=${preload}` }
}

describe('a Node without the Node-API that better-sqlite3 needs is rejected', () => {
  const sentence = sentenceOf(process.version, process.execPath)

  test.each([['start'], ['exec', '--', 'true'], ['--help']])('by the command: %s', async (...args) => {
    expect(await runCommand(args, { env: withOldNodeApi() }).exited).toEqual({
      code: 1,
      signal: null,
      stdout: '',
      stderr: `${sentence}\n`,
    })
  })

  test('by the library', () => {
    const options = { encoding: 'utf8', env: withOldNodeApi() } as const
    expect(execFileSync(process.execPath, ['-e', useLibrary], options)).toBe(`${sentence}\n`)
  })

  test("by vitest's fixture, in each test that uses it", () => {
    const { status, stderr } = spawnSync(process.execPath, [vitest, 'run', '--root', fixtures, 'passing'], {
      encoding: 'utf8',
      env: { PATH: process.env.PATH, NO_COLOR: '1', ...withOldNodeApi() },
      timeout: 50_000,
    })
    expect(status).toBe(1)
    expect(stderr).toContain(`Error: ${sentence}`)
  })
})

describe('an older Node, which lacks names that the sandbox imports,', () => {
  const node = '/usr/bin/node'
  const version = existsSync(node) ? execFileSync(node, ['--version'], { encoding: 'utf8' }).trim() : ''
  const major = Number(/^v(\d+)/.exec(version)?.[1] ?? Infinity)

  test('is rejected by the command in one line', async ({ skip }) => {
    skip(major >= 22, `there is no Node before 22 at ${node} to try it with`)
    expect(await runCommand([], { node }).exited).toEqual({
      code: 1,
      signal: null,
      stdout: '',
      stderr: `${sentenceOf(version, node)}\n`,
    })
  })

  test('can import the library, and is rejected by createSandbox', ({ skip }) => {
    skip(major >= 22, `there is no Node before 22 at ${node} to try it with`)
    expect(execFileSync(node, ['-e', useLibrary], { encoding: 'utf8' })).toBe(`${sentenceOf(version, node)}\n`)
  })
})
