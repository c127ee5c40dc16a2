import { accessLevelNotFound, defaultAccessLevel, type AccessLevel } from './access-level.js'
import { formatTimestamp, type Moment, type Timestamp } from './clock.js'
import { propagationStatusAt, type PropagationTimeline } from './propagation.js'
import { Refusal } from './refusal.js'
import type { Rule } from './rule.js'
import type { OrganizationSettings } from './settings.js'

/** The longest access that can be requested: a year of 365.25 days. */
export const maxDurationMinutes = 525_960

/** A user's access to a group, as stored. */
export interface Access {
  access_level_remote_id: string
  /** Null if it never expires. */
  expiration_date: string | null
  /** When it was last pushed to the remote system; null if it came from there. */
  pushed_at: string | null
  /** The propagation timeline of that push, as JSON; null if it succeeded at once. */
  propagation: string | null
}

/** A group user with the columns of the user, the group and the level that a response shows. */
export interface ListedGroupUser extends Access {
  sequence: number
  group_id: string
  group_name: string
  description: string
  user_id: string
  email: string
  full_name: string
  /** Null for the default level, and for a level that the group no longer has. */
  access_level_name: string | null
}

/** The columns of a group and of a user that a response shows. */
export interface GroupUserParts {
  group: { group_id: string; name: string; description: string }
  user: { user_id: string; email: string; full_name: string }
}

/** The state that a decision about a group user depends on. */
export interface Standing {
  group: { group_id: string; propagation: string | null }
  user: { user_id: string; propagation: string | null }
  /** The stored access, which may have expired. */
  access: Access | undefined
  levels: GroupLevels
}

/** The group's levels besides the default one. */
export interface GroupLevels {
  find: (access_level_remote_id: string) => AccessLevel | undefined
  list: () => AccessLevel[]
}

export interface UpdateRequest {
  /** 0 for access that never expires; negative to end access at once. */
  duration_minutes: number
  /** Undefined to keep the level; '' for the default level. */
  access_level_remote_id?: string | undefined
}

export interface AddRequest {
  duration_minutes: number
  access_level_remote_id: string
}

export interface Decision {
  /** What happens to the stored access. `insert` also replaces access that has expired. */
  change: 'insert' | 'update' | 'remove'
  /** The resulting access; if it is removed, its final state. */
  access: Access
  level: AccessLevel
  /** The rules that decided, those with the weakest basis first. */
  rules: Rule[]
}

/** Rejects invalid durations before anything is looked up. `place` is the part of the request with the duration. */
export function checkDuration(durationMinutes: number, settings: OrganizationSettings, place: 'body' | 'query') {
  if (durationMinutes > maxDurationMinutes) {
    throw invalidDuration(place, `expected an integer of at most ${maxDurationMinutes}, got ${durationMinutes}`)
  }
  if (durationMinutes < 0 && settings.negative_duration === 'reject') {
    throw invalidDuration(
      place,
      `expected 0 or more, got ${durationMinutes}: this organization's setting negative_duration is "reject"`,
      'End access with DELETE on the same path.',
    )
  }
}

/** PUT: changes the duration of a user's access and, if the request names one, the level. */
export function decideUpdate(
  request: UpdateRequest,
  standing: Standing,
  settings: OrganizationSettings,
  now: Moment,
): Decision {
  const { duration_minutes, access_level_remote_id } = request
  const current = liveAccess(standing.access, now)
  const creates = settings.missing_group_user_on_update === 'create' && duration_minutes >= 0
  if (!current && !creates) throw groupUserNotFound(standing)
  const { level, rules } =
    access_level_remote_id === undefined
      ? keepLevel(current, standing)
      : chooseLevel(access_level_remote_id, standing, settings)
  return {
    change: changeOf(duration_minutes, current),
    level,
    rules: [...rules, updateRule(request, current)],
    access: push(duration_minutes, level, standing, settings, now),
  }
}

/** POST: grants a user access, or replaces the user's current access. */
export function decideAdd(
  request: AddRequest,
  standing: Standing,
  settings: OrganizationSettings,
  now: Moment,
): Decision {
  const { duration_minutes, access_level_remote_id } = request
  const current = liveAccess(standing.access, now)
  const { level, rules } = chooseLevel(access_level_remote_id, standing, settings)
  if (current && settings.re_add === 'conflict') throw groupUserExists(standing)
  return {
    change: changeOf(duration_minutes, current),
    access: push(duration_minutes, level, standing, settings, now),
    level,
    rules: [...rules, addRule(request, current)],
  }
}

/** DELETE: revokes access. The request must name the user's current level. */
export function decideRemove(access_level_remote_id: string, standing: Standing, now: Moment) {
  const current = liveAccess(standing.access, now)
  if (!current) throw groupUserNotFound(standing)
  if (current.access_level_remote_id !== access_level_remote_id) {
    throw accessLevelMismatch(standing, access_level_remote_id, current.access_level_remote_id)
  }
}

/** Returns when access granted now expires, or null for never. A negative duration ends access at once. */
export function expirationDate(durationMinutes: number, now: Moment): string | null {
  if (durationMinutes === 0) return null
  if (durationMinutes < 0) return now.text
  return formatTimestamp(now.at + durationMinutes * 60_000)
}

