import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { nothingDecided } from '../domain/behaviors.js'
import { operations, type Operation } from '../domain/operations.js'
import { closest } from '../schemas/closest.js'
import type { Shapes } from '../schemas/shapes.js'
import { uuidPattern } from '../schemas/types.js'
import { Refusal } from '../domain/refusal.js'

const operationsByCall = new Map<string, Operation>(
  operations.map((operation) => [`${operation.method} /v1${operation.path}`, operation]),
)

/** A path as openapi.yaml writes it, with its methods. */
interface KnownPath {
  path: string
  parts: string[]
  methods: string[]
}

/** Knows the paths of all operations and of the routes of the apps that it watches, and explains requests that match none. */
export function watchRoutes(shapes: Shapes) {
  const methodsByPath = new Map<string, Set<string>>()
  for (const { method, path } of operations) note(`/v1${path}`, [method])
  let knownPaths: KnownPath[] | undefined

  /** Must be called before the routes of the app are registered. */
  function watch(app: FastifyInstance) {
    app.addHook('onRoute', ({ url, method }) => {
      // The only wildcard is the route of preflights.
      if (url.endsWith('*')) return
      note(url.replaceAll(/:(\w+)/g, '{$1}'), method === 'GET' ? [method, 'HEAD'] : [method].flat())
      knownPaths = undefined
    })
  }

  function getKnownPaths(): KnownPath[] {
    knownPaths ??= [...methodsByPath]
      .map(([path, methods]) => ({ path, parts: path.split('/'), methods: [...methods].sort() }))
      // Paths with fewer parameters first: a literal part takes precedence over a parameter.
      .sort((a, b) => countParameters(a) - countParameters(b))
    return knownPaths
  }

  function note(path: string, methods: string[]) {
    const known = methodsByPath.get(path) ?? new Set()
    for (const method of methods) known.add(method)
    methodsByPath.set(path, known)
  }

  /** 501 for an operation of the API, 405 for another method of a known path, else 404 with the nearest path. */
  function refuse(request: FastifyRequest): Refusal {
    const emptyId = explainEmptyId(request)
    if (emptyId) return emptyId
    const { method, url } = request
    const path = readPath(url)
    const known = find(path)
    if (known === undefined) {
      return new Refusal('ROUTE_NOT_FOUND', `There is nothing at ${method} ${path.slice(0, 200)}.`, {
        hint: nearest(path),
      })
    }
    const operation = operationsByCall.get(`${method} ${known.path}`)
    if (operation) {
      return new Refusal('NOT_SIMULATED', `${operation.id} (${method} ${known.path}) is not simulated.`, {
        hint: `A rule can answer it: POST /_sandbox/faults ${writeStub(operation.id)}`,
      })
    }
    const allow = known.methods.join(', ')
    return new Refusal('METHOD_NOT_ALLOWED', `${known.path} does not support ${method}.`, {
      hint: `Use ${allow}.`,
      headers: { allow },
    })
  }

  /**
   * Rejects a path with an empty segment in place of an id: an integration with an empty variable would otherwise call
   * another operation, such as the list of all groups.
   */
  function refuseEmptyId(request: FastifyRequest, reply: FastifyReply) {
    const refusal = explainEmptyId(request)
    if (!refusal) return
    // The path matches no operation, although the router found one.
    request.described = undefined
    void reply.serializer(JSON.stringify)
    throw refusal
  }

  function explainEmptyId({ method, originalUrl }: FastifyRequest): Refusal | undefined {
    const [sent = ''] = originalUrl.split('?', 1)
    if (!sent.endsWith('/') && !sent.includes('//')) return undefined
    const path = sent.replace(/^https?:\/\/[^/]*/i, '').replace(/^\/+(v1|_sandbox)\/+/, '/$1/')
    const parts = path.split('/')
    const known =
      // Before a complete path plus a slash, `/groups//` is the group with an empty id plus a slash.
      findEmpty(parts.at(-1) === '' ? parts.slice(0, -1) : parts, method) ?? findEmpty(parts, method)
    if (!known) return undefined
    const name =
      /\{\w+\}/.exec(
        known.path
          .split('/')
          .filter((_, index) => parts[index] === '')
          .join('/'),
      )?.[0] ?? 'id'
    return new Refusal('ROUTE_NOT_FOUND', `There is nothing at ${method} ${sent.slice(0, 200)}: ${name} is empty.`, {
      hint: `The path is ${known.path}: is the variable that holds ${name} empty?`,
    })
  }

  /** A path that these parts match with an empty one in place of a parameter. At the end, only if it has the method. */
  function findEmpty(parts: string[], method: string): KnownPath | undefined {
    return getKnownPaths().find(
      (known) =>
        known.parts.length === parts.length &&
        known.parts.some((part, index) => index > 0 && parts[index] === '' && part !== '') &&
        known.parts.every((part, index) => part === parts[index] || part.startsWith('{')) &&
        (parts.indexOf('', 1) < parts.length - 1 || known.methods.includes(method)),
    )
  }

  /** Gives a call of an operation that is not simulated what the journal shows of others: its operation and ids. */
  function describe(request: FastifyRequest) {
    const path = readPath(request.url)
    const known = find(path)
    const operation = known && operationsByCall.get(`${request.method} ${known.path}`)
    if (!operation) return
    const parts = path.split('/')
    const ids = known.parts.flatMap((part, index) =>
      part.startsWith('{') ? [[part.slice(1, -1), readParameter(parts[index])]] : [],
    )
    request.params = Object.fromEntries(ids) as Record<string, string>
    request.described = {
      operation: operation.id,
      statuses: [],
      codes: new Set(),
      decided: nothingDecided,
      bodyFields: null,
      queryFields: null,
    }
  }

  /** A rule that answers the operation, as JSON. */
  function writeStub(operation: string): string {
    return JSON.stringify({ operation, times: 'forever', effect: shapes.example(operation) })
  }

  /** Whether a READ_ONLY token can make this request. */
  function isRead({ method, url }: FastifyRequest): boolean {
    if (method === 'GET' || method === 'HEAD') return true
    const known = find(readPath(url))
    return known !== undefined && operationsByCall.get(`${method} ${known.path}`)?.access === 'read'
  }

  function find(path: string): KnownPath | undefined {
    const parts = path.split('/')
    return getKnownPaths().find(
      (known) =>
        known.parts.length === parts.length &&
        known.parts.every((part, index) => part.startsWith('{') || part === parts[index]),
    )
  }

  function nearest(path: string): string {
    if (find(`/v1${path}`)) return `The API's paths begin with /v1: /v1${path}`
    if (methodsByPath.has(`/_sandbox${path}`)) {
      return `The control plane's paths begin with /_sandbox: /_sandbox${path}`
    }
    // The common prefix of a plane must not count as similarity.
    const plane = /^\/(v1|_sandbox)(?=\/)/.exec(path)?.[0] ?? ''
    const near = getKnownPaths().filter((known) => known.path.startsWith(plane))
    // Ids and parameters are compared as the same placeholder.
    const shapes = new Map(near.map((known) => [known.path.slice(plane.length).replaceAll(/\{\w+\}/g, '*'), known]))
    const shape = closest(path.slice(plane.length).replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}/gi, '*'), [...shapes.keys()])
    const known = shape === undefined ? undefined : shapes.get(shape)
    return known === undefined
      ? 'GET / shows where to start, GET /_sandbox/openapi.yaml lists every path.'
      : `Did you mean ${known.methods.join(' or ')} ${known.path}?`
  }

  return { watch, refuse, refuseEmptyId, describe, isRead }
}

export type RouteWatch = ReturnType<typeof watchRoutes>

function countParameters({ parts }: KnownPath): number {
  return parts.filter((part) => part.startsWith('{')).length
}

const uuid = new RegExp(uuidPattern)

/** As the router and the catalog make it of other calls: decoded, a UUID in lower case. */
function readParameter(part = ''): string {
  const text = decodeURIComponent(part)
  return uuid.test(text) ? text.toLowerCase() : text
}

function readPath(url: string): string {
  const path = url.split('?', 1)[0] ?? ''
  return `/${path.split('/').filter(Boolean).join('/')}`
}
