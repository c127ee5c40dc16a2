import type { FastifyInstance } from 'fastify'
import type { Logger } from 'pino'
import type { Changes } from '../domain/change.js'
import type { Decided } from '../domain/behaviors.js'
import type { Refusal } from '../domain/refusal.js'
import type { ActiveFault } from '../organization/faults.js'
import type { Organizations } from '../organization/index.js'
import type { OpenOrganization } from '../organization/organization.js'
import type { Shapes } from '../schemas/shapes.js'
import type { Store } from '../store/index.js'
import type { TokenGrant } from '../store/tokens.js'
import type { Description } from './catalog.js'
import type { UnknownField } from './validation.js'
import type { AnswerCheck } from './validation.js'

/** What routes are built with. */
export interface Deps {
  store: Store
  organizations: Organizations
  logger: Logger
  version: string
  /** The path of openapi.yaml. */
  openapiFile: string
  /** The folder of the page; undefined if none is served. */
  uiFolder: string | undefined
  /** What is known of the answers of every operation. */
  shapes: Shapes
  /** The tokens of the built-in seed that are valid here, with their secrets, which are public. */
  builtInTokens: () => { secret: string; token_label: string }[]
  /** Whether only this machine can connect. */
  isOnLoopback: () => boolean
  /** Host names, beside those of this machine, by which the control plane can be called. */
  allowedHosts: readonly string[]
  /** Whether web pages of all sites can call the API. */
  cors: boolean
  /** Seconds since the sandbox was opened. */
  uptimeSeconds: () => number
  /** Checks every response against its schema, in tests. */
  checkAnswer: AnswerCheck | undefined
  /** Called with each Fastify app before its routes are registered, for tests and for the script of openapi.yaml. */
  onApp: ((app: FastifyInstance) => void) | undefined
}

declare module 'node:http' {
  interface IncomingMessage {
    /** Whether it arrived as a HEAD; it is routed as a GET. */
    isHead?: boolean
    /** Set when it is received; it stays the same if a second app answers it. */
    requestId?: string
  }
}

declare module 'fastify' {
  interface FastifyRequest {
    /** The caller's organization; set by the first hook of /v1. */
    organization: OpenOrganization
    token: TokenGrant
    /** The organization's `tokenGeneration`, when the token was looked up. */
    tokenGeneration: number
    /** As it arrived: `method` is GET for a HEAD. */
    sentMethod: string
    /** When it arrived, in the time of `performance.now`. */
    startedAt: number
    /** The body as sent, if it could be parsed. */
    bodyText: string | undefined
    /** The operation called; undefined if no route matched. */
    described: Description | undefined
    /** Why the call was rejected. */
    refusal: Refusal | undefined
    /** The fault rule that matched it. */
    fault: ActiveFault | undefined
    /** Fields and parameters that the operation does not have. */
    unknown: UnknownField[] | undefined
    /** Those that were ignored, in words. */
    ignored: string[] | undefined
    /** What decided the answer; undefined if only what always decides its operation did. */
    decided: Decided | undefined
    /** What it changed, once that is committed. */
    changes: Changes | undefined
  }
}

/** Gives all requests one shape from the start, which V8 optimizes. */
export function decorateRequests(app: FastifyInstance) {
  app.decorateRequest('organization')
  app.decorateRequest('token')
  app.decorateRequest('tokenGeneration', 0)
  app.decorateRequest('sentMethod', '')
  app.decorateRequest('startedAt', 0)
  for (const name of [
    'bodyText',
    'described',
    'refusal',
    'fault',
    'unknown',
    'ignored',
    'decided',
    'changes',
  ] as const) {
    app.decorateRequest(name, undefined)
  }
}
