import type { AccessLevel } from '../domain/access-level.js'
import type { Timestamp } from '../domain/clock.js'
import type { Access } from '../domain/group-user.js'
import { propagationStatusAt, type PropagationTimeline } from '../domain/propagation.js'
import type { GroupOfUser, ListedGroupUser, UserOfGroup } from '../store/group-users.js'

/** A group user as the API shows it at `now`. */
export function showGroupUser(
  group: GroupOfUser,
  user: Pick<UserOfGroup, 'user_id' | 'full_name' | 'email'>,
  { access_level_name, access_level_remote_id }: AccessLevel,
  access: Access,
  now: Timestamp,
) {
  return {
    group_id: group.group_id,
    group_name: group.name,
    description: group.description,
    user_id: user.user_id,
    access_level: { access_level_name, access_level_remote_id },
    full_name: user.full_name,
    email: user.email,
    expiration_date: access.expiration_date,
    ...(access.pushed_at !== null && { propagation_status: { status: statusOf(access, access.pushed_at, now) } }),
  }
}

/** The same from a row of a list. */
export function showListed(row: ListedGroupUser, now: Timestamp) {
  const { group_id, group_name, description, access_level_name, access_level_remote_id } = row
  const group = { group_id, name: group_name, description, propagation: null }
  return showGroupUser(group, row, { access_level_name: access_level_name ?? '', access_level_remote_id }, row, now)
}

function statusOf({ propagation }: Access, pushedAt: string, now: Timestamp) {
  if (propagation === null) return 'SUCCESS'
  return propagationStatusAt(JSON.parse(propagation) as PropagationTimeline, Date.parse(pushedAt), now)
}
