import { fastify, LogController, type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import { performanceNow } from '../globals.js'
import { createCatalog } from './catalog.js'
import { measureCoverage, type CoverageReport } from './coverage.js'
import { decorateRequests, type Deps } from './deps.js'
import { createErrorHandler } from './error-handler.js'
import { createHostGuard } from './host.js'
import { readJsonOnly } from './json.js'
import { createRequestLog } from './log.js'
import { createRawHandlers } from './raw.js'
import { createRequestIds } from './request-id.js'
import { sandbox } from './sandbox/index.js'
import { watchRoutes } from './unrouted.js'
import { isUnderV1, plainUrl } from './url.js'
import { createHooks } from './v1/hooks.js'
import { v1 } from './v1/index.js'
import { createValidation, notLoaded } from './validation.js'
import { welcome } from './welcome.js'

/** The largest body that is read, in bytes. */
const bodyLimit = 64 * 1024

/** Builds the server from what it is handed; it does not listen. What it covers is known once it is ready. */
export function buildApp(deps: Deps): { app: FastifyInstance; coverage: () => CoverageReport } {
  const { logger, organizations } = deps
  const nextRequestId = createRequestIds()
  const validation = createValidation(deps.checkAnswer)
  const errors = createErrorHandler(validation)
  const raw = createRawHandlers(logger, nextRequestId, errors)
  const log = createRequestLog(logger)

  const app = fastify({
    // Makes request.log ours, whose lines name the request by its id. As loggerInstance it would cost 3 % of a PUT, for the
    // listeners that Fastify adds to each answer, and a child for each request as much again.
    childLoggerFactory: () => logger,
    // We write a line of our own for each request: see log.ts.
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: nextRequestId,
    schemaController: { compilersFactory: notLoaded },
    bodyLimit,
    // Node would answer a missing host by itself, with no body.
    http: { requireHostHeader: false },
    // A request that comes while we are closing is still answered; only its connection ends.
    return503OnClosing: false,
    rewriteUrl: ({ url = '' }) => plainUrl(url),
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: 64 * 1024 },
    frameworkErrors: answerBadUrl,
    clientErrorHandler: raw.clientError,
  })
  app.setValidatorCompiler(validation.compileValidator)
  app.setSerializerCompiler(validation.compileSerializer)
  raw.listen(app)
  decorateRequests(app)
  readJsonOnly(app)
  app.addHook('onRequest', (request, reply, done) => {
    begin(request, reply)
    // Before the body is read: whatever it is, nothing here would take it. Under /v1 the guards come first.
    if (request.is404 && !isUnderV1(request)) throw routes.refuse(request)
    done()
  })
  app.setErrorHandler(errors.send)

  const routes = watchRoutes(app)
  const catalog = createCatalog(app)
  const checkHost = createHostGuard(deps)
  const hooks = createHooks(organizations, routes, errors)
  app.setNotFoundHandler((request) => {
    throw routes.refuse(request)
  })
  void app.register(welcome(deps, checkHost))
  void app.register(sandbox(deps, catalog, checkHost), { prefix: '/_sandbox' })
  void app.register(v1(deps, hooks), { prefix: '/v1' })
  return { app, coverage: () => measureCoverage(catalog, organizations.met) }

  /** Fastify runs no hook for a path that it cannot decode. */
  function answerBadUrl(error: unknown, request: FastifyRequest, reply: FastifyReply) {
    begin(request, reply)
    if (isUnderV1(request)) hooks.answerBadUrl(error, request, reply)
    else errors.send(error, request, reply)
  }

  function begin(request: FastifyRequest, reply: FastifyReply) {
    request.startedAt = performanceNow()
    log(request, reply)
    raw.note(request, reply)
  }
}
