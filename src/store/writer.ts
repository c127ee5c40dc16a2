import Sqlite, { type Database } from 'better-sqlite3'
import type { Changes, ReportChange, RowChange } from '../domain/change.js'
import { setImmediate } from '../globals.js'

/** Receives what a job changed, once it is committed. */
export interface ChangeSink {
  changes: Changes | undefined
}

interface Job {
  work: () => unknown
  sink: ChangeSink | undefined
  changes: Changes | undefined
  resolve: (value: unknown) => void
  reject: (reason: unknown) => void
  /** What the work returned or threw. */
  outcome: unknown
  hasFailed: boolean
}

/**
 * All writes go through here. Jobs that arrive in the same event loop iteration share one transaction, and each promise
 * settles after the commit: a response never reports a write that could still be lost. A job that throws before it
 * writes does not affect the others; a job that writes several rows and may throw in between wraps them in `atomic`.
 */
export function createWriter(db: Database, collector: Collector = createCollector()) {
  const transaction = db.transaction((work: () => unknown) => work())
  let queue: Job[] = []
  /** Why the latest transaction could not be written. */
  let failure: string | undefined

  function commit(work: () => unknown): unknown {
    // A savepoint proves nothing: its transaction may still fail.
    if (db.inTransaction) return collector.undoIfThrown(() => transaction(work))
    try {
      const outcome = transaction.immediate(work)
      failure = undefined
      return outcome
    } catch (error) {
      if (isUnavailable(error)) failure = error.message
      throw error
    }
  }

  function runQueue() {
    const jobs = queue
    queue = []
    try {
      commit(() => jobs.forEach(runJob))
    } catch (error) {
      // What the jobs read and wrote is rolled back, so not even their refusals hold.
      for (const job of jobs) job.reject(error)
      return
    }
    for (const job of jobs) {
      const { hasFailed, resolve, reject, outcome, sink, changes } = job
      if (sink) sink.changes = changes
      if (hasFailed) reject(outcome)
      else resolve(outcome)
    }
  }

  function runJob(job: Job) {
    if (job.sink) collector.start()
    try {
      job.outcome = job.work()
      if (job.sink) job.changes = collector.take()
    } catch (error) {
      collector.stop()
      // SQLite itself rolls the whole transaction back on some errors, such as a full disk.
      if (!db.inTransaction) throw error
      job.outcome = error
      job.hasFailed = true
    }
  }

  return {
    /**
     * Runs `work`, which must be synchronous, in the transaction of this event loop iteration. What it changed is handed
     * to the sink before the promise settles, unless it threw or could not be committed.
     */
    write<T>(work: () => T, sink?: ChangeSink): Promise<T> {
      return new Promise<T>((resolve, reject) => {
        const job: Job = {
          work,
          sink,
          changes: undefined,
          resolve: resolve as Job['resolve'],
          reject,
          outcome: undefined,
          hasFailed: false,
        }
        if (queue.push(job) === 1) setImmediate(runQueue)
      })
    },

    /** All or nothing: a savepoint inside of a job, a transaction of its own elsewhere. */
    atomic: <T>(work: () => T): T => commit(work) as T,

    /** Why nothing can be written; undefined if it can. Tries again after a failure, so that it recovers by itself. */
    writeFailure(): string | undefined {
      if (failure === undefined) return undefined
      try {
        commit(() => db.pragma(`user_version = ${String(db.pragma('user_version', { simple: true }))}`))
      } catch (error) {
        failure = (error as Error).message
      }
      return failure
    },
  }
}

/** Whether SQLite cannot use its file, such as on a full disk: nothing that the call or its work could change. */
export function isUnavailable(error: unknown): error is InstanceType<typeof Sqlite.SqliteError> {
  return (
    error instanceof Sqlite.SqliteError &&
    /^SQLITE_(FULL|READONLY|IOERR|BUSY|LOCKED|CANTOPEN|CORRUPT|NOTADB|PERM|NOMEM)/.test(error.code)
  )
}

/** Collects the changes that store functions report while a job with a sink runs. */
export function createCollector() {
  let isCollecting = false
  let rows: RowChange[] = []
  let lastNumber = 0

  function stop() {
    isCollecting = false
    rows = []
  }

  const report: ReportChange = (noun, key, before, after) => {
    if (isCollecting) rows.push({ noun, key, before, after } as RowChange)
  }

  return {
    report,
    start() {
      isCollecting = true
    },
    take(): Changes | undefined {
      const changes = rows.length > 0 ? { number: ++lastNumber, rows } : undefined
      stop()
      return changes
    },
    stop,
    /** A savepoint that is rolled back changed nothing. */
    undoIfThrown<T>(work: () => T): T {
      const { length } = rows
      try {
        return work()
      } catch (error) {
        rows.length = length
        throw error
      }
    },
  }
}

type Collector = ReturnType<typeof createCollector>

export type Writer = ReturnType<typeof createWriter>
