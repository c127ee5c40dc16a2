import type { FastifyReply, FastifyRequest } from 'fastify'
import type { FaultEffect } from '../../domain/fault.js'
import type { ActiveFault, HoldOutcome } from '../../organization/faults.js'

/** A call that a fault rule has matched. */
export interface Call {
  request: FastifyRequest
  reply: FastifyReply
  fault: ActiveFault
  /** The body of the response that is ready to be sent; empty before the work. */
  answer: string
}

/**
 * What happens to the call: how a hold ends, a dropped connection, another response, or one that the effect sends itself
 * once the journal has it.
 */
export type Outcome = HoldOutcome | 'dropped' | { answer: string } | { send: () => void }

/** One kind of effect. To add one: a file here, a line in list.ts, its fields in FaultEffect and in the schema. */
export interface Effect {
  /** In a word or two, for messages: `status 503`, `drop`. */
  describe: (effect: FaultEffect) => string
  /** Whether it holds calls for some time. */
  isSlow?: true
  apply: (call: Call) => Outcome | Promise<Outcome>
}
