import type { Database } from 'better-sqlite3'
import type { Access } from '../domain/group-user.js'

export interface GroupUserKey {
  organization_id: number
  group_id: string
  user_id: string
}

export interface GroupUserRow extends GroupUserKey, Access {
  sequence: number
}

/** A group user with what its answer shows of the user, the group and the level. */
export interface ListedGroupUser extends Access, GroupUserParts {
  sequence: number
}

interface GroupUserParts {
  group_id: string
  group_name: string
  description: string
  user_id: string
  email: string
  full_name: string
  /** Null at the default level, and at one that the group no longer has. */
  access_level_name: string | null
}

/** What a group user shows of its group, and what a push to it needs. */
export interface GroupOfUser {
  group_id: string
  name: string
  description: string
  /** A propagation timeline as JSON. */
  propagation: string | null
}

/** What a group user shows of its user, and what a push to him needs. */
export interface UserOfGroup {
  user_id: string
  email: string
  full_name: string
  /** A propagation timeline as JSON. */
  propagation: string | null
}

/** A group and a user. */
export interface Found {
  organization_id: number
  group: Readonly<GroupOfUser>
  user: Readonly<UserOfGroup>
  /** The access as it stands, also where it has run out. */
  stored: Readonly<Access> | undefined
  /** The number of the row that holds it; null where there is none. */
  row_number: number | null
}

/** So many are remembered. */
const maxFound = 10_000

/** Without access, all that is of it is null. */
interface FoundRow extends Omit<Access, 'access_level_remote_id'> {
  group_name: string
  description: string
  group_propagation: string | null
  email: string
  full_name: string
  user_propagation: string | null
  access_level_remote_id: string | null
  row_number: number | null
}

/** So many of an organization's rows that are live at `now`, behind the place `after`. */
export interface ListRange {
  organization_id: number
  now: string
  after: number
  limit: number
}

