import type { FastifyReply, FastifyRequest } from 'fastify'
import type { ActiveFault } from '../../organization/faults.js'
import type { Recorder } from '../record.js'
import type { Outcome } from './effect.js'
import { effectOf } from './list.js'

/** Applies the fault rules on top of the real work. */
export function createEffects(recorder: Recorder) {
  return {
    /** Before the work, once the body has been read. */
    before: (fault: ActiveFault, request: FastifyRequest, reply: FastifyReply, done: () => void) => {
      apply(request, reply, fault, '')
        .then((outcome) => {
          if (outcome === 'continue') done()
          else if (typeof outcome === 'object' && 'answer' in outcome)
            void reply.send(outcome.answer === '' ? undefined : outcome.answer)
          else {
            // Nothing was sent yet, and Fastify would still try to.
            reply.hijack()
            end(request, reply, outcome, '')
          }
        })
        .catch((error: unknown) => abort(request, reply, error))
    },

    /** When the response is ready: the change is committed, and only the response is affected. */
    after: (
      fault: ActiveFault,
      request: FastifyRequest,
      reply: FastifyReply,
      payload: unknown,
      done: (error: Error | null, payload: unknown) => void,
    ) => {
      const answer = typeof payload === 'string' ? payload : ''
      apply(request, reply, fault, answer)
        .then((outcome) => {
          if (outcome === 'continue') done(null, payload)
          else if (typeof outcome === 'object' && 'answer' in outcome) done(null, outcome.answer)
          else end(request, reply, outcome, answer)
        })
        .catch((error: unknown) => abort(request, reply, error))
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

  /** Ends a call that never gets its whole response. One whose organization was reset is in no journal. */
  function end(request: FastifyRequest, reply: FastifyReply, outcome: Outcome, answer: string) {
    if (typeof outcome === 'object' && 'send' in outcome) {
      recorder.recordAnswer(request, reply, answer)
      outcome.send()
      return
    }
    if (outcome !== 'reset') recorder.recordCut(request, reply)
    reply.raw.destroy()
  }
}

/** Fastify catches nothing that is thrown after a wait, and an unhandled rejection would end the process. */
function abort({ id, method, routeOptions, log }: FastifyRequest, reply: FastifyReply, error: unknown) {
  log.error({ err: error, id, method, route: routeOptions.url }, 'failed')
  reply.raw.destroy()
}
