import { watchCaller } from '../in-flight.js'
import type { Effect } from './effect.js'

/** Delays the call or its response. */
export const delay: Effect = {
  describe: ({ delay_ms }) => `delay ${delay_ms} ms`,
  isSlow: true,
  apply: ({ request, reply, fault }) =>
    request.organization.faults.hold(fault, fault.rule.effect.delay_ms, watchCaller(reply)),
}
