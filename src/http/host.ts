import type { FastifyRequest } from 'fastify'
import { Refusal } from '../domain/refusal.js'
import type { Deps } from './deps.js'

/** Throws a Refusal if the Host header does not name this server. */
export type HostGuard = (request: FastifyRequest) => void

const localNames = /^(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d+)?$/i

/** Guards against DNS rebinding: a foreign domain may resolve to this server and pass as same-site. */
export function createHostGuard({ isOnLoopback }: Deps): HostGuard {
  return ({ headers: { host = '' } }: FastifyRequest) => {
    if (!isOnLoopback() || localNames.test(host)) return
    throw new Refusal(
      'CROSS_SITE_REQUEST',
      `The control plane does not answer to the host name ${JSON.stringify(host.slice(0, 100))}.`,
      { hint: 'Call it as 127.0.0.1 or localhost.' },
    )
  }
}
