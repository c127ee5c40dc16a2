import Database from 'better-sqlite3'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { CommandUnknownOpts } from '@commander-js/extra-typings'
import { describe, expect, test } from 'vitest'
import { applicationId } from '../../src/store/database.js'
import { readPackage } from '../../src/package.js'
import { contents } from '../files.js'
import { temporaryFolder } from '../folder.js'
import { call, called, program, refused, run, seedFile, served, start, takenPort } from './command.js'

const newest = readdirSync(readPackage().migrationsFolder).filter((name) => name.endsWith('.sql')).length

describe('a mistake is reported in one line, on standard error, with exit status 1:', () => {
  interface Mistake {
    args?: string[]
    env?: Record<string, string>
    /** Without the name of the command; FOLDER is where it runs. */
    message: string
  }

  const dateTime =
    'Expected a date such as 2022-01-23, or a date-time with a zone such as 2022-01-23T03:56:07.000Z, from 1970 to 9998-12-31T17:59:59.999Z.'

  test.each<[what: string, mistake: Mistake]>([
    [
      'a flag that is not known',
      {
        args: ['--prot', '0'],
        message: "unknown option '--prot'; did you mean --port? See opal-sandbox start --help.",
      },
    ],
    [
      'a flag with a value that is not known',
      { args: ['--datab=x'], message: "unknown option '--datab'. See opal-sandbox start --help." },
    ],
    ['a letter that is not known', { args: ['-x'], message: "unknown option '-x'. See opal-sandbox start --help." }],
    [
      'a command that is not known',
      { args: ['strat'], message: "unknown command 'strat'; did you mean start? See opal-sandbox --help." },
    ],
    [
      'a command that is not known, after options',
      {
        args: ['--port', '0', 'strat'],
        message: "unknown command 'strat'; did you mean start? See opal-sandbox --help.",
      },
    ],
    [
      'a command that is near none',
      { args: ['destroy'], message: "unknown command 'destroy'. See opal-sandbox --help." },
    ],
    [
      'the command after its options',
      { args: ['--port', '0', 'start'], message: 'the command start must come before its options.' },
    ],
    [
      'a word after the command',
      { args: ['start', 'now'], message: "unknown command 'now'. See opal-sandbox --help." },
    ],
    [
      'a command before its options',
      {
        args: ['--url', 'http://127.0.0.1:1', 'reset'],
        message: 'the command reset must come before its options.',
      },
    ],
    [
      'a subcommand that is not known',
      {
        args: ['clock', 'advanse', '61m'],
        message: "unknown command 'advanse'; did you mean advance? See opal-sandbox clock --help.",
      },
    ],
    [
      'no subcommand',
      { args: ['seed'], message: 'seed needs one of init, validate, apply, export. See opal-sandbox seed --help.' },
    ],
    [
      'a flag of a subcommand that is not known',
      {
        args: ['fault', 'add', '--state', '503'],
        message: "unknown option '--state'; did you mean --status? See opal-sandbox fault add --help.",
      },
    ],
    [
      'a flag of the command above that is not known',
      {
        args: ['clock', 'show', '--jsno'],
        message: "unknown option '--jsno'; did you mean --json? See opal-sandbox clock show --help.",
      },
    ],
    [
      'an option of a command to run, without what sets it apart',
      {
        args: ['exec', 'npm', 'test', '--watch'],
        message: "unknown option '--watch'. Options of the command to run come after --. See opal-sandbox exec --help.",
      },
    ],
    [
      'no command to run',
      { args: ['exec', '--'], message: "missing required argument 'command'. See opal-sandbox exec --help." },
    ],
    [
      'a requirement of an operation that is not known',
      {
        args: ['exec', '--require', 'updateGroupUser:404', '--', 'true'],
        message:
          "option '--require <operation:statuses>' argument 'updateGroupUser:404' is invalid. There is no operation updateGroupUser; did you mean update_group_user?",
      },
    ],
    [
      'an operation that is not known',
      {
        args: ['requests', '--operation', 'updateGroupUsr'],
        message:
          "option '--operation <name>' argument 'updateGroupUsr' is invalid. There is no operation updateGroupUsr; did you mean update_group_user?",
      },
    ],
    [
      'an operation that is near none',
      {
        args: ['fault', 'add', '--operation', 'x', '--drop'],
        message:
          "option '--operation <name>' argument 'x' is invalid. Expected an operation such as update_group_user.",
      },
    ],
    [
      'a requirement of a status that there is not',
      {
        args: ['exec', '--require', 'update_group_user:404,4O9', '--', 'true'],
        message:
          "option '--require <operation:statuses>' argument 'update_group_user:404,4O9' is invalid. Expected a status from 200 to 599.",
      },
    ],
    [
      'a requirement of no status',
      {
        args: ['exec', '--require', 'update_group_user', '--', 'true'],
        message:
          "option '--require <operation:statuses>' argument 'update_group_user' is invalid. Expected an operation and statuses, such as update_group_user:404,429.",
      },
    ],
    [
      'an argument that is left out',
      {
        args: ['clock', 'advance'],
        message: "missing required argument 'duration'. See opal-sandbox clock advance --help.",
      },
    ],
    [
      'an argument too many',
      { args: ['reset', 'all'], message: "unexpected argument 'all'. See opal-sandbox reset --help." },
    ],
    [
      'a duration that is none',
      {
        args: ['clock', 'advance', 'soon'],
        message: "argument 'duration' value 'soon' is invalid. Expected a duration such as 61m, 1h30m, 2d or PT1H.",
      },
    ],
    [
      'a URL that is none',
      {
        args: ['reset', '--url', 'localhost:6725'],
        message:
          "option '--url <url>' argument 'localhost:6725' is invalid. Expected an address such as http://127.0.0.1:6725.",
      },
    ],
    [
      'a token that is none',
      {
        env: { OPAL_AUTH_TOKEN: 'two words' },
        args: ['reset'],
        message:
          "option '--token <token>' from env 'OPAL_AUTH_TOKEN' is invalid. Expected printable ASCII without spaces.",
      },
    ],
    [
      'a status that is none',
      {
        args: ['fault', 'add', '--status', '99'],
        message: "option '--status <status>' argument '99' is invalid. Expected a status from 200 to 599.",
      },
    ],
    [
      'a header field that is none',
      {
        args: ['fault', 'add', '--status', '503', '--header', 'retry'],
        message:
          "option '--header <field>' argument 'retry' is invalid. Expected a header field such as 'Retry-After: 1'.",
      },
    ],
    [
      'how often, which is neither a number nor forever',
      {
        args: ['fault', 'add', '--drop', '--times', 'always'],
        message:
          "option '--times <number|forever>' argument 'always' is invalid. Expected a number from 1 to 999999, or forever.",
      },
    ],
    [
      'a fault rule in two ways',
      { args: ['fault', 'add', '{}', '--drop'], message: 'Expected the rule as JSON or by options, not both.' },
    ],
    [
      'a fault rule without an effect',
      {
        args: ['fault', 'add', '--times', '3'],
        message:
          'Expected exactly one of --status, --delay, --drop, --truncate, --hang, got none. See opal-sandbox fault add --help.',
      },
    ],
    [
      'a fault rule with two effects',
      {
        args: ['fault', 'add', '--drop', '--delay', '2s'],
        message:
          'Expected exactly one of --status, --delay, --drop, --truncate, --hang, got --delay, --drop. See opal-sandbox fault add --help.',
      },
    ],
    ['a timeout of nothing', { args: ['requests', '--timeout', '2s'], message: '--timeout needs --wait.' }],
    [
      'two limits',
      {
        args: ['requests', '--wait', '--limit', '2'],
        message: "option '--limit <number>' cannot be used with option '--wait [number]'",
      },
    ],
    [
      'no sandbox',
      {
        args: ['reset', '--url', 'http://127.0.0.1:9'],
        message:
          'No sandbox answers at http://127.0.0.1:9 (bad port). Start one with "opal-sandbox start", or name its address with --url.',
      },
    ],
    [
      'a port that is no number',
      {
        args: ['--port', 'http'],
        message: "option '-p, --port <number>' argument 'http' is invalid. Expected a number from 0 to 65535.",
      },
    ],
    [
      'a port that is too large',
      {
        args: ['--port', '65536'],
        message: "option '-p, --port <number>' argument '65536' is invalid. Expected a number from 0 to 65535.",
      },
    ],
    ['a port that is left out', { args: ['--port'], message: "option '-p, --port <number>' argument missing" }],
    [
      'a port of a variable',
      {
        env: { OPAL_SANDBOX_PORT: '-1' },
        message:
          "option '-p, --port <number>' value '-1' from env 'OPAL_SANDBOX_PORT' is invalid. Expected a number from 0 to 65535.",
      },
    ],
    [
      'a moment that is none',
      { args: ['--now', 'today'], message: `option '--now <date-time>' argument 'today' is invalid. ${dateTime}` },
    ],
    [
      'a moment without a zone',
      {
        args: ['--now', '2022-01-23T03:56:07'],
        message: `option '--now <date-time>' argument '2022-01-23T03:56:07' is invalid. ${dateTime}`,
      },
    ],
    [
      'a moment that is too late',
      {
        args: ['--now', '9999-01-01T00:00:00Z'],
        message: `option '--now <date-time>' argument '9999-01-01T00:00:00Z' is invalid. ${dateTime}`,
      },
    ],
    [
      'a log level that is not known',
      {
        args: ['--log-level', 'loud'],
        message:
          "option '--log-level <level>' argument 'loud' is invalid. Expected one of trace, debug, info, warn, error, fatal, silent.",
      },
    ],
    [
      'a switch that is neither on nor off',
      {
        args: ['--organizations', 'maybe'],
        message: "option '--organizations <on|off>' argument 'maybe' is invalid. Expected on or off.",
      },
    ],
    [
      'an allowed host with a port',
      {
        args: ['--allowed-hosts', 'ci.internal:80'],
        message:
          "option '--allowed-hosts <names>' argument 'ci.internal:80' is invalid. Expected host names without ports, such as ci.internal,build-7.",
      },
    ],
    [
      'no organizations at all',
      {
        args: ['--max-organizations', '0'],
        message: "option '--max-organizations <number>' argument '0' is invalid. Expected a number from 1 to 999999.",
      },
    ],
    [
      'a journal of less than nothing',
      {
        args: ['--journal-entries', '-1'],
        message: "option '--journal-entries <number>' argument '-1' is invalid. Expected a number from 0 to 999999.",
      },
    ],
    [
      'a journal of half a MiB',
      {
        args: ['--journal-mib', '0.5'],
        message: "option '--journal-mib <number>' argument '0.5' is invalid. Expected a number from 1 to 999999.",
      },
    ],
    [
      'an address that is not of this machine',
      {
        args: ['--db', ':memory:', '--host', '192.0.2.1'],
        message: '192.0.2.1 is not an address of this machine. Choose another with --host.',
      },
    ],
    [
      'secrets that are none, without a word of them',
      {
        env: { OPAL_SANDBOX_SECRETS: 'full_access=short' },
        message:
          'The secrets are not of the form alias=secret, separated by commas. A secret has 8 to 256 characters A-Z a-z 0-9 . _ ~ + / = - and does not begin with org-.',
      },
    ],
    [
      'a secret for a token that is not there',
      {
        args: ['--secrets', 'full_acess=a_secret_of_my_own'],
        message: 'The seed has no token full_acess, for which a secret was given. Did you mean full_access?',
      },
    ],
    [
      'a seed that is not there',
      {
        args: ['--seed', 'missing.yaml'],
        message: 'Cannot read the seed FOLDER/missing.yaml: no such file or directory.',
      },
    ],
    [
      'a folder for a seed',
      { args: ['--seed', '.'], message: 'Cannot read the seed FOLDER: illegal operation on a directory.' },
    ],
    [
      'a place below /proc for the database',
      {
        args: ['--db', '/proc/opal-sandbox/sandbox.db'],
        message:
          "Cannot open the database /proc/opal-sandbox/sandbox.db: ENOENT: no such file or directory, mkdir '/proc/opal-sandbox'. " +
          'Choose a writable file with --db, or use --db :memory:.',
      },
    ],
    [
      'a folder for a database',
      { args: ['--db', '.'], message: 'FOLDER is a folder. Name a file inside it with --db.' },
    ],
  ])('%s', async (_what, { args = [], env = {}, message }) => {
    const cwd = temporaryFolder()
    expect(await called(args, { cwd, env })).toEqual(refused(message.replaceAll('FOLDER', cwd)))
  })

  test('an error of the sandbox, with its problems and its hint', async () => {
    const { command } = await served()
    expect(await command(['fault', 'add', '--group-id', 'x', '--user-id', 'y', '--drop'])).toEqual(
      refused('--group-id expected a UUID, got the string "x". --user-id expected a UUID, got the string "y".'),
    )
    expect(await command(['fault', 'clear', 'fault-0'])).toEqual(
      refused('There is no fault rule fault-0. "opal-sandbox fault list" lists the rules.'),
    )
  })

  test('an unknown token, and where it came from', async () => {
    const { command } = await served()
    const hint = 'Give a token of the seed with --token. A token org-<name> opens an organization.'
    expect(await command(['reset', '--token', 'x'])).toEqual(refused(`The token is unknown. ${hint}`))
    expect(await command(['reset'], { env: { OPAL_AUTH_TOKEN: 'x' } })).toEqual(
      refused(`The token is unknown. It came from the variable OPAL_AUTH_TOKEN; --token overrides it. ${hint}`),
    )
  })

  test('no token, if one is needed', async () => {
    const { url } = await start(['--db', ':memory:', '--host', '0.0.0.0'])
    expect(await called(['reset', '--url', url])).toEqual(
      refused('No token: there is no Authorization header. Give a token with --token or OPAL_AUTH_TOKEN.'),
    )
  })

  test('a sandbox that has stopped', async () => {
    const { url, stop } = await start(['--db', ':memory:'])
    await stop()
    expect(await called(['reset', '--url', url])).toEqual(
      refused(
        `No sandbox answers at ${url} (ECONNREFUSED). Start one with "opal-sandbox start", or name its address with --url.`,
      ),
    )
  })

  test.each<[what: string, args: string[], env: Record<string, string>, message: string]>([
    ['of the command line', ['strat'], {}, "unknown command 'strat'; did you mean start? See opal-sandbox --help."],
    [
      'of a variable',
      [],
      { OPAL_SANDBOX_PORT: '-1' },
      "option '-p, --port <number>' value '-1' from env 'OPAL_SANDBOX_PORT' is invalid. Expected a number from 0 to 65535.",
    ],
    ['found at the start', ['--db', '.'], {}, 'FOLDER is a folder. Name a file inside it with --db.'],
  ])('one %s, in a process of its own', async (_what, args, env, message) => {
    const { cwd, exited } = run(args, { env })
    expect(await exited).toEqual({ ...refused(message.replace('FOLDER', cwd)), signal: null })
  })

  test('a port that is in use', async () => {
    const port = await takenPort()
    const { exited } = run(['--db', ':memory:', '--port', String(port)])
    expect(await exited).toEqual({
      code: 1,
      signal: null,
      stdout: '',
      stderr: `opal-sandbox: Port ${port} on 127.0.0.1 is in use. Choose another with --port, or --port 0 for any free one.\n`,
    })
  })

  test.each<[what: string, seed: string, message: string]>([
    [
      'that is not YAML',
      'version: 1\ngroups: [\n',
      'The seed FILE is neither YAML nor JSON: line 3: Flow sequence in block collection must be sufficiently indented and end with a ]',
    ],
    ['that is empty', '', 'The seed is not valid. FILE:1 the seed expected an object, got null'],
    [
      'with a mistake',
      'version: 1\n\nuser:\n  ada: {}\n',
      'The seed is not valid. FILE:3 user is not known: did you mean users?',
    ],
    [
      'with a mistake in a word of two lines',
      '{"version": 1, "us\\ners": {}}',
      String.raw`The seed is not valid. FILE:1 us\ners is not known: did you mean users?`,
    ],
    [
      'with an alias of nothing',
      'version: 1\nusers: *nobody\n',
      'The seed FILE is neither YAML nor JSON: Unresolved alias (the anchor must be set before the alias): nobody',
    ],
    [
      'with aliases without end',
      ['version: 1', 'a: &a [x, x, x, x, x, x, x, x, x, x]']
        .concat(
          'b c d e f g h'
            .split(' ')
            .map((name, index) => `${name}: &${name} [${`*${'abcdefg'.charAt(index)}, `.repeat(10)}]`),
        )
        .join('\n'),
      'The seed FILE is neither YAML nor JSON: Excessive alias count indicates a resource exhaustion attack',
    ],
  ])('a seed %s', async (_what, seed, message) => {
    const file = seedFile(seed)
    expect(await called(['--port', '0', '--seed', file])).toEqual(refused(message.replaceAll('FILE', file)))
  })

  test('several mistakes in a seed, one per line', async () => {
    const file = seedFile('version: 2\ngroups:\n  a: { name: 1, group_type: OPAL_GROUP }\n')
    expect(await called(['--port', '0', '--seed', file])).toEqual(
      refused(
        [
          'The seed is not valid. 2 problems:',
          `  ${file}:1 version expected 1, got 2`,
          `  ${file}:3 groups.a.name expected a string, got 1`,
        ].join('\n'),
      ),
    )
  })

  test('a seed with mistakes, before the database is touched', async () => {
    const cwd = temporaryFolder()
    await called(['--port', '0', '--seed', seedFile('version: 2')], { cwd })
    expect(readdirSync(cwd)).toEqual([])
  })
})

