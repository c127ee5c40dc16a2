import type { BehaviorId } from './behaviors.js'

/** Every reason to refuse a call. `http/errors.ts` maps each one to a status. */
export const refusalCodes = [
  'TOKEN_MISSING',
  'TOKEN_UNKNOWN',
  'TOKEN_EXPIRED',
  'TOKEN_REVOKED',
  'TOKEN_READ_ONLY',
  'RATE_LIMITED',
  'FAULT_INJECTED',
  'BODY_TOO_LARGE',
  'CONTENT_TYPE_UNSUPPORTED',
  'INVALID_REQUEST',
  'GROUP_NOT_FOUND',
  'USER_NOT_FOUND',
  'GROUP_USER_NOT_FOUND',
  'RESOURCE_USER_NOT_FOUND',
  'CONTAINING_GROUP_NOT_FOUND',
  'ACCESS_LEVEL_NOT_FOUND',
  'GROUP_USER_EXISTS',
  'RESOURCE_USER_EXISTS',
  'RESOURCE_CYCLE',
  'USER_EXISTS',
  'MANAGER_CYCLE',
  'OWN_USER',
  'TOKEN_NOT_FOUND',
  'APP_NOT_FOUND',
  'OWNER_NOT_FOUND',
  'OWNER_IN_USE',
  'MESSAGE_CHANNEL_NOT_FOUND',
  'ON_CALL_SCHEDULE_NOT_FOUND',
  'TAG_NOT_FOUND',
  'TAG_EXISTS',
  'RESOURCE_NOT_FOUND',
  'ACCESS_REQUEST_NOT_FOUND',
  'REQUEST_NOT_PENDING',
  'NOT_A_REVIEWER',
  'DELEGATION_NOT_FOUND',
  'EVENT_NOT_FOUND',
  'RECORD_NOT_FOUND',
  'CROSS_SITE_REQUEST',
  'SNAPSHOT_NOT_FOUND',
  'FAULT_NOT_FOUND',
  'REQUEST_NOT_FOUND',
  'WAIT_TIMEOUT',
  'WAIT_ENDED',
  'SNAPSHOT_LIMIT',
  'UNDO_IMPOSSIBLE',
  'STATE_NOT_FOUND',
  'DEFAULT_ORGANIZATION',
  'ROUTE_NOT_FOUND',
  'METHOD_NOT_ALLOWED',
  'NOT_SIMULATED',
  'HEADERS_TOO_LARGE',
  'REQUEST_TIMEOUT',
  'INTERNAL_ERROR',
  'DATABASE_UNAVAILABLE',
] as const

export type RefusalCode = (typeof refusalCodes)[number]

export function isRefusalCode(text: string): text is RefusalCode {
  return refusalCodes.some((code) => code === text)
}

/** One problem of a request: its path (such as `body.duration_minutes`), and what was expected there. */
export interface Problem {
  path: string
  message: string
}

export interface RefusalDetails {
  /** What to do about it. */
  hint?: string
  errors?: Problem[]
  /** Headers that the response must have, such as `Allow`. */
  headers?: Record<string, string>
  /** The behavior that decided, if it is not the one of the code. */
  behavior?: BehaviorId
}

/** Thrown to refuse a call: a code from the closed list, and a message for people. */
export class Refusal extends Error {
  override readonly name = 'Refusal'
  readonly code: RefusalCode
  readonly details: RefusalDetails

  constructor(code: RefusalCode, message: string, details: RefusalDetails = {}) {
    super(message)
    this.code = code
    this.details = details
  }
}
