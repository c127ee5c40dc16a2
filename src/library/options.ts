import { closest } from '../schemas/closest.js'
import { isInRange, parseTimestamp, type Timestamp } from '../domain/clock.js'
import type { JournalLimits } from '../organization/journal.js'
import { createSchemaCheck, show } from '../schemas/check.js'
import { SettingsDocument } from '../schemas/settings.js'
import type { Settings } from './types.js'
import { gather } from '../schemas/report.js'
import { readSettings } from '../schemas/settings.js'
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

/** So many mistakes of settings are told. */
const maxProblems = 20

/** What is expected of an option, in words and as a check. */
type Expectation = [words: string, isMet: (value: unknown) => boolean]

const trueOrFalse: Expectation = ['true or false', (value) => typeof value === 'boolean']
const journalLimits = ['entries', 'bytes', 'totalBytes']

const sandboxOptions: Record<keyof SandboxOptions, Expectation> = {
  port: ['an integer from 0 to 65535', (value) => isIntegerFrom(0, value) && value <= 65_535],
  host: ['an address such as 127.0.0.1', isText],
  listen: trueOrFalse,
  db: ['the path of a file, or :memory:', isText],
  fresh: trueOrFalse,
  durability: ["'normal' or 'full'", (value) => value === 'normal' || value === 'full'],
  seed: [
    'a seed as an object, or the path or file: URL of a YAML or JSON file',
    (value) => (value instanceof URL ? value.protocol === 'file:' : isText(value) || isObject(value)),
  ],
  now: [
    'a Date or a date-time with a zone, from 1970 to 9998, such as 2026-01-01T00:00:00Z',
    (value) => readMoment(value) !== undefined,
  ],
  settings: ['an object of settings', isObject],
  organizations: trueOrFalse,
  maxOrganizations: ['an integer of at least 1', (value) => isIntegerFrom(1, value)],
  journal: [
    `an object of integers of at least 0: ${journalLimits.join(', ')}`,
    (value) =>
      isObject(value) &&
      Object.entries(value).every(([name, limit]) => journalLimits.includes(name) && isIntegerFrom(0, limit)),
  ],
  logger: ['a pino logger', (value) => isObject(value) && 'isLevelEnabled' in value && 'child' in value],
}

const aToken: Expectation = ['a token', isText]

const connectOptions: Record<keyof ConnectOptions, Expectation> = {
  url: ['an address such as http://127.0.0.1:6725', isAddress],
  token: aToken,
  readOnlyToken: aToken,
  fetch: ['a function such as fetch', (value) => typeof value === 'function'],
}

/** Throws a TypeError that names everything that is wrong with the options. */
export function checkOptions(options: SandboxOptions) {
  const mistakes = findMistakes('createSandbox', options, sandboxOptions)
  refuse('createSandbox', [...mistakes, ...findSettingsMistakes(options.settings)])
}

/** The same for those of `connect`. */
export function checkConnection(options: ConnectOptions) {
  const mistakes = findMistakes('connect', options, connectOptions)
  if (!('url' in options)) mistakes.push(`url: is required, expected ${connectOptions.url[0]}`)
  refuse('connect', mistakes)
}

function findMistakes(name: string, options: object, expectations: Record<string, Expectation>): string[] {
  if (!isObject(options)) throw new TypeError(`${name}: expected an object of options, got ${show(options)}.`)
  return Object.entries(options).flatMap(([option, value]) => {
    const expectation = Object.hasOwn(expectations, option) ? expectations[option] : undefined
    if (!expectation) return [`${option}: is not known, ${suggest(option, Object.keys(expectations))}`]
    const [expected, isMet] = expectation
    return value === undefined || isMet(value) ? [] : [`${option}: expected ${expected}, got ${show(value)}`]
  })
}

function suggest(option: string, known: string[]): string {
  const nearest = closest(option, known)
  return nearest === undefined ? `expected one of ${known.join(', ')}` : `did you mean ${nearest}?`
}

/** What PATCH /_sandbox/settings would refuse. */
function findSettingsMistakes(settings: unknown): string[] {
  if (!isObject(settings)) return []
  const check = createSchemaCheck(SettingsDocument)
  const problems = check.isValid(settings) ? [] : check.problems(settings, 'settings', maxProblems)
  if (problems.length === 0) readSettings(gather(problems, maxProblems), 'settings', settings)
  return problems.map(({ path, message }) => `${path} ${message}`)
}

function refuse(name: string, mistakes: string[]) {
  if (mistakes.length > 0) throw new TypeError(`${name}: ${mistakes.join('; ')}.`)
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== ''
}

export function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isIntegerFrom(least: number, value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= least
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
