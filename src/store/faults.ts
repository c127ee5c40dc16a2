import type { Database } from 'better-sqlite3'

export interface FaultRow {
  sequence: number
  /** A fault rule as JSON. */
  rule: string
}

export function prepareFaults(db: Database) {
  const list = db.prepare<{ organization_id: number }, FaultRow>(
    'SELECT sequence, rule FROM faults WHERE organization_id = @organization_id ORDER BY sequence',
  )
  const count = db
    .prepare<{ organization_id: number }, number>(
      'SELECT COUNT(*) FROM faults WHERE organization_id = @organization_id',
    )
    .pluck()
  const insert = db.prepare<FaultRow & { organization_id: number }>(
    'INSERT INTO faults (organization_id, sequence, rule) VALUES (@organization_id, @sequence, @rule)',
  )
  const remove = db.prepare<{ organization_id: number; sequence: number }>(
    'DELETE FROM faults WHERE organization_id = @organization_id AND sequence = @sequence',
  )
  const removeAll = db.prepare<{ organization_id: number }>(
    'DELETE FROM faults WHERE organization_id = @organization_id',
  )

  return {
    /** In the order in which they are matched. */
    list: (organization_id: number): FaultRow[] => list.all({ organization_id }),
    count: (organization_id: number): number => count.get({ organization_id }) ?? 0,
    insert(row: FaultRow & { organization_id: number }) {
      insert.run(row)
    },
    /** Returns whether the rule existed. */
    remove: (organization_id: number, sequence: number): boolean =>
      remove.run({ organization_id, sequence }).changes > 0,
    removeAll(organization_id: number) {
      removeAll.run({ organization_id })
    },
  }
}
