import type { TSchema } from '@sinclair/typebox'
import type { FastifyInstance, onRequestHookHandler, RouteOptions } from 'fastify'
import { decidedAlways, type Decided } from '../domain/behaviors.js'
import type { RefusalCode } from '../domain/refusal.js'
import { createUuidNormalizer } from '../schemas/uuids.js'

/**
 * The field names that an object may have. Each maps to the fields of the object or list of objects that it holds, or to
 * null.
 */
export type Fields = ReadonlyMap<string, Fields | null>

/** What hooks and the journal need to know about an operation, derived once from its schemas. */
export interface Description {
  operation: string
  /** The statuses of its route; openapi.yaml adds those that any request can meet. */
  statuses: number[]
  /** The codes it can refuse with. */
  codes: ReadonlySet<RefusalCode>
  /** What decides each of its successes. */
  decided: Decided
  /** Null if it takes no body. */
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

const upperCase = /[A-F]/

/** Describes the operations of the apps that it watches. */
export function createCatalog() {
  const operations = new Map<string, Description>()

  function describeRoute(route: RouteOptions) {
    const schema = (route.schema ?? {}) as OperationSchema
    if (schema.operationId === undefined) return
    const { body, querystring, response = {} } = schema
    const described: Description = {
      operation: schema.operationId,
      statuses: Object.keys(response).map(Number),
      codes: new Set(Object.values(response).flatMap(({ codes = [] }) => codes)),
      decided: decidedAlways(schema.operationId),
      bodyFields: body ? fieldsOf(body) : null,
      queryFields: querystring ? fieldsOf(querystring) : new Map(),
    }
    if (route.method !== 'HEAD') operations.set(schema.operationId, described)
    const normalizeParams = schema.params && createUuidNormalizer(schema.params)
    // A hook per route: asking a request for its route costs more than most uses of the answer.
    const describe: onRequestHookHandler = (request, _reply, done) => {
      request.described = described
      // Before they are validated: fault rules and the journal read them even if the call is refused.
      if (normalizeParams && upperCase.test(request.url)) request.params = normalizeParams(request.params)
      done()
    }
    route.onRequest = [describe, ...[route.onRequest ?? []].flat()]
  }

  return {
    operations: operations as ReadonlyMap<string, Description>,
    /** Must be called before the routes of the app are registered. */
    watch: (app: FastifyInstance) => app.addHook('onRoute', describeRoute),
  }
}

export type Catalog = ReturnType<typeof createCatalog>

function fieldsOf(schema: TSchema): Fields | null {
  // The first branch of a nullable's union describes it.
  const { items, properties } = (schema.anyOf as TSchema[] | undefined)?.[0] ?? schema
  if (items) return fieldsOf(items as TSchema)
  if (!properties) return null
  const fields = Object.entries(properties as Record<string, TSchema>)
  return new Map(fields.map(([name, field]) => [name, fieldsOf(field)]))
}
