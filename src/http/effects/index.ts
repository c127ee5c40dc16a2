import type { FastifyReply, FastifyRequest } from 'fastify'
import type { FaultTarget, ResolvedFaultRule } from '../../domain/fault.js'
import type { ActiveFault } from '../../organization/faults.js'
import type { Recorder } from '../record.js'
import type { Outcome } from './effect.js'
import { effectOf } from './list.js'

/** Makes calls fail as the fault rules say, on top of the real work. */
export function createEffects(recorder: Recorder) {
  return {
    /** Before the work, when the body has been read. */
    before: (request: FastifyRequest, reply: FastifyReply, done: () => void) => {
      const fault = meet('before', request)
      if (!fault) {
        done()
        return
      }
      void apply(request, reply, fault, '').then((outcome) => {
        if (outcome === 'goes on') done()
        else if (typeof outcome === 'object' && 'answer' in outcome) void reply.send(outcome.answer)
        else {
          // Nothing was sent yet: Fastify would still try to.
          reply.hijack()
          end(request, reply, outcome, '')
        }
      })
    },

    /** When the answer is ready: the change is committed, and what happens now concerns the answer alone. */
    after: (
      request: FastifyRequest,
      reply: FastifyReply,
      payload: unknown,
      done: (error: Error | null, payload: unknown) => void,
    ) => {
      const fault = reply.statusCode < 300 && !request.fault ? meet('after', request) : undefined
      if (!fault) {
        done(null, payload)
        return
      }
      const answer = typeof payload === 'string' ? payload : ''
      void apply(request, reply, fault, answer).then((outcome) => {
        if (outcome === 'goes on') done(null, payload)
        else if (typeof outcome === 'object' && 'answer' in outcome) done(null, outcome.answer)
        else end(request, reply, outcome, answer)
      })
    },
  }

  async function apply(
    request: FastifyRequest,
    reply: FastifyReply,
    fault: ActiveFault,
    answer: string,
  ): Promise<Outcome> {
    request.fault = fault
    const effect = effectOf(fault.rule.effect)
    if (effect.isSlow) recorder.recordPending(request)
    return effect.apply({ request, reply, fault, answer })
  }

  /** Ends a call whose whole answer will never be sent. One whose organization was reset is in no journal. */
  function end(request: FastifyRequest, reply: FastifyReply, outcome: Outcome, answer: string) {
    if (typeof outcome === 'object' && 'send' in outcome) {
      recorder.recordAnswer(request, reply, answer)
      outcome.send()
      return
    }
    if (outcome !== 'outlived') recorder.recordCut(request, reply)
    reply.raw.destroy()
  }
}

/** The rule that meets this call now, if any. */
function meet(phase: ResolvedFaultRule['phase'], request: FastifyRequest): ActiveFault | undefined {
  const { group_id, user_id } = (request.params ?? {}) as { group_id?: string; user_id?: string }
  const { method, described } = request
  const target: FaultTarget = { operation: described?.operation, method, group_id, user_id }
  return request.organization.faults.meet(phase, target)
}
