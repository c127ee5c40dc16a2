import type { FastifyInstance } from 'fastify'
import type { Logger } from 'pino'
import type { Refusal } from '../domain/refusal.js'
import type { Rule } from '../domain/rule.js'
import type { ActiveFault } from '../organization/faults.js'
import type { Organizations } from '../organization/index.js'
import type { OpenOrganization } from '../organization/organization.js'
import type { Store } from '../store/index.js'
import type { TokenGrant } from '../store/tokens.js'
import type { Description } from './catalog.js'
import type { UnknownField } from './fields.js'
import type { AnswerCheck } from './validation.js'

/** What routes are built from. */
export interface Deps {
  store: Store
  organizations: Organizations
  logger: Logger
  version: string
  /** Where openapi.yaml stands. */
  openapiFile: string
  /** The tokens of the built-in seed that are valid here, with their secrets, which are no secret. */
  builtInTokens: () => { secret: string; token_label: string }[]
  /** Whether only this machine can reach the server. */
  isOnLoopback: () => boolean
  /** Seconds since the sandbox was opened. */
  uptimeSeconds: () => number
  /** Holds every answer to its schema, under test. */
  checkAnswer: AnswerCheck | undefined
}

declare module 'fastify' {
  interface FastifyRequest {
    /** The caller's organization; set by the first hook of /v1. */
    organization: OpenOrganization
    token: TokenGrant
    /** When it came, as `performance.now` tells. */
    startedAt: number
    /** The body as it came, where it could be read. */
    bodyText: string | undefined
    /** The operation that is called; undefined where no route took the request. */
    described: Description | undefined
    /** Why the call was refused. */
    refusal: Refusal | undefined
    /** The fault rule that met it. */
    fault: ActiveFault | undefined
    /** Fields and parameters that the operation does not know. */
    unknown: UnknownField[] | undefined
    /** Those that had no effect, in words. */
    ignored: string[] | undefined
    /** The rules that decided. */
    rules: readonly Rule[] | undefined
  }
}

/** Gives all requests the same shape from the start, which is what V8 is fast with. */
export function decorateRequests(app: FastifyInstance) {
  app.decorateRequest('organization')
  app.decorateRequest('token')
  app.decorateRequest('startedAt', 0)
  for (const name of ['bodyText', 'described', 'refusal', 'fault', 'unknown', 'ignored', 'rules'] as const) {
    app.decorateRequest(name, undefined)
  }
}
