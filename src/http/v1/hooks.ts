import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Readable } from 'node:stream'
import type { ResolvedFaultRule } from '../../domain/fault.js'
import { operations } from '../../domain/operations.js'
import { Refusal } from '../../domain/refusal.js'
import type { ActiveFault } from '../../organization/faults.js'
import type { OpenOrganization } from '../../organization/organization.js'
import { createEffects } from '../effects/index.js'
import type { Deps } from '../deps.js'
import type { ErrorHandler } from '../error-handler.js'
import { countInFlight } from '../in-flight.js'
import { createRecorder } from '../record.js'
import { discardBody, refuseContentCoding } from '../request-body.js'
import type { RouteWatch } from '../unrouted.js'
import { noteFields } from '../validation.js'
import { tokenReadOnly } from './write.js'

/** Opal documents a separate rate for PUT and POST /groups. */
const groupWrites = new Set<string | undefined>(
  operations.filter(({ path, access }) => path === '/groups' && access === 'write').map(({ id }) => id),
)

/** Whether a path may have an empty part: a doubled slash, or one at its end. */
const emptyPart = /\/(?:\/|\?|$)/

/** All hooks of calls under /v1, in the order in which they run. */
export function createHooks(deps: Pick<Deps, 'organizations' | 'measured'>, routes: RouteWatch, errors: ErrorHandler) {
  const { organizations } = deps
  const guards = [refusePreflight, authenticate, limitRate, authorize]
  const recorder = createRecorder(deps)
  const effects = createEffects(recorder)

  return {
    addTo(app: FastifyInstance) {
      // After onRequest, which sets the called operation, and before the body is read.
      app.addHook('preParsing', (request, reply, payload, done) => {
        const isSimulated = request.described !== undefined
        if (!isSimulated) routes.describe(request)
        for (const guard of guards) guard(request, reply)
        if (!isSimulated) {
          answerUnrouted(request, reply, payload, done)
          return
        }
        if (emptyPart.test(request.originalUrl)) routes.refuseEmptyId(request, reply)
        if (request.headers['content-encoding'] !== undefined) refuseContentCoding(request)
        done()
      })
      app.addHook('preValidation', (request, reply, done) => {
        const fault = findFault('before', request)
        if (fault) effects.before(fault, request, reply, done)
        else done()
      })
      app.addHook('preValidation', noteFields)
      app.addHook('onSend', (request, reply, payload, done) => {
        // The change is committed; only the response can still be affected.
        const fault = reply.statusCode < 300 && !request.fault ? findFault('after', request) : undefined
        if (fault) effects.after(fault, request, reply, payload, done)
        else done(null, payload)
      })
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
      // As bytes: Fastify adds a charset to text.
      void reply.send(Buffer.from(text))
    },
  }

  function authenticate(request: FastifyRequest, reply: FastifyReply) {
    const entry = organizations.identify(request.headers.authorization)
    const { organization } = entry
    if (organization !== organizations.default) countInFlight(organization, reply)
    // Set before the token is checked, so that rejected calls are in the organization's journal too.
    request.organization = organization
    request.token = organizations.authenticate(entry)
    request.tokenGeneration = entry.tokenGeneration
  }

  function limitRate({ organization, described }: FastifyRequest, reply: FastifyReply) {
    if (organization.settings.rate_limit === 'off') return
    const taken = organizations.takeRequest(organization, groupWrites.has(described?.operation))
    if (!taken) return
    reply.headers({ 'x-ratelimit-limit': taken.limit, 'x-ratelimit-remaining': taken.remaining })
    if (!taken.isAllowed) throw rateLimited(taken)
  }

  function authorize(request: FastifyRequest) {
    if (request.token.access_level === 'READ_ONLY' && !routes.isRead(request)) {
      throw tokenReadOnly()
    }
  }

  /** Only a rule can answer a call of an operation that is not simulated. There is no work, so its phase is the same. */
  function answerUnrouted(
    request: FastifyRequest,
    reply: FastifyReply,
    payload: Readable,
    done: (refusal: Refusal) => void,
  ) {
    const refusal = routes.refuse(request)
    if (refusal.code !== 'NOT_SIMULATED') {
      done(refusal)
      return
    }
    readForJournal(request, payload, () => {
      const fault = findFault('before', request) ?? findFault('after', request)
      if (!fault) {
        done(refusal)
        return
      }
      discardBody(request, reply)
      effects.before(fault, request, reply, () => done(refusal))
    })
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

/** Throws a Refusal for a preflight: it carries no token, and a 401 would mislead. */
function refusePreflight({ method, headers }: FastifyRequest) {
  const { origin, 'access-control-request-method': wanted } = headers
  if (method !== 'OPTIONS' || origin === undefined || wanted === undefined) return
  throw new Refusal('CROSS_SITE_REQUEST', `A web page of ${origin.slice(0, 100)} may not call the API.`, {
    hint: 'Allow it with --cors, or with cors: true in createSandbox.',
  })
}

/** The fault rule that applies to this call now, if any; counts the hit. */
function findFault(phase: ResolvedFaultRule['phase'], request: FastifyRequest): ActiveFault | undefined {
  const { group_id, user_id } = (request.params ?? {}) as { group_id?: string; user_id?: string }
  const { method, described } = request
  return request.organization.faults.meet(phase, { operation: described?.operation, method, group_id, user_id })
}

function rateLimited(taken: { limit: number; retryAfterSeconds: number }): Refusal {
  return new Refusal('RATE_LIMITED', `More than ${taken.limit} requests a second.`, {
    hint: `Retry in ${taken.retryAfterSeconds} s, or set rate_limit to "off" with PATCH /_sandbox/settings.`,
    headers: { 'retry-after': String(taken.retryAfterSeconds) },
  })
}
