import type { FastifyRequest } from 'fastify'
import { Refusal } from '../domain/refusal.js'
import type { Deps } from './deps.js'

/** Throws a Refusal if the Host header does not name this server. */
export type HostGuard = (request: FastifyRequest) => void

const localNames = /^((.+\.)?localhost|127(\.\d{1,3}){3}|0\.0\.0\.0|\[::1\])$/

/** Docker's name for the machine that runs a container. No public DNS can resolve it to anything. */
const dockerHost = 'host.docker.internal'

/** Guards against DNS rebinding: a foreign domain may resolve to this server and pass as same-site. */
export function createHostGuard({ isOnLoopback, allowedHosts }: Deps): HostGuard {
  const allowed = new Set([dockerHost, ...allowedHosts].map((name) => name.toLowerCase()))
  return ({ headers: { host = '' } }: FastifyRequest) => {
    const name = host.toLowerCase().replace(/:\d+$/, '')
    if (!isOnLoopback() || localNames.test(name) || allowed.has(name)) return
    throw new Refusal(
      'CROSS_SITE_REQUEST',
      `The control plane does not answer to the host name ${JSON.stringify(host.slice(0, 100))}.`,
      { hint: 'Call it as 127.0.0.1 or localhost, or allow the name with --allowed-hosts.' },
    )
  }
}
