import { text } from 'node:stream/consumers'
import { SetupError } from '../domain/setup-error.js'
import type { Fault, FaultRule } from '../index.js'
import type { Context } from './context.js'
import { print, printJson, say, table } from './print.js'
import { ask, type ServerOptions } from './server.js'

type FaultOptions = ServerOptions & { json?: true }

/** A rule in options. The control plane checks it. */
interface RuleOptions {
  operation?: string
  method?: string
  groupId?: string
  userId?: string
  times?: number | 'forever'
  skip?: number
  phase?: string
  status?: number
  code?: string
  message?: string
  body?: unknown
  header?: Record<string, string>
  delay?: string
  drop?: true
  truncate?: true
  hang?: true
  max?: string
}

/** Adds a rule, given as JSON, as `-` for JSON on standard input, or by options. */
export async function addFault(context: Context, options: FaultOptions & RuleOptions, json: string | undefined) {
  const byOptions = readOptions(options)
  if (json !== undefined && byOptions) throw new SetupError('Expected the rule as JSON or by options, not both.')
  const rule = json === undefined ? (byOptions ?? {}) : readJson(json === '-' ? await text(context.stdin) : json)
  if (json === undefined) checkEffect(options)
  const fault = await ask(context, options, (client) => client.addFault(rule as FaultRule))
  if (options.json) printJson(context, fault)
  else print(context, writeFaults(context, [fault]))
  for (const warning of fault.warnings ?? []) say(context, `Warning: ${warning}.`)
}

export async function listFaults(context: Context, options: FaultOptions) {
  const results = await ask(context, options, (client) => client.listFaults())
  if (options.json) printJson(context, { results })
  else if (results.length === 0) say(context, 'There are no fault rules.')
  else print(context, writeFaults(context, results))
}

/** Deletes one rule, or all. */
export async function clearFaults(context: Context, options: ServerOptions, faultId: string | undefined) {
  await ask(context, options, (client) => (faultId === undefined ? client.deleteFaults() : client.deleteFault(faultId)))
  say(context, faultId === undefined ? 'Deleted all fault rules.' : `Deleted the fault rule ${faultId}.`)
}

function checkEffect(options: RuleOptions) {
  const effects = ['status', 'delay', 'drop', 'truncate', 'hang'] as const
  const chosen = effects.filter((name) => options[name] !== undefined)
  if (chosen.length === 1) return
  const list = (names: readonly string[]) => names.map((name) => `--${name}`).join(', ')
  const got = chosen.length === 0 ? 'none' : list(chosen)
  throw new SetupError(`Expected exactly one of ${list(effects)}, got ${got}. See opal-sandbox fault add --help.`)
}

/** Returns undefined if no option was given. */
function readOptions(options: RuleOptions): object | undefined {
  const { operation, method, groupId, userId, times, skip, phase } = options
  const { status, code, message, body, header, delay, drop, truncate, hang, max } = options
  const effect = given({ status, code, message, body, headers: header, delay, drop, truncate, hang, max })
  const rule = given({ operation, method, group_id: groupId, user_id: userId, times, skip, phase })
  return Object.keys(effect).length + Object.keys(rule).length === 0 ? undefined : { ...rule, effect }
}

function given(fields: Record<string, unknown>): object {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined))
}

function readJson(json: string): unknown {
  try {
    return JSON.parse(json)
  } catch (error) {
    throw new SetupError(`The rule is not JSON: ${(error as Error).message}`)
  }
}

function writeFaults(context: Context, faults: Fault[]): string {
  const rows = faults.map(({ fault_id, hits, times, skip = 0, phase = 'before', effect, warnings: _, ...matches }) => [
    fault_id,
    String(hits),
    String(times ?? 1),
    String(skip),
    phase,
    writeFields(matches) || 'every call',
    writeFields(effect),
  ])
  return table(context, ['fault_id', 'hits', 'times', 'skip', 'phase', 'calls', 'effect'], rows).join('\n')
}

/** `status 503`, `operation update_group_user, method PUT`; a flag is only its name. */
function writeFields(fields: object): string {
  return Object.entries(fields)
    .map(([name, value]) =>
      value === true ? name : `${name} ${typeof value === 'string' ? value : JSON.stringify(value)}`,
    )
    .join(', ')
}
