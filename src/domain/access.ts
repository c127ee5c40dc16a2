import { accessLevelNotFound, defaultAccessLevel, type AccessLevel } from './access-level.js'
import { nothingDecided, type BehaviorId, type Decided } from './behaviors.js'
import { formatTimestamp, isWritable, trimTimestamp, type Moment, type Timestamp } from './clock.js'
import { propagationStatusAt, type PropagationTimeline } from './propagation.js'
import { Refusal, type Problem } from './refusal.js'
import { defaultSettings, maxDurationMinutes, type OrganizationSettings } from './settings.js'
import type { TargetNoun } from './target.js'

/** A user's access to a group or a resource, as stored. */
export interface Access {
  access_level_remote_id: string
  /** Null if it never expires. */
  expiration_date: string | null
  /** When it was last pushed to the remote system; null if it came from there. */
  pushed_at: string | null
  /** The propagation timeline of that push, as JSON; null if it succeeded at once. */
  propagation: string | null
}

/** Access with the columns of the user, the target and the level that a response shows. */
export interface ListedAccess extends Access {
  sequence: number
  target_id: string
  target_name: string
  description: string
  user_id: string
  email: string
  full_name: string
  /** Null for the default level, and for a level that the target no longer has. */
  access_level_name: string | null
}

/** The columns of a target and of a user that a response shows. */
export interface AccessParts {
  target: { id: string; name: string; description: string }
  user: { user_id: string; email: string; full_name: string }
}

/** The state that a decision about a user's access depends on. */
export interface Standing {
  target: { noun: TargetNoun; id: string; propagation: string | null }
  user: { user_id: string; propagation: string | null }
  /** The stored access, which may have expired. */
  access: Access | undefined
  levels: Levels
}

/** The target's levels besides the default one. */
export interface Levels {
  find: (access_level_remote_id: string) => AccessLevel | undefined
  list: () => AccessLevel[]
}

export interface UpdateRequest {
  /** 0 for access that never expires; negative to end access at once. */
  duration_minutes: number
  /** Undefined to keep the level; '' for the default level. */
  access_level_remote_id?: string | undefined
}

/** What is undefined was named neither in the body nor in the query. */
export interface AddRequest {
  duration_minutes?: number | undefined
  access_level_remote_id?: string | undefined
}

export interface Decision {
  /** What happens to the stored access. `insert` also replaces access that has expired. */
  change: 'insert' | 'update' | 'remove'
  /** The resulting access; if it is removed, its final state. */
  access: Access
  level: AccessLevel
  decided: Decided
}

/** What is wrong with a duration for this organization, if anything; `place` is the part of the request with it. */
export function findDurationProblem(
  durationMinutes: number,
  { max_duration_minutes, negative_duration }: OrganizationSettings,
  place: 'body' | 'query',
): Problem | undefined {
  const path = `${place}.duration_minutes`
  if (durationMinutes > max_duration_minutes) {
    return { path, message: `expected an integer of at most ${max_duration_minutes}, got ${durationMinutes}` }
  }
  if (durationMinutes < 0 && negative_duration === 'reject') {
    return {
      path,
      message: `expected 0 or more, got ${durationMinutes}: this organization's setting negative_duration is "reject"`,
    }
  }
  return undefined
}

/** Rejects invalid durations before anything is looked up. */
export function checkDuration(
  durationMinutes: number,
  settings: OrganizationSettings,
  { at }: Moment,
  place: 'body' | 'query',
  tooLong: 'update_too_long' | 'addition_too_long',
) {
  const problem = findDurationProblem(durationMinutes, settings, place)
  if (problem) {
    throw durationMinutes < 0
      ? invalidDuration(problem, 'negative_duration_rejected', 'End access with DELETE on the same path.')
      : invalidDuration(problem, tooLong, explainMaximum(settings))
  }
  if (durationMinutes > maxDurationMinutes && !isWritable(at + durationMinutes * 60_000)) {
    const message = `expected access that ends in the year 9999 or earlier, got ${durationMinutes}`
    throw invalidDuration({ path: `${place}.duration_minutes`, message }, 'past_year_9999')
  }
}

