import type { Database } from 'better-sqlite3'
import type { ListedAccess } from '../domain/access.js'

/** Access of one user to one resource at one level: direct, through groups, or both. */
export interface EffectiveAccess extends ListedAccess {
  has_direct_access: 0 | 1
  num_access_paths: number
  /** The level, by which rows with one sequence number are sorted. */
  page_level: string
}

/** Those of a resource, of a user, or of both; null for any. */
export interface AccessRange {
  organization_id: number
  resource_id: string | null
  user_id: string | null
  now: string
  /** The sequence number and the level after which the rows begin. */
  after: number
  afterLevel: string
  /** Negative for all. */
  limit: number
}

/** The access to resources that users have by themselves and through the groups that they are in. */
export function prepareResourceAccess(db: Database) {
  // CAST as in target-users.ts. A null that is cast stays null.
  const [organization, resource, user, now] = [
    'CAST(@organization_id AS INTEGER)',
    'CAST(@resource_id AS TEXT)',
    'CAST(@user_id AS TEXT)',
    'CAST(@now AS TEXT)',
  ] as const

  /** Each way in which a user has access: a null of `expiration_date` never ends. */
  function selectPaths(isOf: { direct: string; throughGroup: string }) {
    return `SELECT resource_id, user_id, access_level_remote_id, expiration_date, pushed_at, propagation, 1 AS is_direct
      FROM resource_users
      WHERE organization_id = ${organization} AND ${isOf.direct} AND (expiration_date IS NULL OR expiration_date > ${now})
      UNION ALL
      SELECT links.to_id, group_users.user_id, IFNULL(links.document ->> 'access_level_remote_id', ''),
        MIN(IFNULL(links.document ->> 'expiration_date', group_users.expiration_date),
          IFNULL(group_users.expiration_date, links.document ->> 'expiration_date')),
        NULL, NULL, 0
      FROM links JOIN group_users ON group_users.organization_id = links.organization_id AND group_id = links.from_id
      WHERE links.organization_id = ${organization} AND links.kind = 'group_resource' AND ${isOf.throughGroup}
        AND (group_users.expiration_date IS NULL OR group_users.expiration_date > ${now})
        AND (links.document ->> 'expiration_date' IS NULL OR links.document ->> 'expiration_date' > ${now})`
  }

  /** Sorted by the sequence number of `order`, the other side of the access, then by level. */
  function prepare(paths: string, order: 'users' | 'resources') {
    return db.prepare<AccessRange, EffectiveAccess>(
      `WITH paths AS (${paths}),
       merged AS (
         SELECT resource_id, user_id, access_level_remote_id,
           CASE COUNT(expiration_date) WHEN COUNT(*) THEN MAX(expiration_date) END AS expiration_date,
           MAX(pushed_at) AS pushed_at, MAX(propagation) AS propagation,
           MAX(is_direct) AS has_direct_access, COUNT(*) AS num_access_paths
         FROM paths GROUP BY resource_id, user_id, access_level_remote_id)
       SELECT merged.*, merged.resource_id AS target_id, ${order}.sequence,
         merged.access_level_remote_id AS page_level, resources.name AS target_name,
         resources.description, users.email, users.full_name, access_level_name
       FROM merged
       JOIN resources ON resources.organization_id = ${organization} AND resources.resource_id = merged.resource_id
       JOIN users ON users.organization_id = ${organization} AND users.user_id = merged.user_id
       LEFT JOIN resource_access_levels AS levels ON levels.organization_id = ${organization}
         AND levels.resource_id = merged.resource_id
         AND levels.access_level_remote_id = merged.access_level_remote_id
       WHERE (${order}.sequence, merged.access_level_remote_id) > (CAST(@after AS INTEGER), CAST(@afterLevel AS TEXT))
       ORDER BY ${order}.sequence, merged.access_level_remote_id LIMIT CAST(@limit AS INTEGER)`,
    )
  }

  const ofResource = prepare(
    selectPaths({
      direct: `resource_id = ${resource} AND (${user} IS NULL OR user_id = ${user})`,
      throughGroup: `links.to_id = ${resource} AND (${user} IS NULL OR group_users.user_id = ${user})`,
    }),
    'users',
  )
  const ofUser = prepare(
    selectPaths({ direct: `user_id = ${user}`, throughGroup: `group_users.user_id = ${user}` }),
    'resources',
  )

  return (range: AccessRange): EffectiveAccess[] => (range.resource_id === null ? ofUser : ofResource).all(range)
}
