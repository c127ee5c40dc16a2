import type { FastifyReply } from 'fastify'
import type { OpenOrganization } from '../organization/organization.js'

/** An organization with requests in flight is not evicted. `close` is also emitted when the connection is cut. */
export function countInFlight(organization: OpenOrganization, reply: FastifyReply) {
  organization.inFlight++
  reply.raw.once('close', () => organization.inFlight--)
}

/** Aborts when the client disconnects or has its response. */
export function watchCaller({ raw }: FastifyReply): AbortSignal {
  const closing = new AbortController()
  if (raw.destroyed) closing.abort()
  else raw.once('close', () => closing.abort())
  return closing.signal
}
