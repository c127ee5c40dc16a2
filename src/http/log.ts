import type { FastifyReply, FastifyRequest } from 'fastify'
import { performanceNow } from '../globals.js'
import type { OpenOrganization } from '../organization/organization.js'
import { printable } from './printable.js'

/** Logs one line for each request once its response has ended. */
export function createRequestLog() {
  /** Call this when a request arrives. */
  return (request: FastifyRequest, reply: FastifyReply) => {
    // Not onResponse: `close` is also emitted when a fault rule or the client cuts the connection.
    reply.raw.once('close', () => {
      const route = request.routeOptions.url ?? null
      // Health checks and the page's own calls arrive every few seconds and would drown the rest.
      const isRoutine = route === '/_sandbox/health' || isReadByPage(request)
      const level = isRoutine ? 'debug' : 'info'
      request.log[level]({
        id: request.id,
        method: request.sentMethod,
        route,
        // Without the query, which may hold anything. A mistake in the base URL shows only here.
        ...(route === null && { path: printable(request.url.split('?', 1)[0] ?? '').slice(0, 200) }),
        ...namesOf(request),
        status: reply.raw.headersSent ? reply.statusCode : null,
        ...(request.refusal && { code: request.refusal.code }),
        ...(!reply.raw.writableEnded && { cut: true }),
        duration_ms: Math.round((performanceNow() - request.startedAt) * 100) / 100,
      })
    })
  }
}

function isReadByPage({ method, url, headers }: FastifyRequest): boolean {
  return method === 'GET' && url.startsWith('/_sandbox') && headers['sec-fetch-site'] === 'same-origin'
}

/** Whose call it was, and the ids in its path. */
function namesOf({ organization, params, is404 }: FastifyRequest) {
  const name = (organization as OpenOrganization | undefined)?.name
  const ids = Object.entries(is404 ? {} : ((params as Record<string, string> | undefined) ?? {}))
  return {
    ...(name !== undefined && { organization: name }),
    ...Object.fromEntries(
      ids.filter(([key]) => key.endsWith('_id')).map(([key, id]) => [key, printable(id).slice(0, 100)]),
    ),
  }
}
