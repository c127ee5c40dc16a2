import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Socket } from 'node:net'
import type { Logger } from 'pino'
import { Refusal } from '../domain/refusal.js'
import type { ErrorHandler } from './error-handler.js'
import { errorBody, invalidRequest, refusals } from './errors.js'

/** What Node reports about bytes that are not valid HTTP; `code` says why. */
type ParseError = Error & { code?: string }

/** A request whose body may not have been read yet. */
interface Begun {
  request: FastifyRequest
  reply: FastifyReply
}

/** Answers what Node's HTTP server would reject or drop by itself, so that clients always get an error in our form. */
export function createRawHandlers(logger: Logger, nextRequestId: () => string, errors: ErrorHandler) {
  /** The latest request with a body on each connection. A chunk of it may be invalid, or its rest may never arrive. */
  const withBody = new WeakMap<Socket, Begun>()

  return {
    withBody,

    clientError: (error: ParseError, socket: Socket) => {
      if (error.code === 'ECONNRESET' || !socket.writable) {
        socket.destroy()
        return
      }
      const refusal = explain(error)
      const begun = withBody.get(socket)
      if (begun && error.code === 'HPE_INVALID_EOF_STATE' && !begun.request.headers['transfer-encoding']) {
        // The client has closed the connection in the middle of its body.
        socket.destroy()
        return
      }
      if (begun && !begun.request.raw.complete) {
        endBegun(begun, refusal)
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
  function endBegun({ request, reply }: Begun, refusal: Refusal) {
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

function explain({ code }: ParseError): Refusal {
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
      'Content-Type: application/json; charset=utf-8',
      `Content-Length: ${Buffer.byteLength(body)}`,
      'Connection: close',
      '',
      body,
    ].join('\r\n'),
  )
}
