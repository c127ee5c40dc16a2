import { Type } from '@sinclair/typebox'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Refusal } from '../../domain/refusal.js'
import type { Catalog } from '../catalog.js'
import type { Met } from '../../organization/journal.js'
import type { CoverageReport } from '../coverage.js'
import type { Deps } from '../deps.js'
import { databaseUnavailable } from '../errors.js'
import type { HostGuard } from '../host.js'
import { createServedOpenapi } from '../openapi.js'
import { refuseContentCoding } from '../request-body.js'
import { refusalResponses } from '../schemas.js'
import type { RouteWatch } from '../unrouted.js'
import { changes } from './changes.js'
import { clock } from './clock.js'
import { faults } from './faults.js'
import { createGuard } from './guard.js'
import { organizationList } from './organizations.js'
import { requests } from './requests.js'
import { seed } from './seed.js'
import { settings } from './settings.js'
import { snapshots } from './snapshots.js'
import { undo } from './undo.js'
import { rejectUnknown } from './unknown.js'
import { violations } from './violations.js'

const health = {
  operationId: 'sandbox_health',
  tags: ['sandbox'],
  summary: 'Check the health of the sandbox',
  description: 'Needs no token. The sandbox is ready once this returns 200.',
  security: [],
  response: {
    200: Type.Object(
      {
        status: Type.Literal('ok'),
        version: Type.String({ description: "The sandbox's version." }),
        uptime_seconds: Type.Number({ description: 'Uptime in real time.' }),
      },
      {
        title: 'Health',
        description: 'The sandbox is healthy.',
        additionalProperties: false,
        examples: [{ status: 'ok', version: '0.1.0', uptime_seconds: 12.3 }],
      },
    ),
    ...refusalResponses('INVALID_REQUEST', 'DATABASE_UNAVAILABLE', 'INTERNAL_ERROR'),
  },
}

/** The control plane: what the sandbox offers in addition to the API. */
export function sandbox(
  deps: Deps,
  catalog: Catalog,
  measure: (met: Met) => Promise<CoverageReport>,
  checkHost: HostGuard,
  routes: RouteWatch,
): FastifyPluginAsyncTypebox {
  const { store, version, uptimeSeconds, openapiFile } = deps
  const openapi = createServedOpenapi(openapiFile)
  return async (app) => {
    app.addHook('preParsing', async (request) => refuseContentCoding(request))
    // After the guards, which are onRequest hooks.
    app.addHook('preValidation', async (request, reply) => {
      routes.refuseEmptyId(request, reply)
      rejectUnknown(request)
    })
    await app.register(async (app) => {
      // These act on an organization.
      app.addHook('onRequest', createGuard(deps, checkHost))
      await app.register(clock(deps))
      await app.register(seed(deps))
      await app.register(snapshots(deps))
      await app.register(settings(deps))
      await app.register(faults(deps))
      await app.register(requests(catalog, measure, deps))
      await app.register(changes(deps))
      await app.register(undo(deps))
      await app.register(violations())
      await app.register(organizationList(deps))
    })

    app.get('/health', { schema: health }, async () => {
      if (!store.isAlive()) throw new Refusal('DATABASE_UNAVAILABLE', 'The database cannot be read.')
      const reason = store.writeFailure()
      if (reason !== undefined) throw databaseUnavailable(reason)
      return { status: 'ok' as const, version, uptime_seconds: uptimeSeconds() }
    })

    app.get('/openapi.yaml', async (request, reply) => {
      checkHost(request)
      // A browser would save YAML to a file instead of showing it.
      const isBrowser = request.headers.accept?.includes('text/html')
      return reply
        .header('vary', 'accept')
        .type(`${isBrowser ? 'text/plain' : 'application/yaml'}; charset=utf-8`)
        .send(await openapi.yaml())
    })

    app.get('/openapi.json', async (request, reply) => {
      checkHost(request)
      return reply.type('application/json').send(await openapi.json())
    })

    app.get('/openapi-3.0.json', async (request, reply) => {
      checkHost(request)
      return reply.type('application/json').send(await openapi.json30())
    })
  }
}
