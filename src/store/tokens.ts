import type { Database } from 'better-sqlite3'

export interface TokenRow {
  organization_id: number
  token_id: string
  sequence: number
  alias: string
  /** SHA-256 of the secret; null if the token has none and is only named by its alias. */
  token_hash: Buffer | null
  token_label: string
  access_level: 'FULL_ACCESS' | 'READ_ONLY'
  creator_user_id: string
  user_id: string
  created_at: string
  expires_at: string | null
  revoked_at: string | null
}

/** The columns that decide whether a call is allowed. */
export type TokenGrant = Pick<
  TokenRow,
  'organization_id' | 'token_id' | 'user_id' | 'access_level' | 'expires_at' | 'revoked_at'
>

/** What the API shows of a token, except its last use. */
export type ListedToken = Omit<TokenRow, 'organization_id' | 'alias' | 'token_hash' | 'revoked_at'>

export interface TokenFilter {
  organization_id: number
  after: number
  limit: number
  user_id: string | null
  /** A JSON array of ids; null for all. */
  token_ids: string | null
}

export function prepareTokens(db: Database) {
  const findByHash = db.prepare<{ token_hash: Buffer }, TokenGrant>(
    `SELECT organization_id, token_id, user_id, access_level, expires_at, revoked_at
     FROM tokens WHERE token_hash = @token_hash`,
  )
  const insert = db.prepare<TokenRow>(
    `INSERT INTO tokens (organization_id, token_id, sequence, alias, token_hash, token_label, access_level,
       creator_user_id, user_id, created_at, expires_at, revoked_at)
     VALUES (@organization_id, @token_id, @sequence, @alias, @token_hash, @token_label, @access_level,
       @creator_user_id, @user_id, @created_at, @expires_at, @revoked_at)`,
  )

  const isListed = `organization_id = @organization_id AND revoked_at IS NULL
    AND (@user_id IS NULL OR user_id = @user_id)
    AND (@token_ids IS NULL OR token_id IN (SELECT value FROM json_each(@token_ids)))`
  const list = db.prepare<TokenFilter, ListedToken>(
    `SELECT token_id, sequence, created_at, token_label, creator_user_id, user_id, access_level, expires_at
     FROM tokens WHERE ${isListed} AND sequence > @after ORDER BY sequence LIMIT @limit`,
  )
  const revoke = db.prepare<{ organization_id: number; token_id: string; now: string }>(
    `UPDATE tokens SET revoked_at = @now
     WHERE organization_id = @organization_id AND token_id = @token_id AND revoked_at IS NULL`,
  )
  const revokeOfUser = db.prepare<{ organization_id: number; user_id: string; now: string }>(
    `UPDATE tokens SET revoked_at = @now
     WHERE organization_id = @organization_id AND user_id = @user_id AND revoked_at IS NULL`,
  )

  const setSecret = db.prepare<{ organization_id: number; alias: string; token_hash: Buffer | null }>(
    'UPDATE tokens SET token_hash = @token_hash WHERE organization_id = @organization_id AND alias = @alias',
  )
  const exportAll = db.prepare<{ organization_id: number }, TokenRow>(
    'SELECT * FROM tokens WHERE organization_id = @organization_id ORDER BY sequence',
  )
  const findByAlias = db.prepare<{ organization_id: number; alias: string }, TokenGrant>(
    `SELECT organization_id, token_id, user_id, access_level, expires_at, revoked_at
     FROM tokens WHERE organization_id = @organization_id AND alias = @alias`,
  )
  return {
    /** Whole rows, in order of creation. */
    export: (organization_id: number): TokenRow[] => exportAll.all({ organization_id }),
    findByAlias: (organization_id: number, alias: string) => findByAlias.get({ organization_id, alias }),
    /** Searches all organizations: a secret is unique. */
    findByHash(token_hash: Buffer): TokenGrant | undefined {
      return findByHash.get({ token_hash })
    },
    /** Tokens that are not revoked, in order of creation. */
    list: (filter: TokenFilter): ListedToken[] => list.all(filter),
    /** Returns whether the token existed and was not revoked before. */
    revoke(organization_id: number, token_id: string, now: string): boolean {
      return revoke.run({ organization_id, token_id, now }).changes > 0
    },
    revokeOfUser(organization_id: number, user_id: string, now: string) {
      revokeOfUser.run({ organization_id, user_id, now })
    },
    setSecret(organization_id: number, alias: string, token_hash: Buffer | null) {
      setSecret.run({ organization_id, alias, token_hash })
    },
    insert(row: TokenRow) {
      insert.run(row)
    },
  }
}
