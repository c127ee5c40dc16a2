import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import supertest from 'supertest'
import { describe, expect, test } from 'vitest'
import { readPackage } from '../../src/package.js'
import { temporaryFolder } from '../folder.js'
import { groupUserPath, ids, tokens } from '../helper.js'
import { call, onTerminal, run, seedFile, start, takenPort, type Ready } from './command.js'

describe('a start', () => {
  test('prints one line for programs on standard output, and nothing else', async () => {
    const { url, pid, base_url, stop } = await start(['--db', ':memory:'])
    await call(`${base_url}/users`)
    const { stdout } = await stop()
    expect([stdout, url]).toEqual([
      `${JSON.stringify({ event: 'ready', url, base_url: `${url}/v1`, pid })}\n`,
      expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
    ])
  })

  test('prints its own process id in that line', async () => {
    const command = run(['--port', '0', '--db', ':memory:'])
    expect((await command.ready()).pid).toBe(command.pid)
  })

  test('shows a banner on a terminal: its URL, tokens, database and clock, and a call to try', async () => {
    const { cwd, url, base_url, stop } = await start(['--log-level', 'warn'], { env: onTerminal })
    const { stderr } = await stop()
    expect(stderr.replace(/\d{4}-\d\d-\d\dT\S+Z/, 'NOW')).toBe(`
  opal-sandbox is ready at ${base_url}

    Open ${url} in a browser to see its calls and its state.

    opal_sandbox_full_access   Full access
    opal_sandbox_read_only     Read only
    opal_sandbox_expired       Expired
    opal_sandbox_revoked       Revoked

    Database  ${cwd}/.opal-sandbox/sandbox.db
    Clock     NOW, real

    curl -X PUT ${base_url}/groups/1b978423-db0a-4037-a4cf-f79c60cb67b3/users/29827fb8-f2dd-4e80-9576-28e31e9934ac \\
      -H "Authorization: Bearer opal_sandbox_full_access" \\
      -H "Content-Type: application/json" \\
      -d '{"duration_minutes": 60}'

`)
  })

  /** The lines of the banner from `Database` to the clock, and its tokens. */
  async function readBanner(args: string[], cwd = temporaryFolder()) {
    const { stop } = await start(args, { cwd, env: onTerminal })
    const { stderr } = await stop()
    return {
      tokens: /^ {4}Tokens: (.*)\.$/m.exec(stderr)?.[1],
      database: /^ {4}Database {2}(.*)$/m.exec(stderr)?.[1],
      seed: /^ {4}Seed {6}(.*)$/m.exec(stderr)?.[1],
      clock: /^ {4}Clock {5}(.*)$/m.exec(stderr)?.[1],
    }
  }

  test('names its seed, and the time at which its clock is frozen', async () => {
    const seed = seedFile()
    expect(await readBanner(['--db', ':memory:', '--seed', seed, '--now', '2022-01-23T03:56:07Z'])).toEqual({
      tokens: 'those of the seed',
      database: 'in memory, not kept',
      seed,
      clock: '2022-01-23T03:56:07.000Z, frozen',
    })
  })

  test('shows the clock of an existing database, and how to start over', async () => {
    const { cwd, url, stop } = await start([])
    await call(`${url}/_sandbox/clock`, { method: 'POST', body: { advance: '2d' } })
    await stop()
    const database = `${cwd}/.opal-sandbox/sandbox.db`
    expect(await readBanner([], cwd)).toMatchObject({
      database: `${database}, kept from before (--fresh starts over)`,
      clock: expect.stringMatching(/Z, offset$/) as string,
    })
    expect(await readBanner(['--fresh'], cwd)).toMatchObject({
      database,
      clock: expect.stringMatching(/Z, real$/) as string,
    })
  })

  test('says that no token of the seed can be used if none has a secret', async () => {
    const seed = seedFile('version: 1\ntokens: { full_access: { access_level: FULL_ACCESS } }\n')
    expect(await readBanner(['--db', ':memory:', '--seed', seed])).toMatchObject({
      tokens: 'none has a secret. Add secrets in the seed or with --secrets',
    })
  })

  test('shows no given secret, but a call that works', async () => {
    const args = ['--db', ':memory:', '--secrets', 'full_access=a_secret_of_my_own']
    const { base_url, stop } = await start(args, { env: onTerminal })
    expect((await call(`${base_url}/users`, { token: 'org-demo' })).status).toBe(200)
    const { stderr } = await stop()
    expect(stderr).toContain('    Tokens: those named by --secrets.\n')
    expect(stderr).toContain(`    curl ${base_url}/users \\\n      -H "Authorization: Bearer org-demo"\n`)
    expect(stderr).not.toContain('a_secret_of_my_own')
  })

  test.each(['info', 'error'])('writes JSON lines if its standard error is no terminal, at level %s', async (level) => {
    const { cwd, base_url, stop } = await start(['--log-level', level, '--host', '0.0.0.0'])
    await call(`${base_url}/users`)
    const { stderr } = await stop()
    const lines = stderr.trimEnd().split('\n')
    const logged = lines.map((line) => JSON.parse(line) as { msg?: string })
    const banners = logged.filter(({ msg }) => msg?.startsWith('opal-sandbox is ready'))
    expect(banners).toEqual([
      expect.objectContaining({
        base_url,
        msg: `opal-sandbox is ready at ${base_url}`,
        database: `${cwd}/.opal-sandbox/sandbox.db`,
        clock: { now: expect.any(String) as string, mode: 'real' },
        curl: expect.stringContaining(`curl -X PUT ${base_url}/groups/`) as string,
      }),
    ])
    expect(logged.length > banners.length).toBe(level === 'info')
  })

  test.each([
    ['--log-level silent', ['--log-level', 'silent']],
    ['--quiet', ['--quiet']],
    ['--quiet, also with --log-level trace', ['--quiet', '--log-level', 'trace']],
  ])('writes nothing to standard error with %s, on a terminal or not', async (_options, args) => {
    for (const env of [{}, onTerminal]) {
      const { base_url, stop } = await start([...args, '--db', ':memory:'], { env })
      await call(`${base_url}/users`)
      expect((await stop()).stderr).toBe('')
    }
  })

  test('reports a mistake with --quiet, too', async () => {
    const { exited } = run(['--quiet', '--port', String(await takenPort())])
    expect((await exited).stderr).toContain('is in use')
  })

  test('keeps its folder out of git', async () => {
    const { cwd } = await start([])
    expect(readFileSync(join(cwd, '.opal-sandbox/.gitignore'), 'utf8')).toBe('*\n')
  })

  test('can be named', async () => {
    const command = run(['start', '--port', '0', '--db', ':memory:'])
    expect((await command.ready()).event).toBe('ready')
  })
})

