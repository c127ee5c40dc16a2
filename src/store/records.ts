import type { Database } from 'better-sqlite3'
import type { ReportChange } from '../domain/change.js'
import { dependents, type Noun, type RecordNoun } from '../domain/records.js'

export interface RecordRow {
  organization_id: number
  noun: RecordNoun
  id: string
  sequence: number
  alias: string
  /** Its fields except for the id, a JSON object. */
  document: string
}

export type ListedRecord = Pick<RecordRow, 'id' | 'sequence' | 'alias' | 'document'>

/** The rows after the sequence number `after`. */
interface ListRange {
  organization_id: number
  noun: RecordNoun
  after: number
}

export function prepareRecords(db: Database, report: ReportChange) {
  const columns = 'id, sequence, alias, document'
  const find = db.prepare<[organization_id: number, noun: string, id: string], ListedRecord>(
    `SELECT ${columns} FROM records WHERE organization_id = ? AND noun = ? AND id = ?`,
  )
  const list = db.prepare<ListRange, ListedRecord>(
    `SELECT ${columns} FROM records
     WHERE organization_id = @organization_id AND noun = @noun AND sequence > @after ORDER BY sequence`,
  )
  const insert = db.prepare<RecordRow>(
    `INSERT INTO records (organization_id, noun, id, sequence, alias, document)
     VALUES (@organization_id, @noun, @id, @sequence, @alias, @document)`,
  )
  const update = db.prepare<[document: string, organization_id: number, noun: string, id: string]>(
    'UPDATE records SET document = ? WHERE organization_id = ? AND noun = ? AND id = ?',
  )
  const remove = db.prepare<[organization_id: number, noun: string, id: string]>(
    'DELETE FROM records WHERE organization_id = ? AND noun = ? AND id = ?',
  )
  const removeByField = db.prepare<[organization_id: number, noun: string, field: string, value: string], ListedRecord>(
    `DELETE FROM records WHERE organization_id = ? AND noun = ? AND document ->> ? = ? RETURNING ${columns}`,
  )

  return {
    find: (organization_id: number, noun: RecordNoun, id: string): ListedRecord | undefined =>
      find.get(organization_id, noun, id),

    /** In order of creation. At most `limit` of those that match; a document is only parsed if it is looked at. */
    list(range: ListRange, limit = Infinity, matches: (row: ListedRecord) => boolean = () => true): ListedRecord[] {
      const rows: ListedRecord[] = []
      for (const row of list.iterate(range)) {
        if (rows.length >= limit) break
        if (matches(row)) rows.push(row)
      }
      return rows
    },

    insert(row: RecordRow) {
      insert.run(row)
      report(row.noun, row, undefined, row)
    },

    update(organization_id: number, noun: RecordNoun, id: string, document: string) {
      const before = find.get(organization_id, noun, id)
      update.run(document, organization_id, noun, id)
      report(noun, { id }, before, { ...before, document })
    },

    /** Returns whether it existed. Its links stay. */
    remove(organization_id: number, noun: RecordNoun, id: string): boolean {
      const before = find.get(organization_id, noun, id)
      if (!before) return false
      remove.run(organization_id, noun, id)
      report(noun, { id }, before, undefined)
      return true
    },

    /** Removes the records that go with something that is removed. */
    removeDependents(organization_id: number, noun: Noun, id: string) {
      for (const { noun: dependent, field, of } of dependents) {
        if (of !== noun) continue
        for (const row of removeByField.all(organization_id, dependent, field, id)) {
          report(dependent, { id: row.id }, row, undefined)
        }
      }
    },
  }
}
