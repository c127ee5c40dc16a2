import Database from 'better-sqlite3'
import { execFileSync, spawn } from 'node:child_process'
import {
  chmodSync,
  copyFileSync,
  linkSync,
  lstatSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { describe, expect, onTestFinished, test } from 'vitest'
import { SetupError } from '../../src/domain/setup-error.js'
import { readPackage } from '../../src/package.js'
import { applicationId, openDatabase } from '../../src/store/database.js'
import { contents } from '../files.js'
import { temporaryFolder } from '../folder.js'

const { migrationsFolder } = readPackage()
const newest = readdirSync(migrationsFolder).filter((name) => name.endsWith('.sql')).length

/** Opens a file like a sandbox, and closes it at the end of the test at the latest. */
function open(file: string, migrations = migrationsFolder, options?: Parameters<typeof openDatabase>[2]) {
  return closing(openDatabase(file, migrations, options))
}

function openRaw(file: string, options?: Database.Options) {
  return closing(new Database(file, options))
}

function closing(db: Database.Database) {
  onTestFinished(() => {
    db.close()
  })
  return db
}

/** The message of the SetupError that refuses a file. */
function refusal(file: string, migrations = migrationsFolder, options?: Parameters<typeof openDatabase>[2]): string {
  try {
    open(file, migrations, options)
  } catch (error) {
    if (error instanceof SetupError) return error.message
    throw error
  }
  throw new Error(`${file} was opened`)
}

/** A database file with the given application id and version. */
function makeFile(file: string, { application_id = 0, user_version = 0, sql = '' }) {
  const db = new Database(file)
  db.pragma(`application_id = ${application_id}`)
  db.pragma(`user_version = ${user_version}`)
  db.exec(sql)
  db.close()
}

/** A folder of migrations. */
function makeMigrations(...files: [name: string, sql: string][]): string {
  const folder = temporaryFolder()
  for (const [name, sql] of files) writeFileSync(join(folder, name), sql)
  return folder
}

function versionOf(db: Database.Database): unknown {
  return db.pragma('user_version', { simple: true })
}

function tablesOf(db: Database.Database): unknown[] {
  return db.prepare("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name").pluck().all()
}

describe('a file that does not exist', () => {
  test('is created with every table, at the newest version, with our mark', () => {
    const file = join(temporaryFolder(), 'sandbox.db')
    const db = open(file)
    expect({
      version: versionOf(db),
      application_id: db.pragma('application_id', { simple: true }),
      hasTables: ['group_users', 'groups', 'organizations', 'users'].every((name) => tablesOf(db).includes(name)),
    }).toEqual({ version: newest, application_id: applicationId, hasTables: true })
  })

  test('is created together with its folders', () => {
    const file = join(temporaryFolder(), 'some', 'where', 'sandbox.db')
    open(file)
    expect(statSync(file).isFile()).toBe(true)
  })

  test('has our mark in its bytes while it is open', () => {
    const file = join(temporaryFolder(), 'sandbox.db')
    open(file)
    expect(readFileSync(file).toString('latin1', 68, 72)).toBe('OPSB')
  })

  test('is one file again once it is closed', () => {
    const folder = temporaryFolder()
    open(join(folder, 'sandbox.db')).close()
    expect(readdirSync(folder)).toEqual(['sandbox.db'])
  })
})

test('an empty file is treated as a new one', () => {
  const file = join(temporaryFolder(), 'sandbox.db')
  writeFileSync(file, '')
  expect(versionOf(open(file))).toBe(newest)
})

test('a first start that was killed while it marked the file is repeated', () => {
  const file = join(temporaryFolder(), 'sandbox.db')
  makeFile(file, { application_id: applicationId })
  writeFileSync(`${file}-journal`, journalOfEmptyFile())
  open(file).close()
  expect([readFileSync(file).toString('latin1', 68, 72), versionOf(open(file))]).toEqual(['OPSB', newest])
})

/** SQLite's rollback journal for a file that was empty before the transaction. */
function journalOfEmptyFile(): Buffer {
  const journal = Buffer.alloc(512)
  journal.write('d9d505f920a163d7', 'hex')
  journal.writeUInt32BE(512, 20) // bytes in a sector
  journal.writeUInt32BE(4096, 24) // bytes in a page
  return journal
}

test('a file is opened with a log, an exclusive lock and foreign keys', () => {
  const db = open(join(temporaryFolder(), 'sandbox.db'))
  const pragmas = ['journal_mode', 'synchronous', 'locking_mode', 'foreign_keys']
  expect(pragmas.map((name) => db.pragma(name, { simple: true }))).toEqual(['wal', 1, 'exclusive', 1])
})

test.each([
  ['normal', 1],
  ['full', 2],
] as const)('a file of %s durability is opened so, also when it begins again', (durability, synchronous) => {
  const file = join(temporaryFolder(), 'sandbox.db')
  const opened = [false, false, true].map((fresh) => {
    const db = open(file, migrationsFolder, { fresh, durability })
    const value = db.pragma('synchronous', { simple: true })
    db.close()
    return value
  })
  expect(opened).toEqual([synchronous, synchronous, synchronous])
})

test('an open file has its log beside it, and no shared memory', () => {
  const file = join(temporaryFolder(), 'sandbox.db')
  const beside = ['new', 'existing'].map(() => {
    const db = open(file)
    const names = readdirSync(dirname(file))
    db.close()
    return names
  })
  expect(beside).toEqual(Array(2).fill(['sandbox.db', 'sandbox.db-wal']))
})

test('a database in memory has every table and foreign keys', () => {
  const db = open(':memory:')
  expect([versionOf(db), db.pragma('foreign_keys', { simple: true })]).toEqual([newest, 1])
})

test('in a file of the third version, new fault rules get unused numbers', () => {
  const file = join(temporaryFolder(), 'sandbox.db')
  const tables = ['001-opal.sql', '002-sandbox.sql', '003-secrets.sql'].map((name) =>
    readFileSync(join(migrationsFolder, name), 'utf8'),
  )
  const row = `INSERT INTO organizations (organization_id, name, next_sequence) VALUES (1, 'default', 42);`
  makeFile(file, { application_id: applicationId, user_version: 3, sql: tables.join('') + row })
  expect(open(file).prepare('SELECT next_fault FROM organizations').pluck().all()).toEqual([42])
})

describe('a file of the first version', () => {
  function makeFirstVersion() {
    const file = join(temporaryFolder(), 'sandbox.db')
    const tables = readFileSync(join(migrationsFolder, '001-opal.sql'), 'utf8')
    const rows = `
      INSERT INTO organizations (organization_id, name) VALUES (1, 'default');
      INSERT INTO users (organization_id, user_id, sequence, alias, email, full_name, first_name, last_name, position)
      VALUES (1, 'some-user', 1, 'ada', 'ada@company.dev', 'Ada Lane', 'Ada', 'Lane', 'Engineer');
      INSERT INTO groups (organization_id, group_id, sequence, alias, name, description, group_type, details)
      VALUES (1, 'some-group', 2, 'prod', 'Production', '', 'OPAL_GROUP', '{}');
      INSERT INTO group_users (organization_id, group_id, user_id, sequence, access_level_remote_id, expiration_date)
      VALUES (1, 'some-group', 'some-user', 3, 'admin', '2026-01-01T00:00:00.000Z');`
    makeFile(file, { application_id: applicationId, user_version: 1, sql: tables + rows })
    return file
  }

  test('is brought to the newest version', () => {
    expect(versionOf(open(makeFirstVersion()))).toBe(newest)
  })

  test('keeps its rows', () => {
    const db = open(makeFirstVersion())
    expect(db.prepare('SELECT name, email FROM organizations JOIN users USING (organization_id)').all()).toEqual([
      { name: 'default', email: 'ada@company.dev' },
    ])
    expect(db.prepare('SELECT * FROM group_users').all()).toEqual([
      {
        organization_id: 1,
        group_id: 'some-group',
        user_id: 'some-user',
        sequence: 3,
        access_level_remote_id: 'admin',
        expiration_date: '2026-01-01T00:00:00.000Z',
        pushed_at: null,
        propagation: null,
      },
    ])
  })

  test('has the same tables as a new one', () => {
    const describeTables = (db: Database.Database) =>
      tablesOf(db).map((table) => [
        table,
        db.pragma(`table_xinfo(${String(table)})`),
        db.pragma(`index_list(${String(table)})`),
      ])
    expect(describeTables(open(makeFirstVersion()))).toEqual(describeTables(open(':memory:')))
  })
})

describe('a migration that fails', () => {
  const first: [string, string] = ['001-first.sql', 'CREATE TABLE first (a TEXT) STRICT;']
  const second: [string, string] = ['002-second.sql', 'CREATE TABLE second (a TEXT) STRICT;']
  const broken: [string, string] = ['002-second.sql', `${second[1]} INSERT INTO missing VALUES (1);`]

  test('is reported with the file and the reason', () => {
    const file = join(temporaryFolder(), 'sandbox.db')
    expect(refusal(file, makeMigrations(first, broken))).toBe(
      `The migration 002-second.sql failed on ${file}: no such table: missing`,
    )
  })

  test('leaves the database at the version before it', () => {
    const file = join(temporaryFolder(), 'sandbox.db')
    refusal(file, makeMigrations(first, broken))
    const db = openRaw(file)
    expect([versionOf(db), tablesOf(db)]).toEqual([1, ['first']])
  })

  test('can be fixed', () => {
    const file = join(temporaryFolder(), 'sandbox.db')
    refusal(file, makeMigrations(first, broken))
    const db = open(file, makeMigrations(first, second))
    expect([versionOf(db), tablesOf(db)]).toEqual([2, ['first', 'second']])
  })

  test('can be the first one of a new file', () => {
    const file = join(temporaryFolder(), 'sandbox.db')
    refusal(file, makeMigrations(['001-first.sql', 'CREATE NONSENSE']))
    expect(versionOf(open(file, makeMigrations(first)))).toBe(1)
  })
})

test('a migration out of order is reported', () => {
  const migrations = makeMigrations(['001-first.sql', ''], ['003-third.sql', ''])
  expect(refusal(':memory:', migrations)).toBe('migrations/003-third.sql is out of order: expected number 2.')
})

describe('a refused file is unchanged, with nothing beside it:', () => {
  const cases: [what: string, make: (file: string) => void, message: string][] = [
    [
      'one that is not a database',
      (file) =>
        writeFileSync(file, 'dear diary, this is no database, but it is longer than a header of SQLite is: '.repeat(9)),
      'FILE is not a SQLite database. Choose another file with --db; this one is unchanged.',
    ],
    [
      'one of a few bytes',
      (file) => writeFileSync(file, 'SQLite'),
      'FILE is not a SQLite database. Choose another file with --db; this one is unchanged.',
    ],
    [
      "a stranger's",
      (file) => makeFile(file, { user_version: 1, sql: 'CREATE TABLE notes (text)' }),
      'FILE is a SQLite database of another program. Choose another file with --db; this one is unchanged.',
    ],
    [
      "a stranger's with a mark of its own",
      (file) => makeFile(file, { application_id: 42, sql: 'CREATE TABLE notes (text)' }),
      'FILE is a SQLite database of another program. Choose another file with --db; this one is unchanged.',
    ],
    [
      "a stranger's that crashed with rows in its log",
      makeCrashed,
      'FILE is a SQLite database of another program. Choose another file with --db; this one is unchanged.',
    ],
    [
      'one of a newer version',
      (file) => makeFile(file, { application_id: applicationId, user_version: newest + 1 }),
      `FILE was created by a newer opal-sandbox (its tables are at version ${newest + 1}, this program supports ${newest}). ` +
        'Update opal-sandbox, or choose another file with --db; this one is unchanged.',
    ],
  ]

  describe.each([{ fresh: false }, { fresh: true }])('with %o', (options) => {
    test.each(cases)('%s', (_what, make, message) => {
      const folder = temporaryFolder()
      const file = join(folder, 'some.db')
      make(file)
      const before = contents(folder)
      const said = refusal(file, migrationsFolder, options)
      expect([said, contents(folder)]).toEqual([message.replace('FILE', file), before])
    })
  })

  /** A file after a kill: its log has rows, which the next process to open it must recover. */
  function makeCrashed(file: string) {
    const original = join(temporaryFolder(), 'notes.db')
    const db = openRaw(original)
    db.pragma('journal_mode = WAL')
    db.exec('CREATE TABLE notes (text)')
    for (const ending of ['', '-wal', '-shm']) copyFileSync(original + ending, file + ending)
  }
})

test('a folder is refused', () => {
  const folder = temporaryFolder()
  expect(refusal(folder)).toBe(`${folder} is a folder. Name a file inside it with --db.`)
})

test('a device is refused', () => {
  expect(refusal('/dev/null')).toBe('/dev/null is not a regular file. Choose another one with --db.')
})

test.each([
  ['below a file', (folder: string) => join(folder, 'file', 'sandbox.db')],
  ['below a file, further down', (folder: string) => join(folder, 'file', 'some', 'sandbox.db')],
  ['where nobody can write', () => '/proc/opal-sandbox/sandbox.db'],
  ['below a broken link', (folder: string) => join(folder, 'link', 'sandbox.db')],
  ['with a name that is too long', (folder: string) => join(folder, 'x'.repeat(300))],
])('a place %s is refused', (_where, place) => {
  const folder = temporaryFolder()
  writeFileSync(join(folder, 'file'), '')
  symlinkSync(join(folder, 'nowhere'), join(folder, 'link'))
  const file = place(folder)
  expect(refusal(file)).toMatch(
    new RegExp(`^Cannot open the database ${file}: .*[.] Choose a writable file with --db, or use --db :memory:[.]$`),
  )
})

describe('a damaged file is refused', () => {
  test('if its end is missing', () => {
    const file = makeOurs()
    truncateSync(file, 4096)
    expect(refusal(file)).toBe(
      `${file} is damaged: database disk image is malformed. Choose another file with --db, or remove it.`,
    )
  })

  test('if it has only its header', () => {
    const file = makeOurs()
    truncateSync(file, 100)
    expect(refusal(file)).toMatch(`${file} is damaged: `)
  })

  test('if noise follows its header', () => {
    const file = makeOurs()
    const bytes = readFileSync(file)
    writeFileSync(file, bytes.fill(0xa5, 100))
    expect(refusal(file)).toMatch(`${file} is damaged: `)
  })
})

const inUse = (file: string) =>
  `${file} is in use by another opal-sandbox. Stop that one, or choose another file with --db (":memory:" needs none).`

describe('a file that is in use', () => {
  const kinds: [kind: string, make: () => string][] = [
    ['a new file', () => join(temporaryFolder(), 'sandbox.db')],
    ['a file that existed before', makeOurs],
    ['a file of a sandbox that was killed', makeKilled],
  ]

  const names: [name: string, nameFor: (file: string) => string][] = [
    ['the same name', (file) => file],
    ['a relative name', (file) => relative(process.cwd(), file)],
    ['a name with detours', (file) => `${dirname(file)}/x/../sandbox.db`],
    ['a symbolic link', (file) => linked(symlinkSync, file)],
    ['a hard link', (file) => linked(linkSync, file)],
    ['a folder that is a link', (file) => join(linked(symlinkSync, dirname(file)), 'sandbox.db')],
    ['a name with a trailing space', (file) => `${file} `],
  ]

  function linked(link: typeof linkSync, target: string) {
    const name = join(temporaryFolder(), 'link')
    link(target, name)
    return name
  }

  describe.each(kinds)('%s', (_kind, make) => {
    test.each(names)('is refused under %s, in the same process', (_name, nameFor) => {
      const file = make()
      open(file)
      const name = nameFor(file)
      expect(refusal(name)).toBe(inUse(resolve(name.trim())))
    })

    test('stays locked after it was refused in the same process', () => {
      const file = make()
      open(file)
      refusal(file)
      expect(refusalsElsewhere([file])).toEqual([inUse(file)])
    })

    test('stays writable for its owner after it was refused', () => {
      const file = make()
      const db = open(file)
      refusal(file)
      refusalsElsewhere([file])
      const { changes } = db.prepare("INSERT INTO organizations (organization_id, name) VALUES (9, 'nine')").run()
      expect(changes).toBe(1)
    })

    test('can be opened once it is closed', () => {
      const file = make()
      open(file).close()
      expect(versionOf(open(file))).toBe(newest)
    })
  })

  test('is not emptied by a fresh start', () => {
    const file = makeOurs()
    const db = open(file)
    fill(db)
    expect(refusal(file, migrationsFolder, { fresh: true })).toBe(inUse(file))
    expect(db.prepare('SELECT count(*) FROM users').pluck().get()).toBe(userCount)
  })

  test('is refused under every name, in another process', () => {
    const file = makeOurs()
    open(file)
    const all = names.map(([, nameFor]) => nameFor(file))
    expect(refusalsElsewhere(all)).toEqual(all.map((name) => inUse(resolve(name.trim()))))
  })
})

/** A file of ours that was closed. */
function makeOurs() {
  const file = join(temporaryFolder(), 'sandbox.db')
  open(file).close()
  return file
}

/** A file of ours whose latest changes are only in the log. */
function makeKilled() {
  const original = makeOurs()
  const file = join(temporaryFolder(), 'sandbox.db')
  open(original).exec("INSERT INTO organizations (organization_id, name) VALUES (1, 'default')")
  for (const ending of ['', '-wal']) copyFileSync(original + ending, file + ending)
  return file
}

test('the log of a sandbox that was killed is read', () => {
  expect(open(makeKilled()).prepare('SELECT name FROM organizations').pluck().all()).toEqual(['default'])
})

/** The messages with which another process refuses to open the files. */
function refusalsElsewhere(files: string[]): unknown {
  const script = `
    const { openSandbox } = await import(${JSON.stringify(new URL('../../dist/sandbox.js', import.meta.url))})
    console.log(JSON.stringify(${JSON.stringify(files)}.map((db) => {
      try {
        openSandbox({ db })
        return 'opened'
      } catch (error) {
        return error.message
      }
    })))`
  return JSON.parse(
    execFileSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8', timeout: 20_000 }),
  )
}

test('of several sandboxes that open a file at once, at most one gets it and all others are refused', async () => {
  const script = `
    const { openSandbox } = await import(${JSON.stringify(new URL('../../dist/sandbox.js', import.meta.url))})
    const { createInterface } = await import('node:readline')
    let sandbox
    for await (const db of createInterface({ input: process.stdin })) {
      await sandbox?.close()
      sandbox = undefined
      try {
        if (db !== '') sandbox = openSandbox({ db })
        console.log(db === '' ? 'closed' : 'opened')
      } catch (error) {
        console.log(error.message)
      }
    }`
  const children = Array.from({ length: 4 }, () => {
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: ['pipe', 'pipe', 'inherit'] })
    onTestFinished(() => void child.stdin.end())
    return { child, lines: createInterface({ input: child.stdout })[Symbol.asyncIterator]() }
  })
  const tellAll = async (line: string) => {
    for (const { child } of children) child.stdin.write(`${line}\n`)
    return Promise.all(children.map(async ({ lines }) => String((await lines.next()).value)))
  }
  await tellAll('')
  const rounds = Array.from({ length: 6 }, () => join(temporaryFolder(), 'sandbox.db')).flatMap((file) => [file, file])
  const said = []
  for (const file of rounds) {
    said.push((await tellAll(file)).map((line) => line.replace(file, 'FILE')).sort())
    await tellAll('')
  }
  // Under load all may give up: each waits for the lock of another for a moment only.
  const none = Array<string>(4).fill(inUse('FILE'))
  const one = [...none.slice(1), 'opened']
  for (const answers of said) expect([one, none]).toContainEqual(answers)
  expect(said).toContainEqual(one)
})

