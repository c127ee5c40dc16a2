import { chmodSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { temporaryFolder } from '../folder.js'
import { groupUserPath, ids } from '../helper.js'
import { run, seedFile } from './command.js'

const { node, env } = { node: process.execPath, env: { PATH: process.env.PATH! } }

/** Runs a program of JavaScript with a sandbox of its own. */
const exec = (options: string[], program: string) => run(['exec', ...options, '--', node, '-e', program], { env })

/** Runs it to its end. */
async function executed(options: string[], program: string) {
  const { code, stdout, stderr } = await exec(options, program).exited
  return { code, stdout, stderr }
}

/** A program that makes calls with what its environment says, one after the other. */
const calling = (...calls: [method: string, path: string, body?: object][]) => `
  const { OPAL_BASE_URL, OPAL_AUTH_TOKEN } = process.env
  for (const [method, path, body] of ${JSON.stringify(calls)}) {
    const headers = { authorization: 'Bearer ' + OPAL_AUTH_TOKEN, ...(body && { 'content-type': 'application/json' }) }
    const answer = await fetch(OPAL_BASE_URL.slice(0, -3) + path, { method, headers, body: body && JSON.stringify(body) })
    console.log(answer.status, await answer.text())
  }`

const put = (user: string): [string, string, object] => [
  'PUT',
  groupUserPath(ids.apiGroup, user),
  { duration_minutes: 60 },
]

const nothingCalled = 'opal-sandbox: nothing was called. Does the command read OPAL_BASE_URL and OPAL_AUTH_TOKEN?\n'

describe('a command', () => {
  test('finds its sandbox in its environment, which is otherwise unchanged', async () => {
    const names = ['OPAL_BASE_URL', 'OPAL_SANDBOX_URL', 'OPAL_AUTH_TOKEN', 'OPALMCP_BEARER_AUTH', 'PATH']
    const program = `console.log(JSON.stringify(${JSON.stringify(names)}.map((name) => process.env[name])))`
    const { stdout } = await executed([], program)
    const [baseUrl, url, ...rest] = JSON.parse(stdout) as string[]
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/)
    expect([baseUrl, ...rest]).toEqual([
      `${url!}/v1`,
      'opal_sandbox_full_access',
      'opal_sandbox_full_access',
      process.env.PATH,
    ])
  })

  test('does not call its sandbox through a proxy', async () => {
    const program = `console.log(process.env.NO_PROXY, process.env.no_proxy)`
    const proxied = { ...env, HTTP_PROXY: 'http://127.0.0.1:9', NO_PROXY: 'example.com', NODE_USE_ENV_PROXY: '1' }
    const { stdout } = await run(['exec', '--', node, '-e', program], { env: proxied }).exited
    const direct = 'example.com,127.0.0.1,localhost,[::1],::1,.localhost,0.0.0.0,127.0.0.0/8'
    expect(stdout).toBe(`${direct} ${direct}\n`)
  })

  test('has the sandbox that the options describe', async () => {
    const seed = seedFile(`
version: 1
tokens: { all: { secret: a_secret_of_my_own, access_level: FULL_ACCESS, user: ada } }
users: { ada: { email: ada@company.dev, full_name: Ada Lane, user_id: ${ids.jake} } }
groups: { all: { name: All, group_type: OPAL_GROUP, group_id: ${ids.apiGroup} } }
group_users: [{ group: all, user: ada }]
`)
    const { stdout } = await executed(['--seed', seed, '--now', '2022-01-23T03:56:07Z'], calling(put(ids.jake)))
    expect(stdout).toMatch(/^200 .*"group_name":"All".*"expiration_date":"2022-01-23T04:56:07\.000Z"/)
  })

  test('reads standard input, and writes to standard output and error', async () => {
    const program = `process.stdin.pipe(process.stdout); console.error('oh')`
    const { code, stdout, stderr } = await run(['exec', '--quiet', '--', node, '-e', program], { env, input: 'hello' })
      .exited
    expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: 'hello', stderr: 'oh\n' })
  })

  test.each<[what: string, program: string, status: number]>([
    ['its own status', 'process.exitCode = 7', 7],
    ['the status 127 that it chose itself', 'process.exitCode = 127', 127],
    ['128 and the number of the signal that ended it', 'process.kill(process.pid, "SIGKILL")', 137],
  ])('gives %s', async (_what, program, status) => {
    expect(await executed([], program)).toEqual({ code: status, stdout: '', stderr: nothingCalled })
  })

  test.each<[what: string, make: (file: string) => void, status: number, message: string]>([
    ['127 where there is none', () => undefined, 127, 'there is no command FILE.'],
    ['126 where it is no program', (file) => writeFileSync(file, ''), 126, 'cannot run FILE: spawn FILE EACCES.'],
    [
      '127 where what runs it is not there',
      (file) => {
        writeFileSync(file, '#!/nothing/here\n')
        chmodSync(file, 0o755)
      },
      127,
      'there is no command FILE.',
    ],
  ])('gives %s', async (_what, make, status, message) => {
    const file = join(temporaryFolder(), 'program')
    make(file)
    expect(await run(['exec', '--', file], { env }).exited).toEqual({
      code: status,
      signal: null,
      stdout: '',
      stderr: `opal-sandbox: ${message.replaceAll('FILE', file)}\n`,
    })
  })

  test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('is told of %s, and ends as it likes', async (signal) => {
    const { says, stop } = exec(
      ['--quiet'],
      `process.on('${signal}', () => { console.log('${signal}'); process.exit(9) }); console.error('ready'); setInterval(() => {}, 1e6)`,
    )
    await says('ready')
    expect(await stop(signal)).toEqual({ code: 9, signal: null, stdout: `${signal}\n`, stderr: 'ready\n' })
  })

  test('that a signal ends gives the status of that signal', async () => {
    const { says, stop } = exec(['--quiet'], `console.error('ready'); setInterval(() => {}, 1e6)`)
    await says('ready')
    expect(await stop('SIGTERM')).toMatchObject({ code: 143, signal: null })
  })

  test('is not run if the seed is not valid', async () => {
    const seed = seedFile('version: 2')
    expect(await executed(['--seed', seed], `console.log('ran')`)).toEqual({
      code: 1,
      stdout: '',
      stderr: `opal-sandbox: The seed is not valid. ${seed}:1 version expected 1, got 2\n`,
    })
  })

  describe('gets the given secrets', () => {
    const seed = () =>
      seedFile(
        'version: 1\nusers: { a: { email: a@b.c, full_name: A } }\ntokens: { all: { access_level: FULL_ACCESS, user: a } }\n',
      )

    test.each<[what: string, options: () => string[]]>([
      ['to tokens of the built-in seed', () => ['--secrets', 'full_access=a_secret_of_my_own']],
      ['to those of an own one, which has none', () => ['--seed', seed(), '--secrets', 'all=a_secret_of_my_own']],
    ])('%s', async (_what, options) => {
      const program = `console.log(process.env.OPAL_AUTH_TOKEN); ${calling(['GET', '/v1/users'])}`
      expect((await executed(options(), program)).stdout).toMatch(/^a_secret_of_my_own\n200 /)
    })

    test('once the seed has no mistakes', async () => {
      const file = seedFile('version: 2')
      expect((await executed(['--seed', file, '--secrets', 'none=a_secret_of_my_own'], '')).stderr).toBe(
        `opal-sandbox: The seed is not valid. ${file}:1 version expected 1, got 2\n`,
      )
    })
  })

  test('is not run if the seed has no token for it', async () => {
    const seed = seedFile(
      'version: 1\nusers: { a: { email: a@b.c, full_name: A } }\ntokens: { full: { access_level: FULL_ACCESS, user: a } }\n',
    )
    expect(await executed(['--seed', seed], `console.log('ran')`)).toEqual({
      code: 1,
      stdout: '',
      stderr:
        'opal-sandbox: The seed has no FULL_ACCESS token with a secret for default: give it one that does not expire.\n',
    })
  })
})

