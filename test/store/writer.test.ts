import Database from 'better-sqlite3'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { createCollector, createWriter, type ChangeSink } from '../../src/store/writer.js'
import { temporaryFolder } from '../folder.js'

class Refused extends Error {}

/** A writer over a table of words; each word may reference another one, which must exist at the commit. */
function open(file = ':memory:') {
  const statements: string[] = []
  const db = new Database(file, { timeout: 0, verbose: (sql) => statements.push(String(sql)) })
  onTestFinished(() => {
    db.close()
  })
  db.exec(`
    CREATE TABLE words (
      word  TEXT PRIMARY KEY,
      after TEXT REFERENCES words (word) DEFERRABLE INITIALLY DEFERRED
    ) STRICT`)
  const insert = db.prepare('INSERT INTO words (word, after) VALUES (?, ?)')
  const insertOrRollBack = db.prepare('INSERT OR ROLLBACK INTO words (word, after) VALUES (?, NULL)')
  const list = db.prepare<[], string>('SELECT word FROM words ORDER BY rowid').pluck()
  const collector = createCollector()
  const writer = createWriter(db, collector)
  statements.length = 0
  return {
    write: <T>(work: () => T, sink?: ChangeSink) => writer.write(work, sink),
    report: collector.report,
    atomic: <T>(work: () => T) => writer.atomic(work),
    db,
    /** The statements that were run, except the one that lists the words. */
    statements: () => statements.filter((sql) => !sql.startsWith('SELECT')),
    add: (word: string, after: string | null = null) => {
      insert.run(word, after)
      return word
    },
    /** A statement for which SQLite rolls back the whole transaction if the word already exists. */
    addOrRollBack: (word: string) => insertOrRollBack.run(word),
    words: () => list.all(),
  }
}

function throwing(): never {
  throw new Refused('refused')
}

/** The outcome of each promise: its value, or the name of the error. */
async function outcomes(promises: Promise<unknown>[]): Promise<unknown[]> {
  const results = await Promise.allSettled(promises)
  return results.map((result) => {
    if (result.status === 'fulfilled') return result.value
    const { code, constructor } = result.reason as { code?: string; constructor: { name: string } }
    return code ?? constructor.name
  })
}

describe('jobs of one event loop iteration', () => {
  test('run in order in one transaction', async () => {
    const { write, add, statements } = open()
    const results = await Promise.all([write(() => add('a')), write(() => add('b')), write(() => add('c'))])
    // By then everything that was scheduled has run.
    await new Promise((resolve) => setImmediate(resolve))
    expect({ results, statements: statements() }).toEqual({
      results: ['a', 'b', 'c'],
      statements: [
        'BEGIN IMMEDIATE',
        "INSERT INTO words (word, after) VALUES ('a', NULL)",
        "INSERT INTO words (word, after) VALUES ('b', NULL)",
        "INSERT INTO words (word, after) VALUES ('c', NULL)",
        'COMMIT',
      ],
    })
  })

  test('see the writes of the jobs before them', async () => {
    const { write, add, words } = open()
    const [, seen] = await Promise.all([write(() => add('a')), write(words)])
    expect(seen).toEqual(['a'])
  })

  test('do not run synchronously', () => {
    const { write, add, words } = open()
    const written = write(() => add('a'))
    onTestFinished(() => written.then(() => undefined))
    expect(words()).toEqual([])
  })
})

test('jobs of different event loop iterations have different transactions', async () => {
  const { write, add, statements } = open()
  await write(() => add('a'))
  await write(() => add('b'))
  expect(statements()).toEqual([
    'BEGIN IMMEDIATE',
    "INSERT INTO words (word, after) VALUES ('a', NULL)",
    'COMMIT',
    'BEGIN IMMEDIATE',
    "INSERT INTO words (word, after) VALUES ('b', NULL)",
    'COMMIT',
  ])
})

test('a job that is queued by another job runs in the next transaction', async () => {
  const { write, add, statements } = open()
  const inner = await write(() => ({ promise: write(() => add('b')), added: add('a') }))
  await inner.promise
  expect(statements()).toEqual([
    'BEGIN IMMEDIATE',
    "INSERT INTO words (word, after) VALUES ('a', NULL)",
    'COMMIT',
    'BEGIN IMMEDIATE',
    "INSERT INTO words (word, after) VALUES ('b', NULL)",
    'COMMIT',
  ])
})

