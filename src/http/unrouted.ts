import type { FastifyInstance, FastifyRequest } from 'fastify'
import { closest } from '../closest.js'
import { Refusal } from '../domain/refusal.js'

/** Notes which routes are registered on `app` from here on, and explains requests that none of them takes. */
export function watchRoutes(app: FastifyInstance) {
  const routes = new Map<string, Set<string>>()
  app.addHook('onRoute', ({ url, method }) => {
    const methods = routes.get(url) ?? new Set()
    for (const name of [method].flat()) methods.add(name)
    routes.set(url, methods)
  })

  /** 405 where the path is known, else 404 with the paths that are nearest to it. */
  function refuse({ method, url }: FastifyRequest): Refusal {
    const path = readPath(url)
    const known = [...routes].find(([pattern]) => matches(pattern, path))
    if (known) {
      const allow = [...known[1]].sort().join(', ')
      return new Refusal('METHOD_NOT_ALLOWED', `${method} is not possible on ${documented(known[0])}.`, {
        hint: `Use ${allow}.`,
        headers: { allow },
      })
    }
    return new Refusal('ROUTE_NOT_FOUND', `There is nothing at ${method} ${path.slice(0, 200)}.`, {
      hint: nearest(path),
    })
  }

  function nearest(path: string): string {
    const patterns = [...routes.keys()]
    if (patterns.some((pattern) => matches(pattern, `/v1${path}`))) return `The API's paths begin with /v1: /v1${path}`
    // An id is as good as its parameter's name when paths are compared.
    const shapes = new Map(patterns.map((pattern) => [pattern.replaceAll(/:\w+/g, '*'), pattern]))
    const shape = closest(path.replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}/gi, '*'), [...shapes.keys()])
    const pattern = shape === undefined ? undefined : shapes.get(shape)
    return pattern === undefined
      ? 'GET / shows where to begin, GET /_sandbox/openapi.yaml every path.'
      : `Did you mean ${[...(routes.get(pattern) ?? [])].join(' or ')} ${documented(pattern)}?`
  }

  return { refuse }
}

export type RouteWatch = ReturnType<typeof watchRoutes>

/** A path as openapi.yaml writes it. */
function documented(pattern: string): string {
  return pattern.replaceAll(/:(\w+)/g, '{$1}')
}

function readPath(url: string): string {
  const path = url.split('?', 1)[0] ?? ''
  return `/${path.split('/').filter(Boolean).join('/')}`
}

function matches(pattern: string, path: string): boolean {
  const parts = path.split('/')
  const expected = pattern.split('/')
  return (
    expected.length === parts.length &&
    expected.every((part, index) => (part.startsWith(':') ? parts[index] !== '' : part === parts[index]))
  )
}
