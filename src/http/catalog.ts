import type { TSchema } from '@sinclair/typebox'
import type { FastifyInstance, onRequestHookHandler } from 'fastify'
import type { RefusalCode } from '../domain/refusal.js'

/** What hooks and the journal need to know of an operation, made once of its schemas. */
export interface Description {
  operation: string
  method: string
  /** As openapi.yaml writes it. */
  path: string
  tags: readonly string[]
  /** The statuses that openapi.yaml names. */
  statuses: number[]
  /** With which it can refuse. */
  codes: ReadonlySet<RefusalCode>
  /** The names of its body's fields; undefined where it takes no body. */
  bodyFields: ReadonlySet<string> | undefined
  queryFields: ReadonlySet<string>
}

interface OperationSchema {
  operationId?: string
  tags?: string[]
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
    const { body, querystring, response = {}, tags = [] } = schema
    // A body that may be null is described by the first branch of its union.
    const bodySchema = (body?.anyOf as TSchema[] | undefined)?.[0] ?? body
    const described: Description = {
      operation: schema.operationId,
      method: String(route.method),
      path: route.url.replaceAll(/:(\w+)/g, '{$1}'),
      tags,
      statuses: Object.keys(response).map(Number),
      codes: new Set(Object.values(response).flatMap(({ codes = [] }) => codes)),
      bodyFields: bodySchema && fieldsOf(bodySchema),
      queryFields: fieldsOf(querystring),
    }
    if (route.method !== 'HEAD') operations.set(schema.operationId, described)
    // A hook of the route's own: to ask a request for its route costs more than most that is done with the answer.
    const describe: onRequestHookHandler = (request, _reply, done) => {
      request.described = described
      done()
    }
    route.onRequest = [describe, ...[route.onRequest ?? []].flat()]
  })
  return operations as ReadonlyMap<string, Description>
}

export type Catalog = ReturnType<typeof createCatalog>

function fieldsOf(schema: TSchema | undefined): ReadonlySet<string> {
  return new Set(Object.keys((schema?.properties ?? {}) as object))
}
