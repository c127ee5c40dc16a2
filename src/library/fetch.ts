import type { FastifyInstance } from 'fastify'
import http, { type IncomingMessage } from 'node:http'
import { duplexPair, type Duplex, type Readable } from 'node:stream'
import { clearInterval, setInterval } from '../globals.js'

/** The global `fetch`, or a function with its signature. */
export type Fetch = typeof globalThis.fetch

/** Creates a `fetch` that calls the app without a socket. It rejects every address other than `url`. */
export function createFetch(app: FastifyInstance, url: string, isClosed: () => boolean): Fetch {
  return async (input, init) => {
    const request = new Request(input instanceof Request ? input : new URL(input, url), init)
    const target = new URL(request.url)
    if (target.origin !== new URL(url).origin) {
      throw failed(`this fetch reaches only the sandbox at ${url}, not ${target.origin}`)
    }
    if (isClosed()) throw failed('the sandbox is closed')
    request.signal.throwIfAborted()
    const body = request.body === null ? undefined : Buffer.from(await request.arrayBuffer())
    // Keeps the process alive during the call, as a socket would.
    const alive = setInterval(() => undefined, 60_000)
    try {
      return await call(app, request, target, body)
    } finally {
      clearInterval(alive)
    }
  }
}

function call(app: FastifyInstance, request: Request, { host, pathname, search }: URL, body?: Buffer) {
  const { method, signal } = request
  const answer = Promise.withResolvers<Response>()
  const outgoing = http.request({
    method,
    path: pathname + search,
    headers: {
      host,
      accept: '*/*',
      connection: 'close',
      ...(!['GET', 'HEAD'].includes(method) && { 'content-length': String(body?.length ?? 0) }),
      ...Object.fromEntries(request.headers),
    },
    signal,
    createConnection: () => connect(app),
  })
  outgoing.on('response', (incoming) => answer.resolve(toResponse(request, incoming)))
  outgoing.on('error', (cause) => {
    answer.reject(signal.aborted ? signal.reason : failed('the connection was cut before an answer came', cause))
  })
  outgoing.end(body)
  return answer.promise
}

/** Opens a connection to the app in memory. Node's own client and server run on it, and use no timer that a test may replace. */
function connect(app: FastifyInstance): Duplex {
  const [near, far] = duplexPair()
  far.once('close', () => near.destroy())
  near.once('close', () => far.destroy())
  app.server.emit('connection', far)
  return near
}

function toResponse(request: Request, incoming: IncomingMessage): Response {
  const { statusCode: status = 0, headers: fields } = incoming
  const headers = new Headers()
  for (const [name, value] of Object.entries(fields)) {
    for (const one of Array.isArray(value) ? value : [value]) headers.append(name, String(one))
  }
  const hasBody = request.method !== 'HEAD' && ![204, 205, 304].includes(status)
  // A response that nobody reads would keep its connection open.
  if (!hasBody) incoming.resume()
  const response = new Response(hasBody ? readable(incoming) : null, { status, headers })
  return Object.defineProperty(response, 'url', { value: request.url })
}

function readable(stream: Readable) {
  return new ReadableStream<Uint8Array>({
    async start(controller) {
      try {
        for await (const chunk of stream) controller.enqueue(chunk as Uint8Array)
        controller.close()
      } catch (cause) {
        controller.error(new TypeError('terminated', { cause }))
      }
    },
  })
}

/** The error that the global fetch throws if there is no answer. */
function failed(why: string, cause?: unknown): TypeError {
  return new TypeError(`fetch failed: ${why}`, { cause })
}
