import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Organizations } from '../../organization/index.js'
import { createEffects } from '../effects/index.js'
import type { ErrorHandler } from '../error-handler.js'
import { noteFields } from '../fields.js'
import { createRecorder } from '../record.js'
import { refuseContentCoding } from '../request-body.js'
import type { RouteWatch } from '../unrouted.js'
import { createGuards } from './guards.js'
import { createRateGuard } from './rate.js'

type Step = (request: FastifyRequest, reply: FastifyReply) => void

/** Everything that a call under /v1 passes, in running order. */
export function createHooks(organizations: Organizations, routes: RouteWatch, errors: ErrorHandler) {
  const { authenticate, authorize } = createGuards(organizations, routes)
  const guards: Step[] = [authenticate, createRateGuard(organizations), authorize]
  const recorder = createRecorder(organizations)
  const effects = createEffects(recorder)

  return {
    addTo(app: FastifyInstance) {
      const enter = inTurn(...guards, refuseUnrouted, refuseContentCoding)
      // Not at onRequest, when it is not yet known what is called; and before the body is read.
      app.addHook('preParsing', (request, reply, _payload, done) => enter(request, reply, done))
      app.addHook('preValidation', effects.before)
      app.addHook('preValidation', inTurn(noteFields))
      app.addHook('onSend', effects.after)
      app.addHook('onSend', recorder.onSend)
      app.setNotFoundHandler(refuseUnrouted)
    },

    /** Fastify runs no hook for a path that it cannot decode. The guards still come before anything is told. */
    answerBadUrl: (error: unknown, request: FastifyRequest, reply: FastifyReply) => {
      const text = JSON.stringify(errors.prepare(refusalOfGuards(request, reply) ?? error, request, reply))
      recorder.recordAnswer(request, reply, text)
      void reply.send(text)
    },
  }

  function refuseUnrouted(request: FastifyRequest) {
    if (request.is404) throw routes.refuse(request)
  }

  function refusalOfGuards(request: FastifyRequest, reply: FastifyReply): unknown {
    try {
      for (const guard of guards) guard(request, reply)
      return undefined
    } catch (refusal) {
      return refusal
    }
  }
}

export type Hooks = ReturnType<typeof createHooks>

/** One hook of these steps. None of them waits: a hook that returns a promise costs more than they do. */
function inTurn(...steps: Step[]) {
  return (request: FastifyRequest, reply: FastifyReply, done: () => void) => {
    for (const step of steps) step(request, reply)
    done()
  }
}