/** What shows that an option has been heeded, for the value given. */
interface Heeded {
  value: string
  /** Runs with the option, however it is given. */
  observe: (given: { args: string[]; env: Record<string, string> }) => Promise<unknown>
  expected: unknown
}

/** Starts, looks, and stops. */
function whileRunning<T>(
  args: string[],
  look: (command: Ready & Pick<ReturnType<typeof run>, 'cwd' | 'says'>) => T | Promise<T>,
): Heeded['observe'] {
  return async (given) => {
    const command = run(['--port', '0', ...args, ...given.args], { env: given.env })
    return look({ ...command, ...(await command.ready()) })
  }
}

const options: Record<string, () => Heeded | Promise<Heeded>> = {
  '--host': () => ({
    value: 'localhost',
    observe: whileRunning(['--db', ':memory:'], ({ url }) => url.replace(/\d+$/, '')),
    expected: 'http://localhost:',
  }),
  '--port': async () => {
    const port = String(await takenPort())
    return {
      value: port,
      observe: async ({ args, env }) => (await run(['--db', ':memory:', ...args], { env }).exited).stderr,
      expected: expect.stringContaining(`opal-sandbox: Port ${port} on 127.0.0.1 is in use.`),
    }
  },
  '--db': () => ({
    value: 'some/where.db',
    observe: whileRunning([], ({ cwd }) => existsSync(join(cwd, 'some/where.db'))),
    expected: true,
  }),
  '--fresh': async () => {
    const { cwd, stop } = await start(['--seed', seedFile()])
    await stop()
    return {
      value: 'on',
      observe: whileRunning(['--db', join(cwd, '.opal-sandbox/sandbox.db')], groupNames),
      expected: expect.arrayContaining(['API Group']),
    }
  },
  '--durability': () => ({
    value: 'full',
    observe: whileRunning([], async ({ cwd, says }) => {
      const text = `${join(cwd, '.opal-sandbox/sandbox.db')}, synced after every write"`
      return (await says(text)) === text
    }),
    expected: true,
  }),
  '--seed': () => ({
    value: seedFile(),
    observe: whileRunning(['--db', ':memory:'], (command) => groupNames(command, 'a_secret_of_my_own')),
    expected: ['Navy'],
  }),
  '--secrets': () => ({
    value: 'full_access=a_secret_of_my_own,read_only=another_of_my_own',
    observe: whileRunning(['--db', ':memory:'], async ({ base_url }) => {
      const secrets = ['a_secret_of_my_own', 'another_of_my_own', ...Object.values(tokens)]
      return Promise.all(secrets.map(async (token) => (await call(`${base_url}/users`, { token })).status))
    }),
    expected: [200, 200, 401, 401, 401, 401],
  }),
  '--now': () => ({
    value: '2022-01-23T03:56:07.000Z',
    observe: whileRunning(['--db', ':memory:'], expirationOfAnHour),
    expected: '2022-01-23T04:56:07.000Z',
  }),
  '--log-level': () => ({
    value: 'silent',
    observe: async ({ args, env }) => {
      const command = run(['--port', '0', '--db', ':memory:', ...args], { env })
      await command.ready()
      return (await command.stop()).stderr.includes('"level"')
    },
    expected: false,
  }),
  '--quiet': () => ({
    value: 'on',
    observe: async ({ args, env }) => {
      const command = run(['--port', '0', '--db', ':memory:', ...args], { env })
      await command.ready()
      return (await command.stop()).stderr
    },
    expected: '',
  }),
  '--organizations': () => ({
    value: 'off',
    observe: whileRunning(
      ['--db', ':memory:'],
      async ({ base_url }) => (await call(`${base_url}/users`, { token: 'org-a' })).status,
    ),
    expected: 401,
  }),
  '--max-organizations': () => ({
    value: '1',
    observe: whileRunning(['--db', ':memory:'], async ({ base_url }) => {
      const users = `${base_url}/groups/${ids.apiGroup}/users`
      await call(base_url + groupUserPath(ids.apiGroup, ids.jake).slice(3), {
        method: 'PUT',
        token: 'org-a',
        body: { duration_minutes: -1 },
      })
      await call(users, { token: 'org-b' })
      const { body } = await call(users, { token: 'org-a' })
      return (body as { results: { user_id: string }[] }).results.map(({ user_id }) => user_id)
    }),
    expected: expect.arrayContaining([ids.jake]),
  }),
  '--journal-entries': () => ({
    value: '2',
    observe: whileRunning(['--db', ':memory:'], remembered),
    expected: 2,
  }),
  '--journal-mib': () => ({
    value: '1',
    observe: whileRunning(['--db', ':memory:'], async (ready) => (await remembered(ready)) < 100),
    expected: true,
  }),
  '--allowed-hosts': () => ({
    value: 'ci.internal,build-7',
    observe: whileRunning(['--db', ':memory:'], async ({ url }) => {
      const calls = ['ci.internal', 'build-7', 'other'].map((host) =>
        supertest(url).get('/_sandbox/clock').set({ host }),
      )
      return (await Promise.all(calls)).map(({ status }) => status)
    }),
    expected: [200, 200, 403],
  }),
  '--cors': () => ({
    value: 'on',
    observe: whileRunning(['--db', ':memory:'], async ({ base_url }) => {
      const headers = { origin: 'http://localhost:5173', 'access-control-request-method': 'GET' }
      return (await fetch(`${base_url}/users`, { method: 'OPTIONS', headers })).status
    }),
    expected: 204,
  }),
  '--ui': () => ({
    value: 'off',
    observe: whileRunning(['--db', ':memory:'], async ({ url }) => {
      const { headers } = await fetch(url, { headers: { accept: 'text/html' } })
      return headers.get('content-type')
    }),
    expected: 'application/json',
  }),
}