describe('the report at the end has', () => {
  test('the answers that were never met, of the operations that were called', async () => {
    const { code, stderr } = await executed([], calling(put(ids.jake), put(ids.unknown), ['GET', '/v1/users']))
    expect(code).toBe(0)
    expect(stderr.replace(/of \d+/, 'of N').split('\n')).toEqual([
      'opal-sandbox: 3 of N answers were met. Never, of the operations that were called:',
      '  update_group_user  400 401 403 413 415 429 500',
      '  getUsers           400 401 429 500',
      '',
    ])
  })

  test('also those of deleted organizations', async () => {
    const { stderr } = await executed(
      [],
      calling(['GET', '/v1/users'], ['POST', '/_sandbox/reset'], ['GET', '/_sandbox/coverage']),
    )
    expect(stderr).toContain('  getUsers  400 401 429 500\n')
  })

  test('a hint that the base URL lacks /v1, if all calls came without it', async () => {
    const { stderr } = await executed([], calling(['GET', '/groups'], ['GET', '/users']))
    expect(stderr).toBe(
      'opal-sandbox: 2 calls came to paths outside /v1, such as GET /groups. The base URL ends in /v1.\n',
    )
  })

  test('a note that only operations that are not simulated were called', async () => {
    const { stderr } = await executed([], calling(['GET', '/v1/bundles'], ['GET', '/v1/campaigns']))
    expect(stderr).toBe('opal-sandbox: only operations that are not simulated were called, such as getBundles.\n')
  })

  test('a note that nothing was called', async () => {
    expect(await executed([], '')).toEqual({ code: 0, stdout: '', stderr: nothingCalled })
  })

  test('nothing with --quiet', async () => {
    expect((await executed(['--quiet'], calling(['GET', '/v1/users']))).stderr).toBe('')
  })
})