describe('a path that cannot be written is refused', () => {
  const cases: [what: string, make: () => string, restrict: (file: string) => void][] = [
    ['a file', makeOurs, (file) => chmodSync(file, 0o444)],
    ['a file that cannot be read either', makeOurs, (file) => chmodSync(file, 0)],
    ['the folder of a file', makeOurs, (file) => chmodSync(dirname(file), 0o555)],
    ['the folder of a new file', newFile, (file) => chmodSync(dirname(file), 0o555)],
    ['an empty file', emptyFile, (file) => chmodSync(file, 0o444)],
    ['the log of a sandbox that was killed', makeKilled, (file) => chmodSync(`${file}-wal`, 0o444)],
    ['the file of a sandbox that was killed', makeKilled, (file) => chmodSync(file, 0o444)],
  ]

  test.each(cases)('%s', (_what, make, restrict) => {
    const file = make()
    const folder = dirname(file)
    chmodSync(folder, 0o777)
    for (const name of readdirSync(folder)) chmodSync(join(folder, name), 0o666)
    restrict(file)
    const before = contents(folder)
    expect(asOrdinaryUser(() => refusal(file))).toMatch(
      new RegExp(`^Cannot open the database ${file}: .*[.] Choose a writable file with --db, or use --db :memory:[.]$`),
    )
    expect(contents(folder)).toEqual(before)
  })

  test('but a writable one is opened by the same user', () => {
    const file = makeOurs()
    chmodSync(dirname(file), 0o777)
    chmodSync(file, 0o666)
    expect(asOrdinaryUser(() => versionOf(open(file)))).toBe(newest)
  })

  function newFile() {
    return join(temporaryFolder(), 'sandbox.db')
  }

  function emptyFile() {
    const file = newFile()
    writeFileSync(file, '')
    return file
  }

  /** The superuser is exempt from permissions. */
  function asOrdinaryUser<T>(work: () => T): T {
    if (process.geteuid?.() !== 0) return work()
    process.seteuid?.('nobody')
    try {
      return work()
    } finally {
      process.seteuid?.(0)
    }
  }
})