/** How many of a hundred calls with long bodies are in the journal. */
async function remembered({ url, base_url }: Ready): Promise<number> {
  const body = { duration_minutes: 60, reason: 'x'.repeat(16_000) }
  const to = base_url + groupUserPath(ids.apiGroup, ids.jake).slice(3)
  for (let turn = 0; turn < 100; turn++) await call(to, { method: 'PUT', body })
  const { body: listed } = await call(`${url}/_sandbox/requests`, {})
  return (listed as { results: object[] }).results.length
}

async function groupNames({ base_url }: Ready, token = tokens.fullAccess): Promise<string[]> {
  const { body } = await call(`${base_url}/groups`, { token })
  return (body as { results: { name: string }[] }).results.map(({ name }) => name)
}

async function expirationOfAnHour({ url }: Ready): Promise<unknown> {
  const path = groupUserPath(ids.apiGroup, ids.jake)
  const { body } = await call(url + path, { method: 'PUT', body: { duration_minutes: 60 } })
  return (body as { expiration_date: string }).expiration_date
}

function variableOf(flag: string): string {
  return `OPAL_SANDBOX_${flag.slice(2).toUpperCase().replaceAll('-', '_')}`
}

test('--no-ui is short for --ui off', async () => {
  const { url, stop } = await start(['--db', ':memory:', '--no-ui'])
  const { headers } = await fetch(url, { headers: { accept: 'text/html' } })
  await stop()
  expect(headers.get('content-type')).toBe('application/json')
})

