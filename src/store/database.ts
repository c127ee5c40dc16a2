import Database from 'better-sqlite3'
import { closeSync, existsSync, mkdirSync, openSync, readdirSync, readFileSync, readSync, statSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { SetupError } from '../domain/setup-error.js'

/** Marks a SQLite file as ours; `file` shows it. The letters "OPSB". */
export const applicationId = 0x4f505342

/** A start waits this long for a sandbox that is just ending to let go of the file. */
const lockTimeoutMs = 250

/**
 * The files that this process has open. File locks belong to the process, and closing any handle of a file lets go of
 * all of them: whoever so much as looked at the header of one of these would unlock it.
 */
const openFiles = new Map<string, Database.Database>()

interface Migration {
  version: number
  name: string
  sql: string
}

/**
 * Opens a database file, or makes it, and brings its tables up to date. Only `:memory:` is not a file.
 * What is not ours, is newer than we are or is in use is refused with a SetupError, and left as it was.
 */
export function openDatabase(file: string, migrationsFolder: string): Database.Database {
  if (file === ':memory:') {
    const db = new Database(file)
    prepareConnection(db, file)
    migrate(db, file, readMigrations(migrationsFolder))
    return db
  }
  const path = resolve(file)
  const migrations = readMigrations(migrationsFolder)
  const newest = migrations.length
  const isNew = checkHeader(path, newest)
  let db
  try {
    if (isNew) makeFolder(dirname(path))
    db = new Database(path, { timeout: lockTimeoutMs })
    // A file that is not new has lost its mark where the first start was killed before it was done.
    if (db.pragma('application_id', { simple: true }) !== applicationId) {
      db.pragma(`application_id = ${applicationId}`)
    }
    prepareConnection(db, path)
    migrate(db, path, migrations)
    openFiles.set(identify(path) ?? path, db)
    return db
  } catch (error) {
    db?.close()
    throw explainOpenError(error, path)
  }
}

function isOpenHere(path: string): boolean {
  for (const [key, db] of openFiles) if (!db.open) openFiles.delete(key)
  return openFiles.has(identify(path) ?? path)
}

/** A file may have several names. */
function identify(path: string): string | undefined {
  const stat = statSync(path, { bigint: true, throwIfNoEntry: false })
  return stat && `${String(stat.dev)}:${String(stat.ino)}`
}

/** Step by step: below /proc, Node's own recursive mkdir never comes to an end. */
function makeFolder(folder: string) {
  if (existsSync(folder)) return
  makeFolder(dirname(folder))
  try {
    mkdirSync(folder)
  } catch (error) {
    // Another start may have been quicker.
    if (!existsSync(folder)) throw error
  }
}

/**
 * Reads the first bytes without SQLite, which would already touch the file's neighbours.
 * Answers whether there is no database yet.
 */
function checkHeader(path: string, newest: number): boolean {
  const header = Buffer.alloc(100)
  let length
  try {
    if (isOpenHere(path)) throw inUse(path)
    const fd = openSync(path, 'r')
    try {
      length = readSync(fd, header, 0, header.length, 0)
    } finally {
      closeSync(fd)
    }
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return true
    throw explainOpenError(error, path)
  }
  if (length === 0) return true
  if (header.toString('latin1', 0, 16) !== 'SQLite format 3\0') {
    throw new SetupError(
      `${path} is not a SQLite database. Choose another file with --db; this one was left as it was.`,
    )
  }
  const isOurs = header.readUInt32BE(68) === applicationId
  if (!isOurs) {
    throw new SetupError(
      `${path} is a SQLite database of another program. Choose another file with --db; this one was left as it was.`,
    )
  }
  refuseNewer(path, header.readUInt32BE(60), newest)
  return false
}

function refuseNewer(path: string, version: number, newest: number) {
  if (version > newest) {
    throw new SetupError(
      `${path} was made by a newer opal-sandbox (its tables are at version ${version}, this program knows ${newest}). ` +
        'Update opal-sandbox, or choose another file with --db; this one was left as it was.',
    )
  }
}

function prepareConnection(db: Database.Database, file: string) {
  if (file !== ':memory:') {
    // Exclusive before WAL: so no shared-memory file is needed, and a second sandbox is refused at its first read.
    db.pragma('locking_mode = EXCLUSIVE')
    db.pragma('journal_mode = WAL')
    db.pragma('synchronous = NORMAL')
  }
  db.pragma('foreign_keys = ON')
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
  const code = errorCode(error)
  if (code === 'EISDIR') return new SetupError(`${path} is a folder. Name a file inside it with --db.`)
  if (typeof code === 'string') {
    return new SetupError(
      `Cannot open the database ${path}: ${(error as Error).message}. Choose a place that can be written with --db, or --db :memory:.`,
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

function errorCode(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException).code
}
