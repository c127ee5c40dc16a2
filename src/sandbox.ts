import type { FastifyInstance } from 'fastify'
import type { AddressInfo } from 'node:net'
import { pino, type DestinationStream, type Logger } from 'pino'
import { buildApp } from './http/app.js'
import { createLogStream } from './http/log-stream.js'
import type { Measured } from './domain/behaviors.js'
import type { Timestamp } from './domain/clock.js'
import { SetupError } from './domain/setup-error.js'
import { showViolation } from './http/changes.js'
import type { CoverageReport } from './http/coverage.js'
import { chooseExample, type ExampleCall } from './http/welcome.js'
import type { AnswerCheck } from './http/validation.js'
import { dateNow, performanceNow } from './globals.js'
import { showClock } from './organization/clock.js'
import { defaultJournalLimits, type JournalLimits } from './organization/journal.js'
import { openOrganizations, type Organizations } from './organization/index.js'
import { readPackage } from './package.js'
import { resolveLimit } from './schemas/limit.js'
import { createShapes } from './schemas/shapes.js'
import { builtInTokens } from './seed/built-in.js'
import { checkStart, loadDefaultSeed, loadSeed } from './seed/load.js'
import type { Secrets } from './seed/secrets.js'
import { openStore } from './store/index.js'

// For the command.
export { createLogStream } from './http/log-stream.js'
export { curlExample, type ExampleCall } from './http/welcome.js'
export { journalLimits } from './organization/journal.js'

// For the script that writes openapi.yaml and seed.schema.json.
export { bases, behaviors } from './domain/behaviors.js'
export { eventTypes } from './domain/events.js'
export { operations } from './domain/operations.js'
export { refusals } from './http/errors.js'
export { SeedDocument } from './seed/schema.js'

export interface OpenSandboxOptions {
  /** A file, or `:memory:`. */
  db?: string
  /** A seed document; the built-in one by default. */
  seed?: unknown
  /** The moment at which every clock is frozen. */
  now?: Timestamp | undefined
  /** Start again from the seed, with no other organizations. */
  fresh?: boolean
  /** `full` syncs the file after every write, so that a power failure loses none; `normal` by default. */
  durability?: 'normal' | 'full'
  /** Whether tokens of the form org-<name> open organizations of their own; they do by default. */
  allowNamed?: boolean
  /** How many there may be before the least recently used is evicted; 1,000 by default. */
  maxOrganizations?: number
  /** Host names, beside those of this machine, by which the control plane can be called. */
  allowedHosts?: readonly string[]
  /** Whether web pages of all sites can call the API; they cannot by default. */
  cors?: boolean
  /** Whether browsers get a page at `/`; they do by default. */
  ui?: boolean
  /** Hashes by alias: the only secrets of `default`, also in a database that exists. */
  secrets?: Secrets | undefined
  /** Rules for what calls may change, in every organization. */
  forbid?: readonly string[]
  /** Behaviors that were seen in the real API, with the day. */
  measured?: Measured | undefined
  /** How much the journal keeps. */
  journal?: Partial<JournalLimits>
  /** The machine's own clock; `Date.now` by default. */
  realNow?: () => Timestamp
  logger?: Logger
  /** Called when a step of the opening begins that may take long, with its name in words. */
  onStep?: (step: string) => void
  /** Tests hold every answer to its schema with this. */
  checkAnswer?: AnswerCheck
  /** Called with each Fastify app before its routes are registered, for tests and for the script of openapi.yaml. */
  onApp?: (app: FastifyInstance) => void
}

export interface RunningSandbox {
  app: FastifyInstance
  organizations: Organizations
  builtInTokens: () => { secret: string; token_label: string }[]
  /** A call that succeeds in the state at hand, for `curlExample`. */
  exampleCall: () => ExampleCall
  /** The clock of `default`. */
  clock: () => { now: string; mode: string }
  /** What calls changed against those rules since the start, over all organizations, removed ones included. */
  violations: () => ReturnType<typeof showViolation>[]
  /** Counted since the start over all organizations, removed ones included. */
  coverage: () => Promise<CoverageReport>
  /** Registers all routes, also those that wait for their first call. */
  loadAll: () => Promise<void>
  /** Returns the port. Port 0 means any free one. */
  listen: (address: { host: string; port: number }) => Promise<number>
  /** Answers the requests in flight, then closes everything. */
  close: () => Promise<void>
}