function explainMaximum({ max_duration_minutes }: OrganizationSettings): string | undefined {
  if (max_duration_minutes === defaultSettings.max_duration_minutes) return undefined
  return `The setting max_duration_minutes is ${max_duration_minutes} in this organization.`
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
  if (!current && !creates) throw accessNotFound(standing)
  const { level, granted } =
    access_level_remote_id === undefined
      ? keepLevel(current, standing)
      : chooseLevel(access_level_remote_id, standing, settings)
  const decided = granted[durationBehavior(duration_minutes)]
  return {
    change: changeOf(duration_minutes, current),
    level,
    decided: current ? decided : decided.plus('access_created'),
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
  const minutes = duration_minutes ?? 0
  const current = liveAccess(standing.access, now)
  const { level, granted } =
    access_level_remote_id === undefined ? defaultLevel : chooseLevel(access_level_remote_id, standing, settings)
  if (current && settings.re_add === 'conflict') throw accessExists(standing)
  const decided = granted[durationBehavior(duration_minutes)]
  return {
    change: changeOf(minutes, current),
    access: push(minutes, level, standing, settings, now),
    level,
    decided: current && minutes >= 0 ? decided.plus('access_replaced') : decided,
  }
}

/** DELETE: revokes access. The request must name the user's current level; undefined is the default one. */
export function decideRemove(access_level_remote_id: string | undefined, standing: Standing, now: Moment): Decided {
  const current = liveAccess(standing.access, now)
  if (!current) throw accessNotFound(standing)
  const named = access_level_remote_id ?? ''
  if (current.access_level_remote_id !== named) {
    throw accessLevelMismatch(standing, named, current.access_level_remote_id)
  }
  const level = named === '' ? 'default_level_named' : 'level_named'
  return nothingDecided.plus(access_level_remote_id === undefined ? 'level_left_out' : level).plus('access_removed')
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

/** What decided access of each duration, at a level that was chosen in one way. Combined once, not for each call. */
type Granted = Readonly<Record<ReturnType<typeof durationBehavior>, Decided>>

function grantedBy(level: BehaviorId): Granted {
  const decided = nothingDecided.plus(level)
  return {
    access_expires: decided.plus('access_expires'),
    access_indefinite: decided.plus('access_indefinite'),
    access_revoked: decided.plus('access_revoked'),
    longer_accepted: decided.plus('longer_accepted'),
    duration_left_out: decided.plus('duration_left_out'),
  }
}

const levelKept = grantedBy('level_kept')
const levelNamed = grantedBy('level_named')
const levelLeftOut = grantedBy('level_left_out')
const levelAccepted = grantedBy('level_accepted')
const defaultLevelNamed = grantedBy('default_level_named')

interface ChosenLevel {
  level: AccessLevel
  granted: Granted
}

const defaultLevel: ChosenLevel = { level: defaultAccessLevel, granted: levelLeftOut }

/** The user's current level. If the target no longer has it, it keeps its id and has no name. */
function keepLevel(current: Access | undefined, standing: Standing): ChosenLevel {
  if (!current) return defaultLevel
  const held = current.access_level_remote_id
  if (held === '') return { level: defaultAccessLevel, granted: levelKept }
  const level = standing.levels.find(held) ?? { access_level_name: '', access_level_remote_id: held }
  return { level, granted: levelKept }
}

function chooseLevel(named: string, { target, levels }: Standing, settings: OrganizationSettings): ChosenLevel {
  if (named === '') return { level: defaultAccessLevel, granted: defaultLevelNamed }
  const level = levels.find(named)
  if (level) return { level, granted: levelNamed }
  return { level: acceptUnknown(target.noun, named, levels, settings), granted: levelAccepted }
}

function acceptUnknown(noun: TargetNoun, named: string, levels: Levels, settings: OrganizationSettings): AccessLevel {
  if (settings.unknown_access_level === 'reject') throw accessLevelNotFound(noun, named, levels.list())
  return { access_level_name: '', access_level_remote_id: named }
}

/** The level of a resource at which a group gives access to it. */
export function decideGroupResourceLevel(
  named: string | undefined,
  levels: Levels,
  settings: OrganizationSettings,
): { level: AccessLevel; behavior: BehaviorId } {
  if (named === undefined) return { level: defaultAccessLevel, behavior: 'level_left_out' }
  if (named === '') return { level: defaultAccessLevel, behavior: 'default_level_named' }
  const level = levels.find(named)
  if (level) return { level, behavior: 'level_named' }
  return { level: acceptUnknown('resource', named, levels, settings), behavior: 'level_accepted' }
}

function changeOf(durationMinutes: number, current: Access | undefined): Decision['change'] {
  if (durationMinutes < 0) return 'remove'
  return current ? 'update' : 'insert'
}

/** Access that is pushed now follows the user's propagation timeline, else the target's, else the organization's. */
function push(
  durationMinutes: number,
  { access_level_remote_id }: AccessLevel,
  { user, target }: Standing,
  settings: OrganizationSettings,
  now: Moment,
): Access {
  return {
    access_level_remote_id,
    expiration_date: expirationDate(durationMinutes, now),
    pushed_at: now.text,
    propagation: user.propagation ?? target.propagation ?? settings.propagation,
  }
}

function durationBehavior(durationMinutes: number | undefined) {
  if (durationMinutes === undefined) return 'duration_left_out'
  if (durationMinutes < 0) return 'access_revoked'
  if (durationMinutes > maxDurationMinutes) return 'longer_accepted'
  return durationMinutes === 0 ? 'access_indefinite' : 'access_expires'
}

/** How the API shows access. */
export type Display = Pick<OrganizationSettings, 'timestamps' | 'default_access_level' | 'propagation_of_synced'>

/** Adds what decided how a group user is shown. */
export function decideDisplay(decided: Decided, access: Access, display: Display): Decided {
  let all = decideStatus(decided, access, display)
  if (display.default_access_level !== 'object' && access.access_level_remote_id === '') {
    all = all.plus(display.default_access_level === 'null' ? 'default_level_null' : 'default_level_absent')
  }
  return decideDates(all, access, display)
}

/** Adds what decided how a propagation status is shown. */
export function decideStatus(decided: Decided, { pushed_at }: Access, { propagation_of_synced }: Display): Decided {
  if (pushed_at !== null) return decided
  return decided.plus(propagation_of_synced === 'null' ? 'synced_status_null' : 'synced_without_status')
}

/** Adds what decided how the end of access is shown. */
export function decideDates(decided: Decided, { expiration_date }: Access, { timestamps }: Display): Decided {
  return timestamps === 'microseconds' && expiration_date !== null
    ? decided.plus('timestamps_in_microseconds')
    : decided
}

/** A group user as the API shows it at `now`. */
export function showGroupUser(
  { target, user }: AccessParts,
  level: AccessLevel,
  access: Access,
  now: Timestamp,
  display: Display,
) {
  return {
    group_id: target.id,
    group_name: target.name,
    description: target.description,
    user_id: user.user_id,
    ...showLevel(level, display),
    full_name: user.full_name,
    email: user.email,
    expiration_date: showDate(access.expiration_date, display),
    ...showPropagation(access, now, display),
  }
}

/** The same from a row of a list. */
export function showListed(row: ListedAccess, now: Timestamp, display: Display) {
  return {
    group_id: row.target_id,
    group_name: row.target_name,
    description: row.description,
    user_id: row.user_id,
    ...showLevel(levelOf(row), display),
    full_name: row.full_name,
    email: row.email,
    expiration_date: showDate(row.expiration_date, display),
    ...showPropagation(row, now, display),
  }
}

/** A resource user as the API shows it. It always has a level, and never a propagation status. */
export function showResourceUser(
  { target, user }: AccessParts,
  access_level: AccessLevel,
  access: Access,
  display: Display,
) {
  return {
    resource_id: target.id,
    user_id: user.user_id,
    access_level,
    full_name: user.full_name,
    email: user.email,
    expiration_date: showDate(access.expiration_date, display),
  }
}

/** The level of a row of a list. */
export function levelOf({ access_level_name, access_level_remote_id }: ListedAccess): AccessLevel {
  return { access_level_name: access_level_name ?? '', access_level_remote_id }
}

/** A stored date as the API shows it. */
export function showDate<Stored extends string | null>(stored: Stored, { timestamps }: Pick<Display, 'timestamps'>) {
  return timestamps === 'milliseconds' || stored === null ? stored : trimTimestamp(stored)
}

function showLevel(access_level: AccessLevel, { default_access_level }: Display) {
  if (access_level.access_level_remote_id !== '' || default_access_level === 'object') return { access_level }
  return default_access_level === 'null' ? { access_level: null } : undefined
}

/** Access that came from the remote system was never pushed, and has no status. */
export function showPropagation(
  { pushed_at, propagation }: Access,
  now: Timestamp,
  { propagation_of_synced }: Display,
) {
  if (pushed_at === null) return propagation_of_synced === 'null' ? { propagation_status: null } : undefined
  if (propagation === null) return { propagation_status: { status: 'SUCCESS' as const } }
  const timeline = JSON.parse(propagation) as PropagationTimeline
  return { propagation_status: { status: propagationStatusAt(timeline, Date.parse(pushed_at), now) } }
}

function invalidDuration(problem: Problem, behavior: BehaviorId, hint?: string): Refusal {
  return new Refusal('INVALID_REQUEST', 'The request is not valid: 1 problem.', {
    errors: [problem],
    behavior,
    ...(hint !== undefined && { hint }),
  })
}

export function groupNotFound(group_id: string): Refusal {
  return new Refusal('GROUP_NOT_FOUND', `There is no group ${group_id}.`, { hint: 'GET /v1/groups lists the groups.' })
}

export function resourceNotFound(resource_id: string): Refusal {
  return new Refusal('RESOURCE_NOT_FOUND', `There is no resource ${resource_id}.`, {
    hint: 'GET /v1/resources lists the resources.',
  })
}

export function userNotFound(user_id: string): Refusal {
  return new Refusal('USER_NOT_FOUND', `There is no user ${user_id}.`, { hint: 'GET /v1/users lists the users.' })
}

const noAccess = { group: 'GROUP_USER_NOT_FOUND', resource: 'RESOURCE_USER_NOT_FOUND' } as const
const hasAccess = { group: 'GROUP_USER_EXISTS', resource: 'RESOURCE_USER_EXISTS' } as const

function pathOf({ target: { noun, id }, user: { user_id } }: Standing): string {
  return `/v1/${noun}s/${id}/users/${user_id}`
}

function accessNotFound(standing: Standing): Refusal {
  const { target, user, access } = standing
  const add = `POST ${pathOf(standing)}`
  return new Refusal(noAccess[target.noun], `User ${user.user_id} has no access to ${target.noun} ${target.id}.`, {
    hint: access?.expiration_date
      ? `The access expired at ${access.expiration_date}. Grant it again with ${add}.`
      : `Grant access first with ${add}.`,
  })
}

/** The same if there is no access of any kind. */
export function resourceUserNotFound({ resource_id, user_id }: { resource_id: string; user_id: string }): Refusal {
  return new Refusal('RESOURCE_USER_NOT_FOUND', `User ${user_id} has no access to resource ${resource_id}.`, {
    hint: `Grant access with POST /v1/resources/${resource_id}/users/${user_id}.`,
  })
}

function accessExists(standing: Standing): Refusal {
  const { target, user } = standing
  const message =
    target.noun === 'group'
      ? `User ${user.user_id} is already in group ${target.id}.`
      : `User ${user.user_id} already has access to resource ${target.id}.`
  return new Refusal(hasAccess[target.noun], message, {
    hint: `The setting re_add is "conflict" in this organization. Change the access with PUT ${pathOf(standing)}.`,
  })
}

function accessLevelMismatch({ target, user }: Standing, named: string, held: string): Refusal {
  return new Refusal(
    noAccess[target.noun],
    `User ${user.user_id} has no access to ${target.noun} ${target.id} at the level ${JSON.stringify(named.slice(0, 200))}.`,
    {
      hint: `The user's level is ${JSON.stringify(held)}: send access_level_remote_id=${encodeURIComponent(held)}.`,
    },
  )
}