test('a job that throws before it writes does not affect the others', async () => {
  const { write, add, words } = open()
  const ends = await outcomes([write(() => add('a')), write(throwing), write(() => add('b'))])
  expect({ ends, words: words() }).toEqual({ ends: ['a', 'Refused', 'b'], words: ['a', 'b'] })
})

test('a job that throws undefined is rejected with it', async () => {
  const { write } = open()
  const written = write(() => {
    // eslint-disable-next-line @typescript-eslint/only-throw-error
    throw undefined
  })
  await expect(written).rejects.toBe(undefined)
})

describe('a promise', () => {
  test('is fulfilled when another connection can see the row', async () => {
    const file = join(temporaryFolder(), 'words.db')
    const { write, add } = open(file)
    const other = new Database(file, { readonly: true })
    onTestFinished(() => {
      other.close()
    })
    const seen = await write(() => add('a')).then(() => other.prepare('SELECT word FROM words').pluck().all())
    expect(seen).toEqual(['a'])
  })

  test('of a job that throws is rejected only after the commit', async () => {
    const { write, add, db } = open()
    const written = write(() => add('a'))
    const inTransaction = await write(throwing).catch(() => db.inTransaction)
    await written
    expect(inTransaction).toBe(false)
  })
})

describe('a commit that fails', () => {
  test('rejects every job of its batch, including those that threw, and writes nothing', async () => {
    const { write, add, words } = open()
    const ends = await outcomes([write(() => add('a')), write(() => add('b', 'missing')), write(throwing)])
    expect({ ends, words: words() }).toEqual({
      ends: ['SQLITE_CONSTRAINT_FOREIGNKEY', 'SQLITE_CONSTRAINT_FOREIGNKEY', 'SQLITE_CONSTRAINT_FOREIGNKEY'],
      words: [],
    })
  })

  test('does not affect the next batch', async () => {
    const { write, add, words } = open()
    await outcomes([write(() => add('b', 'missing'))])
    const ends = await outcomes([write(() => add('a'))])
    expect({ ends, words: words() }).toEqual({ ends: ['a'], words: ['a'] })
  })
})

describe('if SQLite itself rolls back the transaction', () => {
  test('every job of the batch is rejected, later ones do not run, and nothing is written', async () => {
    const { write, add, addOrRollBack, words, statements } = open()
    const ends = await outcomes([write(() => add('a')), write(() => addOrRollBack('a')), write(() => add('later'))])
    expect({ ends, words: words(), later: statements().filter((sql) => sql.includes('later')) }).toEqual({
      ends: ['SQLITE_CONSTRAINT_PRIMARYKEY', 'SQLITE_CONSTRAINT_PRIMARYKEY', 'SQLITE_CONSTRAINT_PRIMARYKEY'],
      words: [],
      later: [],
    })
  })

  test('inside atomic, the batch is rejected for the same reason', async () => {
    const { write, atomic, add, addOrRollBack, words } = open()
    const ends = await outcomes([write(() => add('a')), write(() => atomic(() => addOrRollBack('a')))])
    expect({ ends, words: words() }).toEqual({
      ends: ['SQLITE_CONSTRAINT_PRIMARYKEY', 'SQLITE_CONSTRAINT_PRIMARYKEY'],
      words: [],
    })
  })
})

test('if no transaction can begin, the batch is rejected, and the next one is written', async () => {
  const file = join(temporaryFolder(), 'words.db')
  const { write, add, words } = open(file)
  const other = new Database(file)
  onTestFinished(() => {
    other.close()
  })
  other.exec('BEGIN IMMEDIATE')
  const locked = await outcomes([write(() => add('a')), write(() => add('b'))])
  other.exec('ROLLBACK')
  const free = await outcomes([write(() => add('c'))])
  expect({ locked, free, words: words() }).toEqual({
    locked: ['SQLITE_BUSY', 'SQLITE_BUSY'],
    free: ['c'],
    words: ['c'],
  })
})

