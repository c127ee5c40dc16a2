import { InvalidArgumentError, Option } from '@commander-js/extra-typings'
import { closest } from '../schemas/closest.js'
import { hostName } from '../domain/host-name.js'
import { parseTimestamp, type Timestamp } from '../domain/clock.js'
import { operationIds, simulatedIds } from '../domain/operations.js'
import { aLimit, parseLimit } from '../schemas/limit.js'
import { parseDurationMs } from '../schemas/duration.js'

const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']

/** An option that an environment variable can set, too: 1. the flag, 2. the variable, 3. the default. */
export class VariableOption<Usage extends string> extends Option<Usage> {
  readonly variable: string

  // commander's own `env` would read the variables of the process, whichever ones the command was given.
  constructor(flags: Usage, description: string, variable: string) {
    super(flags, description)
    this.variable = variable
  }
}

/** An option of a sandbox that is started. */
export function startOption<Usage extends string>(flags: Usage, description: string) {
  const [, name = ''] = /--([a-z-]+)/.exec(flags) ?? []
  return new VariableOption(flags, description, `OPAL_SANDBOX_${name.toUpperCase().replaceAll('-', '_')}`)
}

export const seedOption = () => startOption('--seed <file>', 'the seed, YAML or JSON; without one, the built-in seed')

export const secretsOption = () =>
  startOption('--secrets <alias=secret,...>', "secrets of the seed's tokens; tokens left out have none")
    // The types read the dots as a variadic option.
    .argParser((text) => text)

export const nowOption = () =>
  startOption('--now <date-time>', 'freeze every clock at this time').argParser(parseMoment)

export const logLevelOption = (level: string) =>
  startOption('--log-level <level>', 'the least severe log lines to print')
    .choices(logLevels)
    .default<string>(level)
    .argParser(readLogLevel)

export const urlOption = () =>
  new VariableOption('--url <url>', 'the sandbox to call', 'OPAL_SANDBOX_URL')
    .default<string>('http://127.0.0.1:6725')
    .argParser(readUrl)

export const tokenOption = () =>
  new VariableOption(
    '--token <token>',
    'the token of the organization; without one, "default"',
    'OPAL_AUTH_TOKEN',
  ).argParser(readToken)

export const jsonOption = () => new Option('--json', 'print the JSON of the control plane')

export const forceOption = () => new Option('--force', 'overwrite an existing file')

export function readPort(text: string): number {
  const port = Number(text)
  if (!/^\d+$/.test(text) || port > 65_535) throw new InvalidArgumentError('Expected a number from 0 to 65535.')
  return port
}

/** Accepts a date alone, too: its midnight in UTC. */
export function parseMoment(text: string): Timestamp {
  const moment = parseTimestamp(/^\d{4}-\d\d-\d\d$/.test(text) ? `${text}T00:00:00Z` : text)
  if (moment === undefined) {
    throw new InvalidArgumentError(
      'Expected a date such as 2022-01-23, or a date-time with a zone such as 2022-01-23T03:56:07.000Z, from 1970 to 9998-12-31T17:59:59.999Z.',
    )
  }
  return moment
}

/** Returns the text itself, since the control plane parses it. */
export function readDurationText(text: string): string {
  if (parseDurationMs(text) === undefined) {
    throw new InvalidArgumentError('Expected a duration such as 61m, 1h30m, 2d or PT1H.')
  }
  return text
}

export function readSwitch(text: string): boolean {
  if (['on', 'true', 'yes', '1'].includes(text)) return true
  if (['off', 'false', 'no', '0'].includes(text)) return false
  throw new InvalidArgumentError('Expected on or off.')
}

export function readCount(text: string): number {
  if (!/^[1-9]\d{0,5}$/.test(text)) throw new InvalidArgumentError('Expected a number from 1 to 999999.')
  return Number(text)
}

export function readSize(text: string): number {
  if (!/^(0|[1-9]\d{0,5})$/.test(text)) throw new InvalidArgumentError('Expected a number from 0 to 999999.')
  return Number(text)
}

export function readStatus(text: string): number {
  if (!/^[2-5]\d\d$/.test(text)) throw new InvalidArgumentError('Expected a status from 200 to 599.')
  return Number(text)
}

/** Adds a `Name: value` to those given before. */
export function readHeader(text: string, others: Record<string, string> = {}): Record<string, string> {
  const [, name, value] = /^([^\s:]+):\s*(.*)$/.exec(text) ?? []
  if (name === undefined || value === undefined) {
    throw new InvalidArgumentError("Expected a header field such as 'Retry-After: 1'.")
  }
  return { ...others, [name]: value }
}

/** Reads names separated by commas. */
export function readHosts(text: string): string[] {
  const names = text.split(',').map((name) => name.trim())
  if (!names.every((name) => hostName.test(name))) {
    throw new InvalidArgumentError('Expected host names without ports, such as ci.internal,build-7.')
  }
  return names
}

/** How many calls, or all of them. */
export function readTimes(text: string): number | 'forever' {
  if (text === 'forever') return text
  if (!/^[1-9]\d{0,5}$/.test(text)) throw new InvalidArgumentError('Expected a number from 1 to 999999, or forever.')
  return Number(text)
}

/** An operation of the API. The list is too long for a message. */
export function readOperation(text: string): string {
  checkOperation(text, operationIds)
  return text
}

function checkOperation(text: string, known: readonly string[]) {
  if (known.includes(text)) return
  const nearest = closest(text, known)
  throw new InvalidArgumentError(
    nearest === undefined
      ? 'Expected an operation such as update_group_user.'
      : `There is no operation ${text}; did you mean ${nearest}?`,
  )
}

export interface Requirement {
  operation: string
  status: number
}

/** Reads `update_group_user:404,429`, and adds it to those given before. */
export function readRequirements(text: string, others: Requirement[] = []): Requirement[] {
  const [, operation, statuses] = /^(\w+):(.+)$/.exec(text) ?? []
  if (operation === undefined || statuses === undefined) {
    throw new InvalidArgumentError('Expected an operation and statuses, such as update_group_user:404,429.')
  }
  checkOperation(operation, simulatedIds)
  return [...others, ...statuses.split(',').map((status) => ({ operation, status: readStatus(status) }))]
}

/** Reads a rule such as `longer-than=8h`, and adds it to those given before. */
export function readLimit(text: string, others: string[] = []): string[] {
  if (!parseLimit(text)) throw new InvalidArgumentError(`Expected ${aLimit}.`)
  return [...others, text]
}

/** Reads the name of a report, and adds it to those given before. */
export function readReport(text: string, others: string[] = []): string[] {
  if (!/\.(md|xml)$/.test(text)) throw new InvalidArgumentError('Expected a file whose name ends in .md or .xml.')
  return [...others, text]
}

/** Returns the parsed JSON, or the text itself if it is not JSON. */
export function readValue(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

function readLogLevel(text: string): string {
  if (!logLevels.includes(text)) throw new InvalidArgumentError(`Expected one of ${logLevels.join(', ')}.`)
  return text
}

/** Removes /v1, which the base URL of a client has. */
function readUrl(text: string): string {
  const [, url] = /^(https?:\/\/[^/?#@\s]+)(?:\/v1)?\/?$/i.exec(text) ?? []
  if (url === undefined || !URL.canParse(url)) {
    throw new InvalidArgumentError('Expected an address such as http://127.0.0.1:6725.')
  }
  return url
}

function readToken(text: string): string {
  if (!/^[\x21-\x7e]+$/.test(text)) throw new InvalidArgumentError('Expected printable ASCII without spaces.')
  return text
}
