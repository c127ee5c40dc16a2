import type { FastifyError, FastifyRequest } from 'fastify'
import type { Basis } from '../domain/rule.js'
import { Refusal, type Problem, type RefusalCode, type RefusalDetails } from '../domain/refusal.js'

interface RefusalKind {
  status: number
  basis: Basis
  /** For openapi.yaml; the message of an answer tells of the case at hand. */
  means: string
  headers?: Record<string, string>
}

const bearer = { 'www-authenticate': 'Bearer' }

/** What each refusal is on the wire. Opal documents no error body, so clients should go by the status alone. */
export const refusals: Record<RefusalCode, RefusalKind> = {
  TOKEN_MISSING: {
    status: 401,
    basis: 'assumed',
    means: 'No token came, or not as "Bearer <token>".',
    headers: bearer,
  },
  TOKEN_UNKNOWN: { status: 401, basis: 'assumed', means: 'The token is unknown.', headers: bearer },
  TOKEN_EXPIRED: { status: 401, basis: 'assumed', means: "The token's time has run out.", headers: bearer },
  TOKEN_REVOKED: { status: 401, basis: 'assumed', means: 'The token was revoked.', headers: bearer },
  TOKEN_READ_ONLY: { status: 403, basis: 'assumed', means: 'The token may only read.' },
  RATE_LIMITED: {
    status: 429,
    basis: 'documented',
    means: "The organization's rate is exceeded; `Retry-After` says when to come back.",
  },
  FAULT_INJECTED: {
    status: 500,
    basis: 'assumed',
    means: 'A fault rule made this call fail, with the status that it names.',
  },
  BODY_TOO_LARGE: {
    status: 413,
    basis: 'assumed',
    means: 'The body is over the limit: 64 KiB; 16 MiB for seeds and changes of groups.',
  },
  CONTENT_TYPE_UNSUPPORTED: { status: 415, basis: 'assumed', means: 'The body is not sent as application/json.' },
  INVALID_REQUEST: {
    status: 400,
    basis: 'inferred',
    means: 'An id, a parameter or the body is not as it has to be; `errors` says where.',
  },
  GROUP_NOT_FOUND: { status: 404, basis: 'assumed', means: 'There is no such group.' },
  USER_NOT_FOUND: { status: 404, basis: 'assumed', means: 'There is no such user.' },
  GROUP_USER_NOT_FOUND: { status: 404, basis: 'assumed', means: 'The user has no access to the group, or no longer.' },
  ACCESS_LEVEL_NOT_FOUND: { status: 400, basis: 'assumed', means: 'The group has no such access level.' },
  GROUP_USER_EXISTS: { status: 409, basis: 'assumed', means: 'The user is in the group already.' },
  TOKEN_NOT_FOUND: { status: 404, basis: 'documented', means: 'There is no such token.' },
  CROSS_SITE_REQUEST: {
    status: 403,
    basis: 'assumed',
    means: 'The call comes from a web page of another site, or names a host that is not this one.',
  },
  FAULT_NOT_FOUND: { status: 404, basis: 'assumed', means: 'There is no fault rule of that id.' },
  REQUEST_NOT_FOUND: { status: 404, basis: 'assumed', means: 'The journal holds no request of that id, or no longer.' },
  WAIT_TIMEOUT: { status: 408, basis: 'assumed', means: 'Too few calls came in time.' },
  WAIT_ENDED: {
    status: 409,
    basis: 'assumed',
    means: 'The wait was cut off: the organization began again, or the sandbox is closing.',
  },
  SNAPSHOT_NOT_FOUND: { status: 404, basis: 'assumed', means: 'There is no snapshot of that name.' },
  SNAPSHOT_LIMIT: { status: 409, basis: 'assumed', means: 'There are 100 snapshots already.' },
  DEFAULT_ORGANIZATION: { status: 409, basis: 'assumed', means: 'The organization `default` cannot be deleted.' },
  ROUTE_NOT_FOUND: { status: 404, basis: 'assumed', means: 'There is nothing at this path.' },
  METHOD_NOT_ALLOWED: {
    status: 405,
    basis: 'assumed',
    means: 'The path has no such method; `Allow` names those that it has.',
  },
  NOT_SIMULATED: { status: 501, basis: 'assumed', means: 'The API has this, and the sandbox does not.' },
  HEADERS_TOO_LARGE: { status: 431, basis: 'assumed', means: 'The headers are over the limit of 16 KiB.' },
  REQUEST_TIMEOUT: { status: 408, basis: 'assumed', means: 'The request did not arrive in time.' },
  INTERNAL_ERROR: { status: 500, basis: 'assumed', means: 'The sandbox failed; its log says more.' },
  DATABASE_UNAVAILABLE: { status: 503, basis: 'assumed', means: 'The database does not answer.' },
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
    message: refusal.message,
    ...(errors && { errors }),
    ...(hint !== undefined && { hint }),
    request_id,
  }
}

/** How many problems of one request are told. */
export const maxProblems = 20

export function invalidRequest(errors: Problem[], details: RefusalDetails = {}): Refusal {
  const count = errors.length === 1 ? '1 problem' : `${errors.length} problems`
  return new Refusal('INVALID_REQUEST', `The request is not valid: ${count}.`, { ...details, errors })
}

/** What the client is told of anything that was thrown; undefined for what is our fault, of which it is told nothing. */
export function toRefusal(error: unknown, request: FastifyRequest): Refusal | undefined {
  if (error instanceof Refusal) return error
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
