import type { Database } from 'better-sqlite3'

interface Job {
  work: () => unknown
  resolve: (value: unknown) => void
  reject: (reason: unknown) => void
  /** What the work answered, or threw. */
  outcome: unknown
  hasFailed: boolean
  /** Whether it can be done while changes wait for `save`. */
  isGathered: boolean
}

interface Changes {
  /** Writes what `gather` has left to be written. */
  save: () => void
  /** Anything may have been written, or taken back. What was left to be written is not to be written any more. */
  forget: () => void
}

/**
 * All writes go through here. Jobs that come in the same turn of the event loop run one after the other inside one
 * transaction, and each promise settles once that transaction is on record: an answer never speaks of a write that
 * could still be lost. A job that throws before it writes spoils nothing for the others; one that writes several rows
 * and may throw in between wraps them in `atomic`.
 */
export function createWriter(db: Database, { save, forget }: Changes) {
  const begin = db.prepare('BEGIN IMMEDIATE')
  const commit = db.prepare('COMMIT')
  const rollback = db.prepare('ROLLBACK')
  const savepoint = db.prepare('SAVEPOINT job')
  const release = db.prepare('RELEASE job')
  const undo = db.prepare('ROLLBACK TO job')
  let queue: Job[] = []

  function runQueue() {
    const jobs = queue
    queue = []
    try {
      begin.run()
      for (const job of jobs) {
        if (job.isGathered) {
          runJob(job)
        } else {
          save()
          runJob(job)
          save()
          forget()
        }
      }
      save()
      commit.run()
    } catch (error) {
      // What the jobs saw and wrote is gone, so not even their refusals hold: nobody gets an answer from it.
      for (const job of jobs) job.reject(error)
      forget()
      // Last, as it may fail too.
      if (db.inTransaction) rollback.run()
      return
    }
    for (const { hasFailed, resolve, reject, outcome } of jobs) {
      if (hasFailed) reject(outcome)
      else resolve(outcome)
    }
  }

  function runJob(job: Job) {
    try {
      job.outcome = job.work()
    } catch (error) {
      // SQLite rolls the whole transaction back by itself where, say, the disk is full.
      if (!db.inTransaction) throw error
      job.outcome = error
      job.hasFailed = true
    }
  }

  function add<T>(work: () => T, isGathered: boolean): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const outcome = undefined
      const job = { work, resolve: resolve as Job['resolve'], reject, outcome, hasFailed: false, isGathered }
      if (queue.push(job) === 1) setImmediate(runQueue)
    })
  }

  return {
    /** Runs `work`, which must be synchronous, in the transaction of this turn. */
    write: <T>(work: () => T): Promise<T> => add(work, false),

    /** The same for work that may leave its changes to `save`, and sees by itself what others have left. */
    gather: <T>(work: () => T): Promise<T> => add(work, true),

    /** All or nothing: inside of a job, or on its own outside of any transaction. */
    atomic<T>(work: () => T): T {
      // Not inside, where it could be taken back with what is not its own.
      save()
      const [start, end, back] = db.inTransaction ? [savepoint, release, undo] : [begin, commit, rollback]
      start.run()
      try {
        const value = work()
        save()
        end.run()
        return value
      } catch (error) {
        if (db.inTransaction) {
          back.run()
          if (back === undo) release.run()
        }
        throw error
      } finally {
        forget()
      }
    },
  }
}

export type Writer = ReturnType<typeof createWriter>
