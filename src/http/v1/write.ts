import type { FastifyRequest } from 'fastify'
import { Refusal } from '../../domain/refusal.js'
import type { Deps } from '../deps.js'
import { PartInvalid } from '../validation.js'

/**
 * Returns what runs the work of a call that writes. Between the hooks and the work, other work of the same event loop
 * iteration may reset the organization, change its settings, revoke the token or move the clock: what the hooks found is
 * checked again, so that no call combines the old settings or token with the new state. The rate and the fault rules are
 * not: they count a call when it arrives, and decide nothing about the state.
 */
export function createWrite({ store, organizations }: Pick<Deps, 'store' | 'organizations'>) {
  return async <T>(request: FastifyRequest, work: () => T): Promise<T> => {
    let [events, at] = [request.organization.events, '']
    const value = await store.write(() => {
      const { organization, token, tokenGeneration, unknown } = request
      if (token.expires_at !== null || organization.tokenGeneration !== tokenGeneration) confirmToken(request)
      if (unknown && organization.settings.unknown_fields === 'reject') throw new PartInvalid()
      const value = work()
      events = organization.events
      at = organization.moment().text
      return value
    }, request)
    if (request.changes) events.add(at, request.token, request.changes)
    return value
  }

  function confirmToken({ organization, headers }: FastifyRequest) {
    // Without an organization, the error handler explains what became of it.
    if (organization.isGone) return
    const { access_level } = organizations.confirm(headers.authorization ?? '')
    if (access_level === 'READ_ONLY') throw tokenReadOnly()
  }
}

export function tokenReadOnly(): Refusal {
  return new Refusal('TOKEN_READ_ONLY', 'This token is read-only.', { hint: 'Use a token with FULL_ACCESS.' })
}
