import Database from 'better-sqlite3'
import { closeSync, existsSync, mkdirSync, openSync, readdirSync, readFileSync, readSync, statSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { SetupError } from '../domain/setup-error.js'

/** Marks a SQLite file as ours, also for the command `file`. Spells "OPSB". */
export const applicationId = 0x4f505342

/** How long a start waits for a sandbox that is shutting down to release the file. */
const lockTimeoutMs = 250

/** What `PRAGMA auto_vacuum` returns if free pages can be released in steps. */
const incremental = 2

const maxIdleLogBytes = 4 * 1024 * 1024

/**
 * The files that this process has open. File locks belong to the process, and closing any handle of a file releases all
 * of them: even reading the header of one of these files would unlock it.
 */
const openFiles = new Map<string, Database.Database>()

interface Migration {
  version: number
  name: string
  sql: string
}

export interface DatabaseOptions {
  /** Discard the contents of the file. */
  fresh?: boolean
  /** Whether a write survives only a crash of this process, or a power failure, too; `normal` by default. */
  durability?: 'normal' | 'full'
}

/**
 * Opens a database file, or creates it, and brings its tables up to date. Only `:memory:` is not a file. Throws a
 * SetupError if the file is not ours, newer than this program, in use or not writable, and leaves it unchanged.
 */
export function openDatabase(
  file: string,
  migrationsFolder: string,
  { fresh = false, durability = 'normal' }: DatabaseOptions = {},
): Database.Database {
  const migrations = readMigrations(migrationsFolder)
  if (file === ':memory:') {
    const db = new Database(file)
    migrate(db, file, migrations)
    db.pragma('foreign_keys = ON')
    return db
  }
  // better-sqlite3 trims the name, too: the file that is checked must be the one that is opened.
  const path = resolve(file.trim())
  let db
  try {
    const isNew = checkFile(path, migrations.length)
    if (isNew) makeFolder(dirname(path))
    db = new Database(path, { timeout: lockTimeoutMs })
    const version = claim(db, path, isNew, migrations.length)
    db.pragma('journal_mode = WAL')
    db.pragma(`synchronous = ${durability}`)
    // Without a limit, the log would stay as large as the largest transaction.
    db.pragma(`journal_size_limit = ${maxIdleLogBytes}`)
    if (fresh && version > 0) dropTables(db)
    // The file was created before auto_vacuum was set.
    if (db.pragma('auto_vacuum', { simple: true }) !== incremental) db.exec('VACUUM')
    migrate(db, path, migrations)
    // A copy of a new file without its log has at least our tables.
    if (fresh || version === 0) db.pragma('wal_checkpoint(TRUNCATE)')
    db.pragma('foreign_keys = ON')
    openFiles.set(identify(path) ?? path, db)
    return db
  } catch (error) {
    db?.close()
    throw explainOpenError(error, path)
  }
}

/**
 * Locks the file for as long as it is open, checks it once more, and proves that it can be written. Returns the version
 * of its tables, 0 if it has none.
 */
function claim(db: Database.Database, path: string, isNew: boolean, newest: number): number {
  // Before anything is read, so that the first lock is exclusive and the log needs no shared memory beside the file. A
  // new file has no log yet: all processes that create it at once would lock it for reading, and none could write.
  if (!isNew) db.pragma('locking_mode = EXCLUSIVE')
  // Deferred, as auto_vacuum must come before the first page.
  return db.transaction(() => {
    db.pragma('auto_vacuum = INCREMENTAL')
    db.pragma('locking_mode = EXCLUSIVE')
    const version = db.pragma('user_version', { simple: true }) as number
    if (db.pragma('application_id', { simple: true }) !== applicationId) {
      // It is empty, even if the first start was killed, unless another program has written to it meanwhile.
      if (db.prepare('SELECT 1 FROM sqlite_schema').get()) throw ofAnotherProgram(path)
      db.pragma(`application_id = ${applicationId}`)
    }
    refuseNewer(path, version, newest)
    db.pragma(`user_version = ${version}`)
    return version
  })()
}

function isOpenHere(path: string): boolean {
  for (const [key, db] of openFiles) if (!db.open) openFiles.delete(key)
  return openFiles.has(identify(path) ?? path)
}

/** Identifies a file by device and inode, since it may have several names. */
function identify(path: string): string | undefined {
  const stat = statSync(path, { bigint: true, throwIfNoEntry: false })
  return stat && `${String(stat.dev)}:${String(stat.ino)}`
}

/** Creates one level at a time: below /proc, Node's recursive mkdir never returns. */
function makeFolder(folder: string) {
  if (existsSync(folder)) return
  makeFolder(dirname(folder))
  try {
    mkdirSync(folder)
  } catch (error) {
    // Another process may have created it first.
    if (!existsSync(folder)) throw error
  }
}

/**
 * Reads the header without SQLite, which would recover the log of a stranger's file and leave files beside it. Returns
 * whether there is no database yet.
 */
function checkFile(path: string, newest: number): boolean {
  const stat = statSync(path, { throwIfNoEntry: false })
  if (stat?.isDirectory()) throw new SetupError(`${path} is a folder. Name a file inside it with --db.`)
  if (stat?.isFile() === false) throw new SetupError(`${path} is not a regular file. Choose another one with --db.`)
  if (isOpenHere(path)) throw inUse(path)
  const header = Buffer.alloc(100)
  let length
  try {
    const fd = openSync(path, 'r')
    length = readSync(fd, header, 0, header.length, 0)
    closeSync(fd)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return true
    throw error
  }
  if (length === 0) return true
  if (header.toString('latin1', 0, 16) !== 'SQLite format 3\0') {
    throw new SetupError(`${path} is not a SQLite database. Choose another file with --db; this one is unchanged.`)
  }
  if (header.readUInt32BE(68) !== applicationId) throw ofAnotherProgram(path)
  refuseNewer(path, header.readUInt32BE(60), newest)
  return false
}

function ofAnotherProgram(path: string): SetupError {
  return new SetupError(
    `${path} is a SQLite database of another program. Choose another file with --db; this one is unchanged.`,
  )
}

function refuseNewer(path: string, version: number, newest: number) {
  if (version > newest) {
    throw new SetupError(
      `${path} was created by a newer opal-sandbox (its tables are at version ${version}, this program supports ${newest}). ` +
        'Update opal-sandbox, or choose another file with --db; this one is unchanged.',
    )
  }
}

/** Leaves the file as small as a new one. Much faster than deleting rows, since few of their pages are written. */
function dropTables(db: Database.Database) {
  const tables = db.prepare<[], string>("SELECT name FROM sqlite_schema WHERE type = 'table'").pluck().all()
  db.pragma('foreign_keys = OFF')
  db.transaction(() => {
    for (const table of tables) db.exec(`DROP TABLE ${table}`)
    db.pragma('user_version = 0')
  })()
  db.exec('VACUUM')
}

function readMigrations(folder: string): Migration[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.sql'))
    .sort()
    .map((name, index) => {
      const version = Number.parseInt(name, 10)
      if (version !== index + 1)
        throw new SetupError(`migrations/${name} is out of order: expected number ${index + 1}.`)
      return { version, name, sql: readFileSync(join(folder, name), 'utf8') }
    })
}

function migrate(db: Database.Database, file: string, migrations: Migration[]) {
  const current = db.pragma('user_version', { simple: true }) as number
  refuseNewer(file, current, migrations.length)
  for (const { version, name, sql } of migrations.slice(current)) {
    try {
      db.transaction(() => {
        db.exec(sql)
        db.pragma(`user_version = ${version}`)
      }).immediate()
    } catch (error) {
      if (isSqliteError(error, 'SQLITE_BUSY')) throw error
      throw new SetupError(`The migration ${name} failed on ${file}: ${(error as Error).message}`, { cause: error })
    }
  }
}

function explainOpenError(error: unknown, path: string): unknown {
  if (error instanceof SetupError) return error
  if (isSqliteError(error, 'SQLITE_BUSY') || isSqliteError(error, 'SQLITE_LOCKED')) {
    return inUse(path)
  }
  if (isSqliteError(error, 'SQLITE_NOTADB') || isSqliteError(error, 'SQLITE_CORRUPT')) {
    return new SetupError(
      `${path} is damaged: ${(error as Error).message}. Choose another file with --db, or remove it.`,
    )
  }
  if (typeof (error as NodeJS.ErrnoException).code === 'string') {
    return new SetupError(
      `Cannot open the database ${path}: ${(error as Error).message}. Choose a writable file with --db, or use --db :memory:.`,
    )
  }
  return error
}

function inUse(path: string): SetupError {
  return new SetupError(
    `${path} is in use by another opal-sandbox. Stop that one, or choose another file with --db (":memory:" needs none).`,
  )
}

function isSqliteError(error: unknown, code: string): boolean {
  return error instanceof Database.SqliteError && error.code.startsWith(code)
}
