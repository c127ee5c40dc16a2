import type { Database } from 'better-sqlite3'
import type { ReportChange } from '../domain/change.js'
import { linksFrom, linksTo, type LinkName, type Noun } from '../domain/records.js'

export interface LinkRow {
  organization_id: number
  kind: LinkName
  from_id: string
  to_id: string
  sequence: number
  /** What the link itself has, a JSON object. */
  document: string
}

export type ListedLink = Pick<LinkRow, 'from_id' | 'to_id' | 'sequence' | 'document'>

type LinkEnd = [organization_id: number, kind: LinkName, id: string]

export function prepareLinks(db: Database, report: ReportChange) {
  const columns = 'from_id, to_id, sequence, document'
  const from = db.prepare<LinkEnd, ListedLink>(
    `SELECT ${columns} FROM links WHERE organization_id = ? AND kind = ? AND from_id = ? ORDER BY sequence`,
  )
  const to = db.prepare<LinkEnd, ListedLink>(
    `SELECT ${columns} FROM links WHERE organization_id = ? AND kind = ? AND to_id = ? ORDER BY sequence`,
  )
  const find = db.prepare<[...LinkEnd, to_id: string], ListedLink>(
    `SELECT ${columns} FROM links WHERE organization_id = ? AND kind = ? AND from_id = ? AND to_id = ?`,
  )
  const touches = db
    .prepare<{ organization_id: number; kind: LinkName; id: string }, 1>(
      `SELECT 1 FROM links WHERE organization_id = @organization_id AND kind = @kind AND from_id = @id
       UNION ALL
       SELECT 1 FROM links WHERE organization_id = @organization_id AND kind = @kind AND to_id = @id
       LIMIT 1`,
    )
    .pluck()
  const exportKind = db.prepare<[organization_id: number, kind: LinkName], ListedLink>(
    `SELECT ${columns} FROM links WHERE organization_id = ? AND kind = ? ORDER BY from_id, sequence`,
  )
  const insert = db.prepare<LinkRow>(
    `INSERT INTO links (organization_id, kind, from_id, to_id, sequence, document)
     VALUES (@organization_id, @kind, @from_id, @to_id, @sequence, @document)`,
  )
  const remove = db.prepare<[...LinkEnd, to_id: string]>(
    'DELETE FROM links WHERE organization_id = ? AND kind = ? AND from_id = ? AND to_id = ?',
  )
  const removeFrom = db.prepare<LinkEnd>('DELETE FROM links WHERE organization_id = ? AND kind = ? AND from_id = ?')
  const removeTo = db.prepare<LinkEnd>('DELETE FROM links WHERE organization_id = ? AND kind = ? AND to_id = ?')

  const rows = 'kind, from_id, to_id, sequence, document'
  type StoredLink = Omit<LinkRow, 'organization_id'>
  const findRow = db.prepare<[...LinkEnd, to_id: string], StoredLink>(
    `SELECT ${rows} FROM links WHERE organization_id = ? AND kind = ? AND from_id = ? AND to_id = ?`,
  )
  const rowsFrom = db.prepare<LinkEnd, StoredLink>(
    `SELECT ${rows} FROM links WHERE organization_id = ? AND kind = ? AND from_id = ? ORDER BY sequence`,
  )
  const rowsTo = db.prepare<LinkEnd, StoredLink>(
    `SELECT ${rows} FROM links WHERE organization_id = ? AND kind = ? AND to_id = ? ORDER BY sequence`,
  )

  const reportRemoved = (row: StoredLink) => report(row.kind, row, row, undefined)

  function removeAllFrom(organization_id: number, kind: LinkName, from_id: string) {
    rowsFrom.all(organization_id, kind, from_id).forEach(reportRemoved)
    removeFrom.run(organization_id, kind, from_id)
  }

  function removeAllTo(organization_id: number, kind: LinkName, to_id: string) {
    rowsTo.all(organization_id, kind, to_id).forEach(reportRemoved)
    removeTo.run(organization_id, kind, to_id)
  }

  return {
    /** In order. */
    from: (organization_id: number, kind: LinkName, id: string): ListedLink[] => from.all(organization_id, kind, id),

    /** The same at their other end. */
    to: (organization_id: number, kind: LinkName, id: string): ListedLink[] => to.all(organization_id, kind, id),

    find: (organization_id: number, kind: LinkName, from_id: string, to_id: string): ListedLink | undefined =>
      find.get(organization_id, kind, from_id, to_id),

    /** Whether a link begins or ends there. */
    touches: (organization_id: number, kind: LinkName, id: string): boolean =>
      touches.get({ organization_id, kind, id }) !== undefined,

    /** All links of a kind: those of one beginning after the other, each in order. */
    export: (organization_id: number, kind: LinkName): ListedLink[] => exportKind.all(organization_id, kind),

    insert(row: LinkRow) {
      insert.run(row)
      report(row.kind, row, undefined, row)
    },

    /** Returns whether it existed. */
    remove(organization_id: number, kind: LinkName, from_id: string, to_id: string): boolean {
      const before = findRow.get(organization_id, kind, from_id, to_id)
      if (!before) return false
      remove.run(organization_id, kind, from_id, to_id)
      reportRemoved(before)
      return true
    },

    removeFrom: removeAllFrom,

    /** Removes every link that begins or ends at something that is removed. */
    removeAll(organization_id: number, noun: Noun, id: string) {
      for (const kind of linksFrom(noun)) removeAllFrom(organization_id, kind, id)
      for (const kind of linksTo(noun)) removeAllTo(organization_id, kind, id)
    },
  }
}
