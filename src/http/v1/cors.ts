import type { FastifyInstance, FastifyReply } from 'fastify'

/** The wildcard includes those of fault rules; jsdom does not know it. */
const exposedHeaders = [
  '*',
  'Retry-After',
  'X-Opal-Sandbox-Basis',
  'X-Opal-Sandbox-Ignored',
  'X-Opal-Sandbox-Request-Id',
  'X-RateLimit-Limit',
  'X-RateLimit-Remaining',
].join(', ')

/** Lets web pages of all sites call the API and read its answers. */
export async function allowPages(app: FastifyInstance) {
  // Loaded only if it is used.
  const { fastifyCors } = await import('@fastify/cors')
  await app.register(fastifyCors, {
    origin: '*',
    methods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'],
    exposedHeaders,
    // Its answer to other OPTIONS requests would not be in our form.
    strictPreflight: false,
  })
}

/** The headers of `allowPages`, for an answer that leaves without any hook. */
export function allowPagesToRead(reply: FastifyReply) {
  reply.headers({ 'access-control-allow-origin': '*', 'access-control-expose-headers': exposedHeaders })
}
