import type { FastifyReply, FastifyRequest } from 'fastify'

/** Logs one line for each request once its response has ended. */
export function createRequestLog() {
  /** Call this when a request arrives. */
  return (request: FastifyRequest, reply: FastifyReply) => {
    // Not onResponse: `close` is also emitted when a fault rule or the client cuts the connection.
    reply.raw.once('close', () => {
      const route = request.routeOptions.url ?? null
      // Health checks arrive every few seconds and would drown the rest.
      const level = route === '/_sandbox/health' ? 'debug' : 'info'
      request.log[level]({
        id: request.id,
        method: request.method,
        route,
        status: reply.raw.headersSent ? reply.statusCode : null,
        ...(request.refusal && { code: request.refusal.code }),
        ...(!reply.raw.writableEnded && { cut: true }),
        duration_ms: Math.round((performance.now() - request.startedAt) * 100) / 100,
      })
    })
  }
}