describe('a required answer', () => {
  const called = calling(put(ids.jake), put(ids.unknown))
  const options = (...required: string[]) => ['--quiet', ...required.flatMap((one) => ['--require', one])]

  test('that was met changes nothing', async () => {
    expect(await executed(options('update_group_user:200,404'), `${called}; process.exitCode = 0`)).toMatchObject({
      code: 0,
      stderr: '',
    })
  })

  test('that was not met is reported, with exit status 2', async () => {
    expect(await executed(options('update_group_user:404,429', 'getUsers:200'), called)).toMatchObject({
      code: 2,
      stderr: 'opal-sandbox: required, but never met: update_group_user 429, getUsers 200.\n',
    })
  })

  test('that was not met is reported for a failed command, whose status stays', async () => {
    expect(await executed(options('getUsers:200'), 'process.exitCode = 3')).toMatchObject({
      code: 3,
      stderr: 'opal-sandbox: required, but never met: getUsers 200.\n',
    })
  })

  test('can be a status that only a fault rule returns', async () => {
    const magic = groupUserPath('00000000-0000-4000-8000-00000000cafe', '00000000-0000-4000-a000-000000000503')
    expect(
      (await executed(options('update_group_user:503'), calling(['PUT', magic, { duration_minutes: 1 }]))).code,
    ).toBe(0)
  })
})

describe('what is forbidden', () => {
  const done = `
opal-sandbox: forbidden, but done:
  longer-than=30m: req-1 update_group_user gives access until 2026-01-01T01:00:00.000Z: group_user ${ids.apiGroup} ${ids.jake}
`.trimStart()

  test('and was done makes a command that succeeded fail, with the call, the row and the rule', async () => {
    const options = ['--quiet', '--now', '2026-01-01', '--forbid', 'longer-than=30m', '--forbid', 'indefinite-access']
    const { code, stdout, stderr } = await executed(options, calling(put(ids.jake)))
    expect({ code, stderr }).toEqual({ code: 2, stderr: done })
    expect(stdout).toMatch(/^200 /)
  })

  test('can be named by the seed, and counts in every organization, also before a reset', async () => {
    const seed = seedFile(`
version: 1
users: { jake: { user_id: ${ids.jake}, email: jake@company.dev, full_name: Jake Barnes } }
groups: { api: { group_id: ${ids.apiGroup}, name: API, group_type: OPAL_GROUP } }
group_users: [{ group: api, user: jake }]
forbid: [longer-than=30m]
`)
    const program = `process.env.OPAL_AUTH_TOKEN = 'org-other'
      ${calling(put(ids.jake), ['POST', '/_sandbox/reset'])}`
    const { code, stderr } = await executed(['--quiet', '--now', '2026-01-01', '--seed', seed], program)
    expect({ code, stderr }).toEqual({ code: 2, stderr: done })
  })

  test('and was not done changes nothing', async () => {
    expect(await executed(['--quiet', '--forbid', 'longer-than=8h'], calling(put(ids.jake)))).toMatchObject({ code: 0 })
  })

  test('is rejected if it is no rule', async () => {
    expect(await executed(['--forbid', 'longer-then=8h'], '')).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/longer-then=8h.* is invalid. Expected one of indefinite-access, /) as unknown,
    })
    expect(await executed(['--forbid', 'outside-groups=nobody'], '')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('names a group that does not exist: nobody') as unknown,
    })
  })
})

