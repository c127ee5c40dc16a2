import type { FastifyReply, FastifyRequest } from 'fastify'
import { Refusal } from '../../domain/refusal.js'
import type { OpenOrganization } from '../../organization/organization.js'
import type { Deps } from '../deps.js'
import type { HostGuard } from '../host.js'
import { countInFlight } from '../in-flight.js'

/** Who may call the control plane, and for which organization. */
export function createGuard({ organizations, isOnLoopback }: Deps, checkHost: HostGuard) {
  return async (request: FastifyRequest, reply: FastifyReply) => {
    checkHost(request)
    refuseOtherSites(request)
    const organization = identify(request.headers.authorization)
    if (organization !== organizations.default) countInFlight(organization, reply)
    request.organization = organization
  }

  /** Here a token only says which organization: what it may do does not matter, or turning the clock could lock its owner out. */
  function identify(header: string | undefined): OpenOrganization {
    if (header !== undefined || !isOnLoopback()) return organizations.identify(header).organization
    return organizations.default
  }
}

/** A page in a browser on this machine could reach us too; nothing that it sends may change anything. */
function refuseOtherSites({ headers }: FastifyRequest) {
  const { host = '', origin } = headers
  const site = headers['sec-fetch-site']
  const isOtherOrigin = origin !== undefined && !sameHost(origin, host)
  if (isOtherOrigin || site === 'cross-site' || site === 'same-site') {
    throw new Refusal('CROSS_SITE_REQUEST', 'The control plane does not answer to web pages of other sites.', {
      hint: 'Call it from a program, or from a page that this server itself serves.',
    })
  }
}

function sameHost(origin: string, host: string): boolean {
  return URL.canParse(origin) && new URL(origin).host === host.toLowerCase()
}
