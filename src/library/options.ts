import { Type, type TSchema } from '@sinclair/typebox'
import { isInRange, parseTimestamp, type Timestamp } from '../domain/clock.js'
import type { Problem } from '../domain/refusal.js'
import type { JournalLimits } from '../organization/journal.js'
import { createSchemaCheck } from '../schemas/check.js'
import { gather } from '../schemas/report.js'
import { readSettings, SettingsDocument } from '../schemas/settings.js'
import { Checked, Enum } from '../schemas/types.js'
import type { Settings } from './types.js'
import type { Fetch } from './fetch.js'
import type { SeedSource } from './seed-source.js'

/** How a sandbox is made. All of it may be left out. */
export interface SandboxOptions {
  /** Where to listen; 0, any free port, if left out. */
  port?: number | undefined
  /** The address to listen on, `127.0.0.1` if left out. On any that others reach, the control plane needs a token. */
  host?: string | undefined
  /** False: no socket at all. Calls go through `fetch`. */
  listen?: boolean | undefined
  /** A database file that outlives the sandbox; `:memory:` if left out. */
  db?: string | undefined
  /** Begin again from the seed, whatever the database file holds. */
  fresh?: boolean | undefined
  /** `full` syncs the database file after every write, so that a power failure loses none; `normal` if left out. */
  durability?: 'normal' | 'full' | undefined
  /** What organizations begin with: an object, or the path or `file:` URL of a YAML or JSON file; else the built-in seed. */
  seed?: SeedSource | undefined
  /** Where every clock stands still at first: a Date, or a date-time with a zone. Else they run as the machine's does. */
  now?: Date | string | undefined
  /** Laid over the settings of the seed, for every organization; a reset comes back to them. */
  settings?: Settings | undefined
  /** False: tokens of the form `org-<name>` open no organizations of their own. */
  organizations?: boolean | undefined
  /** How many organizations there may be before the longest unused one goes; 1,000 if left out. */
  maxOrganizations?: number | undefined
  /** How much of what was called is remembered: calls of one organization (1,000), their bytes (8 MiB), and those of all (64 MiB). */
  journal?: Partial<JournalLimits> | undefined
  /** A pino logger; else only what goes wrong is told, on standard error. */
  logger?: SandboxLogger | undefined
}

/** What a pino logger can do of which use is made. */
export interface SandboxLogger {
  level: string
  isLevelEnabled(level: string): boolean
  child(bindings: object): SandboxLogger
}

/** Where a sandbox runs, and which of its organizations is meant. */
export interface ConnectOptions {
  /** Its address, with or without /v1: `http://127.0.0.1:6725`. */
  url: string | URL
  /** Says which organization: `org-<name>`, or a token of its seed; the built-in seed's for `default` if left out. */
  token?: string | undefined
  /** What `readOnlyToken` is, where `token` is neither the built-in seed's nor of the form `org-<name>`. */
  readOnlyToken?: string | undefined
  /** Makes the calls; the global one if left out. */
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
    organizations: optional(Type.Boolean()),
    maxOrganizations: optional(Type.Integer({ minimum: 1 })),
    journal: optional(
      Type.Object({ entries: limit, bytes: limit, totalBytes: limit }, { additionalProperties: false }),
    ),
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

/** Throws a TypeError that names everything that is wrong with the options. */
export function checkOptions(options: SandboxOptions) {
  const problems = findProblems(SandboxOptionsSchema, options)
  // What a schema cannot say, as PATCH /_sandbox/settings checks it.
  if (problems.length === 0) readSettings(gather(problems, maxProblems), 'options.settings', options.settings ?? {})
  refuse('createSandbox', problems)
}

/** The same for those of `connect`. */
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

/** Undefined where it is none that a clock may show. */
export function readMoment(moment: unknown): Timestamp | undefined {
  if (moment instanceof Date) return isInRange(moment.getTime()) ? moment.getTime() : undefined
  return typeof moment === 'string' ? parseTimestamp(moment) : undefined
}
