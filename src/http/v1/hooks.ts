import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Readable } from 'node:stream'
import { Refusal } from '../../domain/refusal.js'
import type { Organizations } from '../../organization/index.js'
import type { OpenOrganization } from '../../organization/organization.js'
import { createEffects } from '../effects/index.js'
import type { ErrorHandler } from '../error-handler.js'
import { noteFields } from '../fields.js'
import { countInFlight } from '../in-flight.js'
import { createRecorder } from '../record.js'
import type { RouteWatch } from '../unrouted.js'
import { createGuards } from './guards.js'
import { createRateGuard } from './rate.js'

type Step = (request: FastifyRequest, reply: FastifyReply) => void

/** All hooks of calls under /v1, in the order in which they run. */
export function createHooks(organizations: Organizations, routes: RouteWatch, errors: ErrorHandler) {
  const { authenticate, authorize } = createGuards(organizations, routes)
  const guards: Step[] = [authenticate, createRateGuard(organizations), authorize]
  const recorder = createRecorder(organizations)
  const effects = createEffects(recorder)

  return {
    addTo(app: FastifyInstance) {
      const enter = inTurn(...guards, routes.refuseEmptyId)
      // After onRequest, which sets the called operation, and before the body is read.
      app.addHook('preParsing', (request, reply, payload, done) => {
        if (!request.is404) {
          enter(request, reply, done)
          return
        }
        routes.describe(request)
        enter(request, reply, () => {
          const refusal = routes.refuse(request)
          if (refusal.code === 'NOT_SIMULATED') readForJournal(request, payload, () => done(refusal))
          else done(refusal)
        })
      })
      app.addHook('preValidation', effects.before)
      app.addHook('preValidation', inTurn(noteFields))
      app.addHook('onSend', effects.after)
      app.addHook('onSend', recorder.onSend)
      app.setNotFoundHandler((request) => {
        throw routes.refuse(request)
      })
    },

    /**
     * Enters a call outside of both planes into the journal of the organization of its token: the base URL of its client
     * is probably wrong. Browsers ask for /favicon.ico by themselves.
     */
    recordOutside(request: FastifyRequest, reply: FastifyReply) {
      if (/^\/(_sandbox(?=[/?]|$)|favicon\.ico$)/.test(request.url)) return
      request.organization = findOrganization(request.headers.authorization)
      if (request.organization !== organizations.default) countInFlight(request.organization, reply)
      recorder.record(request, reply, JSON.stringify(errors.prepare(routes.refuse(request), request, reply)))
    },

    /** Fastify runs no hook for a path that it cannot decode; the guards still run before anything is revealed. */
    answerBadUrl: (error: unknown, request: FastifyRequest, reply: FastifyReply) => {
      const text = JSON.stringify(errors.prepare(refusalOfGuards(request, reply) ?? error, request, reply))
      recorder.recordAnswer(request, reply, text)
      void reply.send(text)
    },
  }

  function findOrganization(header: string | undefined): OpenOrganization {
    try {
      return organizations.identify(header).organization
    } catch (error) {
      if (error instanceof Refusal) return organizations.default
      throw error
    }
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

/** Reads the body of a call that is rejected anyway, if it is JSON and not too long, so that the journal can show it. */
function readForJournal(request: FastifyRequest, payload: Readable, done: () => void) {
  const { headers, routeOptions } = request
  if (headers['content-length'] === undefined && headers['transfer-encoding'] === undefined) {
    done()
    return
  }
  const chunks: Buffer[] = []
  let size = 0
  const finish = () => {
    payload.off('data', add).off('end', end).off('error', finish).off('close', finish)
    done()
  }
  const add = (chunk: Buffer) => {
    size += chunk.length
    if (size > routeOptions.bodyLimit) finish()
    else chunks.push(chunk)
  }
  const end = () => {
    const text = Buffer.concat(chunks).toString()
    if (isJson(text)) request.bodyText = text
    finish()
  }
  payload.on('data', add).on('end', end).on('error', finish).on('close', finish)
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

export type Hooks = ReturnType<typeof createHooks>

/** One hook for these steps, which are all synchronous: a hook that returns a promise costs more than they do. */
function inTurn(...steps: Step[]) {
  return (request: FastifyRequest, reply: FastifyReply, done: () => void) => {
    for (const step of steps) step(request, reply)
    done()
  }
}
