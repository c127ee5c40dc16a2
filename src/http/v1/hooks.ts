import type { FastifyReply, FastifyRequest } from 'fastify'
import { Refusal } from '../../domain/refusal.js'
import type { Organizations } from '../../organization.js'
import { countInFlight } from '../in-flight.js'

/** The doors that every call under /v1 goes through, in this order, before its body is read. */
export function createDoors(organizations: Organizations) {
  return {
    /** Who are you? */
    authenticate: async (request: FastifyRequest, reply: FastifyReply) => {
      const entry = organizations.identify(request.headers.authorization)
      const { organization } = entry
      if (organization !== organizations.default) countInFlight(organization, reply)
      // Also where it is not let in: the call stands in its journal.
      request.organization = organization
      request.token = organizations.admit(entry)
    },

    /** May you? */
    authorize: async ({ token, method }: FastifyRequest) => {
      if (token.access_level === 'READ_ONLY' && method !== 'GET' && method !== 'HEAD') {
        throw new Refusal('TOKEN_READ_ONLY', 'This token may only read.', { hint: 'Use a token with FULL_ACCESS.' })
      }
    },

    /** UUIDs are lower case from here on. */
    lowerCaseIds: async ({ params }: FastifyRequest) => {
      const ids = params as Record<string, string>
      for (const name in ids) ids[name] = (ids[name] ?? '').toLowerCase()
    },
  }
}
