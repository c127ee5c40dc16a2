import type { FastifyInstance, FastifyReply } from 'fastify'
import type { Socket } from 'node:net'
import type { Logger } from 'pino'
import { Refusal } from '../domain/refusal.js'
import type { Connections } from './connections.js'
import type { ErrorHandler } from './error-handler.js'
import { errorBody, invalidRequest, refusals } from './errors.js'

/** What Node reports about bytes that are not valid HTTP; `code` says why. */
type ParseError = Error & { code?: string }

/** Answers what Node's HTTP server would reject or drop by itself, so that clients always get an error in our form. */
export function createRawHandlers(
  logger: Logger,
  nextRequestId: () => string,
  errors: ErrorHandler,
  latest: Connections['latest'],
) {
  return {
    clientError: (error: ParseError, socket: Socket) => {
      if (error.code === 'ECONNRESET' || !socket.writable) {
        socket.destroy()
        return
      }
      const refusal = explainParseError(error)
      const reply = latest(socket)
      // A chunk of its body may be invalid, or the rest of it may never arrive.
      if (reply && !reply.request.raw.complete) {
        const isCut = error.code === 'HPE_INVALID_EOF_STATE' && !reply.request.headers['transfer-encoding']
        if (isCut) socket.destroy()
        else endBegun(reply, refusal)
        return
      }
      const id = nextRequestId()
      const { code } = refusal
      const { status } = refusals[code]
      sendRaw(socket, status, JSON.stringify(errorBody(refusal, id)))
      logger.info({ id, method: null, route: null, status, code, reason: error.code })
    },

    listen({ server }: FastifyInstance) {
      // Node would answer an unknown `Expect` header with an empty 417.
      server.on('checkExpectation', (request, response) => server.emit('request', request, response))
      // And it would close a CONNECT without a line in the log.
      server.on('connect', ({ method }, socket) => {
        logger.debug({ id: nextRequestId(), method, route: null, status: null, cut: true })
        socket.destroy()
      })
    },
  }

  /** Nothing that follows on this connection can be understood any more. */
  function endBegun(reply: FastifyReply, refusal: Refusal) {
    const { request } = reply
    if (reply.sent) {
      request.raw.socket.end()
      return
    }
    // A request that was refused before its body was read is being answered already.
    if (request.refusal) reply.header('connection', 'close')
    else {
      const body = errors.prepare(refusal, request, reply)
      void reply.header('connection', 'close').send(body)
    }
  }
}

export function explainParseError({ code }: Pick<ParseError, 'code'>): Refusal {
  switch (code) {
    case 'HPE_HEADER_OVERFLOW':
      return new Refusal('HEADERS_TOO_LARGE', 'The request line and headers are over the limit of 16 KiB.')
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return new Refusal('REQUEST_TIMEOUT', 'The request did not arrive in time.')
    default:
      return invalidRequest([{ path: 'request', message: `is not HTTP/1.1: ${code ?? 'it cannot be parsed'}` }])
  }
}

/** Answers when Node has no request to hand to Fastify. */
function sendRaw(socket: Socket, status: number, body: string) {
  socket.end(
    [
      `HTTP/1.1 ${status} Refused`,
      'Content-Type: application/json',
      `Content-Length: ${Buffer.byteLength(body)}`,
      'Connection: close',
      '',
      body,
    ].join('\r\n'),
  )
}
