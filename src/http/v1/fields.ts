import type { FastifyReply, FastifyRequest } from 'fastify'
import { closest } from '../../closest.js'
import { invalidRequest, maxProblems } from '../errors.js'

const header = 'x-opal-sandbox-ignored'
const maxNames = 10
const maxHeaderBytes = 1024

/**
 * Opal's schemas allow fields that they do not name, so a misspelt one is accepted and does nothing. It is told of in a
 * header; under the setting `unknown_fields: reject` the call is refused.
 */
export async function reportFields(request: FastifyRequest, reply: FastifyReply) {
  const { described, body, query } = request
  if (!described) return
  const unknown = findUnknown('body', body, described.bodyFields)
  const unknownInQuery = findUnknown('query', query, described.queryFields)
  if (!unknown && !unknownInQuery) return
  const all = [...(unknown ?? []), ...(unknownInQuery ?? [])]
  if (request.organization.settings.unknown_fields === 'reject') {
    throw invalidRequest(
      all.slice(0, maxProblems).map(({ path, nearest }) => ({
        path,
        message: nearest ? `is not known: did you mean ${nearest}?` : 'is not known',
      })),
      { hint: 'The setting unknown_fields is "reject" in this organization.' },
    )
  }
  request.ignored = all.slice(0, maxNames).map(words)
  void reply.header(header, describe(request.ignored))
}

interface UnknownField {
  path: string
  nearest: string | undefined
}

function findUnknown(
  place: string,
  value: unknown,
  known: ReadonlySet<string> | undefined,
): UnknownField[] | undefined {
  if (!known || typeof value !== 'object' || value === null) return undefined
  let unknown: UnknownField[] | undefined
  for (const name in value) {
    if (!known.has(name)) (unknown ??= []).push({ path: `${place}.${name}`, nearest: closest(name, [...known]) })
  }
  return unknown
}

function words({ path, nearest }: UnknownField): string {
  return nearest === undefined ? path : `${path}; did you mean ${nearest}?`
}

/** Percent-encoded, since a header field can carry neither a line break nor most of Unicode. */
function describe(ignored: string[]): string {
  let text = ''
  for (const name of ignored) {
    const part = `${text === '' ? '' : ', '}${encodeURI(name.toWellFormed()).replaceAll('%20', ' ')}`
    if (text.length + part.length > maxHeaderBytes) break
    text += part
  }
  return text
}
