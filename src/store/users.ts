import type { Database } from 'better-sqlite3'

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
  /** A propagation timeline as JSON. */
  propagation: string | null
}

/** What a group user shows of its user, and what a push to him needs. */
export type UserOfGroup = Pick<UserRow, 'user_id' | 'email' | 'full_name' | 'propagation'>

export function prepareUsers(db: Database) {
  const find = db.prepare<{ organization_id: number; user_id: string }, UserOfGroup>(
    `SELECT user_id, email, full_name, propagation
     FROM users WHERE organization_id = @organization_id AND user_id = @user_id`,
  )
  const insert = db.prepare<UserRow>(
    `INSERT INTO users (organization_id, user_id, sequence, alias, email, full_name, first_name, last_name, position,
       hr_idp_status, propagation)
     VALUES (@organization_id, @user_id, @sequence, @alias, @email, @full_name, @first_name, @last_name, @position,
       @hr_idp_status, @propagation)`,
  )

  return {
    find(organization_id: number, user_id: string): UserOfGroup | undefined {
      return find.get({ organization_id, user_id })
    },
    insert(row: UserRow) {
      insert.run(row)
    },
  }
}
