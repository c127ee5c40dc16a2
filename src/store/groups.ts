import type { Database } from 'better-sqlite3'
import type { ReportChange } from '../domain/change.js'
import type { AccessLevel } from '../domain/access-level.js'
import type { GroupLevels } from '../domain/group-user.js'

export interface GroupRow {
  organization_id: number
  group_id: string
  sequence: number
  alias: string
  name: string
  description: string
  group_type: string
  /** The group's other fields, a JSON object. */
  details: string
  /** A propagation timeline as JSON. */
  propagation: string | null
}

export interface AccessLevelRow extends AccessLevel {
  organization_id: number
  group_id: string
  sequence: number
}

/** What the API shows of a group. */
export type ListedGroup = Pick<GroupRow, 'group_id' | 'sequence' | 'name' | 'description' | 'group_type' | 'details'>

export interface GroupFilter {
  organization_id: number
  after: number
  limit: number
  group_type: string | null
  name: string | null
  /** A JSON array of ids; null for all. */
  group_ids: string | null
  /** A JSON array of ids of tags; null for all. */
  tag_ids: string | null
  /** 1 for groups that can be requested, 0 for others; null for all. */
  requestable: 0 | 1 | null
}

interface GroupKey {
  organization_id: number
  group_id: string
}

export function prepareGroups(db: Database, report: ReportChange) {
  const exists = db.prepare<[organization_id: number, group_id: string]>(
    'SELECT 1 FROM groups WHERE organization_id = ? AND group_id = ?',
  )
  const columns = 'group_id, sequence, name, description, group_type, details'
  const show = db.prepare<GroupKey, ListedGroup>(
    `SELECT ${columns} FROM groups WHERE organization_id = @organization_id AND group_id = @group_id`,
  )
  const isListed = `organization_id = @organization_id
    AND (@group_type IS NULL OR group_type = @group_type) AND (@name IS NULL OR name = @name)
    AND (@group_ids IS NULL OR group_id IN (SELECT value FROM json_each(@group_ids)))
    AND (@tag_ids IS NULL OR group_id IN
      (SELECT from_id FROM links WHERE organization_id = @organization_id AND kind = 'group_tag'
        AND to_id IN (SELECT value FROM json_each(@tag_ids))))
    AND (@requestable IS NULL OR @requestable = COALESCE(
      (SELECT value ->> 'allow_requests' FROM json_each(details, '$.request_configurations')
       WHERE value ->> 'priority' = 0),
      details ->> 'is_requestable', 1))`
  const list = db.prepare<GroupFilter, ListedGroup>(
    `SELECT ${columns} FROM groups WHERE ${isListed} AND sequence > @after ORDER BY sequence LIMIT @limit`,
  )
  const update = db.prepare<GroupKey & Pick<GroupRow, 'name' | 'description' | 'details'>>(
    `UPDATE groups SET name = @name, description = @description, details = @details
     WHERE organization_id = @organization_id AND group_id = @group_id`,
  )
  const remove = db.prepare<GroupKey>(
    'DELETE FROM groups WHERE organization_id = @organization_id AND group_id = @group_id',
  )
  const insert = db.prepare<GroupRow>(
    `INSERT INTO groups (organization_id, group_id, sequence, alias, name, description, group_type, details, propagation)
     VALUES (@organization_id, @group_id, @sequence, @alias, @name, @description, @group_type, @details, @propagation)`,
  )
  const findAccessLevel = db.prepare<
    [organization_id: number, group_id: string, access_level_remote_id: string],
    AccessLevel
  >(
    `SELECT access_level_name, access_level_remote_id FROM access_levels
     WHERE organization_id = ? AND group_id = ? AND access_level_remote_id = ?`,
  )
  const listAccessLevels = db.prepare<GroupKey, AccessLevel>(
    `SELECT access_level_name, access_level_remote_id FROM access_levels
     WHERE organization_id = @organization_id AND group_id = @group_id ORDER BY sequence`,
  )
  const insertAccessLevel = db.prepare<AccessLevelRow>(
    `INSERT INTO access_levels (organization_id, group_id, access_level_remote_id, access_level_name, sequence)
     VALUES (@organization_id, @group_id, @access_level_remote_id, @access_level_name, @sequence)`,
  )

  const findRow = db.prepare<GroupKey, GroupRow>(
    'SELECT * FROM groups WHERE organization_id = @organization_id AND group_id = @group_id',
  )
  const listLevelRows = db.prepare<GroupKey, AccessLevelRow>(
    'SELECT * FROM access_levels WHERE organization_id = @organization_id AND group_id = @group_id ORDER BY sequence',
  )
  const listGroupUsers = db.prepare<GroupKey, GroupKey>(
    'SELECT * FROM group_users WHERE organization_id = @organization_id AND group_id = @group_id ORDER BY sequence',
  )

  const exportAll = db.prepare<{ organization_id: number }, GroupRow>(
    'SELECT * FROM groups WHERE organization_id = @organization_id ORDER BY sequence',
  )

  return {
    /** Whole rows, in order of creation. */
    export: (organization_id: number): GroupRow[] => exportAll.all({ organization_id }),
    exists: (organization_id: number, group_id: string): boolean => exists.get(organization_id, group_id) !== undefined,
    show(organization_id: number, group_id: string): ListedGroup | undefined {
      return show.get({ organization_id, group_id })
    },
    list: (filter: GroupFilter): ListedGroup[] => list.all(filter),
    update(
      organization_id: number,
      group_id: string,
      { name, description, details }: Pick<GroupRow, 'name' | 'description' | 'details'>,
    ) {
      const key = { organization_id, group_id }
      const after = { name, description, details }
      const before = findRow.get(key)
      update.run({ ...key, ...after })
      report('group', key, before, { ...before, ...after })
    },
    /** Also deletes its levels and everyone's access to it. Returns whether the group existed. */
    remove(organization_id: number, group_id: string): boolean {
      const key = { organization_id, group_id }
      const group = findRow.get(key)
      if (!group) return false
      for (const row of listLevelRows.iterate(key)) report('access_level', row, row, undefined)
      for (const row of listGroupUsers.iterate(key)) report('group_user', row, row, undefined)
      report('group', key, group, undefined)
      remove.run(key)
      return true
    },
    insert(row: GroupRow) {
      insert.run(row)
      report('group', row, undefined, row)
    },
    /** The levels besides the default one, which is not stored. */
    levels: (organization_id: number, group_id: string): GroupLevels => ({
      find: (access_level_remote_id) => findAccessLevel.get(organization_id, group_id, access_level_remote_id),
      list: () => listAccessLevels.all({ organization_id, group_id }),
    }),
    insertAccessLevel(row: AccessLevelRow) {
      insertAccessLevel.run(row)
      report('access_level', row, undefined, row)
    },
  }
}