/** Access has expired from the moment of its expiration on. Both dates are in the format of `formatTimestamp`. */
export function hasExpired(expiration_date: string | null, now: string): boolean {
  return expiration_date !== null && expiration_date <= now
}

/** Returns undefined if there is no access or it has expired. */
export function liveAccess(stored: Access | undefined, now: Moment): Access | undefined {
  return stored && !hasExpired(stored.expiration_date, now.text) ? stored : undefined
}

/** The user's current level. If the group no longer has it, it keeps its id and has no name. */
function keepLevel(current: Access | undefined, standing: Standing): { level: AccessLevel; rules: Rule[] } {
  const held = current?.access_level_remote_id ?? ''
  if (held === '') return { level: defaultAccessLevel, rules: [] }
  return { level: standing.levels.find(held) ?? { access_level_name: '', access_level_remote_id: held }, rules: [] }
}

function chooseLevel(
  named: string,
  standing: Standing,
  settings: OrganizationSettings,
): { level: AccessLevel; rules: Rule[] } {
  if (named === '') return { level: defaultAccessLevel, rules: [] }
  const { levels } = standing
  const level = levels.find(named)
  if (level) return { level, rules: [] }
  if (settings.unknown_access_level === 'reject') throw accessLevelNotFound(named, levels.list())
  return { level: { access_level_name: '', access_level_remote_id: named }, rules: ['level_accepted'] }
}

function changeOf(durationMinutes: number, current: Access | undefined): Decision['change'] {
  if (durationMinutes < 0) return 'remove'
  return current ? 'update' : 'insert'
}

/** Access that is pushed now follows the user's propagation timeline, else the group's, else the organization's. */
function push(
  durationMinutes: number,
  { access_level_remote_id }: AccessLevel,
  { user, group }: Standing,
  settings: OrganizationSettings,
  now: Moment,
): Access {
  return {
    access_level_remote_id,
    expiration_date: expirationDate(durationMinutes, now),
    pushed_at: now.text,
    propagation: user.propagation ?? group.propagation ?? settings.propagation,
  }
}

function updateRule({ duration_minutes, access_level_remote_id }: UpdateRequest, current: Access | undefined): Rule {
  if (duration_minutes < 0) return 'access_revoked'
  if (!current) return 'access_created'
  return access_level_remote_id === undefined ? 'level_kept' : durationRule(duration_minutes)
}

function addRule({ duration_minutes }: AddRequest, current: Access | undefined): Rule {
  if (duration_minutes < 0) return 'access_revoked'
  return current ? 'access_replaced' : durationRule(duration_minutes)
}

function durationRule(durationMinutes: number): Rule {
  return durationMinutes === 0 ? 'access_indefinite' : 'access_expires'
}

/** A group user as the API shows it at `now`. */
export function showGroupUser({ group, user }: GroupUserParts, level: AccessLevel, access: Access, now: Timestamp) {
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

/** The same from a row of a list. */
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

/** Access that came from the remote system was never pushed, and has no status. */
function showPropagation({ pushed_at, propagation }: Access, now: Timestamp) {
  if (pushed_at === null) return undefined
  if (propagation === null) return { propagation_status: { status: 'SUCCESS' as const } }
  const timeline = JSON.parse(propagation) as PropagationTimeline
  return { propagation_status: { status: propagationStatusAt(timeline, Date.parse(pushed_at), now) } }
}

function invalidDuration(place: 'body' | 'query', message: string, hint?: string): Refusal {
  return new Refusal('INVALID_REQUEST', 'The request is not valid: 1 problem.', {
    errors: [{ path: `${place}.duration_minutes`, message }],
    ...(hint !== undefined && { hint }),
  })
}

export function groupNotFound(group_id: string): Refusal {
  return new Refusal('GROUP_NOT_FOUND', `There is no group ${group_id}.`, { hint: 'GET /v1/groups lists the groups.' })
}

export function userNotFound(user_id: string): Refusal {
  return new Refusal('USER_NOT_FOUND', `There is no user ${user_id}.`, { hint: 'GET /v1/users lists the users.' })
}

function groupUserNotFound({ group: { group_id }, user: { user_id }, access }: Standing): Refusal {
  const add = `POST /v1/groups/${group_id}/users/${user_id}`
  return new Refusal('GROUP_USER_NOT_FOUND', `User ${user_id} has no access to group ${group_id}.`, {
    hint: access?.expiration_date
      ? `The access expired at ${access.expiration_date}. Grant it again with ${add}.`
      : `Grant access first with ${add}.`,
  })
}

function groupUserExists({ group: { group_id }, user: { user_id } }: Standing): Refusal {
  return new Refusal('GROUP_USER_EXISTS', `User ${user_id} is already in group ${group_id}.`, {
    hint: `The setting re_add is "conflict" in this organization. Change the access with PUT /v1/groups/${group_id}/users/${user_id}.`,
  })
}

function accessLevelMismatch({ group, user }: Standing, named: string, held: string): Refusal {
  return new Refusal(
    'GROUP_USER_NOT_FOUND',
    `User ${user.user_id} has no access to group ${group.group_id} at the level ${JSON.stringify(named.slice(0, 200))}.`,
    {
      hint: `The user's level is ${JSON.stringify(held)}: send access_level_remote_id=${encodeURIComponent(held)}.`,
    },
  )
}
