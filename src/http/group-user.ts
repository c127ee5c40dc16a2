import type { AccessLevel } from '../domain/access-level.js'
import type { Timestamp } from '../domain/clock.js'
import type { Access } from '../domain/group-user.js'
import { propagationStatusAt, type PropagationTimeline } from '../domain/propagation.js'
import type { Found, ListedGroupUser } from '../store/group-users.js'

/** A group user as the API shows it at `now`. */
export function showGroupUser({ group, user }: Found, level: AccessLevel, access: Access, now: Timestamp) {
  return {
    group_id: group.group_id,
    group_name: group.name,
    description: group.description,
    user_id: user.user_id,
    access_level: level,
    full_name: user.full_name,
    email: user.email,
    expiration_date: access.expiration_date,
    ...showPropagation(access, now),
  }
}

/** The same for a row of a list. */
export function showListed(row: ListedGroupUser, now: Timestamp) {
  return {
    group_id: row.group_id,
    group_name: row.group_name,
    description: row.description,
    user_id: row.user_id,
    access_level: {
      access_level_name: row.access_level_name ?? '',
      access_level_remote_id: row.access_level_remote_id,
    },
    full_name: row.full_name,
    email: row.email,
    expiration_date: row.expiration_date,
    ...showPropagation(row, now),
  }
}

/** Access synced from the remote system was never pushed, and has no status. */
function showPropagation({ pushed_at, propagation }: Access, now: Timestamp) {
  if (pushed_at === null) return undefined
  if (propagation === null) return { propagation_status: { status: 'SUCCESS' as const } }
  const timeline = JSON.parse(propagation) as PropagationTimeline
  return { propagation_status: { status: propagationStatusAt(timeline, Date.parse(pushed_at), now) } }
}