describe('a report', () => {
  const key = `${ids.apiGroup} ${ids.jake}`
  const options = ['--now', '2026-01-01', '--quiet', '--require', 'getUsers:200', '--forbid', 'level=', '--report']

  test('in Markdown has calls, changes, coverage and what is wrong', async () => {
    const file = join(temporaryFolder(), 'run.md')
    expect((await executed([...options, file], calling(put(ids.jake), put(ids.unknown)))).code).toBe(2)
    const lines = readFileSync(file, 'utf8')
      .replaceAll(/\\(?=[_*])/g, '')
      .split('\n')
    expect(lines).toEqual(
      expect.arrayContaining([
        'The command ended with status 0.',
        '- getUsers 200',
        `| level= | default | req-1 update_group_user | gives access at this level: group_user ${key} |`,
        '## Calls to default',
        `| req-1 | 2026-01-01T00:00:00.000Z | 200 | PUT ${groupUserPath(ids.apiGroup, ids.jake)} | access expires that many minutes from now |`,
        '## Changes of default',
        `| updated group_user ${key}: expiration_date null -> "2026-01-01T01:00:00.000Z" |`,
        '## Coverage',
        expect.stringMatching(/^\| update_group_user \| 200 \(1\), 404 \(1\) \| 400, /) as unknown,
      ]),
    )
  })

  test('in XML has what is wrong as failures, and can be read', async () => {
    const file = join(temporaryFolder(), 'run.xml')
    const odd = '/v1/users?cursor=%22%3C%26%01%22'
    await executed([...options, file], calling(put(ids.jake), ['GET', odd]))
    const text = readFileSync(file, 'utf8')
    expect(text).toContain('<testsuite name="command" tests="1" failures="0">')
    expect(text).toContain('name="getUsers 200" time="0.000"><failure message="It was never met."/></testcase>')
    expect(text).toMatch(/name="level=" time="0.000"><failure message="req-1 update_group_user gives access at this/)
    expect(text).toMatch(/<testsuite name="calls to default" tests="2" failures="0">/)
    const tags = [...text.matchAll(/<(\/?)([a-z-]+)[^<>]*?(\/?)>/g)].filter(([, , , isAlone]) => !isAlone)
    const open: string[] = []
    for (const [, isEnd, name = ''] of tags) {
      if (isEnd) expect(open.pop()).toBe(name)
      else open.push(name)
    }
    expect(open).toEqual([])
    expect(text.replaceAll(/<[^<>]*>/g, '')).not.toMatch(/[<>]|&(?!#\d+;)/)
  })

  test('is appended to the summary of a step in GitHub, unless the command is quiet', async () => {
    const GITHUB_STEP_SUMMARY = join(temporaryFolder(), 'summary.md')
    writeFileSync(GITHUB_STEP_SUMMARY, 'Before\n')
    const words = ['--', node, '-e', '']
    await run(['exec', '--quiet', ...words], { env: { ...env, GITHUB_STEP_SUMMARY } }).exited
    expect(readFileSync(GITHUB_STEP_SUMMARY, 'utf8')).toBe('Before\n')
    await run(['exec', ...words], { env: { ...env, GITHUB_STEP_SUMMARY } }).exited
    expect(readFileSync(GITHUB_STEP_SUMMARY, 'utf8')).toMatch(/^Before\n# opal-sandbox\n[^]*Nothing was called\.\n/)
  })

  test('needs a file of a known form that can be written', async () => {
    expect(await executed(['--report', 'run.txt'], '')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('Expected a file whose name ends in .md or .xml.') as unknown,
    })
    expect(await executed(['--quiet', '--report', 'none/run.md'], '')).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^opal-sandbox: Cannot write the report: ENOENT/) as unknown,
    })
  })
})
