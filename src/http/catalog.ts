import type { TSchema } from '@sinclair/typebox'
import type { FastifyInstance, onRequestHookHandler } from 'fastify'
import type { RefusalCode } from '../domain/refusal.js'
import { createUuidNormalizer } from '../schemas/uuids.js'

/**
 * The names that an object may have. Those that hold an object, or a list of them, lead to the names in there; the others
 * to null.
 */
export type Fields = ReadonlyMap<string, Fields | null>

/** What hooks and the journal need to know of an operation, made once of its schemas. */
export interface Description {
  operation: string
  /** The statuses that openapi.yaml names. */
  statuses: number[]
  /** With which it can refuse. */
  codes: ReadonlySet<RefusalCode>
  /** Null where it takes no body. */
  bodyFields: Fields | null
  queryFields: Fields | null
}

interface OperationSchema {
  operationId?: string
  params?: TSchema
  body?: TSchema
  querystring?: TSchema
  response?: Record<string, TSchema & { codes?: RefusalCode[] }>
}

/** Describes every operation that is registered on `app` from here on. */
export function createCatalog(app: FastifyInstance) {
  const operations = new Map<string, Description>()
  app.addHook('onRoute', (route) => {
    const schema = (route.schema ?? {}) as OperationSchema
    if (schema.operationId === undefined) return
    const { body, querystring, response = {} } = schema
    const described: Description = {
      operation: schema.operationId,
      statuses: Object.keys(response).map(Number),
      codes: new Set(Object.values(response).flatMap(({ codes = [] }) => codes)),
      bodyFields: body ? fieldsOf(body) : null,
      queryFields: querystring ? fieldsOf(querystring) : new Map(),
    }
    if (route.method !== 'HEAD') operations.set(schema.operationId, described)
    const normalizeParams = createUuidNormalizer(schema.params)
    // A hook of the route's own: to ask a request for its route costs more than most that is done with the answer.
    const describe: onRequestHookHandler = (request, _reply, done) => {
      request.described = described
      // Before they are validated: fault rules and the journal read them even if the call is refused.
      const params = normalizeParams(request.params)
      // To write to a request's parameters costs more than to look.
      if (params !== request.params) request.params = params
      done()
    }
    route.onRequest = [describe, ...[route.onRequest ?? []].flat()]
  })
  return operations as ReadonlyMap<string, Description>
}

export type Catalog = ReturnType<typeof createCatalog>

function fieldsOf(schema: TSchema): Fields | null {
  // What may be null is described by the first branch of its union.
  const { items, properties } = (schema.anyOf as TSchema[] | undefined)?.[0] ?? schema
  if (items) return fieldsOf(items as TSchema)
  if (!properties) return null
  const fields = Object.entries(properties as Record<string, TSchema>)
  return new Map(fields.map(([name, field]) => [name, fieldsOf(field)]))
}
