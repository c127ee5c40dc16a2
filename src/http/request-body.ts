import type { FastifyReply, FastifyRequest } from 'fastify'
import { Refusal } from '../domain/refusal.js'
import { clearTimeout, setTimeout } from '../globals.js'

/** How much of the body of a refused request is still read, in bytes, and for how long. */
const maxDiscardedBytes = 64 * 1024 * 1024
const maxDiscardMs = 30_000

export function hasBody({ headers }: FastifyRequest): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0
}

/** Throws a Refusal if the body is compressed or otherwise encoded: its bytes would be parsed as if they were JSON. */
export function refuseContentCoding(request: FastifyRequest) {
  // Nobody reads the body of a GET.
  if (request.method === 'GET' || request.method === 'HEAD') return
  const coding = request.headers['content-encoding'] ?? ''
  if (/^(\s|,|identity)*$/i.test(coding) || !hasBody(request)) return
  throw new Refusal(
    'CONTENT_TYPE_UNSUPPORTED',
    `The body is sent with the content coding ${coding.slice(0, 100)}; only bodies without one are read.`,
    { hint: 'Send the body uncompressed, without the header "Content-Encoding".' },
  )
}

/**
 * Reads and discards what is left of the body of a refused request. A connection that is closed with unread bytes is reset,
 * and the client would fail to send its body instead of reading the response.
 */
export function discardBody(request: FastifyRequest, reply: FastifyReply) {
  const { raw } = request
  // Calls that arrive without a socket do not have it.
  if (!('complete' in raw) || raw.complete || !hasBody(request)) return
  // Fastify asks for the connection to be closed when it has not read the body.
  reply.removeHeader('connection')
  const cut = () => raw.socket.destroy()
  const timer = setTimeout(cut, maxDiscardMs).unref()
  let bytes = 0
  raw.on('data', (chunk: Buffer) => {
    bytes += chunk.length
    if (bytes > maxDiscardedBytes) cut()
  })
  const stop = () => {
    clearTimeout(timer)
    // The connection may live on.
    raw.socket.off('close', stop)
  }
  raw.once('end', stop)
  raw.socket.once('close', stop)
}