describe('an option', () => {
  const flags = Object.keys(options)

  test('is in the table of this test if it is in the help', async () => {
    const { stdout } = await run(['start', '--help']).exited
    const own = stdout.split('Global Options:', 1)[0]!
    const known = [...own.matchAll(/^ {2}(?:-\w, )?(--[a-z-]+)/gm)].map(([, flag]) => flag)
    expect(known).toEqual([...flags, '--help'])
  })

  test.each(flags)('%s works as a flag', async (flag) => {
    const { value, observe, expected } = await options[flag]!()
    expect(await observe({ args: [flag, value], env: {} })).toEqual(expected)
  })

  test.each(flags)('%s works as a variable', async (flag) => {
    const { value, observe, expected } = await options[flag]!()
    expect(await observe({ args: [], env: { [variableOf(flag)]: value } })).toEqual(expected)
  })

  test('has the value of its flag rather than its variable', async () => {
    const env = { OPAL_SANDBOX_DB: 'variable.db', OPAL_SANDBOX_PORT: 'nonsense', OPAL_SANDBOX_SEED: 'missing.yaml' }
    const { cwd } = await start(['--db', 'flag.db', '--seed', seedFile()], { env })
    expect(readdirSync(cwd).filter((name) => name.endsWith('.db'))).toEqual(['flag.db'])
  })

  test('ignores an empty variable', async () => {
    const env = Object.fromEntries(flags.map((flag) => [variableOf(flag), '']))
    const { cwd } = await start([], { env })
    expect(readdirSync(cwd)).toEqual(['.opal-sandbox'])
  })

  test.each(['off', 'false', 'no', '0'])('that is a switch is off where its variable says %s', async (value) => {
    const folder = temporaryFolder()
    const first = await start(['--seed', seedFile()], { cwd: folder })
    await first.stop()
    const second = await start([], { cwd: folder, env: { OPAL_SANDBOX_FRESH: value } })
    expect(await groupNames(second, 'a_secret_of_my_own')).toEqual(['Navy'])
  })
})

describe('help and versions go to standard output, with exit status 0:', () => {
  test.each<[what: string, args: string[], stdout: unknown]>([
    ['the version', ['--version'], `${readPackage().version}\n`],
    ['the version, for short', ['-v'], `${readPackage().version}\n`],
    ['the commands', ['--help'], expect.stringMatching(/^Usage: opal-sandbox \[options\] \[command\]\n/)],
    [
      'the options of a command',
      ['start', '--help'],
      expect.stringMatching(/^Usage: opal-sandbox start \[options\]\n/),
    ],
  ])('%s', async (_what, args, stdout) => {
    expect(await run(args).exited).toEqual({ code: 0, signal: null, stdout, stderr: '' })
  })
})

