import { watchCaller } from '../in-flight.js'
import type { Effect } from './effect.js'

/** Holds the call or its answer back until the rule is deleted or, if it names one, for its longest time. */
export const hang: Effect = {
  describe: () => 'hang',
  isSlow: true,
  apply: ({ request, reply, fault }) =>
    request.organization.faults.hold(fault, fault.rule.effect.max_ms, watchCaller(reply)),
}
