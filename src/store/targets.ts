import type { Database } from 'better-sqlite3'
import type { Levels } from '../domain/access.js'
import type { AccessLevel } from '../domain/access-level.js'
import type { ReportChange } from '../domain/change.js'
import type { TargetNoun } from '../domain/target.js'

/** `group_id` and `group_type`, or the same of a resource. */
type Named<Noun extends TargetNoun> = Record<`${Noun}_id` | `${Noun}_type`, string>

interface Columns {
  organization_id: number
  sequence: number
  alias: string
  name: string
  description: string
  /** The target's other fields, a JSON object. */
  details: string
  /** A propagation timeline as JSON. */
  propagation: string | null
}

export type TargetRow<Noun extends TargetNoun> = Columns & Named<Noun>

export type AccessLevelRow<Noun extends TargetNoun> = AccessLevel & {
  organization_id: number
  sequence: number
} & Record<`${Noun}_id`, string>

/** What the API shows of a target. */
export type ListedTarget<Noun extends TargetNoun> = Pick<Columns, 'sequence' | 'name' | 'description' | 'details'> &
  Named<Noun>

/** Null selects all; lists are JSON arrays of ids. */
interface CommonFilter {
  organization_id: number
  after: number
  limit: number
  type: string | null
  name: string | null
  ids: string | null
  /** Ids of tags. */
  tag_ids: string | null
}

interface Filters {
  group: {
    /** 1 for groups that can be requested, 0 for others. */
    requestable: 0 | 1 | null
  }
  resource: {
    remote_id: string | null
    parent_id: string | null
    ancestor_id: string | null
  }
}

export type TargetFilter<Noun extends TargetNoun> = CommonFilter & Filters[Noun]

/** What differs between the statements of groups and of resources. */
const differences = {
  group: {
    levels: 'access_levels',
    levelNoun: 'access_level',
    filters: `(@requestable IS NULL OR @requestable = COALESCE(
      (SELECT value ->> 'allow_requests' FROM json_each(details, '$.request_configurations')
       WHERE value ->> 'priority' = 0),
      details ->> 'is_requestable', 1))`,
  },
  resource: {
    levels: 'resource_access_levels',
    levelNoun: 'resource_access_level',
    filters: `(@remote_id IS NULL OR details ->> 'remote_resource_id' = @remote_id)
    AND (@parent_id IS NULL OR details ->> 'parent_resource_id' = @parent_id)
    AND (@ancestor_id IS NULL OR resource_id IN (
      WITH RECURSIVE descendants (id) AS (
        SELECT resource_id FROM resources
        WHERE organization_id = @organization_id AND details ->> 'parent_resource_id' = @ancestor_id
        UNION
        SELECT resources.resource_id FROM descendants JOIN resources
          ON organization_id = @organization_id AND details ->> 'parent_resource_id' = descendants.id)
      SELECT id FROM descendants))`,
  },
} as const

