import type { Database } from 'better-sqlite3'
import type { Access, Decision, GroupLevels, ListedGroupUser } from '../domain/group-user.js'

export interface GroupUserKey {
  organization_id: number
  group_id: string
  user_id: string
}

export interface GroupUserRow extends GroupUserKey, Access {
  sequence: number
}

/** A group, a user, and the user's access to the group. */
export interface Found {
  group: { group_id: string; name: string; description: string; propagation: string | null }
  user: { user_id: string; email: string; full_name: string; propagation: string | null }
  /** The stored access, which may have expired, and its rowid. */
  access: (Access & { rowid: number }) | undefined
  /** Looked up only when a decision depends on them. */
  readonly levels: GroupLevels
}

/** What group users need of other nouns. */
interface Neighbors {
  takeSequence: (organization_id: number) => number
  levels: (organization_id: number, group_id: string) => GroupLevels
}

/** If there is no access, its columns are null. */
interface FoundRow extends Omit<Access, 'access_level_remote_id'> {
  group_name: string
  description: string
  group_propagation: string | null
  email: string
  full_name: string
  user_propagation: string | null
  access_level_remote_id: string | null
  rowid: number | null
}

/**
 * At most `limit` rows that have not expired at `now` and come after the sequence number `after`; all of them if the
 * limit is negative.
 */
export interface ListRange {
  organization_id: number
  /** The id of the group or the user. */
  id: string
  now: string
  after: number
  limit: number
}

interface Period {
  organization_id: number
  from: string
  to: string
  limit: number
}

type ListColumn = 'group_id' | 'user_id'

export function prepareGroupUsers(db: Database, { takeSequence, levels }: Neighbors) {
  // SQLite plans a join again on every call if parameter values may change the plan, which costs many times more than
  // the join itself. It does not look inside a CAST.
  const find = db.prepare<[organization_id: number, group_id: string, user_id: string], FoundRow>(
    `SELECT groups.name AS group_name, groups.description, groups.propagation AS group_propagation,
       users.email, users.full_name, users.propagation AS user_propagation,
       group_users.access_level_remote_id, group_users.expiration_date, group_users.pushed_at, group_users.propagation,
       group_users.rowid
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
      rowid: number,
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
  const prepareList = (column: ListColumn) =>
    db.prepare<ListRange, ListedGroupUser>(
      `${selectListed}
       WHERE group_users.organization_id = CAST(@organization_id AS INTEGER)
         AND group_users.${column} = CAST(@id AS TEXT) AND ${isLive} AND group_users.sequence > CAST(@after AS INTEGER)
       ORDER BY group_users.sequence LIMIT CAST(@limit AS INTEGER)`,
    )
  const show = db.prepare<GroupUserKey, ListedGroupUser>(
    `${selectListed}
     WHERE group_users.organization_id = @organization_id AND group_users.group_id = @group_id
       AND group_users.user_id = @user_id`,
  )
  const listBy = { group_id: prepareList('group_id'), user_id: prepareList('user_id') }

  const exportAll = db.prepare<{ organization_id: number }, GroupUserRow>(
    'SELECT * FROM group_users WHERE organization_id = @organization_id ORDER BY sequence',
  )
  const hasExpired = `group_users.organization_id = CAST(@organization_id AS INTEGER)
    AND group_users.expiration_date > CAST(@from AS TEXT) AND group_users.expiration_date <= CAST(@to AS TEXT)`
  const listExpired = db.prepare<Period, ListedGroupUser>(
    `${selectListed}
     WHERE ${hasExpired} ORDER BY group_users.expiration_date, group_users.sequence LIMIT CAST(@limit AS INTEGER)`,
  )
  const countExpired = db.prepare<Period, number>(`SELECT COUNT(*) FROM group_users WHERE ${hasExpired}`).pluck()
  const withTimeline = db.prepare<{ organization_id: number }, GroupUserRow>(
    `SELECT * FROM group_users
     WHERE organization_id = @organization_id AND propagation IS NOT NULL ORDER BY sequence`,
  )

  const countByOrganization = db.prepare<[], { name: string; count: number }>(
    `SELECT organizations.name, COUNT(*) AS count FROM group_users JOIN organizations USING (organization_id)
     GROUP BY organization_id`,
  )

  /** Expired access is still stored, and is replaced. */
  const replace = db.transaction((key: GroupUserKey, access: Access) => {
    remove.run(key)
    insert.run({ ...key, sequence: takeSequence(key.organization_id), ...access })
  })

  return {
    /** In the form that lists show, even if it has expired. */
    show: (key: GroupUserKey): ListedGroupUser | undefined => show.get(key),
    /** Whole rows in order of creation, including access that has expired. */
    export: (organization_id: number): GroupUserRow[] => exportAll.all({ organization_id }),
    /** Access that expires after `from` and no later than `to`, in order of expiration. */
    listExpired: (period: Period): ListedGroupUser[] => listExpired.all(period),
    countExpired: (period: Period): number => countExpired.get(period) ?? 0,
    /** How many are stored in each organization that has any, including access that has expired. */
    countByOrganization: (): Map<string, number> =>
      new Map(countByOrganization.all().map(({ name, count }) => [name, count])),
    /** Access with a propagation timeline. */
    withTimeline: (organization_id: number): GroupUserRow[] => withTimeline.all({ organization_id }),
    /** Returns undefined if the group or the user is missing. */
    find({ organization_id, group_id, user_id }: GroupUserKey): Found | undefined {
      const row = find.get(organization_id, group_id, user_id)
      if (!row) return undefined
      const { access_level_remote_id, expiration_date, pushed_at, propagation, rowid } = row
      return {
        group: { group_id, name: row.group_name, description: row.description, propagation: row.group_propagation },
        user: { user_id, email: row.email, full_name: row.full_name, propagation: row.user_propagation },
        access:
          access_level_remote_id === null || rowid === null
            ? undefined
            : { access_level_remote_id, expiration_date, pushed_at, propagation, rowid },
        get levels() {
          return levels(organization_id, group_id)
        },
      }
    },
    insert(row: GroupUserRow) {
      insert.run(row)
    },
    /** An update keeps the group user's place in the order of creation. */
    save(key: GroupUserKey, found: Found, { change, access }: Pick<Decision, 'change' | 'access'>) {
      const { access_level_remote_id, expiration_date, pushed_at, propagation } = access
      if (change === 'remove') remove.run(key)
      else if (change === 'update' && found.access) {
        update.run(access_level_remote_id, expiration_date, pushed_at, propagation, found.access.rowid)
      } else replace(key, access)
    },
    remove(key: GroupUserKey) {
      remove.run(key)
    },
    /** The users of a group or the groups of a user, in order of creation. */
    list: (column: ListColumn, range: ListRange): ListedGroupUser[] => listBy[column].all(range),
  }
}
