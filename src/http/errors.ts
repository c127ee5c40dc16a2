import type { FastifyError, FastifyRequest } from 'fastify'
import { behaviors, isBehavior, nothingDecided, type Decided } from '../domain/behaviors.js'
import type { OrganizationSettings } from '../domain/settings.js'
import { isUnavailable } from '../store/writer.js'
import { printable } from './printable.js'
import { Refusal, type Problem, type RefusalCode, type RefusalDetails } from '../domain/refusal.js'

interface RefusalKind {
  status: number
  /** As a phrase, for openapi.yaml; the message of a response describes the case at hand. */
  means: string
  headers?: Record<string, string>
}

const bearer = { 'www-authenticate': 'Bearer' }

/** How each refusal is sent. Opal documents no error body, so clients should rely on the status alone. */
export const refusals: Record<RefusalCode, RefusalKind> = {
  TOKEN_MISSING: { status: 401, means: behaviors.TOKEN_MISSING.means, headers: bearer },
  TOKEN_UNKNOWN: { status: 401, means: behaviors.TOKEN_UNKNOWN.means, headers: bearer },
  TOKEN_EXPIRED: { status: 401, means: behaviors.TOKEN_EXPIRED.means, headers: bearer },
  TOKEN_REVOKED: { status: 401, means: behaviors.TOKEN_REVOKED.means, headers: bearer },
  TOKEN_READ_ONLY: { status: 403, means: behaviors.TOKEN_READ_ONLY.means },
  RATE_LIMITED: { status: 429, means: behaviors.RATE_LIMITED.means },
  FAULT_INJECTED: { status: 500, means: behaviors.FAULT_INJECTED.means },
  BODY_TOO_LARGE: { status: 413, means: behaviors.BODY_TOO_LARGE.means },
  CONTENT_TYPE_UNSUPPORTED: { status: 415, means: behaviors.CONTENT_TYPE_UNSUPPORTED.means },
  INVALID_REQUEST: { status: 400, means: behaviors.INVALID_REQUEST.means },
  GROUP_NOT_FOUND: { status: 404, means: behaviors.GROUP_NOT_FOUND.means },
  USER_NOT_FOUND: { status: 404, means: behaviors.USER_NOT_FOUND.means },
  RESOURCE_USER_NOT_FOUND: { status: 404, means: behaviors.RESOURCE_USER_NOT_FOUND.means },
  RESOURCE_USER_EXISTS: { status: 409, means: behaviors.RESOURCE_USER_EXISTS.means },
  RESOURCE_CYCLE: { status: 409, means: behaviors.RESOURCE_CYCLE.means },
  GROUP_USER_NOT_FOUND: { status: 404, means: behaviors.GROUP_USER_NOT_FOUND.means },
  ACCESS_LEVEL_NOT_FOUND: { status: 400, means: behaviors.ACCESS_LEVEL_NOT_FOUND.means },
  GROUP_USER_EXISTS: { status: 409, means: behaviors.GROUP_USER_EXISTS.means },
  USER_EXISTS: { status: 409, means: behaviors.USER_EXISTS.means },
  MANAGER_CYCLE: { status: 409, means: behaviors.MANAGER_CYCLE.means },
  OWN_USER: { status: 409, means: behaviors.OWN_USER.means },
  TOKEN_NOT_FOUND: { status: 404, means: behaviors.TOKEN_NOT_FOUND.means },
  CONTAINING_GROUP_NOT_FOUND: { status: 404, means: behaviors.CONTAINING_GROUP_NOT_FOUND.means },
  RECORD_NOT_FOUND: { status: 404, means: behaviors.RECORD_NOT_FOUND.means },
  RESOURCE_NOT_FOUND: { status: 404, means: behaviors.RESOURCE_NOT_FOUND.means },
  ACCESS_REQUEST_NOT_FOUND: { status: 404, means: behaviors.ACCESS_REQUEST_NOT_FOUND.means },
  REQUEST_NOT_PENDING: { status: 409, means: behaviors.REQUEST_NOT_PENDING.means },
  NOT_A_REVIEWER: { status: 403, means: behaviors.NOT_A_REVIEWER.means },
  DELEGATION_NOT_FOUND: { status: 404, means: behaviors.DELEGATION_NOT_FOUND.means },
  OWNER_NOT_FOUND: { status: 404, means: behaviors.OWNER_NOT_FOUND.means },
  OWNER_IN_USE: { status: 409, means: behaviors.OWNER_IN_USE.means },
  APP_NOT_FOUND: { status: 404, means: behaviors.APP_NOT_FOUND.means },
  MESSAGE_CHANNEL_NOT_FOUND: { status: 404, means: behaviors.MESSAGE_CHANNEL_NOT_FOUND.means },
  ON_CALL_SCHEDULE_NOT_FOUND: { status: 404, means: behaviors.ON_CALL_SCHEDULE_NOT_FOUND.means },
  TAG_NOT_FOUND: { status: 404, means: behaviors.TAG_NOT_FOUND.means },
  TAG_EXISTS: { status: 409, means: behaviors.TAG_EXISTS.means },
  EVENT_NOT_FOUND: { status: 404, means: behaviors.EVENT_NOT_FOUND.means },
  CROSS_SITE_REQUEST: {
    status: 403,
    means: 'the call comes from a web page of another site, or its Host header does not name this server',
  },
  FAULT_NOT_FOUND: { status: 404, means: 'there is no fault rule with that id' },
  REQUEST_NOT_FOUND: {
    status: 404,
    means: 'the journal has no request with that id, or it was evicted',
  },
  WAIT_TIMEOUT: { status: 408, means: 'too few calls arrived in time' },
  WAIT_ENDED: {
    status: 409,
    means: 'the wait was ended early: the organization was reset, or the sandbox is closing',
  },
  SNAPSHOT_NOT_FOUND: { status: 404, means: 'there is no snapshot with that name' },
  SNAPSHOT_LIMIT: { status: 409, means: 'the organization already has 100 snapshots' },
  UNDO_IMPOSSIBLE: {
    status: 409,
    means: 'the journal no longer holds all changes since that call, or another call is just making changes',
  },
  STATE_NOT_FOUND: { status: 404, means: 'there is no state with that name' },
  DEFAULT_ORGANIZATION: { status: 409, means: 'the organization `default` cannot be deleted' },
  ROUTE_NOT_FOUND: { status: 404, means: behaviors.ROUTE_NOT_FOUND.means },
  METHOD_NOT_ALLOWED: { status: 405, means: behaviors.METHOD_NOT_ALLOWED.means },
  NOT_SIMULATED: { status: 501, means: behaviors.NOT_SIMULATED.means },
  HEADERS_TOO_LARGE: { status: 431, means: 'the headers are over the limit of 16 KiB' },
  REQUEST_TIMEOUT: { status: 408, means: behaviors.REQUEST_TIMEOUT.means },
  INTERNAL_ERROR: { status: 500, means: behaviors.INTERNAL_ERROR.means },
  DATABASE_UNAVAILABLE: { status: 503, means: behaviors.DATABASE_UNAVAILABLE.means },
}

