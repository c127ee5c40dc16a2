import type { FastifyReply, FastifyRequest } from 'fastify'
import { Refusal } from '../../domain/refusal.js'
import type { Organizations } from '../../organization/index.js'
import { countInFlight } from '../in-flight.js'
import type { RouteWatch } from '../unrouted.js'

/** Authentication and authorization of calls under /v1. */
export function createGuards(organizations: Organizations, routes: RouteWatch) {
  return {
    authenticate: (request: FastifyRequest, reply: FastifyReply) => {
      const entry = organizations.identify(request.headers.authorization)
      const { organization } = entry
      if (organization !== organizations.default) countInFlight(organization, reply)
      // Set before the token is checked, so that rejected calls are in the organization's journal too.
      request.organization = organization
      request.token = organizations.authenticate(entry)
    },

    authorize: (request: FastifyRequest) => {
      if (request.token.access_level === 'READ_ONLY' && !routes.isRead(request)) {
        throw new Refusal('TOKEN_READ_ONLY', 'This token is read-only.', { hint: 'Use a token with FULL_ACCESS.' })
      }
    },
  }
}
