import type { FastifyReply } from 'fastify'
import type { OpenOrganization } from '../organization/organization.js'

/** An organization is not given up for another while it is in use. `close` comes also where the connection was cut. */
export function countInFlight(organization: OpenOrganization, reply: FastifyReply) {
  organization.inFlight++
  reply.raw.once('close', () => organization.inFlight--)
}

/** Says when the caller has gone, or has been answered. */
export function watchCaller({ raw }: FastifyReply): AbortSignal {
  const closing = new AbortController()
  if (raw.destroyed) closing.abort()
  else raw.once('close', () => closing.abort())
  return closing.signal
}