/** The composition root. Throws a SetupError or a SeedError, and then leaves nothing open. */
export function openSandbox({
  db = ':memory:',
  seed,
  now,
  fresh = false,
  durability = 'normal',
  allowNamed = true,
  maxOrganizations = 1_000,
  forbid = [],
  journal = {},
  realNow = dateNow,
  secrets,
  allowedHosts = [],
  cors = false,
  ui = true,
  measured = new Map(),
  logger = quietLogger(),
  onStep = () => undefined,
  checkAnswer,
  onApp,
}: OpenSandboxOptions = {}): RunningSandbox {
  const { version, migrationsFolder, openapiFile, shapesFile, uiFolder } = readPackage()
  if (seed !== undefined) onStep('checking the seed')
  // A seed with mistakes is rejected before the database is touched.
  const givenSeed = seed === undefined ? undefined : loadSeed(seed)
  if (givenSeed && now === undefined) checkStart(givenSeed, realNow())
  let defaultSeed: ReturnType<typeof loadDefaultSeed> | undefined
  let isOnLoopback = true
  const startedAt = performanceNow()
  const serverSeed = () => givenSeed ?? (defaultSeed ??= loadDefaultSeed())
  onStep(`opening the database ${db}`)
  const store = openStore(db, migrationsFolder, { fresh, durability })
  try {
    if (!store.organizations.find('default')) onStep(`applying ${describeSeed(serverSeed())}`)
    const organizations = openOrganizations({
      store,
      seed: serverSeed,
      realNow,
      frozenAt: now,
      allowNamed,
      maxOrganizations,
      givenSecrets: secrets,
      forbid: forbid.map((rule) =>
        resolveLimit(
          rule,
          () => serverSeed().groups,
          (message) => refuseLimit(rule, message),
        ),
      ),
      journalLimits: { ...defaultJournalLimits, ...journal },
    })
    const validTokens = () => builtInTokens().filter(({ secret }) => organizations.isTokenSecret(secret))
    const { app, coverage, connections, loadAll } = buildApp({
      store,
      organizations,
      logger,
      version,
      openapiFile,
      uiFolder: ui ? uiFolder : undefined,
      shapes: createShapes(shapesFile),
      builtInTokens: validTokens,
      isOnLoopback: () => isOnLoopback,
      allowedHosts,
      cors,
      measured,
      uptimeSeconds: () => Math.round(performanceNow() - startedAt) / 1000,
      checkAnswer,
      onApp,
    })
    app.addHook('preClose', async () => organizations.releaseAll())
    app.addHook('preClose', () => connections.end())
    app.addHook('onClose', async () => {
      if (store.isAlive()) organizations.saveEvents()
      store.close()
    })
    return {
      app,
      organizations,
      builtInTokens: validTokens,
      exampleCall: () => chooseExample({ store, organizations, builtInTokens: validTokens }),
      clock: () => showClock(organizations.default),
      violations: () => organizations.violations().map(showViolation),
      coverage,
      loadAll,
      async listen({ host, port }) {
        isOnLoopback = isLoopback(host)
        await app.listen({ host, port })
        return (app.server.address() as AddressInfo).port
      },
      close: () => app.close(),
    }
  } catch (error) {
    store.close()
    throw error
  }
}

function refuseLimit(rule: string, message: string): never {
  throw new SetupError(`The rule ${rule} is not valid: ${message}.`)
}

function describeSeed({ users, groups, group_users }: ReturnType<typeof loadSeed>): string {
  return `the seed: ${users.length} users, ${groups.length} groups, ${group_users.length} group users`
}

export function isLoopback(host: string): boolean {
  return /^(localhost|127(\.\d{1,3}){3}|::1)$/i.test(host)
}

/** The host to use in a URL, on this machine, for an address that was listened on. */
export function nameForUrl(host: string): string {
  if (host === '0.0.0.0' || host === '::') return '127.0.0.1'
  return host.includes(':') ? `[${host}]` : host
}

/** Logs warnings and errors, to standard error. */
function quietLogger(): Logger {
  let stream: DestinationStream | undefined
  return pino({ level: 'warn' }, { write: (line) => (stream ??= createLogStream(2)).write(line) })
}
