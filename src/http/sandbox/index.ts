import { Type } from '@sinclair/typebox'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Refusal } from '../../domain/refusal.js'
import type { Catalog } from '../catalog.js'
import type { Deps } from '../deps.js'
import { databaseUnavailable } from '../errors.js'
import type { HostGuard } from '../host.js'
import { createServedOpenapi } from '../openapi.js'
import { refusalResponses } from '../schemas.js'
import { clock } from './clock.js'
import { faults } from './faults.js'
import { createGuard } from './guard.js'
import { requests } from './requests.js'
import { seed } from './seed.js'
import { settings } from './settings.js'
import { snapshots } from './snapshots.js'

const health = {
  operationId: 'sandbox_health',
  tags: ['sandbox'],
  summary: 'Tell whether the sandbox answers',
  description: 'Needs no token. Ready as soon as it answers 200.',
  security: [],
  response: {
    200: Type.Object(
      {
        status: Type.Literal('ok'),
        version: Type.String({ description: "The sandbox's version." }),
        uptime_seconds: Type.Number({ description: 'How long it has been running, in real time.' }),
      },
      {
        title: 'Health',
        description: 'All is well.',
        additionalProperties: false,
        examples: [{ status: 'ok', version: '0.1.0', uptime_seconds: 12.3 }],
      },
    ),
    ...refusalResponses('DATABASE_UNAVAILABLE', 'INTERNAL_ERROR'),
  },
}

/** The control plane: what the sandbox offers beside the API. */
export function sandbox(deps: Deps, catalog: Catalog, checkHost: HostGuard): FastifyPluginAsyncTypebox {
  const { store, version, uptimeSeconds, openapiFile } = deps
  const openapi = createServedOpenapi(openapiFile)
  return async (app) => {
    await app.register(guarded(deps, catalog, checkHost))

    app.get('/health', { schema: health }, async () => {
      if (!store.isAlive()) throw new Refusal('DATABASE_UNAVAILABLE', 'The database does not answer.')
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
      return reply.type('application/json; charset=utf-8').send(await openapi.json())
    })
  }
}

/** What acts on an organization. */
function guarded(deps: Deps, catalog: Catalog, checkHost: HostGuard): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.addHook('onRequest', createGuard(deps, checkHost))
    await app.register(clock(deps))
    await app.register(seed(deps))
    await app.register(snapshots(deps))
    await app.register(settings(deps))
    await app.register(faults(deps))
    await app.register(requests(catalog))
  }
}
