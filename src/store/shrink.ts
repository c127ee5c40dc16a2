import type { Database } from 'better-sqlite3'
import { setImmediate } from '../globals.js'

/** How many pages of 4 KiB stay free, so that a test suite does not release and allocate the same ones all the time. */
const sparePages = 1024

/** Takes a few milliseconds, during which calls have to wait. */
const pagesAtOnce = 64

/**
 * Returns a function to call after a delete. It releases free pages to the file system, a few in each event loop
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
      // Only a checkpoint truncates the file itself.
      if (after === 0) db.pragma('wal_checkpoint(PASSIVE)')
      // A database in memory keeps its pages.
      else if (after < before) shrink()
    } catch {
      // Such as a full disk, since pages move through the log. The next delete tries again.
    }
  }

  return shrink
}
