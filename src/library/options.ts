import { Type, type TSchema } from '@sinclair/typebox'
import { isInRange, parseTimestamp, type Timestamp } from '../domain/clock.js'
import { hostName } from '../domain/host-name.js'
import type { Problem } from '../domain/refusal.js'
import type { JournalLimits } from '../organization/journal.js'
import { createSchemaCheck } from '../schemas/check.js'
import { aLimit, parseLimit } from '../schemas/limit.js'
import { gather } from '../schemas/report.js'
import { readSettings, SettingsDocument } from '../schemas/settings.js'
import { Checked, Enum } from '../schemas/types.js'
import type { Settings } from './types.js'
import type { Fetch } from './fetch.js'
import type { SeedSource } from './seed-source.js'

/** Options of `createSandbox`, all optional. */
export interface SandboxOptions {
  /** The port to listen on; any free one by default. */
  port?: number | undefined
  /** The address to listen on, `127.0.0.1` by default. Off loopback the control plane needs a token. */
  host?: string | undefined
  /** False opens no socket: calls go through `fetch`. */
  listen?: boolean | undefined
  /** A database file that outlives the sandbox; `:memory:` by default. */
  db?: string | undefined
  /** Start again from the seed, whatever the database file holds. */
  fresh?: boolean | undefined
  /** `full` syncs the database file after every write, so that a power failure loses none; `normal` by default. */
  durability?: 'normal' | 'full' | undefined
  /** The initial state: an object, or the path or `file:` URL of a YAML or JSON file; the built-in seed by default. */
  seed?: SeedSource | undefined
  /** Freezes every clock at this moment: a Date, or a date-time with a zone. By default clocks run as the machine's does. */
  now?: Date | string | undefined
  /** Override the settings of the seed in every organization; a reset returns to them. */
  settings?: Settings | undefined
  /**
   * Rules for what calls may change in every organization, such as `longer-than=8h`. A call that breaks one is answered as
   * always, and is one of `violations()`.
   */
  forbid?: readonly string[] | undefined
  /** False: tokens of the form `org-<name>` do not open organizations. */
  organizations?: boolean | undefined
  /** The least recently used organization above this number is evicted; 1,000 by default. */
  maxOrganizations?: number | undefined
  /** Limits of the journal: calls per organization (1,000), their bytes (8 MiB), and the bytes of all organizations (64 MiB). */
  journal?: Partial<JournalLimits> | undefined
  /** Host names, beside `localhost` and `host.docker.internal`, by which the control plane can be called. */
  allowedHosts?: readonly string[] | undefined
  /** True: web pages of all sites can call the API under /v1, but never the control plane. */
  cors?: boolean | undefined
  /** False: the sandbox serves no page to browsers. */
  ui?: boolean | undefined
  /** A pino logger; by default warnings and errors go to standard error. */
  logger?: SandboxLogger | undefined
}

/** The members of a pino logger that the sandbox uses. */
export interface SandboxLogger {
  level: string
  isLevelEnabled(level: string): boolean
  child(bindings: object): SandboxLogger
}

/** Options of `connect`: the sandbox's address, and the organization. */
export interface ConnectOptions {
  /** The sandbox's address, with or without /v1: `http://127.0.0.1:6725`. */
  url: string | URL
  /** Selects the organization: `org-<name>`, or a token of its seed. By default the built-in seed's token for `default`. */
  token?: string | undefined
  /** The READ_ONLY token, if `token` is neither the built-in seed's nor of the form `org-<name>`. */
  readOnlyToken?: string | undefined
  /** Sends the calls; the global `fetch` by default. */
  fetch?: Fetch | undefined
}

const maxProblems = 20
const optional = <Schema extends TSchema>(schema: Schema) => Type.Optional(schema)
const text = (expects: string) => optional(Type.String({ minLength: 1, expects }))
const limit = optional(Type.Integer({ minimum: 0 }))

const SandboxOptionsSchema = Type.Object(
  {
    port: optional(Type.Integer({ minimum: 0, maximum: 65_535, expects: 'an integer from 0 to 65535' })),
    host: text('an address such as 127.0.0.1'),
    listen: optional(Type.Boolean()),
    db: text('the path of a file, or :memory:'),
    fresh: optional(Type.Boolean()),
    durability: optional(Enum(['normal', 'full'])),
    seed: optional(Checked('a seed as an object, or the path or file: URL of a YAML or JSON file', isSeedSource)),
    now: optional(
      Checked(
        'a Date or a date-time with a zone, from 1970 to 9998-12-31T17:59:59Z, such as 2026-01-01T00:00:00Z',
        (value) => readMoment(value) !== undefined,
      ),
    ),
    settings: optional(SettingsDocument),
    forbid: optional(Type.Array(Checked(aLimit, (rule) => typeof rule === 'string' && parseLimit(rule) !== undefined))),
    organizations: optional(Type.Boolean()),
    maxOrganizations: optional(Type.Integer({ minimum: 1 })),
    journal: optional(
      Type.Object({ entries: limit, bytes: limit, totalBytes: limit }, { additionalProperties: false }),
    ),
    allowedHosts: optional(
      Type.Array(Type.String({ pattern: hostName.source, expects: 'a host name without a port, such as ci.internal' })),
    ),
    cors: optional(Type.Boolean()),
    ui: optional(Type.Boolean()),
    logger: optional(Checked('a pino logger', isLogger)),
  } satisfies Record<keyof SandboxOptions, TSchema>,
  { additionalProperties: false },
)

const ConnectOptionsSchema = Type.Object(
  {
    url: Checked('an address such as http://127.0.0.1:6725', isAddress),
    token: text('a token'),
    readOnlyToken: text('a token'),
    fetch: optional(Checked('a function such as fetch', (value) => typeof value === 'function')),
  } satisfies Record<keyof ConnectOptions, TSchema>,
  { additionalProperties: false },
)

/** Throws a TypeError that names every problem of the options. */
export function checkOptions(options: SandboxOptions) {
  const problems = findProblems(SandboxOptionsSchema, options)
  // Rules that a schema cannot express, as for PATCH /_sandbox/settings.
  if (problems.length === 0) readSettings(gather(problems, maxProblems), 'options.settings', options.settings ?? {})
  refuse('createSandbox', problems)
}

/** The same for the options of `connect`. */
export function checkConnection(options: ConnectOptions) {
  refuse('connect', findProblems(ConnectOptionsSchema, options))
}

function findProblems(schema: TSchema, options: unknown): Problem[] {
  const check = createSchemaCheck(schema)
  return check.isValid(options) ? [] : check.problems(options, 'options', maxProblems)
}

function refuse(name: string, problems: Problem[]) {
  if (problems.length === 0) return
  throw new TypeError(`${name}: ${problems.map(({ path, message }) => `${path} ${message}`).join('; ')}.`)
}

function isSeedSource(value: unknown): boolean {
  return value instanceof URL ? value.protocol === 'file:' : isText(value) || isObject(value)
}

function isLogger(value: unknown): boolean {
  return isObject(value) && 'isLevelEnabled' in value && 'child' in value
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== ''
}

export function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isAddress(value: unknown): boolean {
  if (!(value instanceof URL || isText(value)) || !URL.canParse(String(value))) return false
  return /^https?:/.test(new URL(String(value)).protocol)
}

/** Undefined if it is no moment that a clock can show. */
export function readMoment(moment: unknown): Timestamp | undefined {
  if (moment instanceof Date) return isInRange(moment.getTime()) ? moment.getTime() : undefined
  return typeof moment === 'string' ? parseTimestamp(moment) : undefined
}
