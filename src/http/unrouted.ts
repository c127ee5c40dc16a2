import type { FastifyInstance, FastifyRequest } from 'fastify'
import { closest } from '../schemas/closest.js'
import { Refusal } from '../domain/refusal.js'
import { notSimulated } from './not-simulated.js'

/** Notes which routes are registered on `app` from here on, and explains requests that none of them takes. */
export function watchRoutes(app: FastifyInstance) {
  const methodsByPattern = new Map<string, Set<string>>()
  app.addHook('onRoute', ({ url, method }) => {
    const methods = methodsByPattern.get(url) ?? new Set()
    for (const name of [method].flat()) methods.add(name)
    methodsByPattern.set(url, methods)
  })

  /** 501 where the API has the operation, 405 where the path is known, else 404 with the path that is nearest. */
  function refuse({ method, url }: FastifyRequest): Refusal {
    const path = readPath(url)
    const patterns = knownPatterns().filter((pattern) => matches(pattern, path))
    const [pattern] = patterns
    if (pattern === undefined) {
      return new Refusal('ROUTE_NOT_FOUND', `There is nothing at ${method} ${path.slice(0, 200)}.`, {
        hint: nearest(path),
      })
    }
    const operationId = notSimulated[pattern]?.[method]
    if (operationId !== undefined) {
      return new Refusal('NOT_SIMULATED', `${operationId} (${method} ${documented(pattern)}) is not simulated.`, {
        hint: 'GET /_sandbox/openapi.yaml shows what is.',
      })
    }
    const allow = methodsOf(pattern).join(', ')
    return new Refusal('METHOD_NOT_ALLOWED', `${method} is not possible on ${documented(pattern)}.`, {
      hint: `Use ${allow}.`,
      headers: { allow },
    })
  }

  /** Those with fewer parameters first: where a word and a parameter both match, the word is meant. */
  function knownPatterns(): string[] {
    const patterns = new Set([...methodsByPattern.keys(), ...Object.keys(notSimulated)])
    return [...patterns].sort((a, b) => a.split(':').length - b.split(':').length)
  }

  function methodsOf(pattern: string): string[] {
    return [...(methodsByPattern.get(pattern) ?? []), ...Object.keys(notSimulated[pattern] ?? {})].sort()
  }

  function nearest(path: string): string {
    const patterns = knownPatterns()
    if (patterns.some((pattern) => matches(pattern, `/v1${path}`))) return `The API's paths begin with /v1: /v1${path}`
    if (patterns.includes(`/_sandbox${path}`)) {
      return `The control plane's paths begin with /_sandbox: /_sandbox${path}`
    }
    // What all paths of a plane have in common does not make one of them near.
    const plane = /^\/(v1|_sandbox)(?=\/)/.exec(path)?.[0] ?? ''
    const near = patterns.filter((pattern) => pattern.startsWith(plane))
    // An id is as good as its parameter's name when paths are compared.
    const shapes = new Map(near.map((pattern) => [pattern.slice(plane.length).replaceAll(/:\w+/g, '*'), pattern]))
    const shape = closest(path.slice(plane.length).replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}/gi, '*'), [...shapes.keys()])
    const pattern = shape === undefined ? undefined : shapes.get(shape)
    return pattern === undefined
      ? 'GET / shows where to begin, GET /_sandbox/openapi.yaml every path.'
      : `Did you mean ${methodsOf(pattern).join(' or ')} ${documented(pattern)}?`
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
    expected.length === parts.length && expected.every((part, index) => part.startsWith(':') || part === parts[index])
  )
}
