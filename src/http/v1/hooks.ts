import type { FastifyReply, FastifyRequest } from 'fastify'
import { Refusal } from '../../domain/refusal.js'
import type { Organizations } from '../../organization.js'
import { countInFlight } from '../in-flight.js'

/** The doors that every call under /v1 goes through, in this order, before its body is read. */
export function createDoors(organizations: Organizations) {
  return {
    /** Who are you? */
    authenticate: async (request: FastifyRequest, reply: FastifyReply) => {
      const { organization, token } = organizations.authenticate(request.headers.authorization)
      if (organization !== organizations.default) countInFlight(organization, reply)
      request.organization = organization
      request.token = token
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
