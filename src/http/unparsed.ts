import type { Socket } from 'node:net'
import { Refusal } from '../domain/refusal.js'
import { invalidRequest } from './errors.js'

/** What Node says of bytes that are no HTTP; the code says why. */
export type UnparsedError = Error & { code?: string }

export function explainUnparsed({ code }: UnparsedError): Refusal {
  switch (code) {
    case 'HPE_HEADER_OVERFLOW':
      return new Refusal('HEADERS_TOO_LARGE', 'The request line and headers are over the limit of 16 KiB.')
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return new Refusal('REQUEST_TIMEOUT', 'The request did not arrive in time.')
    default:
      return invalidRequest([{ path: 'request', message: `is not HTTP/1.1: ${code ?? 'it cannot be parsed'}` }])
  }
}

/** An answer where there is no request that Fastify could answer. */
export function sendUnparsed(socket: Socket, status: number, body: string) {
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