export function prepareGroupUsers(db: Database) {
  /** What was found of a group and a user; it is as it was while nothing is written but group users. */
  const remembered = new Map<string, Found>()
  /** What has changed in this transaction and is still to be saved, by the numbers of the rows. */
  const unsaved = new Map<number, Access>()

  // The statements of a PUT take their values by place: to read them out of an object costs as much as the statement.
  // SQLite plans a join anew at every call where it can look at the values that a plan may depend on, and that costs
  // many times what the join does. It does not look behind a CAST.
  const find = db.prepare<[organization_id: number, group_id: string, user_id: string], FoundRow>(
    `SELECT groups.name AS group_name, groups.description, groups.propagation AS group_propagation,
       users.email, users.full_name, users.propagation AS user_propagation,
       group_users.access_level_remote_id, group_users.expiration_date, group_users.pushed_at, group_users.propagation,
       group_users.rowid AS row_number
     FROM groups
     JOIN users USING (organization_id)
     LEFT JOIN group_users USING (organization_id, group_id, user_id)
     WHERE groups.organization_id = CAST(? AS INTEGER) AND groups.group_id = CAST(? AS TEXT)
       AND users.user_id = CAST(? AS TEXT)`,
  )
  const insert = db.prepare<GroupUserRow>(
    `INSERT INTO group_users (organization_id, group_id, user_id, sequence, access_level_remote_id, expiration_date,
       pushed_at, propagation)
     VALUES (@organization_id, @group_id, @user_id, @sequence, @access_level_remote_id, @expiration_date,
       @pushed_at, @propagation)`,
  )
  const update = db.prepare<
    [
      access_level_remote_id: string,
      expiration_date: string | null,
      pushed_at: string | null,
      propagation: string | null,
      row_number: number,
    ]
  >(
    `UPDATE group_users SET access_level_remote_id = ?, expiration_date = ?, pushed_at = ?, propagation = ?
     WHERE rowid = ?`,
  )
  const remove = db.prepare<GroupUserKey>(
    `DELETE FROM group_users
     WHERE organization_id = @organization_id AND group_id = @group_id AND user_id = @user_id`,
  )
  const selectListed = `SELECT group_users.group_id, group_users.user_id, group_users.sequence, group_users.access_level_remote_id,
       group_users.expiration_date, group_users.pushed_at, group_users.propagation,
       groups.name AS group_name, groups.description, users.email, users.full_name, access_levels.access_level_name
     FROM group_users
     JOIN groups USING (organization_id, group_id)
     JOIN users USING (organization_id, user_id)
     LEFT JOIN access_levels USING (organization_id, group_id, access_level_remote_id)`
  const isLive = '(group_users.expiration_date IS NULL OR group_users.expiration_date > CAST(@now AS TEXT))'
  const listedBy = (column: 'group_id' | 'user_id') => ({
    list: db.prepare<ListRange & { id: string }, ListedGroupUser>(
      `${selectListed}
       WHERE group_users.organization_id = CAST(@organization_id AS INTEGER)
         AND group_users.${column} = CAST(@id AS TEXT) AND ${isLive} AND group_users.sequence > CAST(@after AS INTEGER)
       ORDER BY group_users.sequence LIMIT CAST(@limit AS INTEGER)`,
    ),
    firstUpTo: db
      .prepare<ListRange & { id: string }, number | null>(
        `SELECT MIN(sequence) FROM (
           SELECT sequence FROM group_users
           WHERE organization_id = @organization_id AND ${column} = @id AND ${isLive} AND sequence <= @after
           ORDER BY sequence DESC LIMIT @limit)`,
      )
      .pluck(),
  })
  const show = db.prepare<GroupUserKey, ListedGroupUser>(
    `${selectListed}
     WHERE group_users.organization_id = @organization_id AND group_users.group_id = @group_id
       AND group_users.user_id = @user_id`,
  )
  const byGroup = listedBy('group_id')
  const byUser = listedBy('user_id')

  const exportAll = db.prepare<{ organization_id: number }, GroupUserRow>(
    'SELECT * FROM group_users WHERE organization_id = @organization_id ORDER BY sequence',
  )
  const endedBetween = db.prepare<{ organization_id: number; from: string; to: string }, GroupUserKey>(
    `SELECT organization_id, group_id, user_id FROM group_users
     WHERE organization_id = @organization_id AND expiration_date > @from AND expiration_date <= @to
     ORDER BY expiration_date, sequence`,
  )
  const withTimeline = db.prepare<{ organization_id: number }, GroupUserRow>(
    `SELECT * FROM group_users
     WHERE organization_id = @organization_id AND propagation IS NOT NULL ORDER BY sequence`,
  )

  /** A row that was changed several times is written once. */
  function save() {
    if (unsaved.size === 0) return
    for (const [row_number, { access_level_remote_id, expiration_date, pushed_at, propagation }] of unsaved) {
      update.run(access_level_remote_id, expiration_date, pushed_at, propagation, row_number)
    }
    unsaved.clear()
  }

  function forget() {
    remembered.clear()
    unsaved.clear()
  }

  return {
    /** As a list shows it, also where its access has ended. */
    show: (key: GroupUserKey): ListedGroupUser | undefined => show.get(key),
    /** Whole rows, in order of creation, also of access that has ended. */
    export: (organization_id: number): GroupUserRow[] => exportAll.all({ organization_id }),
    /** Whose access ends after `from` and not after `to`, in order of time. */
    endedBetween: (organization_id: number, from: string, to: string): GroupUserKey[] =>
      endedBetween.all({ organization_id, from, to }),
    /** Those whose propagation takes time. */
    withTimeline: (organization_id: number): GroupUserRow[] => withTimeline.all({ organization_id }),
    /** Undefined where the group or the user is missing. */
    find(organization_id: number, group_id: string, user_id: string): Found | undefined {
      const key = keyOf(organization_id, group_id, user_id)
      const known = remembered.get(key)
      if (known) return known
      const row = find.get(organization_id, group_id, user_id)
      if (!row) return undefined
      const { access_level_remote_id, expiration_date, pushed_at, propagation, row_number } = row
      const found: Found = {
        organization_id,
        group: { group_id, name: row.group_name, description: row.description, propagation: row.group_propagation },
        user: { user_id, email: row.email, full_name: row.full_name, propagation: row.user_propagation },
        stored:
          access_level_remote_id === null
            ? undefined
            : { access_level_remote_id, expiration_date, pushed_at, propagation },
        row_number,
      }
      if (remembered.size === maxFound) {
        save()
        remembered.clear()
      }
      remembered.set(key, found)
      return found
    },
    /** Gives other access to a user who has some. It is not in the database before `save`. */
    update(found: Found, access: Access) {
      if (found.row_number === null) throw new Error('There is no access to change')
      found.stored = access
      unsaved.set(found.row_number, access)
    },
    save,
    /** To be called when anything else was written, or was taken back. */
    forget,
    insert(row: GroupUserRow) {
      remembered.delete(keyOf(row.organization_id, row.group_id, row.user_id))
      insert.run(row)
    },
    remove(organization_id: number, group_id: string, user_id: string) {
      const key = keyOf(organization_id, group_id, user_id)
      const row_number = remembered.get(key)?.row_number
      // Another row may be given it.
      if (typeof row_number === 'number') unsaved.delete(row_number)
      remembered.delete(key)
      remove.run({ organization_id, group_id, user_id })
    },
    /** Those whose access has not ended at `now`, in order of creation. */
    listByGroup: (group_id: string, range: ListRange): ListedGroupUser[] =>
      byGroup.list.all({ ...range, id: group_id }),
    listByUser: (user_id: string, range: ListRange): ListedGroupUser[] => byUser.list.all({ ...range, id: user_id }),
    firstUpToByGroup: (group_id: string, range: ListRange) => byGroup.firstUpTo.get({ ...range, id: group_id }) ?? null,
    firstUpToByUser: (user_id: string, range: ListRange) => byUser.firstUpTo.get({ ...range, id: user_id }) ?? null,
  }
}

function keyOf(organization_id: number, group_id: string, user_id: string): string {
  return `${organization_id} ${group_id} ${user_id}`
}
