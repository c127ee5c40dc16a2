import type { FastifyRequest } from 'fastify'
import { Refusal } from '../domain/refusal.js'
import type { Deps } from './deps.js'

const localNames = /^(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d+)?$/i

/** A page of another site could have its own name lead here, and would then be of the same site as far as a browser knows. */
export function createHostGuard({ isOnLoopback }: Deps) {
  return ({ headers: { host = '' } }: FastifyRequest) => {
    if (!isOnLoopback() || localNames.test(host)) return
    throw new Refusal(
      'CROSS_SITE_REQUEST',
      `The control plane does not answer to the host name ${JSON.stringify(host.slice(0, 100))}.`,
      { hint: 'Call it as 127.0.0.1 or localhost.' },
    )
  }
}
