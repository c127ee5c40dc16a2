import type { Logger } from 'pino'
import type { Organization, Organizations } from '../organization.js'
import type { Store } from '../store/index.js'
import type { TokenGrant } from '../store/tokens.js'

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
}

declare module 'fastify' {
  interface FastifyRequest {
    /** The caller's organization; set by the first hook of /v1. */
    organization: Organization
    token: TokenGrant
  }
}
