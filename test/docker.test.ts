import { execFile } from 'node:child_process'
import { globSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { VariableOption } from '../src/cli/options.js'
import { program, start } from './cli/command.js'

const root = fileURLToPath(new URL('../', import.meta.url))
const example = `${root}docker/example`

interface Compose {
  services: Record<string, { environment?: Record<string, string> }>
}

function readCompose(file: string): Compose {
  return parse(readFileSync(root + file, 'utf8')) as Compose
}

/** No engine runs the compose files here; what they tell the sandbox has to be what it listens to. */
describe.each(globSync('docker/**/compose.yaml', { cwd: root }))('%s', (file) => {
  test('names variables that the command knows', () => {
    const { options } = program().commands.find((command) => command.name() === 'start')!
    const known = options.map((option) => option instanceof VariableOption && option.variable)
    const { environment = {} } = readCompose(file).services.sandbox!
    expect(known).toEqual(expect.arrayContaining(Object.keys(environment)))
  })
})

test("the example's app passes its tests against a sandbox, with the variables that its compose file gives it", async () => {
  const { url } = await start(['--db', ':memory:'])
  const { environment = {} } = readCompose('docker/example/compose.yaml').services.app!
  const env = Object.fromEntries(
    Object.entries(environment).map(([name, value]) => [name, value.replace('http://sandbox:6725', url)]),
  )
  const { stdout } = await promisify(execFile)(process.execPath, ['--test', '--test-reporter=tap'], {
    cwd: example,
    env,
  })
  expect(stdout).toContain('\n# pass 1\n# fail 0\n')
})

test('the image takes options after its name, runs as a numeric user, and is labelled with the version', () => {
  const dockerfile = readFileSync(`${root}Dockerfile`, 'utf8')
  const { version } = JSON.parse(readFileSync(`${root}package.json`, 'utf8')) as { version: string }
  expect(dockerfile).toMatch(/^ENTRYPOINT \["node", .*"\/app\/dist\/cli\.js"\]$/m)
  expect(dockerfile).toMatch(/^USER \d+:\d+$/m)
  expect(dockerfile).toContain(`org.opencontainers.image.version="${version}"`)
})