/** Groups, or resources: what users have access to. */
export function prepareTargets<Noun extends TargetNoun>(db: Database, noun: Noun, report: ReportChange) {
  type Row = TargetRow<Noun>
  type Listed = ListedTarget<Noun>
  interface Key {
    organization_id: number
    id: string
  }
  const { levels, levelNoun, filters } = differences[noun]
  const [table, id, type] = [`${noun}s`, `${noun}_id`, `${noun}_type`]

  const exists = db.prepare<[organization_id: number, id: string]>(
    `SELECT 1 FROM ${table} WHERE organization_id = ? AND ${id} = ?`,
  )
  const columns = `${id}, sequence, name, description, ${type}, details`
  const show = db.prepare<Key, Listed>(
    `SELECT ${columns} FROM ${table} WHERE organization_id = @organization_id AND ${id} = @id`,
  )
  const isListed = `organization_id = @organization_id
    AND (@type IS NULL OR ${type} = @type) AND (@name IS NULL OR name = @name)
    AND (@ids IS NULL OR ${id} IN (SELECT value FROM json_each(@ids)))
    AND (@tag_ids IS NULL OR ${id} IN
      (SELECT from_id FROM links WHERE organization_id = @organization_id AND kind = '${noun}_tag'
        AND to_id IN (SELECT value FROM json_each(@tag_ids))))
    AND ${filters}`
  const list = db.prepare<[TargetFilter<Noun>], Listed>(
    `SELECT ${columns} FROM ${table} WHERE ${isListed} AND sequence > @after ORDER BY sequence LIMIT @limit`,
  )
  const update = db.prepare<Key & Pick<Columns, 'name' | 'description' | 'details'>>(
    `UPDATE ${table} SET name = @name, description = @description, details = @details
     WHERE organization_id = @organization_id AND ${id} = @id`,
  )
  const remove = db.prepare<Key>(`DELETE FROM ${table} WHERE organization_id = @organization_id AND ${id} = @id`)
  const insert = db.prepare<[Row]>(
    `INSERT INTO ${table} (organization_id, ${id}, sequence, alias, name, description, ${type}, details, propagation)
     VALUES (@organization_id, @${id}, @sequence, @alias, @name, @description, @${type}, @details, @propagation)`,
  )
  const findAccessLevel = db.prepare<
    [organization_id: number, id: string, access_level_remote_id: string],
    AccessLevel
  >(
    `SELECT access_level_name, access_level_remote_id FROM ${levels}
     WHERE organization_id = ? AND ${id} = ? AND access_level_remote_id = ?`,
  )
  const listAccessLevels = db.prepare<Key, AccessLevel>(
    `SELECT access_level_name, access_level_remote_id FROM ${levels}
     WHERE organization_id = @organization_id AND ${id} = @id ORDER BY sequence`,
  )
  const insertAccessLevel = db.prepare<[AccessLevelRow<Noun>]>(
    `INSERT INTO ${levels} (organization_id, ${id}, access_level_remote_id, access_level_name, sequence)
     VALUES (@organization_id, @${id}, @access_level_remote_id, @access_level_name, @sequence)`,
  )

  const findRow = db.prepare<Key, Row>(
    `SELECT * FROM ${table} WHERE organization_id = @organization_id AND ${id} = @id`,
  )
  const listLevelRows = db.prepare<Key, AccessLevelRow<Noun>>(
    `SELECT * FROM ${levels} WHERE organization_id = @organization_id AND ${id} = @id ORDER BY sequence`,
  )
  const listUsers = db.prepare<Key, object>(
    `SELECT * FROM ${noun}_users WHERE organization_id = @organization_id AND ${id} = @id ORDER BY sequence`,
  )

  const exportAll = db.prepare<{ organization_id: number }, Row>(
    `SELECT * FROM ${table} WHERE organization_id = @organization_id ORDER BY sequence`,
  )

  return {
    /** Whole rows, in order of creation. */
    export: (organization_id: number): Row[] => exportAll.all({ organization_id }),
    exists: (organization_id: number, id: string): boolean => exists.get(organization_id, id) !== undefined,
    show(organization_id: number, id: string): Listed | undefined {
      return show.get({ organization_id, id })
    },
    list: (filter: TargetFilter<Noun>): Listed[] => list.all(filter),
    update(organization_id: number, id: string, changes: Partial<Pick<Columns, 'name' | 'description' | 'details'>>) {
      const before = findRow.get({ organization_id, id })
      if (!before) return
      const { name, description, details } = { ...before, ...changes }
      update.run({ organization_id, id, name, description, details })
      report(noun, before, before, { ...before, name, description, details })
    },
    /** Also deletes its levels and everyone's access to it. Returns whether it existed. */
    remove(organization_id: number, id: string): boolean {
      const key = { organization_id, id }
      const target = findRow.get(key)
      if (!target) return false
      for (const row of listLevelRows.iterate(key)) report(levelNoun, row, row, undefined)
      for (const row of listUsers.iterate(key)) report(`${noun}_user`, row, row, undefined)
      report(noun, target, target, undefined)
      remove.run(key)
      return true
    },
    insert(row: Row) {
      insert.run(row)
      report(noun, row, undefined, row)
    },
    /** The levels besides the default one, which is not stored. */
    levels: (organization_id: number, id: string): Levels => ({
      find: (access_level_remote_id) => findAccessLevel.get(organization_id, id, access_level_remote_id),
      list: () => listAccessLevels.all({ organization_id, id }),
    }),
    insertAccessLevel(row: AccessLevelRow<Noun>) {
      insertAccessLevel.run(row)
      report(levelNoun, row, undefined, row)
    },
  }
}
