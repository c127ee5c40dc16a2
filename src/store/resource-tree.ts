import type { Database } from 'better-sqlite3'
import type { ReportChange } from '../domain/change.js'

interface Row {
  resource_id: string
  details: string
}

type Key = [organization_id: number, resource_id: string]

/** How resources are part of each other. A seed may hold a cycle, so UNION ends each walk at the first repetition. */
export function prepareResourceTree(db: Database, report: ReportChange) {
  const ancestors = db
    .prepare<{ organization_id: number; resource_id: string }, string>(
      `WITH RECURSIVE ancestors (id) AS (
         SELECT details ->> 'parent_resource_id' FROM resources
         WHERE organization_id = CAST(@organization_id AS INTEGER) AND resource_id = CAST(@resource_id AS TEXT)
         UNION
         SELECT details ->> 'parent_resource_id' FROM ancestors JOIN resources
           ON organization_id = CAST(@organization_id AS INTEGER) AND resource_id = ancestors.id)
       SELECT id FROM ancestors WHERE id IS NOT NULL`,
    )
    .pluck()
  const descendants = db
    .prepare<{ organization_id: number; resource_id: string }, string>(
      `WITH RECURSIVE descendants (id) AS (
         SELECT resource_id FROM resources
         WHERE organization_id = CAST(@organization_id AS INTEGER)
           AND details ->> 'parent_resource_id' = CAST(@resource_id AS TEXT)
         UNION
         SELECT resources.resource_id FROM descendants JOIN resources
           ON organization_id = CAST(@organization_id AS INTEGER)
           AND details ->> 'parent_resource_id' = descendants.id)
       SELECT id FROM descendants`,
    )
    .pluck()
  const children = db.prepare<Key, Row>(
    `SELECT * FROM resources WHERE organization_id = ? AND details ->> 'parent_resource_id' = ? ORDER BY sequence`,
  )
  const forgetParent = db.prepare<Key>(
    `UPDATE resources SET details = json_remove(details, '$.parent_resource_id')
     WHERE organization_id = ? AND details ->> 'parent_resource_id' = ?`,
  )

  return {
    /** The parent first. */
    ancestors: (organization_id: number, resource_id: string): string[] =>
      ancestors.all({ organization_id, resource_id }),
    descendants: (organization_id: number, resource_id: string): string[] =>
      descendants.all({ organization_id, resource_id }),

    /** Leaves the children of a resource without a parent. */
    forgetParent(organization_id: number, resource_id: string) {
      for (const row of children.all(organization_id, resource_id)) {
        const { parent_resource_id, ...details } = JSON.parse(row.details) as Record<string, unknown>
        report('resource', row, row, { ...row, details: JSON.stringify(details) })
      }
      forgetParent.run(organization_id, resource_id)
    },
  }
}
