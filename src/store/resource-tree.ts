import type { Database } from 'better-sqlite3'

/** How resources are part of each other. A seed may hold a cycle, so UNION ends each walk at the first repetition. */
export function prepareResourceTree(db: Database) {
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
  return {
    /** The parent first. */
    ancestors: (organization_id: number, resource_id: string): string[] =>
      ancestors.all({ organization_id, resource_id }),
    descendants: (organization_id: number, resource_id: string): string[] =>
      descendants.all({ organization_id, resource_id }),
  }
}
