import type { Database } from 'better-sqlite3'
import { setImmediate } from '../globals.js'

/** In pages of 4 KiB. So much stays free, or a test suite would give up and take again the same pages all the time. */
const sparePages = 1024

/** Takes some milliseconds, for which calls have to wait. */
const pagesAtOnce = 64

/**
 * Returns a function to call after a delete. It gives free pages back to the file system, a few in each event loop
 * iteration, so that no call waits for all of them.
 */
export function createShrink(db: Database) {
  const countFree = db.prepare<[], number>('PRAGMA freelist_count').pluck()
  const excess = () => Math.max(0, (countFree.get() ?? 0) - sparePages)
  let isScheduled = false

  function shrink() {
    if (isScheduled) return
    isScheduled = true
    setImmediate(giveBack)
  }

  function giveBack() {
    isScheduled = false
    if (!db.open) return
    const before = excess()
    if (before === 0) return
    try {
      db.pragma(`incremental_vacuum(${Math.min(pagesAtOnce, before)})`)
      const after = excess()
      // The file itself is cut off by a checkpoint.
      if (after === 0) db.pragma('wal_checkpoint(PASSIVE)')
      // A database in memory keeps its pages.
      else if (after < before) shrink()
    } catch {
      // Such as a full disk, as pages move through the log. The next delete tries again.
    }
  }

  return shrink
}
