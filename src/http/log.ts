import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Logger } from 'pino'
import { performanceNow } from '../globals.js'

/** Logs one line for each request when its connection is done with it. */
export function createRequestLog(logger: Logger) {
  const isOn = logger.isLevelEnabled('info')

  /** To be called when a request arrives. */
  return (request: FastifyRequest, reply: FastifyReply) => {
    if (!isOn) return
    // Not onResponse: `close` is emitted too where a fault rule or the client cut the connection.
    reply.raw.once('close', () => {
      const route = request.routeOptions.url ?? null
      // Health checks come every few seconds and say nothing.
      const level = route === '/_sandbox/health' ? 'debug' : 'info'
      request.log[level]({
        id: request.id,
        method: request.method,
        route,
        status: reply.raw.headersSent ? reply.statusCode : null,
        ...(request.refusal && { code: request.refusal.code }),
        ...(!reply.raw.writableEnded && { cut: true }),
        duration_ms: Math.round((performanceNow() - request.startedAt) * 100) / 100,
      })
    })
  }
}
