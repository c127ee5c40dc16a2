import { fastify, type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import type { Socket } from 'node:net'
import { Refusal } from '../domain/refusal.js'
import { measureCoverage, type CoverageReport } from './coverage.js'
import type { Deps } from './deps.js'
import { errorBody, invalidRequest, refusals, toRefusal } from './errors.js'
import { invalidFields } from './fields.js'
import { readJson } from './json.js'
import { writeRequestId } from './request-id.js'
import { sandbox } from './sandbox/index.js'
import { organizationGone, type OpenOrganization } from '../organization/organization.js'
import { explainUnparsed, sendUnparsed, type UnparsedError } from './unparsed.js'
import { watchRoutes } from './unrouted.js'
import { createCatalog } from './catalog.js'
import { createDoors } from './v1/hooks.js'
import { createRateDoor } from './v1/rate.js'
import { createRecorder } from './record.js'
import { v1 } from './v1/index.js'
import { createValidation, PartInvalid } from './validation.js'
import { welcome } from './welcome.js'

/** The largest body that is read, in bytes. */
const bodyLimit = 64 * 1024

/** A request whose body is still to come. */
interface Begun {
  request: FastifyRequest
  reply: FastifyReply
}

/** Builds the server from what it is handed; it does not listen. What it covers is known once it is ready. */
export function buildApp(deps: Deps): { app: FastifyInstance; coverage: () => CoverageReport } {
  const { logger } = deps
  const validation = createValidation()
  const keepRate = createRateDoor(deps.organizations)
  const { record, setHeaders } = createRecorder(deps.organizations)
  const logsRequests = logger.isLevelEnabled('info')
  let requestCount = 0
  /** What was last asked on a connection with a body of which Node may still find that it is none. */
  const inChunks = new WeakMap<Socket, Begun>()

  const app: FastifyInstance = fastify({
    // One line a request is ours to write: see logAtEnd. Fastify with a logger listens to the end of every answer.
    logger: false,
    genReqId: () => writeRequestId(++requestCount),
    schemaController: { compilersFactory: validation.compilersFactory },
    bodyLimit,
    // Node would answer a missing host by itself, with no body.
    http: { requireHostHeader: false },
    // A request that comes while we are closing is still answered; only its connection ends.
    return503OnClosing: false,
    rewriteUrl: ({ url = '' }) => plainUrl(url),
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: 64 * 1024 },
    frameworkErrors: (error, request, reply) => answerBadUrl(error, request, reply),
    clientErrorHandler: (error, socket) => answerUnparsed(error, socket),
  })

  // And an expectation that it does not know.
  app.server.on('checkExpectation', (request, response) => app.server.emit('request', request, response))
  // And would end a tunnel without a word.
  app.server.on('connect', ({ method }, socket) => {
    logger.debug({ id: writeRequestId(++requestCount), method, route: null, status: null, cut: true })
    socket.destroy()
  })

  app.decorateRequest('organization')
  app.decorateRequest('token')
  app.decorateRequest('startedAt', 0)
  for (const name of ['bodyText', 'described', 'refusal', 'fault', 'unknown', 'ignored', 'rules'] as const) {
    app.decorateRequest(name, undefined)
  }
  app.addHook('onRequest', (request, reply, done) => {
    request.startedAt = performance.now()
    if (logsRequests) logAtEnd(request, reply)
    if (request.headers['transfer-encoding'] !== undefined) inChunks.set(request.raw.socket, { request, reply })
    // Before the body is read: whatever it is, nothing here would take it. Under /v1 the doors come first.
    if (request.is404 && !isUnderV1(request)) throw routes.refuse(request)
    done()
  })
  app.setErrorHandler(sendError)
  readJsonOnly(app)

  const routes = watchRoutes(app)
  const doors = createDoors(deps.organizations, routes)
  const catalog = createCatalog(app)
  app.setNotFoundHandler((request) => {
    throw routes.refuse(request)
  })
  void app.register(welcome(deps))
  void app.register(sandbox(deps, catalog), { prefix: '/_sandbox' })
  void app.register(v1(deps, routes), { prefix: '/v1' })
  return { app, coverage: () => measureCoverage(catalog, deps.organizations.met) }

  /** No hook runs for a path that cannot be decoded. What stands behind the doors is still not told to strangers. */
  function answerBadUrl(error: unknown, request: FastifyRequest, reply: FastifyReply) {
    request.startedAt = performance.now()
    if (logsRequests) logAtEnd(request, reply)
    if (!isUnderV1(request)) {
      sendError(error, request, reply)
      return
    }
    let body
    try {
      doors.authenticate(request, reply)
      keepRate(request, reply)
      doors.authorize(request)
      body = prepareError(error, request, reply)
    } catch (refusal) {
      body = prepareError(refusal, request, reply)
    }
    setHeaders(request, reply)
    record(request, reply, body)
    void reply.send(body)
  }

  /** What Node's own parser could not make a request of gets our shape all the same, past Fastify. */
  function answerUnparsed(error: UnparsedError, socket: Socket) {
    if (error.code === 'ECONNRESET' || !socket.writable) {
      socket.destroy()
      return
    }
    const refusal = explainUnparsed(error)
    const begun = inChunks.get(socket)
    if (begun && !begun.request.raw.complete) {
      endBegun(begun, refusal)
      return
    }
    const id = writeRequestId(++requestCount)
    const { code } = refusal
    const { status } = refusals[code]
    sendUnparsed(socket, status, JSON.stringify(errorBody(refusal, id)))
    logger.info({ id, method: null, route: null, status, code, reason: error.code })
  }

  /** What the rest of the connection means is not known any more. */
  function endBegun({ request, reply }: Begun, refusal: Refusal) {
    if (reply.sent) {
      request.raw.socket.end()
      return
    }
    reply.header('connection', 'close')
    // One that was refused before its body was read is just being answered.
    if (!request.refusal) sendError(refusal, request, reply)
  }

  function sendError(error: unknown, request: FastifyRequest, reply: FastifyReply) {
    void reply.send(prepareError(error, request, reply))
  }

  /** Sets the status and the header fields; answers the body. */
  function prepareError(error: unknown, request: FastifyRequest, reply: FastifyReply): string {
    const refusal = explain(error, request)
    request.refusal = refusal
    const { status, headers } = refusals[refusal.code]
    reply
      .code(status)
      .headers({ 'content-type': 'application/json; charset=utf-8', ...headers, ...refusal.details.headers })
    return JSON.stringify(errorBody(refusal, request.id))
  }

  function explain(error: unknown, request: FastifyRequest): Refusal {
    // Its rows went while the call was under way, so whatever was found missing says nothing.
    if ((request.organization as OpenOrganization | undefined)?.isGone) return organizationGone()
    if (error instanceof PartInvalid) return invalidFields(request, validation.problems(request))
    const refusal = toRefusal(error, request)
    if (refusal === undefined) {
      logger.error({ err: error, id: request.id, method: request.method, route: request.routeOptions.url }, 'failed')
      return new Refusal('INTERNAL_ERROR', 'The sandbox failed; its log says more.', {
        hint: `Look for ${request.id} in the log.`,
      })
    }
    // A body that cannot be read is told of together with what is wrong elsewhere.
    const unread =
      refusal.code === 'INVALID_REQUEST' && !(error instanceof Refusal) ? refusal.details.errors : undefined
    return unread?.[0]?.path === 'body' ? invalidRequest(validation.problems(request, unread)) : refusal
  }

  /** `close` comes also where the connection was cut, by a fault rule or by the client. */
  function logAtEnd(request: FastifyRequest, reply: FastifyReply) {
    reply.raw.once('close', () => {
      const { id, method } = request
      const route = request.routeOptions.url ?? null
      // Health checks come every few seconds, and tell nothing.
      const level = route === '/_sandbox/health' ? 'debug' : 'info'
      logger[level]({
        id,
        method,
        route,
        status: reply.raw.headersSent ? reply.statusCode : null,
        ...(request.refusal && { code: request.refusal.code }),
        ...(!reply.raw.writableEnded && { cut: true }),
        duration_ms: Math.round((performance.now() - request.startedAt) * 100) / 100,
      })
    })
  }
}

function isUnderV1({ url }: FastifyRequest): boolean {
  return /^\/v1(?:[/?]|$)/.test(url)
}

/** One spelling for every path, so that none leads past the doors of /v1: no host, and no doubled slashes. */
function plainUrl(url: string): string {
  if (!url.includes('//')) return url
  const [path = ''] = url.split('?', 1)
  return path.replace(/^https?:\/\/[^/]*/i, '').replaceAll(/\/{2,}/g, '/') + url.slice(path.length)
}

/**
 * Only JSON is read. An empty body is no body: clients send one under a JSON content type. A field named `__proto__` is
 * a field like any other to JSON.parse, and nothing here merges objects in a way that would make more of it.
 */
function readJsonOnly(app: FastifyInstance) {
  app.removeAllContentTypeParsers()
  app.addContentTypeParser<string>('application/json', { parseAs: 'string' }, (request, body, done) => {
    try {
      const value = body.length === 0 ? undefined : readJson(body)
      if (body.length > 0) request.bodyText = body
      done(null, value)
    } catch (error) {
      done(error as Error)
    }
  })
}