describe('a start on an existing database', () => {
  const path = groupUserPath(ids.apiGroup, ids.jake)

  test('finds its content', async () => {
    const first = await start([])
    const written = await call(first.url + path, { method: 'PUT', body: { duration_minutes: 60 } })
    await first.stop()
    const second = await start([], { cwd: first.cwd })
    const { body } = await call(`${second.base_url}/groups/${ids.apiGroup}/users`)
    expect((body as { results: unknown[] }).results).toContainEqual(written.body)
  })

  test('warns of a different seed, and does not apply it', async () => {
    const first = await start([])
    await first.stop()
    const second = await start(['--log-level', 'warn', '--seed', seedFile()], { cwd: first.cwd })
    const names = await groupNames(second)
    const { stderr } = await second.stop()
    expect([JSON.parse(stderr.split('\n')[0]!), names]).toEqual([
      expect.objectContaining({
        level: 40,
        msg: 'The seed has changed since this database was created, and was not applied. Start with --fresh to apply it.',
      }),
      expect.arrayContaining(['API Group']),
    ])
  })

  test('starts over from the seed with --fresh, without a warning', async () => {
    const first = await start([])
    await first.stop()
    const second = await start(['--fresh', '--seed', seedFile()], { cwd: first.cwd })
    const names = await groupNames(second, 'a_secret_of_my_own')
    const { stderr } = await second.stop()
    expect([stderr.includes('The seed has changed'), names]).toEqual([false, ['Navy']])
  })

  test('gives no warning if the seed is the same', async () => {
    const seed = seedFile()
    const first = await start(['--seed', seed])
    await first.stop()
    const { stop } = await start(['--seed', seed], { cwd: first.cwd })
    expect((await stop()).stderr).not.toContain('The seed has changed')
  })
})

test('given secrets work on an existing database, also after a restore and a reset', async () => {
  const { cwd, url, stop } = await start([])
  await call(`${url}/_sandbox/snapshots`, { method: 'POST', body: { name: 'public' } })
  await stop()
  for (const secret of ['the_first_secret', 'the_second_secret']) {
    const again = await start(['--secrets', `full_access=${secret}`], { cwd })
    const statuses = async () => [
      (await call(`${again.base_url}/users`)).status,
      (await call(`${again.base_url}/users`, { token: secret })).status,
    ]
    expect(await statuses()).toEqual([401, 200])
    await call(`${again.url}/_sandbox/snapshots/public/restore`, { method: 'POST', token: secret })
    expect(await statuses()).toEqual([401, 200])
    await call(`${again.url}/_sandbox/reset`, { method: 'POST', token: secret })
    expect(await statuses()).toEqual([401, 200])
    expect((await again.stop()).stderr).not.toContain('the seed has changed')
  }
})

test.each([
  [[], 'the public built-in tokens (replace them with --secrets) and with any token org-<name>'],
  [['--secrets', 'full_access=a_secret_of_my_own'], 'with any token org-<name>'],
  [['--secrets', 'full_access=a_secret_of_my_own', '--organizations', 'off'], undefined],
])('off loopback, a start warns of public tokens: %j', async (args, warning) => {
  const { stop } = await start(['--db', ':memory:', '--host', '0.0.0.0', ...args])
  const { stderr } = await stop()
  if (warning === undefined) expect(stderr).not.toContain('Other machines')
  else expect(stderr).toContain(warning)
})

test('the times of a seed do not go further than the clock', async () => {
  const seed = seedFile(`
version: 1
users: { ada: { email: ada@company.dev, full_name: Ada Lane } }
groups: { all: { group_id: ${ids.plainGroup}, name: All, group_type: OPAL_GROUP } }
group_users: [{ group: all, user: ada, expires_at: +100000000d }]
`)
  const { base_url } = await start(['--db', ':memory:', '--seed', seed])
  const { body } = await call(`${base_url}/groups/${ids.plainGroup}/users`)
  expect((body as { results: unknown[] }).results).toEqual([
    expect.objectContaining({ expiration_date: '9998-12-31T17:59:59.999Z' }),
  ])
})
