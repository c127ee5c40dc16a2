import { watchCaller } from '../in-flight.js'
import type { Effect } from './effect.js'

/** Holds the call or its answer back for some time. */
export const delay: Effect = {
  describe: ({ delay_ms }) => `delay ${delay_ms} ms`,
  isSlow: true,
  apply: ({ request, reply, fault }) =>
    request.organization.faults.hold(fault, fault.rule.effect.delay_ms, watchCaller(reply)),
}
