import type { FastifyReply, FastifyRequest } from 'fastify'

/** What Fastify makes of every JSON content type. */
const withCharset = 'application/json; charset=utf-8'

/** JSON has no charset, and some contract tools compare the whole content type. A rule's own content type stays. */
export function sendPlainJson(request: FastifyRequest, reply: FastifyReply, payload: unknown, done: Done) {
  if (reply.getHeader('content-type') === withCharset) {
    reply.header('content-type', ownContentType(request) ?? 'application/json')
  }
  done(null, payload)
}

type Done = (error: null, payload: unknown) => void

function ownContentType({ fault }: FastifyRequest): string | undefined {
  const headers = Object.entries(fault?.rule.effect.headers ?? {})
  return headers.find(([name]) => name.toLowerCase() === 'content-type')?.[1]
}