describe('atomic inside a job', () => {
  test('rolls back only its own rows', async () => {
    const { write, atomic, add, words } = open()
    const ends = await outcomes([
      write(() => add('a')),
      write(() => {
        add('b')
        atomic(() => {
          add('c')
          throwing()
        })
      }),
      write(() => add('d')),
    ])
    expect({ ends, words: words() }).toEqual({ ends: ['a', 'Refused', 'd'], words: ['a', 'b', 'd'] })
  })

  test('keeps all of its rows and returns its value', async () => {
    const { write, atomic, add, words } = open()
    const value = await write(() => atomic(() => [add('a'), add('b')]))
    expect({ value, words: words() }).toEqual({ value: ['a', 'b'], words: ['a', 'b'] })
  })

  test('is rolled back together with a nested atomic', async () => {
    const { write, atomic, add, words } = open()
    const ends = await outcomes([
      write(() => {
        atomic(() => {
          add('a')
          atomic(() => add('b'))
          throwing()
        })
      }),
      write(() => add('c')),
    ])
    expect({ ends, words: words() }).toEqual({ ends: ['Refused', 'c'], words: ['c'] })
  })

  test('is rolled back as a whole even after a nested atomic was rolled back', async () => {
    const { write, atomic, add, words } = open()
    const inner = () =>
      atomic(() => {
        add('b')
        throwing()
      })
    const work = () => {
      add('a')
      expect(inner).toThrow(Refused)
      throwing()
    }
    const ends = await outcomes([write(() => atomic(work)), write(() => add('c'))])
    expect({ ends, words: words() }).toEqual({ ends: ['Refused', 'c'], words: ['c'] })
  })

  test('can continue after a nested atomic was rolled back', async () => {
    const { write, atomic, add, words } = open()
    const work = () => {
      add('a')
      expect(() =>
        atomic(() => {
          add('b')
          throwing()
        }),
      ).toThrow(Refused)
      return add('c')
    }
    await write(() => atomic(work))
    expect(words()).toEqual(['a', 'c'])
  })
})

describe('atomic outside a job', () => {
  test('is a transaction of its own', () => {
    const { atomic, add, statements } = open()
    atomic(() => add('a'))
    expect(statements()).toEqual(['BEGIN IMMEDIATE', "INSERT INTO words (word, after) VALUES ('a', NULL)", 'COMMIT'])
  })

  test('writes nothing if it throws', () => {
    const { atomic, add, words, db } = open()
    const work = () => {
      add('a')
      throwing()
    }
    expect(() => atomic(work)).toThrow(Refused)
    expect({ words: words(), inTransaction: db.inTransaction }).toEqual({ words: [], inTransaction: false })
  })

  test('writes nothing if its commit fails', () => {
    const { atomic, add, words, db } = open()
    expect(() => atomic(() => add('a', 'missing'))).toThrow('FOREIGN KEY constraint failed')
    expect({ words: words(), inTransaction: db.inTransaction }).toEqual({ words: [], inTransaction: false })
  })
})

describe('what a job changes', () => {
  const key = (word: string) => ({ tag_id: word })
  const words = ({ changes }: ChangeSink) => changes?.rows.map((row) => row.key.tag_id)

  test('is handed to its own sink, with the number of the job', async () => {
    const { write, report } = open()
    const sinks: ChangeSink[] = [{ changes: undefined }, { changes: undefined }]
    await Promise.all([
      write(() => report('tag', key('a'), undefined, {}), sinks[0]),
      write(() => report('tag', key('ignored'), undefined, {})),
      write(() => report('tag', key('b'), undefined, {}), sinks[1]),
    ])
    expect(sinks.map(words)).toEqual([['a'], ['b']])
    expect(sinks[1]?.changes?.number).toBeGreaterThan(sinks[0]?.changes?.number ?? Infinity)
  })

  test('is dropped if the job throws, or what it did in a savepoint', async () => {
    const { write, atomic, report } = open()
    const sinks: ChangeSink[] = [{ changes: undefined }, { changes: undefined }]
    const refuse = () => {
      report('tag', key('lost'), undefined, {})
      throw new Refused()
    }
    await Promise.allSettled([
      write(refuse, sinks[0]),
      write(() => {
        report('tag', key('kept'), undefined, {})
        expect(() => atomic(refuse)).toThrow(Refused)
      }, sinks[1]),
    ])
    expect(sinks.map(words)).toEqual([undefined, ['kept']])
  })

  test('is dropped if the commit fails', async () => {
    const { write, add, report } = open()
    const sink: ChangeSink = { changes: undefined }
    const job = write(() => {
      report('tag', key('a'), undefined, {})
      // A reference to nothing fails at the commit.
      return add('a', 'missing')
    }, sink)
    await expect(job).rejects.toThrow('FOREIGN KEY')
    expect(sink.changes).toBeUndefined()
  })
})
