import type { Database } from 'better-sqlite3'

export interface OrganizationRow {
  organization_id: number
  name: string
  seed_digest: string
}

export function prepareOrganizations(db: Database) {
  const find = db.prepare<{ name: string }, OrganizationRow>(
    'SELECT organization_id, name, seed_digest FROM organizations WHERE name = @name',
  )
  const insert = db.prepare<{ name: string; seed_digest: string }>(
    'INSERT INTO organizations (name, seed_digest) VALUES (@name, @seed_digest)',
  )
  const removeAll = db.prepare('DELETE FROM organizations')
  const takeSequence = db
    .prepare<{ organization_id: number }, number>(
      `UPDATE organizations SET next_sequence = next_sequence + 1
       WHERE organization_id = @organization_id RETURNING next_sequence - 1`,
    )
    .pluck()

  return {
    find(name: string): OrganizationRow | undefined {
      return find.get({ name })
    },
    /** Answers the new organization's number. */
    insert(row: { name: string; seed_digest: string }): number {
      return Number(insert.run(row).lastInsertRowid)
    },
    /** Every organization and all that belongs to it. */
    removeAll() {
      removeAll.run()
    },
    /** The place in the order of creation of what is created next; none is given out twice. */
    takeSequence(organization_id: number): number {
      const sequence = takeSequence.get({ organization_id })
      if (sequence === undefined) throw new Error(`There is no organization ${organization_id}`)
      return sequence
    },
  }
}