describe('a blank value', () => {
  /** Every command and the options of it that take a value. */
  const cases = (command: CommandUnknownOpts, words: string[]): [args: string[], flag: string][] => [
    ...command.options
      .filter(({ required, optional }) => required || optional)
      .map(({ long }): [string[], string] => [words, long!]),
    ...command.commands.flatMap((one) => cases(one, [...words, one.name()])),
  ]

  test.each(cases(program(), []))('%s %s is rejected', async (words, flag) => {
    for (const blank of ['', '  ']) {
      expect(await called([...words, `${flag}=${blank}`])).toEqual({
        code: 1,
        stdout: '',
        stderr: expect.stringMatching(
          new RegExp(`^opal-sandbox: option '(-\\w, )?${flag} .*(blank one|Expected.*|Allowed.*)\\.\n$`),
        ) as unknown,
      })
    }
  })

  test.each([[['fault', 'clear', '']], [['seed', 'init', ' ']], [['exec', '--', '']]])(
    'of an argument is rejected: %j',
    async (args) => {
      expect(await called(args)).toEqual(refused('an argument is blank.'))
    },
  )

  test('of a variable is rejected', async () => {
    expect(await called([], { env: { OPAL_SANDBOX_HOST: ' ' } })).toEqual(
      refused("env 'OPAL_SANDBOX_HOST' is blank: expected a value for '--host <address>'."),
    )
  })
})

