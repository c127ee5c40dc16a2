import { watchCaller } from '../in-flight.js'
import type { Effect } from './effect.js'

/** Holds the call or its response until the rule is deleted, at most for `max_ms` if it has one. */
export const hang: Effect = {
  describe: () => 'hang',
  isSlow: true,
  apply: ({ request, reply, fault }) =>
    request.organization.faults.hold(fault, fault.rule.effect.max_ms, watchCaller(reply)),
}
