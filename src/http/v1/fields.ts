import type { TSchema } from '@sinclair/typebox'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { closest } from '../../closest.js'
import { invalidRequest } from '../errors.js'

/** What an operation's schemas know of: the names of its body's fields and of its query parameters. */
interface KnownFields {
  body: ReadonlySet<string> | undefined
  query: ReadonlySet<string>
}

declare module 'fastify' {
  interface FastifyContextConfig {
    known?: KnownFields
  }
}

const header = 'x-opal-sandbox-ignored'
const maxNames = 10
const maxHeaderBytes = 1024

/**
 * Opal's schemas allow fields that they do not name, so a misspelt one is accepted and does nothing. It is told of in a
 * header; under the setting `unknown_fields: reject` the call is refused.
 */
export function createFieldReport(app: FastifyInstance) {
  app.addHook('onRoute', (route) => {
    const { body, querystring } = (route.schema ?? {}) as { body?: TSchema; querystring?: TSchema }
    // A body that may be null is described by the first branch of its union.
    const bodySchema = (body?.anyOf as TSchema[] | undefined)?.[0] ?? body
    route.config = { ...route.config, known: { body: bodySchema && namesOf(bodySchema), query: namesOf(querystring) } }
  })

  return async (request: FastifyRequest, reply: FastifyReply) => {
    const { known } = request.routeOptions.config
    if (!known) return
    const unknown = [...unknownIn('body', request.body, known.body), ...unknownIn('query', request.query, known.query)]
    if (unknown.length === 0) return
    if (request.organization.settings.unknown_fields === 'reject') {
      throw invalidRequest(
        unknown.map(({ path, nearest }) => ({
          path,
          message: nearest ? `is not known: did you mean ${nearest}?` : 'is not known',
        })),
        { hint: 'The setting unknown_fields is "reject" in this organization.' },
      )
    }
    void reply.header(header, describe(unknown))
  }
}

interface UnknownField {
  path: string
  nearest: string | undefined
}

function namesOf(schema: TSchema | undefined): ReadonlySet<string> {
  return new Set(Object.keys((schema?.properties ?? {}) as object))
}

function unknownIn(place: string, value: unknown, known: ReadonlySet<string> | undefined): UnknownField[] {
  if (!known || typeof value !== 'object' || value === null) return []
  const unknown: UnknownField[] = []
  for (const name in value) {
    if (!known.has(name)) unknown.push({ path: `${place}.${name}`, nearest: closest(name, [...known]) })
  }
  return unknown
}

/** Percent-encoded, since a header field can carry neither a line break nor most of Unicode. */
function describe(unknown: UnknownField[]): string {
  let text = ''
  for (const { path, nearest } of unknown.slice(0, maxNames)) {
    const words = nearest === undefined ? path : `${path}; did you mean ${nearest}?`
    const part = `${text === '' ? '' : ', '}${encodeURI(words.toWellFormed()).replaceAll('%20', ' ')}`
    if (text.length + part.length > maxHeaderBytes) break
    text += part
  }
  return text
}