const userCount = 5_000

/** Makes the file a few MiB large. */
function fill(db: Database.Database) {
  db.exec("INSERT INTO organizations (organization_id, name) VALUES (1, 'default')")
  const insert = db.prepare(
    `INSERT INTO users (organization_id, user_id, sequence, alias, email, full_name, first_name, last_name, position)
     VALUES (1, @id, @number, @id, @id, @id, @id, @id, @id)`,
  )
  db.transaction(() => {
    for (let number = 1; number <= userCount; number++) insert.run({ id: String(number).padStart(60, 'x'), number })
  })()
}

describe('a fresh start', () => {
  const sizeOf = (file: string) => statSync(file).size

  function makeFilled() {
    const file = makeOurs()
    const db = open(file)
    fill(db)
    db.close()
    return file
  }

  test('discards the contents of the file', () => {
    const db = open(makeFilled(), migrationsFolder, { fresh: true })
    const rows = db.prepare('SELECT (SELECT count(*) FROM organizations) + (SELECT count(*) FROM users)').pluck().get()
    expect([rows, versionOf(db), db.pragma('foreign_keys', { simple: true })]).toEqual([0, newest, 1])
  })

  test('makes the file as small as a new one, at once and permanently', () => {
    const newSize = sizeOf(makeOurs())
    const file = makeFilled()
    const isLarge = sizeOf(file) > 20 * newSize
    const db = open(file, migrationsFolder, { fresh: true })
    const whileOpen = sizeOf(file) + sizeOf(`${file}-wal`)
    db.close()
    expect({ isLarge, whileOpen, closed: sizeOf(file) }).toEqual({ isLarge: true, whileOpen: newSize, closed: newSize })
  })

  test('keeps the links that lead to the file', () => {
    const newSize = sizeOf(makeOurs())
    const file = makeFilled()
    const [symbolic, hard] = [`${file}-symbolic`, `${file}-hard`]
    symlinkSync(file, symbolic)
    linkSync(file, hard)
    open(symbolic, migrationsFolder, { fresh: true }).close()
    expect([lstatSync(symbolic).isSymbolicLink(), sizeOf(hard), sizeOf(file)]).toEqual([true, newSize, newSize])
  })

  test('creates a file that does not exist', () => {
    const file = join(temporaryFolder(), 'sandbox.db')
    expect(versionOf(open(file, migrationsFolder, { fresh: true }))).toBe(newest)
  })
})

