import type { Database } from 'better-sqlite3'

export interface TokenRow {
  organization_id: number
  token_id: string
  sequence: number
  alias: string
  /** SHA-256 of the secret; null where the token is known by its alias alone. */
  token_hash: Buffer | null
  token_label: string
  access_level: 'FULL_ACCESS' | 'READ_ONLY'
  creator_user_id: string
  user_id: string
  created_at: string
  expires_at: string | null
  revoked_at: string | null
}

/** What decides whether a call is let in. */
export type TokenGrant = Pick<TokenRow, 'organization_id' | 'token_id' | 'access_level' | 'expires_at' | 'revoked_at'>

export function prepareTokens(db: Database) {
  const findByHash = db.prepare<{ token_hash: Buffer }, TokenGrant>(
    `SELECT organization_id, token_id, access_level, expires_at, revoked_at
     FROM tokens WHERE token_hash = @token_hash`,
  )
  const insert = db.prepare<TokenRow>(
    `INSERT INTO tokens (organization_id, token_id, sequence, alias, token_hash, token_label, access_level,
       creator_user_id, user_id, created_at, expires_at, revoked_at)
     VALUES (@organization_id, @token_id, @sequence, @alias, @token_hash, @token_label, @access_level,
       @creator_user_id, @user_id, @created_at, @expires_at, @revoked_at)`,
  )

  return {
    /** A secret names its token in whichever organization it stands. */
    findByHash(token_hash: Buffer): TokenGrant | undefined {
      return findByHash.get({ token_hash })
    },
    insert(row: TokenRow) {
      insert.run(row)
    },
  }
}
