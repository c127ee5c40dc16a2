import type { FastifyReply, FastifyRequest } from 'fastify'
import { Refusal } from '../domain/refusal.js'
import type { Organizations } from '../organization/index.js'
import { organizationGone, type OpenOrganization } from '../organization/organization.js'
import {
  apiErrorBody,
  decideRefusal,
  errorBody,
  invalidRequest,
  refusals,
  toRefusal,
  type RefusalBody,
  type RefusalBodyOf2024,
} from './errors.js'
import { discardBody } from './request-body.js'
import { isUnderV1 } from './url.js'
import { forgetIgnored, invalidFields, PartInvalid, type Validation } from './validation.js'

/** Turns whatever was thrown into a response. */
export function createErrorHandler(validation: Validation, organizations: Organizations) {
  return {
    prepare,

    send: (error: unknown, request: FastifyRequest, reply: FastifyReply) => {
      void reply.send(prepare(error, request, reply))
    },
  }

  /** Sets the status and the headers; returns the body. */
  function prepare(error: unknown, request: FastifyRequest, reply: FastifyReply): RefusalBody | RefusalBodyOf2024 {
    const refusal = explain(error, request)
    request.refusal = refusal
    if (refusal.details.behavior === 'fields_rejected') forgetIgnored(request, reply)
    discardBody(request, reply)
    const { status, headers } = refusals[refusal.code]
    reply.code(status).headers({ 'content-type': 'application/json', ...headers, ...refusal.details.headers })
    if (!isUnderV1(request)) return errorBody(refusal, request.id)
    const identified = request.organization as OpenOrganization | undefined
    const { settings } = identified ?? organizations.default
    request.decided = decideRefusal(refusal, settings)
    // The schemas of the route describe the default.
    if (settings.error_body !== 'sandbox' && request.described) reply.serializer(JSON.stringify)
    return apiErrorBody(refusal, request.id, settings)
  }

  function explain(error: unknown, request: FastifyRequest): Refusal {
    // Its rows were deleted during the call, so a row that is missing proves nothing.
    if ((request.organization as OpenOrganization | undefined)?.isGone) return organizationGone()
    if (error instanceof PartInvalid) return invalidFields(request, validation.problems(request))
    const refusal = toRefusal(error, request)
    // The log says everything about a failure of our own.
    if (refusal === undefined || (!(error instanceof Refusal) && refusal.code === 'DATABASE_UNAVAILABLE')) {
      const { id, method, routeOptions, log } = request
      log.error({ err: error, id, method, route: routeOptions.url }, 'failed')
    }
    if (refusal === undefined) {
      return new Refusal('INTERNAL_ERROR', 'The sandbox failed; its log says more.', {
        hint: `Look for ${request.id} in the log.`,
      })
    }
    // A body that cannot be read is reported together with what is wrong with the path and the query.
    const unread =
      refusal.code === 'INVALID_REQUEST' && !(error instanceof Refusal) ? refusal.details.errors : undefined
    return unread?.[0]?.path === 'body' ? invalidRequest(validation.problems(request, unread)) : refusal
  }
}

export type ErrorHandler = ReturnType<typeof createErrorHandler>
