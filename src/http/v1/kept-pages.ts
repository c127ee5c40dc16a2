import type { Timestamp } from '../../domain/clock.js'
import type { Store } from '../../store/index.js'

interface KeptPage {
  text: string
  /** The page reads so from here, and up to `until`. */
  from: Timestamp
  until: Timestamp
}

/** There may be as many, of up to half a megabyte each. */
const maxPages = 50

/** What can change a row with time alone. */
interface TimedRow {
  expiration_date: string | null
  propagation: string | null
}

/**
 * Remembers how pages read, as they are asked for again and again. A page reads as before while nothing was written to
 * the database, which counts what is, and while the clock has passed the end of nobody's access.
 */
export function createKeptPages(store: Store) {
  const pages = new Map<string, KeptPage>()
  let changes: number | undefined

  return {
    find(key: string, now: Timestamp): string | undefined {
      const current = store.countChanges()
      if (current !== changes) pages.clear()
      changes = current
      const page = pages.get(key)
      return page && page.from <= now && now < page.until ? page.text : undefined
    },

    /** `rows` are all that were read for it. Where a propagation takes time, the page is not kept. */
    keep(key: string, text: string, now: Timestamp, rows: readonly TimedRow[]) {
      if (rows.some(({ propagation }) => propagation !== null)) return
      let end: string | undefined
      for (const { expiration_date } of rows) {
        if (expiration_date !== null && (end === undefined || expiration_date < end)) end = expiration_date
      }
      if (pages.size === maxPages) pages.clear()
      pages.set(key, { text, from: now, until: end === undefined ? Infinity : Date.parse(end) })
    },
  }
}
