import type { Timestamp } from './clock.js'

/** Every status of pushing access to the remote system. */
export const propagationStatuses = [
  'SUCCESS',
  'ERR_REMOTE_INTERNAL_ERROR',
  'ERR_REMOTE_USER_NOT_FOUND',
  'ERR_REMOTE_USER_NOT_LINKED',
  'ERR_REMOTE_RESOURCE_NOT_FOUND',
  'ERR_REMOTE_THROTTLE',
  'ERR_NOT_AUTHORIZED_TO_QUERY_RESOURCE',
  'ERR_REMOTE_PROVISIONING_VIA_IDP_FAILED',
  'ERR_IDP_EMAIL_UPDATE_CONFLICT',
  'ERR_TIMEOUT',
  'ERR_UNKNOWN',
  'ERR_OPAL_INTERNAL_ERROR',
  'ERR_ORG_READ_ONLY',
  'ERR_OPERATION_UNSUPPORTED',
  'PENDING',
  'PENDING_MANUAL_PROPAGATION',
  'PENDING_TICKET_CREATION',
  'ERR_TICKET_CREATION_SKIPPED',
  'ERR_DRY_RUN_MODE_ENABLED',
  'ERR_HR_IDP_PROVIDER_NOT_LINKED',
  'ERR_REMOTE_UNRECOVERABLE_ERROR',
  'ERR_REMOTE_TICKET_NOT_FOUND',
  'ERR_CONNECTION_VALIDATION_FAILED',
] as const

export type PropagationStatusName = (typeof propagationStatuses)[number]

/** A status and how long it lasts; the last one of a timeline lasts forever. */
export interface PropagationStep {
  status: PropagationStatusName
  for_ms?: number
}

export type PropagationTimeline = PropagationStep[]

/** Returns the status at `now` of a push made at `pushedAt`. Before the push it is the timeline's first status. */
export function propagationStatusAt(
  timeline: PropagationTimeline,
  pushedAt: Timestamp,
  now: Timestamp,
): PropagationStatusName {
  let status: PropagationStatusName = 'SUCCESS'
  let end = pushedAt
  for (const step of timeline) {
    status = step.status
    end += step.for_ms ?? Infinity
    if (now < end) break
  }
  return status
}

/**
 * Returns the last moment between `begin` and `end` at which a status began, or undefined if the status is the same at
 * `begin` and `end`.
 */
export function lastChange(
  timeline: PropagationTimeline,
  pushedAt: Timestamp,
  begin: Timestamp,
  end: Timestamp,
): Timestamp | undefined {
  if (propagationStatusAt(timeline, pushedAt, begin) === propagationStatusAt(timeline, pushedAt, end)) return undefined
  let started = pushedAt
  let last = started
  for (const { for_ms = Infinity } of timeline) {
    if (started <= end) last = started
    started += for_ms
  }
  return last
}
