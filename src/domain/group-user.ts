import { formatTimestamp, type Timestamp } from './clock.js'
import { expirationDate, hasExpired, maxDurationMinutes } from './expiration.js'
import { Refusal } from './refusal.js'

/** A user's access to a group, as it is kept. */
export interface Access {
  access_level_remote_id: string
  /** Null is for ever. */
  expiration_date: string | null
  /** When it was last pushed to the remote system; null where it came from there. */
  pushed_at: string | null
  /** The timeline of that push, as JSON; null succeeds at once. */
  propagation: string | null
}

export interface Grant {
  access_level_remote_id: string
  /** 0 is for ever, negative ends access at once. */
  duration_minutes: number
  /** The timeline of this push, as JSON; null succeeds at once. */
  propagation: string | null
}

/** Access that has run out counts as absent. */
export function liveAccess(stored: Access | undefined, now: Timestamp): Access | undefined {
  return stored && !hasExpired(stored.expiration_date, formatTimestamp(now)) ? stored : undefined
}

/** The access that a grant made now leads to; with a negative duration, what it was when it ended. */
export function grantAccess(grant: Grant, now: Timestamp): Access {
  return {
    access_level_remote_id: grant.access_level_remote_id,
    expiration_date: expirationDate(grant.duration_minutes, now),
    pushed_at: formatTimestamp(now),
    propagation: grant.propagation,
  }
}

/** `stored` is what is left of access that ran out, if anything is. */
export function groupUserNotFound(group_id: string, user_id: string, stored: Access | undefined): Refusal {
  const add = `POST /v1/groups/${group_id}/users/${user_id}`
  return new Refusal('GROUP_USER_NOT_FOUND', `User ${user_id} has no access to group ${group_id}.`, {
    hint: stored?.expiration_date
      ? `The access ended at ${stored.expiration_date}. Give it again with ${add}.`
      : `Give access first with ${add}.`,
  })
}

export function groupNotFound(group_id: string): Refusal {
  return new Refusal('GROUP_NOT_FOUND', `There is no group ${group_id}.`, { hint: 'GET /v1/groups lists the groups.' })
}

export function userNotFound(user_id: string): Refusal {
  return new Refusal('USER_NOT_FOUND', `There is no user ${user_id}.`, { hint: 'GET /v1/users lists the users.' })
}

/** What an organization says that takes negative durations for mistakes. */
export function negativeDurationRejected(durationMinutes: number, path: string): Refusal {
  return new Refusal('INVALID_REQUEST', 'The request is not valid: 1 problem.', {
    errors: [
      {
        path,
        message: `expected 0 or more, got ${durationMinutes}: this organization's setting negative_duration is "reject"`,
      },
    ],
    hint: 'End access with DELETE on the same path.',
  })
}

/** What an organization says that takes adding someone twice for a mistake. */
export function groupUserExists(group_id: string, user_id: string): Refusal {
  return new Refusal('GROUP_USER_EXISTS', `User ${user_id} is in group ${group_id} already.`, {
    hint: `The setting re_add is "conflict" in this organization. Change the access with PUT /v1/groups/${group_id}/users/${user_id}.`,
  })
}

/** The user has access, but not at the level that was named. */
export function accessLevelMismatch(group_id: string, user_id: string, named: string, held: string): Refusal {
  return new Refusal(
    'GROUP_USER_NOT_FOUND',
    `User ${user_id} has no access to group ${group_id} at the level ${JSON.stringify(named.slice(0, 200))}.`,
    {
      hint: `The access is at the level ${JSON.stringify(held)}: send access_level_remote_id=${encodeURIComponent(held)}.`,
    },
  )
}

export function durationTooLong(durationMinutes: number): Refusal {
  return new Refusal('INVALID_REQUEST', 'The request is not valid: 1 problem.', {
    errors: [
      {
        path: 'body.duration_minutes',
        message: `expected an integer of at most ${maxDurationMinutes}, got ${durationMinutes}`,
      },
    ],
  })
}
