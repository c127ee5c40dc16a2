import type { FastifyReply, FastifyRequest } from 'fastify'
import { Refusal } from '../../domain/refusal.js'
import type { OpenOrganization } from '../../organization/organization.js'
import type { Deps } from '../deps.js'
import type { HostGuard } from '../host.js'
import { countInFlight } from '../in-flight.js'

/** Decides who can call the control plane, and finds the organization of the call. */
export function createGuard({ organizations, isOnLoopback }: Deps, checkHost: HostGuard) {
  return async (request: FastifyRequest, reply: FastifyReply) => {
    checkHost(request)
    refuseOtherSites(request)
    const organization = identify(request.headers.authorization)
    if (organization !== organizations.default) countInFlight(organization, reply)
    request.organization = organization
  }

  /**
   * Here a token only selects the organization: read-only, expired and revoked tokens work too, since advancing the clock
   * could otherwise lock out its own caller.
   */
  function identify(header: string | undefined): OpenOrganization {
    if (header !== undefined || !isOnLoopback()) return organizations.identify(header).organization
    return organizations.default
  }
}

/** Guards against cross-site requests: any web page open on this machine can reach the server. */
function refuseOtherSites({ headers }: FastifyRequest) {
  const { host = '', origin } = headers
  const site = headers['sec-fetch-site']
  const isOtherOrigin = origin !== undefined && !sameHost(origin, host)
  if (isOtherOrigin || site === 'cross-site' || site === 'same-site') {
    throw new Refusal('CROSS_SITE_REQUEST', 'The control plane rejects calls from web pages of other sites.', {
      hint: 'Call it from a program, or from a page served by this server.',
    })
  }
}

function sameHost(origin: string, host: string): boolean {
  return URL.canParse(origin) && new URL(origin).host === host.toLowerCase()
}