test('a file releases free pages, whether it is new or was created before that feature', () => {
  const old = join(temporaryFolder(), 'sandbox.db')
  makeFile(old, { application_id: applicationId, sql: 'CREATE TABLE some (thing TEXT) STRICT' })
  expect([makeOurs(), old].map((file) => open(file).pragma('auto_vacuum', { simple: true }))).toEqual([2, 2])
})

test('a new file that is copied without its log has every table', () => {
  const [file, copy] = ['sandbox.db', 'copy.db'].map((name) => join(temporaryFolder(), name))
  open(file!)
  copyFileSync(file!, copy!)
  const db = openRaw(copy!)
  expect([db.pragma('application_id', { simple: true }), versionOf(db)]).toEqual([applicationId, newest])
})

test('every foreign key has an index that begins with its columns', () => {
  const db = open(':memory:')
  const missing = db
    .prepare<[], string>("SELECT name FROM sqlite_schema WHERE type = 'table'")
    .pluck()
    .all()
    .flatMap((table) => {
      const indexes = indexesOf(db, table)
      return foreignKeysOf(db, table)
        .filter((key) => !indexes.some((index) => sameSet(index.slice(0, key.length), key)))
        .map((key) => `${table} (${key.join(', ')})`)
    })
  expect(missing).toEqual([])
})

test('the check of foreign keys finds the one that has no index', () => {
  const db = openRaw(':memory:')
  db.exec('CREATE TABLE a (id INTEGER PRIMARY KEY); CREATE TABLE b (x, y REFERENCES a); CREATE INDEX xy ON b (x, y);')
  expect([foreignKeysOf(db, 'b'), indexesOf(db, 'b')]).toEqual([[['y']], [['x', 'y']]])
})

function foreignKeysOf(db: Database.Database, table: string): string[][] {
  const columns = db.pragma(`foreign_key_list(${table})`) as { id: number; seq: number; from: string }[]
  const keys = Object.groupBy(columns, ({ id }) => id)
  return Object.values(keys).map((key = []) => key.sort((a, b) => a.seq - b.seq).map(({ from }) => from))
}

function indexesOf(db: Database.Database, table: string): string[][] {
  return (db.pragma(`index_list(${table})`) as { name: string }[]).map(({ name }) =>
    (db.pragma(`index_info(${name})`) as { name: string }[]).map((column) => column.name),
  )
}

function sameSet(a: string[], b: string[]): boolean {
  return [...a].sort().join() === [...b].sort().join()
}
