import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { constants } from 'node:os'
import type { DestinationStream } from 'pino'
import type { Timestamp } from '../domain/clock.js'
import { SetupError } from '../domain/setup-error.js'
import { createSandbox, type Coverage, type Sandbox, type Seed, type Violation } from '../index.js'
import type { Context } from './context.js'
import { readGivenSeed } from './given-seed.js'
import { createLogger, openUnblocked, type LogOptions } from './log.js'
import type { Requirement } from './options.js'
import { align, say } from './print.js'
import { describeWithCall, readOrganizations, writeReports } from './report.js'
import { reportSteps } from './steps.js'

interface ExecOptions extends LogOptions {
  seed?: string
  secrets?: string
  now?: Timestamp
  require?: Requirement[]
  forbid?: string[]
  report?: string[]
}

/** Runs a command with its own sandbox, and exits with its status. */
export async function exec(context: Context, options: ExecOptions, words: string[]) {
  const unblocked = openUnblocked(context.stderr)
  const tell = (text: string) => {
    say({ stderr: unblocked }, text)
  }
  await using sandbox = await open(context, options, unblocked)
  const { status, hasRun } = await run(context, words, envOf(sandbox), tell)
  context.exitCode = status
  if (!hasRun) return
  const coverage = await sandbox.coverage()
  if (!options.quiet) tell(describeCoverage(coverage))
  const required = (options.require ?? []).map((one) => ({ ...one, isMet: timesMet(coverage, one) > 0 }))
  const missed = required.filter(({ isMet }) => !isMet)
  if (missed.length > 0) {
    tell(`opal-sandbox: required, but never met: ${missed.map((one) => `${one.operation} ${one.status}`).join(', ')}.`)
  }
  const violations = await sandbox.violations()
  if (violations.length > 0) tell(describeViolations(violations))
  // If the command failed, its own status says more.
  if (status === 0 && missed.length + violations.length > 0) context.exitCode = 2
  const { report = [], forbid = [] } = options
  const summaryFile = options.quiet ? undefined : context.env.GITHUB_STEP_SUMMARY
  if (report.length === 0 && !summaryFile) return
  const organizations = await readOrganizations(sandbox)
  await writeReports(report, summaryFile, { status, organizations, coverage, required, forbidden: forbid, violations })
}

const maxPrinted = 20

function describeViolations(violations: Violation[]): string {
  const lines = violations.slice(0, maxPrinted).map((one) => `  ${one.rule}: ${describeWithCall(one)}`)
  const rest = violations.length > maxPrinted ? [`  and ${violations.length - maxPrinted} more`] : []
  return ['opal-sandbox: forbidden, but done:', ...lines, ...rest].join('\n')
}

async function open(context: Context, { now, forbid, ...options }: ExecOptions, unblocked: DestinationStream) {
  const logger = await createLogger(context, options, unblocked)
  const onStep = reportSteps(context, options)
  const { document, explain } = await readGivenSeed(options, onStep)
  try {
    onStep('applying the seed')
    return await createSandbox({
      seed: document as Seed | undefined,
      now: now === undefined ? undefined : new Date(now),
      forbid,
      logger,
    })
  } catch (error) {
    throw await explain(error)
  }
}

function envOf(sandbox: Sandbox): Record<string, string> {
  try {
    return { ...sandbox.env }
  } catch (error) {
    // The seed's tokens have no secrets, as in an export.
    throw new SetupError((error as Error).message)
  }
}

const passedOn = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** Returns the status that a shell would, and whether the command was started. */
async function run(
  context: Context,
  [command = '', ...args]: string[],
  env: Record<string, string>,
  tell: (text: string) => void,
) {
  const child = spawn(command, args, {
    stdio: 'inherit',
    env: { ...context.env, ...env },
  })
  const passOn = (signal: NodeJS.Signals) => {
    // A terminal sends the signal to both processes; the child must not get it twice.
    if (signal === 'SIGTERM' || !context.stdin.isTTY) child.kill(signal)
  }
  for (const signal of passedOn) process.on(signal, passOn)
  try {
    const [code, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null]
    return { status: signal === null ? (code ?? 1) : 128 + constants.signals[signal], hasRun: true }
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    const isThere = code !== 'ENOENT'
    tell(`opal-sandbox: ${isThere ? `cannot run ${command}: ${message}` : `there is no command ${command}`}.`)
    return { status: isThere ? 126 : 127, hasRun: false }
  } finally {
    for (const signal of passedOn) process.off(signal, passOn)
  }
}

/** Reports how many statuses were seen, and which were not for the operations that were called. */
function describeCoverage({ results, not_simulated, never_met, unrouted }: Coverage): string {
  const met = results.map(({ statuses }) => Object.values(statuses).filter((count) => count > 0).length)
  const total = sum(met)
  const called = results.filter((_, index) => met[index] !== 0)
  const outside = unrouted.filter(({ path }) => !/^\/v1(\/|$)/.test(path))
  if (called.length === 0 && outside[0]) {
    const count = sum(outside.map((call) => call.count))
    const calls = count === 1 ? '1 call' : `${count} calls`
    return `opal-sandbox: ${calls} came to paths outside /v1, such as ${outside[0].method} ${outside[0].path}. The base URL ends in /v1.`
  }
  if (called.length === 0 && not_simulated[0]) {
    return `opal-sandbox: only operations that are not simulated were called, such as ${not_simulated[0].operation}.`
  }
  if (called.length === 0) {
    return 'opal-sandbox: nothing was called. Does the command read OPAL_BASE_URL and OPAL_AUTH_TOKEN?'
  }
  const missed = called.flatMap(({ operation, statuses }) => {
    const never = Object.keys(statuses).filter((status) => statuses[status] === 0)
    return never.length === 0 ? [] : [[operation, never.join(' ')]]
  })
  const heading = `opal-sandbox: ${total} of ${total + never_met.length} answers were met.`
  if (missed.length === 0) return heading
  return [`${heading} Never, of the operations that were called:`, ...align(missed).map((line) => `  ${line}`)].join(
    '\n',
  )
}

function sum(numbers: number[]): number {
  return numbers.reduce((total, number) => total + number, 0)
}

function timesMet({ results }: Coverage, { operation, status }: Requirement): number {
  return results.find((one) => one.operation === operation)?.statuses[status] ?? 0
}
