import type { Database } from 'better-sqlite3'
import type { AccessLevel } from '../domain/access-level.js'

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

/** What a group user shows of its group, and what a push to it needs. */
export type GroupOfUser = Pick<GroupRow, 'group_id' | 'name' | 'description' | 'propagation'>

interface GroupKey {
  organization_id: number
  group_id: string
}

export function prepareGroups(db: Database) {
  const find = db.prepare<GroupKey, GroupOfUser>(
    `SELECT group_id, name, description, propagation
     FROM groups WHERE organization_id = @organization_id AND group_id = @group_id`,
  )
  const insert = db.prepare<GroupRow>(
    `INSERT INTO groups (organization_id, group_id, sequence, alias, name, description, group_type, details, propagation)
     VALUES (@organization_id, @group_id, @sequence, @alias, @name, @description, @group_type, @details, @propagation)`,
  )
  const findAccessLevel = db.prepare<GroupKey & { access_level_remote_id: string }, AccessLevel>(
    `SELECT access_level_name, access_level_remote_id FROM access_levels
     WHERE organization_id = @organization_id AND group_id = @group_id
       AND access_level_remote_id = @access_level_remote_id`,
  )
  const listAccessLevels = db.prepare<GroupKey, AccessLevel>(
    `SELECT access_level_name, access_level_remote_id FROM access_levels
     WHERE organization_id = @organization_id AND group_id = @group_id ORDER BY sequence`,
  )
  const insertAccessLevel = db.prepare<AccessLevelRow>(
    `INSERT INTO access_levels (organization_id, group_id, access_level_remote_id, access_level_name, sequence)
     VALUES (@organization_id, @group_id, @access_level_remote_id, @access_level_name, @sequence)`,
  )

  return {
    find(organization_id: number, group_id: string): GroupOfUser | undefined {
      return find.get({ organization_id, group_id })
    },
    insert(row: GroupRow) {
      insert.run(row)
    },
    /** Levels beside the default one, which is not stored. */
    findAccessLevel(
      organization_id: number,
      group_id: string,
      access_level_remote_id: string,
    ): AccessLevel | undefined {
      return findAccessLevel.get({ organization_id, group_id, access_level_remote_id })
    },
    listAccessLevels(organization_id: number, group_id: string): AccessLevel[] {
      return listAccessLevels.all({ organization_id, group_id })
    },
    insertAccessLevel(row: AccessLevelRow) {
      insertAccessLevel.run(row)
    },
  }
}
