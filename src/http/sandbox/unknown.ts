import type { FastifyRequest } from 'fastify'
import { closest } from '../../schemas/closest.js'
import { invalidRequest, maxProblems } from '../errors.js'

/**
 * Rejects query parameters that the call does not have, and a body if it has none: a misspelt filter that was ignored
 * would match every call. Unknown keys of bodies are rejected by their schemas.
 */
export function rejectUnknown({ described, query, body }: FastifyRequest) {
  const known = [...(described?.queryFields?.keys() ?? [])]
  const problems = Object.keys(query as object)
    .filter((name) => !known.includes(name))
    .map((name) => ({ path: `query.${name.slice(0, 200)}`, message: explain(name, known) }))
  if (described?.bodyFields === null && typeof body === 'object' && body !== null && Object.keys(body).length > 0) {
    problems.push({ path: 'body', message: 'is not known: this call takes no body' })
  }
  if (problems.length > 0) throw invalidRequest(problems.slice(0, maxProblems))
}

function explain(name: string, known: string[]): string {
  const nearest = closest(name, known)
  if (nearest !== undefined) return `is not known: did you mean ${nearest}?`
  return `is not known: ${known.length > 0 ? `expected one of ${known.join(', ')}` : 'this call takes no parameters'}`
}
