import type { FastifyReply, FastifyRequest } from 'fastify'
import { operations } from '../../domain/operations.js'
import { Refusal } from '../../domain/refusal.js'
import type { Organizations } from '../../organization/index.js'

/** Opal documents a separate rate for PUT and POST /groups. */
const groupWrites = new Set<string | undefined>(
  operations.filter(({ path, access }) => path === '/groups' && access === 'write').map(({ id }) => id),
)

/** Rejects calls above the organization's rate. */
export function createRateGuard(organizations: Organizations) {
  return ({ organization, described }: FastifyRequest, reply: FastifyReply) => {
    if (organization.settings.rate_limit === 'off') return
    const taken = organizations.takeRequest(organization, groupWrites.has(described?.operation))
    if (!taken) return
    reply.headers({ 'x-ratelimit-limit': taken.limit, 'x-ratelimit-remaining': taken.remaining })
    if (taken.isAllowed) return
    throw new Refusal('RATE_LIMITED', `More than ${taken.limit} requests a second.`, {
      hint: `Retry in ${taken.retryAfterSeconds} s, or set rate_limit to "off" with PATCH /_sandbox/settings.`,
      headers: { 'retry-after': String(taken.retryAfterSeconds) },
    })
  }
}
