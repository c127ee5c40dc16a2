/** Every reason for which a call can be refused. The statuses that they become stand in `http/errors.ts`. */
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
  'ACCESS_LEVEL_NOT_FOUND',
  'GROUP_USER_EXISTS',
  'TOKEN_NOT_FOUND',
  'CROSS_SITE_REQUEST',
  'SNAPSHOT_NOT_FOUND',
  'FAULT_NOT_FOUND',
  'REQUEST_NOT_FOUND',
  'WAIT_TIMEOUT',
  'WAIT_ENDED',
  'SNAPSHOT_LIMIT',
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

/** One thing that is wrong with a request: where (`body.duration_minutes`), and what was expected there. */
export interface Problem {
  path: string
  message: string
}

export interface RefusalDetails {
  /** What to do about it. */
  hint?: string
  errors?: Problem[]
  /** Header fields that this answer has to carry, such as `Allow`. */
  headers?: Record<string, string>
}

/** What a rule throws instead of an answer: a code from the closed list, and words for the person who reads it. */
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