test.each<[args: string[], env?: Record<string, string>]>([
  [['reset', '--token', 'hush hush']],
  [['reset', '--token', 'hush\nhush']],
  [['reset'], { OPAL_AUTH_TOKEN: 'hush hush' }],
  [['reset', '--tokn=hush_hush']],
  [['reset', 'hush_hush']],
  [['start', '--secrets', 'a=hush_hush', 'b=hush_hush']],
  [['start', '--secrets', 'hush']],
  [['reset', '--url', 'http://me:hush@127.0.0.1:9']],
])('a secret is never quoted: %j', async (args, env = {}) => {
  const { code, stderr } = await called(args, { env })
  expect([code, stderr]).toEqual([1, expect.not.stringContaining('hush')])
})

describe('a database that cannot be used is reported in one line, and left unchanged:', () => {
  const leftAsItWas = 'Choose another file with --db; this one is unchanged.'

  function makeDatabase(file: string, applicationId: number, version: number) {
    const db = new Database(file)
    db.exec('CREATE TABLE notes (text)')
    db.pragma(`application_id = ${applicationId}`)
    db.pragma(`user_version = ${version}`)
    db.close()
  }

  test.each<[what: string, make: (file: string) => void, message: string]>([
    [
      'a file that is no database',
      (file) => writeFileSync(file, 'dear diary'),
      `FILE is not a SQLite database. ${leftAsItWas}`,
    ],
    [
      "a stranger's database",
      (file) => makeDatabase(file, 0, 0),
      `FILE is a SQLite database of another program. ${leftAsItWas}`,
    ],
    [
      'a database of a newer version',
      (file) => makeDatabase(file, applicationId, 1_000),
      `FILE was created by a newer opal-sandbox (its tables are at version 1000, this program supports ${newest}). ` +
        'Update opal-sandbox, or choose another file with --db; this one is unchanged.',
    ],
    [
      'a place below a file',
      (file) => writeFileSync(file.replace(/\/[^/]*$/, ''), ''),
      "Cannot open the database FILE: ENOTDIR: not a directory, open 'FILE'. Choose a writable file with --db, or use --db :memory:.",
    ],
  ])('%s', async (what, make, message) => {
    const folder = temporaryFolder()
    const file = join(folder, what.includes('below') ? 'file/some.db' : 'some.db')
    make(file)
    const before = contents(folder)
    const exit = await called(['--port', '0', '--db', file])
    // Node 22.14 fails a step earlier.
    exit.stderr = exit.stderr.replace("directory, stat '", "directory, open '")
    expect({ ...exit, contents: contents(folder) }).toEqual({
      ...refused(message.replaceAll('FILE', file)),
      contents: before,
    })
  })

  test('a database that another sandbox is using', async () => {
    const { cwd } = await start([])
    const file = join(cwd, '.opal-sandbox/sandbox.db')
    expect(await called(['--port', '0'], { cwd })).toEqual(
      refused(
        `${file} is in use by another opal-sandbox. Stop that one, or choose another file with --db (":memory:" needs none).`,
      ),
    )
  })

  test('a database whose rows are damaged', async () => {
    const { cwd, stop } = await start([])
    await stop()
    const file = join(cwd, '.opal-sandbox/sandbox.db')
    const bytes = readFileSync(file)
    writeFileSync(file, bytes.fill(0xa5, 4096))
    expect(await called(['--port', '0'], { cwd })).toEqual(
      refused(`${file} is damaged: database disk image is malformed. Choose another file with --db, or remove it.`),
    )
  })
})

test('a port in use leaves the database unchanged, even with --fresh', async () => {
  const cwd = temporaryFolder()
  const group = '/groups/0b000000-0000-4000-8000-000000000003'
  const first = await start([], { cwd })
  await fetch(first.base_url + group, {
    method: 'DELETE',
    headers: { authorization: 'Bearer opal_sandbox_full_access' },
  })
  await first.stop('SIGTERM')
  expect((await called(['--port', String(await takenPort()), '--fresh'], { cwd })).code).toBe(1)
  const again = await start([], { cwd })
  expect((await call(again.base_url + group)).status).toBe(404)
})
