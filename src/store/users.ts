import type { Database } from 'better-sqlite3'
import type { ReportChange } from '../domain/change.js'
import { targetNouns } from '../domain/target.js'

export interface UserRow {
  organization_id: number
  user_id: string
  sequence: number
  alias: string
  email: string
  full_name: string
  first_name: string
  last_name: string
  position: string
  hr_idp_status: string | null
  manager_id: string | null
  /** A propagation timeline as JSON. */
  propagation: string | null
}

/** What the API shows of a user. */
export type ListedUser = Omit<UserRow, 'organization_id' | 'alias' | 'propagation'>

interface UserKey {
  organization_id: number
  user_id: string
}

interface UserFilter {
  organization_id: number
  after: number
  limit: number
  /** A JSON array of ids of tags; null for all. */
  tag_ids: string | null
}

export function prepareUsers(db: Database, report: ReportChange) {
  const columns = 'user_id, sequence, email, full_name, first_name, last_name, position, hr_idp_status, manager_id'
  const exists = db.prepare<[organization_id: number, user_id: string]>(
    'SELECT 1 FROM users WHERE organization_id = ? AND user_id = ?',
  )
  const show = db.prepare<UserKey, ListedUser>(
    `SELECT ${columns} FROM users WHERE organization_id = @organization_id AND user_id = @user_id`,
  )
  const showByEmail = db.prepare<{ organization_id: number; email: string }, ListedUser>(
    `SELECT ${columns} FROM users WHERE organization_id = @organization_id AND email = @email`,
  )
  const list = db.prepare<UserFilter, ListedUser>(
    `SELECT ${columns} FROM users WHERE organization_id = @organization_id AND sequence > @after
       AND (@tag_ids IS NULL OR user_id IN
         (SELECT from_id FROM links WHERE organization_id = @organization_id AND kind = 'user_tag'
           AND to_id IN (SELECT value FROM json_each(@tag_ids))))
     ORDER BY sequence LIMIT @limit`,
  )
  const insert = db.prepare<UserRow>(
    `INSERT INTO users (organization_id, user_id, sequence, alias, email, full_name, first_name, last_name, position,
       hr_idp_status, manager_id, propagation)
     VALUES (@organization_id, @user_id, @sequence, @alias, @email, @full_name, @first_name, @last_name, @position,
       @hr_idp_status, @manager_id, @propagation)`,
  )
  const update = db.prepare<UserKey & Pick<UserRow, 'position' | 'manager_id'>>(
    `UPDATE users SET position = @position, manager_id = @manager_id
     WHERE organization_id = @organization_id AND user_id = @user_id`,
  )
  const forgetManager = db.prepare<UserKey>(
    'UPDATE users SET manager_id = NULL WHERE organization_id = @organization_id AND manager_id = @user_id',
  )
  const remove = db.prepare<UserKey>(
    'DELETE FROM users WHERE organization_id = @organization_id AND user_id = @user_id',
  )

  const findRow = db.prepare<UserKey, UserRow>(
    'SELECT * FROM users WHERE organization_id = @organization_id AND user_id = @user_id',
  )
  const listManaged = db.prepare<UserKey, UserRow>(
    'SELECT * FROM users WHERE organization_id = @organization_id AND manager_id = @user_id ORDER BY sequence',
  )
  const listAccess = targetNouns.map((noun) => ({
    noun: `${noun}_user` as const,
    rows: db.prepare<UserKey, UserKey>(
      `SELECT * FROM ${noun}_users WHERE organization_id = @organization_id AND user_id = @user_id ORDER BY sequence`,
    ),
  }))

  const exportAll = db.prepare<{ organization_id: number }, UserRow>(
    'SELECT * FROM users WHERE organization_id = @organization_id ORDER BY sequence',
  )

  return {
    /** Whole rows, in order of creation. */
    export: (organization_id: number): UserRow[] => exportAll.all({ organization_id }),
    exists: (organization_id: number, user_id: string): boolean => exists.get(organization_id, user_id) !== undefined,
    show(organization_id: number, user_id: string): ListedUser | undefined {
      return show.get({ organization_id, user_id })
    },
    /** The address is compared case-insensitively. */
    showByEmail(organization_id: number, email: string): ListedUser | undefined {
      return showByEmail.get({ organization_id, email })
    },
    list: (filter: UserFilter): ListedUser[] => list.all(filter),
    insert(row: UserRow) {
      insert.run(row)
      report('user', row, undefined, row)
    },
    update(organization_id: number, user_id: string, columns: Pick<UserRow, 'position' | 'manager_id'>) {
      const key = { organization_id, user_id }
      const before = findRow.get(key)
      update.run({ ...key, ...columns })
      report('user', key, before, { ...before, ...columns })
    },
    /** Also deletes the user's access, and leaves those whom the user manages without a manager. */
    remove(organization_id: number, user_id: string) {
      const key = { organization_id, user_id }
      for (const row of listManaged.iterate(key)) report('user', row, row, { ...row, manager_id: null })
      for (const { noun, rows } of listAccess) for (const row of rows.iterate(key)) report(noun, row, row, undefined)
      report('user', key, findRow.get(key), undefined)
      forgetManager.run(key)
      remove.run(key)
    },
  }
}
