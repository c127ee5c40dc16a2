import type { FastifyError, FastifyRequest } from 'fastify'
import type { Basis } from '../domain/rule.js'
import { isUnavailable } from '../store/writer.js'
import { printable } from './printable.js'
import { Refusal, type Problem, type RefusalCode, type RefusalDetails } from '../domain/refusal.js'

interface RefusalKind {
  status: number
  basis: Basis
  /** For openapi.yaml; the message of a response describes the case at hand. */
  means: string
  headers?: Record<string, string>
}

const bearer = { 'www-authenticate': 'Bearer' }

/** How each refusal is sent. Opal documents no error body, so clients should rely on the status alone. */
export const refusals: Record<RefusalCode, RefusalKind> = {
  TOKEN_MISSING: {
    status: 401,
    basis: 'assumed',
    means: 'There is no token, or it is not sent as "Bearer <token>".',
    headers: bearer,
  },
  TOKEN_UNKNOWN: { status: 401, basis: 'assumed', means: 'The token is unknown.', headers: bearer },
  TOKEN_EXPIRED: { status: 401, basis: 'assumed', means: 'The token has expired.', headers: bearer },
  TOKEN_REVOKED: { status: 401, basis: 'assumed', means: 'The token was revoked.', headers: bearer },
  TOKEN_READ_ONLY: { status: 403, basis: 'assumed', means: 'The token is read-only.' },
  RATE_LIMITED: {
    status: 429,
    basis: 'documented',
    means: "The organization's rate limit is exceeded; `Retry-After` says when to try again.",
  },
  FAULT_INJECTED: {
    status: 500,
    basis: 'assumed',
    means: 'A fault rule made this call fail with the status that it names.',
  },
  BODY_TOO_LARGE: {
    status: 413,
    basis: 'assumed',
    means: 'The body is over the limit: 64 KiB; 16 MiB for seeds and changes of groups.',
  },
  CONTENT_TYPE_UNSUPPORTED: {
    status: 415,
    basis: 'assumed',
    means: 'The body is not sent as application/json, or it is compressed.',
  },
  INVALID_REQUEST: {
    status: 400,
    basis: 'inferred',
    means: 'An id, a parameter or the body is not valid; `errors` says where.',
  },
  GROUP_NOT_FOUND: { status: 404, basis: 'assumed', means: 'There is no such group.' },
  USER_NOT_FOUND: { status: 404, basis: 'assumed', means: 'There is no such user.' },
  GROUP_USER_NOT_FOUND: {
    status: 404,
    basis: 'assumed',
    means: 'The user has no access to the group, or it has ended.',
  },
  ACCESS_LEVEL_NOT_FOUND: { status: 400, basis: 'assumed', means: 'The group has no such access level.' },
  GROUP_USER_EXISTS: { status: 409, basis: 'assumed', means: 'The user already has access to the group.' },
  TOKEN_NOT_FOUND: { status: 404, basis: 'documented', means: 'There is no such token.' },
  APP_NOT_FOUND: { status: 404, basis: 'assumed', means: 'There is no such app.' },
  OWNER_NOT_FOUND: { status: 404, basis: 'assumed', means: 'There is no such owner.' },
  OWNER_IN_USE: { status: 409, basis: 'assumed', means: 'Something still refers to the owner.' },
  MESSAGE_CHANNEL_NOT_FOUND: { status: 404, basis: 'assumed', means: 'There is no such message channel.' },
  ON_CALL_SCHEDULE_NOT_FOUND: { status: 404, basis: 'assumed', means: 'There is no such on-call schedule.' },
  TAG_NOT_FOUND: { status: 404, basis: 'assumed', means: 'There is no such tag.' },
  TAG_EXISTS: { status: 409, basis: 'assumed', means: 'There is already a tag with this key and value.' },
  RESOURCE_NOT_FOUND: { status: 404, basis: 'assumed', means: 'There is no such resource.' },
  CROSS_SITE_REQUEST: {
    status: 403,
    basis: 'assumed',
    means: 'The call comes from a web page of another site, or its Host header does not name this server.',
  },
  FAULT_NOT_FOUND: { status: 404, basis: 'assumed', means: 'There is no fault rule with that id.' },
  REQUEST_NOT_FOUND: {
    status: 404,
    basis: 'assumed',
    means: 'The journal has no request with that id, or it was evicted.',
  },
  WAIT_TIMEOUT: { status: 408, basis: 'assumed', means: 'Too few calls arrived in time.' },
  WAIT_ENDED: {
    status: 409,
    basis: 'assumed',
    means: 'The wait was ended early: the organization was reset, or the sandbox is closing.',
  },
  SNAPSHOT_NOT_FOUND: { status: 404, basis: 'assumed', means: 'There is no snapshot with that name.' },
  SNAPSHOT_LIMIT: { status: 409, basis: 'assumed', means: 'The organization already has 100 snapshots.' },
  DEFAULT_ORGANIZATION: { status: 409, basis: 'assumed', means: 'The organization `default` cannot be deleted.' },
  ROUTE_NOT_FOUND: { status: 404, basis: 'assumed', means: 'There is nothing at this path.' },
  METHOD_NOT_ALLOWED: {
    status: 405,
    basis: 'assumed',
    means: 'The path does not support this method; `Allow` lists those that it does.',
  },
  NOT_SIMULATED: {
    status: 501,
    basis: 'assumed',
    means: 'The API has this operation; the sandbox does not simulate it.',
  },
  HEADERS_TOO_LARGE: { status: 431, basis: 'assumed', means: 'The headers are over the limit of 16 KiB.' },
  REQUEST_TIMEOUT: { status: 408, basis: 'assumed', means: 'The request did not arrive in time.' },
  INTERNAL_ERROR: { status: 500, basis: 'assumed', means: 'The sandbox failed; its log says more.' },
  DATABASE_UNAVAILABLE: {
    status: 503,
    basis: 'assumed',
    means: 'The database cannot be read or written; `message` says why.',
  },
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
