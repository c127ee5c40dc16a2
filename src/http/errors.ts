import type { FastifyError } from 'fastify'
import { Refusal, type Problem, type RefusalCode, type RefusalDetails } from '../domain/refusal.js'
import { show } from '../schema-check.js'

/** How a behaviour is known: `documented` by Opal, `inferred` from its clients, or `assumed` by this project. */
export type Basis = 'documented' | 'inferred' | 'assumed'

/** What each refusal is on the wire. Opal documents no error body, so clients should go by the status alone. */
export const refusals: Record<RefusalCode, { status: number; basis: Basis; headers?: Record<string, string> }> = {
  TOKEN_MISSING: { status: 401, basis: 'assumed', headers: { 'www-authenticate': 'Bearer' } },
  TOKEN_UNKNOWN: { status: 401, basis: 'assumed', headers: { 'www-authenticate': 'Bearer' } },
  TOKEN_EXPIRED: { status: 401, basis: 'assumed', headers: { 'www-authenticate': 'Bearer' } },
  TOKEN_REVOKED: { status: 401, basis: 'assumed', headers: { 'www-authenticate': 'Bearer' } },
  TOKEN_READ_ONLY: { status: 403, basis: 'assumed' },
  BODY_TOO_LARGE: { status: 413, basis: 'assumed' },
  CONTENT_TYPE_UNSUPPORTED: { status: 415, basis: 'assumed' },
  INVALID_REQUEST: { status: 400, basis: 'inferred' },
  GROUP_NOT_FOUND: { status: 404, basis: 'assumed' },
  USER_NOT_FOUND: { status: 404, basis: 'assumed' },
  GROUP_USER_NOT_FOUND: { status: 404, basis: 'assumed' },
  ACCESS_LEVEL_NOT_FOUND: { status: 400, basis: 'assumed' },
  ROUTE_NOT_FOUND: { status: 404, basis: 'assumed' },
  METHOD_NOT_ALLOWED: { status: 405, basis: 'assumed' },
  HEADERS_TOO_LARGE: { status: 431, basis: 'assumed' },
  REQUEST_TIMEOUT: { status: 408, basis: 'assumed' },
  INTERNAL_ERROR: { status: 500, basis: 'assumed' },
  DATABASE_UNAVAILABLE: { status: 503, basis: 'assumed' },
}

/** The body of every answer that is not a 2xx. */
export interface ErrorBody {
  code: RefusalCode
  message: string
  errors?: Problem[]
  hint?: string
  request_id: string
}

export function errorBody(refusal: Refusal, request_id: string): ErrorBody {
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
export function toRefusal(error: unknown, contentType: string | undefined): Refusal | undefined {
  if (error instanceof Refusal) return error
  const { code, message, statusCode } = error as FastifyError
  switch (code) {
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      return new Refusal('BODY_TOO_LARGE', 'The body is over the limit of 64 KiB.', { hint: 'Send a smaller body.' })
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
      return new Refusal(
        'CONTENT_TYPE_UNSUPPORTED',
        `The body is ${contentType ? `sent as ${show(contentType)}` : 'sent without a content type'}; only JSON is read.`,
        { hint: 'Send the header "Content-Type: application/json".' },
      )
    case 'FST_ERR_CTP_INVALID_JSON_BODY':
      return invalidRequest([{ path: 'body', message: `is not JSON: ${message}` }])
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
