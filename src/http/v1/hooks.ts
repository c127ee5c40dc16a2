import type { FastifyReply, FastifyRequest } from 'fastify'
import { Refusal } from '../../domain/refusal.js'
import type { Organizations } from '../../organization/index.js'
import { countInFlight } from '../in-flight.js'
import type { RouteWatch } from '../unrouted.js'

type Step = (request: FastifyRequest, reply: FastifyReply) => void

/** One hook of these steps, in their order. None of them waits: a hook that answers a promise costs more than they do. */
export function inTurn(...steps: Step[]) {
  return (request: FastifyRequest, reply: FastifyReply, done: () => void) => {
    for (const step of steps) step(request, reply)
    done()
  }
}

const uuidLength = 36
const upperCase = /[A-Z]/

/** The doors that every call under /v1 goes through, in this order, before its body is read. */
export function createDoors(organizations: Organizations, routes: RouteWatch) {
  return {
    /** UUIDs are lower case from here on. Most are anyway, and to write to a request's parameters costs more than to look. */
    lowerCaseIds: ({ params }: FastifyRequest) => {
      const ids = params as Record<string, string>
      for (const name in ids) {
        const id = ids[name] ?? ''
        if (id.length === uuidLength && upperCase.test(id)) ids[name] = id.toLowerCase()
      }
    },

    /** Who are you? */
    authenticate: (request: FastifyRequest, reply: FastifyReply) => {
      const entry = organizations.identify(request.headers.authorization)
      const { organization } = entry
      if (organization !== organizations.default) countInFlight(organization, reply)
      // Also where it is not let in: the call stands in its journal.
      request.organization = organization
      request.token = organizations.authenticate(entry)
    },

    /** May you? */
    authorize: (request: FastifyRequest) => {
      if (request.token.access_level === 'READ_ONLY' && !routes.isRead(request)) {
        throw new Refusal('TOKEN_READ_ONLY', 'This token may only read.', { hint: 'Use a token with FULL_ACCESS.' })
      }
    },
  }
}
