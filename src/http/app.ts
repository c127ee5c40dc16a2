import {
  fastify,
  LogController,
  type FastifyInstance,
  type FastifyPluginAsync,
  type FastifyReply,
  type FastifyRequest,
  type HookHandlerDoneFunction,
} from 'fastify'
import type { IncomingMessage } from 'node:http'
import { performanceNow } from '../globals.js'
import type { Met } from '../organization/journal.js'
import { createCatalog } from './catalog.js'
import { watchConnections, type Connections } from './connections.js'
import { sendPlainJson } from './content-type.js'
import { measureCoverage, type CoverageReport } from './coverage.js'
import { decorateRequests, type Deps } from './deps.js'
import { createErrorHandler } from './error-handler.js'
import { createHostGuard } from './host.js'
import { readJsonOnly } from './json.js'
import { createRequestLog } from './log.js'
import { createRawHandlers } from './raw.js'
import { sandbox } from './sandbox/index.js'
import { watchRoutes } from './unrouted.js'
import { isUnderV1, plainUrl } from './url.js'
import { allowPagesToRead } from './v1/cors.js'
import { createHooks } from './v1/hooks.js'
import { mainRoutes, v1 } from './v1/index.js'
import { createValidation, notLoaded } from './validation.js'
import { welcome } from './welcome.js'

/** In bytes. */
const bodyLimit = 64 * 1024

/** How long a request may take to arrive, and how often Node looks for those that take longer. */
const requestTimeoutMs = 60_000
const timeoutCheckMs = 1_000

/** Routes a HEAD as a GET: Node sends no body in response to a request that arrived as a HEAD. */
function readRequestLine(request: IncomingMessage): string {
  if (request.method === 'HEAD') Object.assign(request, { method: 'GET', isHead: true })
  const { url = '' } = request
  return url.includes('//') ? plainUrl(url) : url
}

interface BuiltApp {
  app: FastifyInstance
  /** Registers the routes that are otherwise registered when one of them is called first. */
  loadAll: () => Promise<void>
  coverage: () => Promise<CoverageReport>
  connections: Connections
}

/**
 * Assembles the server, which does not listen yet. It is one Fastify app with the routes that most integrations call, and
 * a second one with all others, loaded at the first request that the first app has no route for: evaluating and
 * registering the whole API would take a fifth of the start.
 */
export function buildApp(deps: Deps): BuiltApp {
  const { logger, organizations } = deps
  let requestCount = 0
  /** Numbers requests, on both planes and over all organizations. `readRequestId` reads the number back. */
  const nextRequestId = () => `req-${(++requestCount).toString(36)}`
  const validation = createValidation(deps.checkAnswer)
  const errors = createErrorHandler(validation, organizations)
  const raw = createRawHandlers(logger, nextRequestId, errors, (socket) => connections.latest(socket))
  const logAtEnd = logger.isLevelEnabled('info') ? createRequestLog() : undefined
  const routes = watchRoutes(deps.shapes)
  const catalog = createCatalog()
  const checkHost = createHostGuard(deps)
  const hooks = createHooks(deps, routes, errors)
  let loading: Promise<void> | undefined
  let rest: FastifyInstance | undefined

  const app = createApp(handOver, async (app) => {
    await app.register(welcome(deps, checkHost))
    await app.register(sandbox(deps, catalog, measure, checkHost, routes), { prefix: '/_sandbox' })
    await app.register(v1(deps, hooks, mainRoutes), { prefix: '/v1' })
  })
  const connections = watchConnections(app.server)
  raw.listen(app)
  app.addHook('onClose', async () => {
    await loading
    await rest?.close()
  })
  return { app, connections, loadAll, coverage: () => measure(organizations.met) }

  function createApp(
    missing: (request: FastifyRequest, reply: FastifyReply, done: HookHandlerDoneFunction) => void,
    register: FastifyPluginAsync,
  ) {
    const app = fastify({
      // Makes request.log our logger. As loggerInstance it would cost 3 % of a PUT, for the listeners that Fastify adds to
      // each response, and a child logger for each request as much again.
      childLoggerFactory: () => logger,
      // log.ts writes one line for each request.
      logController: new LogController({ disableRequestLogging: true }),
      genReqId: (raw) => (raw.requestId ??= nextRequestId()),
      schemaController: { compilersFactory: notLoaded },
      bodyLimit,
      requestTimeout: requestTimeoutMs,
      // Node would answer a missing Host header itself, with an empty body.
      http: { requireHostHeader: false, connectionsCheckingInterval: timeoutCheckMs },
      // A request that arrives while the server closes is still answered; only its connection ends.
      return503OnClosing: false,
      rewriteUrl: readRequestLine,
      // Each would be one more route for every GET, and a tenth of the start.
      exposeHeadRoutes: false,
      routerOptions: { ignoreTrailingSlash: true, maxParamLength: 64 * 1024 },
      frameworkErrors: answerBadUrl,
      clientErrorHandler: raw.clientError,
    })
    app.setValidatorCompiler(validation.compileValidator)
    app.setSerializerCompiler(validation.compileSerializer)
    decorateRequests(app)
    readJsonOnly(app)
    app.addHook('onRequest', (request, reply, done) => {
      if (request.is404) missing(request, reply, done)
      else {
        begin(request, reply)
        done()
      }
    })
    app.addHook('onSend', sendPlainJson)
    app.setErrorHandler(errors.send)
    app.setNotFoundHandler((request) => {
      throw routes.refuse(request)
    })
    routes.watch(app)
    catalog.watch(app)
    deps.onApp?.(app)
    void app.register(register)
    return app
  }

  /** Lets the second app answer. */
  function handOver(request: FastifyRequest, reply: FastifyReply, done: HookHandlerDoneFunction) {
    if (rest) {
      reply.hijack()
      // The second app rewrites it again.
      request.raw.url = request.originalUrl
      rest.routing(request.raw, reply.raw)
      return
    }
    connections.begin(request, reply)
    loadAll().then(() => {
      // Unless its body broke off in the meantime.
      if (!reply.sent) handOver(request, reply, done)
    }, done)
  }

  function loadAll() {
    loading ??= import('./v1/rest.js').then(async ({ otherRoutes }) => {
      const app = createApp(refuseOutside, async (app) => {
        await app.register(v1(deps, hooks, otherRoutes), { prefix: '/v1' })
      })
      await app.ready()
      rest = app
    })
    return loading
  }

  async function measure(met: Met) {
    await loadAll()
    return measureCoverage(catalog.operations, met)
  }

  /** Before the body is read, since no route would use it. Under /v1 the guards run first. */
  function refuseOutside(request: FastifyRequest, reply: FastifyReply, done: HookHandlerDoneFunction) {
    begin(request, reply)
    if (!isUnderV1(request)) {
      hooks.recordOutside(request, reply)
      throw routes.refuse(request)
    }
    done()
  }

  /** Fastify runs no hooks for a path that it cannot decode. */
  function answerBadUrl(error: unknown, request: FastifyRequest, reply: FastifyReply) {
    begin(request, reply)
    if (isUnderV1(request)) {
      if (deps.cors) allowPagesToRead(reply)
      hooks.answerBadUrl(error, request, reply)
    } else errors.send(error, request, reply)
  }

  function begin(request: FastifyRequest, reply: FastifyReply) {
    request.startedAt = performanceNow()
    request.sentMethod = request.raw.isHead ? 'HEAD' : request.method
    logAtEnd?.(request, reply)
    connections.begin(request, reply)
  }
}
