import type { FastifyInstance } from 'fastify'
import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http'
import type { Readable } from 'node:stream'

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

async function call(app: FastifyInstance, request: Request, { host, pathname, search }: URL, body?: Buffer) {
  // Slow to load, and rarely used by sandboxes that listen.
  const { inject } = await import('light-my-request')
  const { method, signal } = request
  const answer = Promise.withResolvers<Response>()

  function dispatch(incoming: IncomingMessage, outgoing: ServerResponse) {
    signal.addEventListener('abort', () => {
      answer.reject(signal.reason as Error)
      outgoing.destroy()
    })
    app.routing(incoming, outgoing)
  }

  inject(dispatch, {
    method: method as 'GET',
    url: pathname + search,
    headers: {
      host,
      accept: '*/*',
      ...(body === undefined && !['GET', 'HEAD'].includes(method) && { 'content-length': '0' }),
      ...Object.fromEntries(request.headers),
    },
    ...(body && { payload: body }),
    payloadAsStream: true,
    validate: false,
  }).then(
    (answered) => answer.resolve(toResponse(request, answered.statusCode, answered.headers, answered.stream())),
    (cause: unknown) => answer.reject(failed('the connection was cut before an answer came', cause)),
  )
  return answer.promise
}

function toResponse(request: Request, status: number, fields: OutgoingHttpHeaders, stream: Readable): Response {
  const headers = new Headers()
  for (const [name, value] of Object.entries(fields)) {
    for (const one of Array.isArray(value) ? value : [value]) headers.append(name, String(one))
  }
  const hasBody = request.method !== 'HEAD' && ![204, 205, 304].includes(status)
  const response = new Response(hasBody ? readable(stream) : null, { status, headers })
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
