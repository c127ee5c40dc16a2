import type { Database } from 'better-sqlite3'
import type { Access, Decision, Levels, ListedAccess } from '../domain/access.js'
import type { ReportChange } from '../domain/change.js'
import type { TargetNoun } from '../domain/target.js'

/** Names a user's access by `group_id` or `resource_id`, and `user_id`. */
export type AccessKey<Noun extends TargetNoun> = { organization_id: number; user_id: string } & Record<
  `${Noun}_id`,
  string
>

export type AccessRow<Noun extends TargetNoun> = AccessKey<Noun> & Access & { sequence: number }

/** A target, a user, and the user's access to the target. */
export interface Found {
  target: { noun: TargetNoun; id: string; name: string; description: string; propagation: string | null }
  user: { user_id: string; email: string; full_name: string; propagation: string | null }
  /** The stored access, which may have expired, and its rowid. */
  access: (Access & { rowid: number }) | undefined
  /** Looked up only when a decision depends on them. */
  readonly levels: Levels
}

/** What the access of users needs of other nouns. */
interface Neighbors {
  takeSequence: (organization_id: number) => number
  levels: (organization_id: number, id: string) => Levels
  report: ReportChange
}

/** If there is no access, its columns are null. */
interface FoundRow extends Omit<Access, 'access_level_remote_id'> {
  target_name: string
  description: string
  target_propagation: string | null
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
  /** The id of the target or the user. */
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

/** The users of a target, or the targets of a user. */
type ListBy = 'target' | 'user'

/** Users' access to groups, or to resources: one row for each target and user. */
export function prepareTargetUsers<Noun extends TargetNoun>(
  db: Database,
  noun: Noun,
  { takeSequence, levels, report }: Neighbors,
) {
  type Key = AccessKey<Noun>
  type Row = AccessRow<Noun>
  const [table, targets, id] = [`${noun}_users`, `${noun}s`, `${noun}_id`] as const
  const levelsTable = noun === 'group' ? 'access_levels' : 'resource_access_levels'
  const changed = `${noun}_user` as const

  // SQLite plans a join again on every call if parameter values may change the plan, which costs many times more than
  // the join itself. It does not look inside a CAST.
  const find = db.prepare<[organization_id: number, id: string, user_id: string], FoundRow>(
    `SELECT ${targets}.name AS target_name, ${targets}.description, ${targets}.propagation AS target_propagation,
       users.email, users.full_name, users.propagation AS user_propagation,
       ${table}.access_level_remote_id, ${table}.expiration_date, ${table}.pushed_at, ${table}.propagation,
       ${table}.rowid
     FROM ${targets}
     JOIN users USING (organization_id)
     LEFT JOIN ${table} USING (organization_id, ${id}, user_id)
     WHERE ${targets}.organization_id = CAST(? AS INTEGER) AND ${targets}.${id} = CAST(? AS TEXT)
       AND users.user_id = CAST(? AS TEXT)`,
  )
  const insert = db.prepare<[Row]>(
    `INSERT INTO ${table} (organization_id, ${id}, user_id, sequence, access_level_remote_id, expiration_date,
       pushed_at, propagation)
     VALUES (@organization_id, @${id}, @user_id, @sequence, @access_level_remote_id, @expiration_date,
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
    `UPDATE ${table} SET access_level_remote_id = ?, expiration_date = ?, pushed_at = ?, propagation = ?
     WHERE rowid = ?`,
  )
  const remove = db.prepare<[Key]>(
    `DELETE FROM ${table}
     WHERE organization_id = @organization_id AND ${id} = @${id} AND user_id = @user_id`,
  )
  const findRow = db.prepare<[Key], Row>(
    `SELECT * FROM ${table}
     WHERE organization_id = @organization_id AND ${id} = @${id} AND user_id = @user_id`,
  )
  const selectListed = `SELECT ${table}.${id} AS target_id, ${table}.user_id, ${table}.sequence, ${table}.access_level_remote_id,
       ${table}.expiration_date, ${table}.pushed_at, ${table}.propagation,
       ${targets}.name AS target_name, ${targets}.description, users.email, users.full_name, ${levelsTable}.access_level_name
     FROM ${table}
     JOIN ${targets} USING (organization_id, ${id})
     JOIN users USING (organization_id, user_id)
     LEFT JOIN ${levelsTable} USING (organization_id, ${id}, access_level_remote_id)`
  const isLive = `(${table}.expiration_date IS NULL OR ${table}.expiration_date > CAST(@now AS TEXT))`
  const prepareList = (column: string) =>
    db.prepare<ListRange, ListedAccess>(
      `${selectListed}
       WHERE ${table}.organization_id = CAST(@organization_id AS INTEGER)
         AND ${table}.${column} = CAST(@id AS TEXT) AND ${isLive} AND ${table}.sequence > CAST(@after AS INTEGER)
       ORDER BY ${table}.sequence LIMIT CAST(@limit AS INTEGER)`,
    )
  const show = db.prepare<[Key], ListedAccess>(
    `${selectListed}
     WHERE ${table}.organization_id = @organization_id AND ${table}.${id} = @${id}
       AND ${table}.user_id = @user_id`,
  )
  const listBy = { target: prepareList(id), user: prepareList('user_id') }

  const exportAll = db.prepare<{ organization_id: number }, Row>(
    `SELECT * FROM ${table} WHERE organization_id = @organization_id ORDER BY sequence`,
  )
  const hasExpired = `${table}.organization_id = CAST(@organization_id AS INTEGER)
    AND ${table}.expiration_date > CAST(@from AS TEXT) AND ${table}.expiration_date <= CAST(@to AS TEXT)`
  const listExpired = db.prepare<Period, ListedAccess>(
    `${selectListed}
     WHERE ${hasExpired} ORDER BY ${table}.expiration_date, ${table}.sequence LIMIT CAST(@limit AS INTEGER)`,
  )
  const countExpired = db.prepare<Period, number>(`SELECT COUNT(*) FROM ${table} WHERE ${hasExpired}`).pluck()
  const withTimeline = db.prepare<{ organization_id: number }, Row>(
    `SELECT * FROM ${table}
     WHERE organization_id = @organization_id AND propagation IS NOT NULL ORDER BY sequence`,
  )

  const countByOrganization = db.prepare<[], { name: string; count: number }>(
    `SELECT organizations.name, COUNT(*) AS count FROM ${table} JOIN organizations USING (organization_id)
     GROUP BY organization_id`,
  )

  /** Expired access is still stored, and is replaced. */
  const replace = db.transaction((key: Key, access: Access) => {
    const before = findRow.get(key)
    if (before) remove.run(key)
    const after = { ...key, sequence: takeSequence(key.organization_id), ...access }
    insert.run(after)
    report(changed, key, before, after)
  })

  function removeRow(key: Key) {
    const before = findRow.get(key)
    if (!before) return
    remove.run(key)
    report(changed, key, before, undefined)
  }

  return {
    /** In the form that lists show, even if it has expired. */
    show: (key: Key): ListedAccess | undefined => show.get(key),
    /** Whole rows in order of creation, including access that has expired. */
    export: (organization_id: number): Row[] => exportAll.all({ organization_id }),
    /** Access that expires after `from` and no later than `to`, in order of expiration. */
    listExpired: (period: Period): ListedAccess[] => listExpired.all(period),
    countExpired: (period: Period): number => countExpired.get(period) ?? 0,
    /** How many are stored in each organization that has any, including access that has expired. */
    countByOrganization: (): Map<string, number> =>
      new Map(countByOrganization.all().map(({ name, count }) => [name, count])),
    /** Access with a propagation timeline. */
    withTimeline: (organization_id: number): Row[] => withTimeline.all({ organization_id }),
    /** Returns undefined if the target or the user is missing. */
    find(key: Key): Found | undefined {
      const { organization_id, user_id } = key
      const targetId = key[id]
      const row = find.get(organization_id, targetId, user_id)
      if (!row) return undefined
      const { access_level_remote_id, expiration_date, pushed_at, propagation, rowid } = row
      return {
        target: {
          noun,
          id: targetId,
          name: row.target_name,
          description: row.description,
          propagation: row.target_propagation,
        },
        user: { user_id, email: row.email, full_name: row.full_name, propagation: row.user_propagation },
        access:
          access_level_remote_id === null || rowid === null
            ? undefined
            : { access_level_remote_id, expiration_date, pushed_at, propagation, rowid },
        get levels() {
          return levels(organization_id, targetId)
        },
      }
    },
    insert(row: Row) {
      insert.run(row)
    },
    /** An update keeps its place in the order of creation. */
    save(key: Key, found: Found, { change, access }: Pick<Decision, 'change' | 'access'>) {
      const { access_level_remote_id, expiration_date, pushed_at, propagation } = access
      if (change === 'remove') removeRow(key)
      else if (change === 'update' && found.access) {
        update.run(access_level_remote_id, expiration_date, pushed_at, propagation, found.access.rowid)
        report(changed, key, found.access, access)
      } else replace(key, access)
    },
    remove: removeRow,
    /** In order of creation. */
    list: (by: ListBy, range: ListRange): ListedAccess[] => listBy[by].all(range),
  }
}
