import type { Database } from 'better-sqlite3'

/** Calls that follow each other, one a line. */
export interface EventRow {
  /** Of the first call. */
  number: number
  calls: string
}

export function prepareEvents(db: Database) {
  const list = db.prepare<{ organization_id: number }, EventRow>(
    'SELECT number, calls FROM events WHERE organization_id = @organization_id ORDER BY number',
  )
  const last = db.prepare<{ organization_id: number }, EventRow>(
    'SELECT number, calls FROM events WHERE organization_id = @organization_id ORDER BY number DESC LIMIT 1',
  )
  const insert = db.prepare<EventRow & { organization_id: number }>(
    'INSERT INTO events (organization_id, number, calls) VALUES (@organization_id, @number, @calls)',
  )
  const removeBefore = db.prepare<{ organization_id: number; number: number }>(
    'DELETE FROM events WHERE organization_id = @organization_id AND number < @number',
  )

  return {
    /** Oldest first. */
    list: (organization_id: number): EventRow[] => list.all({ organization_id }),
    last: (organization_id: number): EventRow | undefined => last.get({ organization_id }),
    insert(organization_id: number, row: EventRow) {
      insert.run({ organization_id, ...row })
    },
    removeBefore(organization_id: number, number: number) {
      removeBefore.run({ organization_id, number })
    },
  }
}