/** The body of every answer that is not a 2xx. */
export interface RefusalBody {
  code: RefusalCode
  message: string
  errors?: Problem[]
  hint?: string
  request_id: string
}

export function errorBody(refusal: Refusal, request_id: string): RefusalBody {
  const { errors, hint } = refusal.details
  return {
    code: refusal.code,
    message: printable(refusal.message),
    ...(errors && {
      errors: errors.map(({ path, message }) => ({ path: printable(path), message: printable(message) })),
    }),
    ...(hint !== undefined && { hint: printable(hint) }),
    request_id,
  }
}

/** The body of errors under /v1 under the setting `error_body: opal_2024`. */
export interface RefusalBodyOf2024 {
  Message: string
}

/** The body of an error of this organization's API. */
export function apiErrorBody(
  refusal: Refusal,
  request_id: string,
  { error_body }: OrganizationSettings,
): RefusalBody | RefusalBodyOf2024 {
  return error_body === 'sandbox' ? errorBody(refusal, request_id) : { Message: printable(refusal.message) }
}

/** What decided that a call is rejected. */
export function decideRefusal({ code, details }: Refusal, { error_body }: OrganizationSettings): Decided {
  const id = details.behavior ?? code
  const decided = isBehavior(id) ? nothingDecided.plus(id) : nothingDecided
  return error_body === 'sandbox' ? decided : decided.plus('error_body_of_2024')
}

/** How many problems of one request are reported. */
export const maxProblems = 20

export function invalidRequest(errors: Problem[], details: RefusalDetails = {}): Refusal {
  const count = errors.length === 1 ? '1 problem' : `${errors.length} problems`
  return new Refusal('INVALID_REQUEST', `The request is not valid: ${count}.`, { ...details, errors })
}

export function databaseUnavailable(reason: string): Refusal {
  return new Refusal('DATABASE_UNAVAILABLE', `The database cannot be used: ${reason}.`, {
    hint: 'Nothing was changed. Free space on its disk, or make its folder writable, and call again.',
  })
}

/** Turns whatever was thrown into what the client sees; undefined for our own failures, which only the log describes. */
export function toRefusal(error: unknown, request: FastifyRequest): Refusal | undefined {
  if (error instanceof Refusal) return error
  if (isUnavailable(error)) return databaseUnavailable(error.message)
  const { code, message, statusCode } = error as FastifyError
  const contentType = request.headers['content-type']
  switch (code) {
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      return new Refusal(
        'BODY_TOO_LARGE',
        `The body is over the limit of ${request.routeOptions.bodyLimit / 1024} KiB.`,
        { hint: 'Send a smaller body.' },
      )
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
      return new Refusal(
        'CONTENT_TYPE_UNSUPPORTED',
        `The body is sent ${contentType ? `as ${contentType.slice(0, 100)}` : 'without a content type'}; only JSON is read.`,
        { hint: 'Send the header "Content-Type: application/json".' },
      )
    case 'INVALID_JSON':
      return invalidRequest([{ path: 'body', message: `is not JSON: ${message}` }])
    case 'JSON_TOO_DEEP':
      return invalidRequest([{ path: 'body', message }])
    case 'FST_ERR_CTP_INVALID_CONTENT_LENGTH':
      return invalidRequest([{ path: 'body', message: 'is not as long as the Content-Length header says' }])
    case 'FST_ERR_BAD_URL':
      return invalidRequest([{ path: 'path', message: 'holds a percent sign that begins no character' }])
    default:
      return statusCode !== undefined && statusCode >= 400 && statusCode < 500
        ? invalidRequest([{ path: 'request', message }])
        : undefined
  }
}

export function snapshotNotFound(name: string): Refusal {
  return new Refusal('SNAPSHOT_NOT_FOUND', `There is no snapshot ${name}.`, {
    hint: 'GET /_sandbox/snapshots lists them.',
  })
}
