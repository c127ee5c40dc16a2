import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'
import { parse } from 'yaml'
import { call } from './cli/command.js'
import { groupUserPath, ids, temporaryFolder } from './helper.js'

const root = fileURLToPath(new URL('../', import.meta.url))

interface Action {
  inputs: Record<string, { description: string; default: string }>
  outputs: Record<string, { description: string; value: string }>
  runs: { using: string; steps: { id: string; shell: string; env?: Record<string, string>; run: string }[] }
}

const action = parse(readFileSync(`${root}action.yml`, 'utf8')) as Action

/** In place of npm, which would need the network: links the packages installed here. */
const npm = `#!/bin/sh
[ "$*" = 'ci --include=dev --workspaces=false' ] && ln -s '${root}node_modules' node_modules
`

/**
 * Runs the steps as a runner does: bash with the flags that it is given there, what stands in \`\${{ }}\` filled in, and
 * outputs read from a file.
 */
async function runAction(inputs: Record<string, string>) {
  const folder = temporaryFolder()
  writeFileSync(join(folder, 'npm'), npm)
  chmodSync(join(folder, 'npm'), 0o755)
  const outputs: Record<string, string> = {}
  const known = Object.fromEntries(Object.entries(action.inputs).map(([name, input]) => [name, input.default]))
  const values: Record<string, string> = {}
  for (const [name, value] of Object.entries({ ...known, ...inputs })) values[`inputs.${name}`] = value

  const fill = (text: string) =>
    text.replaceAll(/\$\{\{ (.*?) \}\}/g, (_, place: string) => {
      if (values[place] === undefined) throw new Error(`There is no ${place}`)
      return values[place]
    })

  for (const { id, shell, env = {}, run } of action.runs.steps) {
    expect(shell).toBe('bash')
    const outputFile = join(folder, `${id}.output`)
    const script = join(folder, `${id}.sh`)
    writeFileSync(script, run)
    writeFileSync(outputFile, '')
    const child = execFile('bash', ['--noprofile', '--norc', '-eo', 'pipefail', script], {
      cwd: folder,
      env: {
        PATH: [folder, dirname(process.execPath), process.env.PATH].join(delimiter),
        RUNNER_TEMP: folder,
        GITHUB_ACTION_PATH: root,
        GITHUB_OUTPUT: outputFile,
        ...Object.fromEntries(Object.entries(env).map(([name, value]) => [name, fill(value)])),
      },
    })
    let said = ''
    child.stdout!.on('data', (text: string) => (said += text))
    // Not until the pipes are closed: what goes on in the background must not hold them.
    const [code] = (await once(child, 'close')) as [number]
    for (const line of readFileSync(outputFile, 'utf8').split('\n').filter(Boolean)) {
      const [name = '', value = ''] = line.split(/=(.*)/s)
      values[`steps.${id}.outputs.${name}`] = value
    }
    if (id === 'start') stopAtEnd(values['steps.install.outputs.home']!)
    if (code !== 0) return { code, said, outputs }
  }
  for (const [name, { value }] of Object.entries(action.outputs)) outputs[name] = fill(value)
  return { code: 0, said: '', outputs }
}

function stopAtEnd(home: string) {
  onTestFinished(() => {
    const ready = join(home, 'ready.json')
    const text = existsSync(ready) ? readFileSync(ready, 'utf8') : ''
    if (text !== '') process.kill((JSON.parse(text) as { pid: number }).pid)
  })
}

test('the action starts a sandbox that later steps can call', async () => {
  const { code, outputs } = await runAction({ now: '2022-01-23T03:56:07.000Z' })
  const { url = '', token = '', log = '' } = outputs
  const { status, body } = await call(url + groupUserPath(ids.apiGroup, ids.jake), {
    method: 'PUT',
    token,
    body: { duration_minutes: 60 },
  })
  expect([code, outputs['base-url'], status]).toEqual([0, `${url}/v1`, 200])
  expect(body).toMatchObject({ expiration_date: '2022-01-23T04:56:07.000Z' })
  expect(readFileSync(log, 'utf8')).toContain(`opal-sandbox is ready at ${url}/v1`)
  // Only this reads shapes.json.
  expect(await call(`${url}/v1/opal-scripts`, { token })).toMatchObject({ status: 501, body: { code: 'NOT_SIMULATED' } })
})

test.each<[what: string, args: string]>([
  ['one line', '--max-organizations 5 --secrets full_access=a_secret_of_my_own'],
  ['several lines', '--max-organizations 5\n--secrets full_access=a_secret_of_my_own\n'],
])('the action passes options on in %s', async (_what, args) => {
  const { outputs } = await runAction({ args })
  const { status } = await call(`${outputs['base-url']!}/users`, { token: 'a_secret_of_my_own' })
  expect(status).toBe(200)
})

test('the action fails with the message of a sandbox that does not start', async () => {
  const { code, said } = await runAction({ seed: 'missing.yaml' })
  expect([code, said]).toEqual([
    1,
    expect.stringMatching(/^opal-sandbox: Cannot read the seed .*missing\.yaml: no such file or directory\.$/m),
  ])
})

test('the recipe lists all inputs and outputs of the action', () => {
  const recipe = readFileSync(`${root}docs/ci.md`, 'utf8')
  const rows = [...recipe.matchAll(/^\| `([\w-]+)` /gm)].map(([, name]) => name)
  const used = [...recipe.matchAll(/steps\.opal\.outputs\.([\w-]+)/g)].map(([, name]) => name)
  expect(rows).toEqual([...Object.keys(action.inputs), ...Object.keys(action.outputs)])
  expect(Object.keys(action.outputs)).toEqual(expect.arrayContaining(used))
})
