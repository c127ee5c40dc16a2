import closeWithGrace from 'close-with-grace'
import type { Logger } from 'pino'
import { once } from 'node:events'
import { existsSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { basename, dirname, join, resolve } from 'node:path'
import type { Timestamp } from '../domain/clock.js'
import { SetupError } from '../domain/setup-error.js'
import { curlExample, journalLimits, isLoopback, nameForUrl, openSandbox, type RunningSandbox } from '../sandbox.js'
import type { Context } from './context.js'
import { readGivenSeed } from './given-seed.js'
import { createLogger, type LogOptions } from './log.js'
import { reportSteps } from './steps.js'

interface StartOptions extends LogOptions {
  host: string
  port: number
  db: string
  fresh: boolean
  durability: 'normal' | 'full'
  seed?: string
  secrets?: string
  now?: Timestamp
  organizations: boolean
  maxOrganizations: number
  journalEntries: number
  journalMib: number
  allowedHosts: readonly string[]
  cors: boolean
  ui: boolean
}

/** Limit for the whole shutdown; the sandbox itself gives requests in flight less. */
const lastResortMs = 5_000

/** What a native crash raises. With a listener, the process would crash again and again and ignore SIGTERM. */
const fatalSignals = ['SIGSEGV', 'SIGBUS', 'SIGFPE', 'SIGILL', 'SIGTRAP', 'SIGABRT'] as const

/** Starts a sandbox, which runs until a signal stops it. */
export async function start(context: Context, options: StartOptions) {
  const logger = await createLogger(context, options)
  let sandbox: RunningSandbox | undefined
  // Node resets the ignored SIGHUP of nohup. Without a terminal there is none that could hang up.
  const hasTerminal = [context.stdin, context.stdout, context.stderr].some(({ isTTY }) => isTTY)
  if (!hasTerminal) process.on('SIGHUP', () => undefined)
  // First, so that a signal during the start is not lost.
  const { uninstall } = closeWithGrace(
    {
      delay: lastResortMs,
      logger: false,
      skip: ['beforeExit', ...fatalSignals, ...(hasTerminal ? [] : (['SIGHUP'] as const))],
    },
    async ({ err, signal }) => {
      if (err) logger.fatal({ err }, 'stopping')
      else logger.info({ signal }, 'stopping')
      await sandbox?.close()
    },
  )
  try {
    const isKept = !options.fresh && options.db !== ':memory:' && existsSync(options.db.trim())
    sandbox = await open(options, logger, reportSteps(context, options))
    ignoreFolder(options.db)
    const boundPort = await listen(sandbox, options)
    const exposed = describeExposure(sandbox, options)
    if (exposed !== undefined) logger.warn(exposed)
    if (sandbox.organizations.hasSeedChanged()) {
      logger.warn(
        'The seed has changed since this database was created, and was not applied. Start with --fresh to apply it.',
      )
    }
    const url = `http://${nameForUrl(options.host)}:${boundPort}`
    if (!options.quiet && options.logLevel !== 'silent')
      showBanner(context, logger, describe(sandbox, url, options, isKept))
    context.stdout.write(`${JSON.stringify({ event: 'ready', url, base_url: `${url}/v1`, pid: process.pid })}\n`)
  } catch (error) {
    uninstall()
    throw error
  }
}

async function open(options: StartOptions, logger: Logger, onStep: (step: string) => void): Promise<RunningSandbox> {
  const { db, fresh, durability, now, organizations: allowNamed, maxOrganizations, allowedHosts, cors, ui } = options
  if (fresh) await refuseTakenPort(options)
  const seed = await readGivenSeed(options, onStep)
  try {
    return openSandbox({
      db,
      fresh,
      durability,
      logger,
      allowNamed,
      maxOrganizations,
      allowedHosts,
      cors,
      ui,
      journal: journalLimits(options.journalEntries, options.journalMib * 1024 * 1024),
      seed: seed.document,
      secrets: seed.secrets,
      now,
      onStep,
    })
  } catch (error) {
    throw await seed.explain(error)
  }
}

/** The default folder ignores itself in git, so that no database is committed by mistake. */
function ignoreFolder(db: string) {
  const file = join(dirname(db), '.gitignore')
  if (basename(dirname(db)) === '.opal-sandbox' && !existsSync(file)) writeFileSync(file, '*\n')
}

/** Warns if other machines reach the sandbox with tokens that are public. */
function describeExposure({ builtInTokens }: RunningSandbox, { host, organizations }: StartOptions) {
  if (isLoopback(host)) return undefined
  const open = [
    ...(builtInTokens().length > 0 ? ['the public built-in tokens (replace them with --secrets)'] : []),
    ...(organizations ? ['any token org-<name> (prevent it with --organizations off)'] : []),
  ]
  return open.length === 0 ? undefined : `Other machines can call this sandbox with ${open.join(' and with ')}.`
}

/** What the banner says. */
function describe(
  { organizations, builtInTokens, exampleCall, clock }: RunningSandbox,
  url: string,
  { db, durability, seed, secrets, ui }: StartOptions,
  isKept: boolean,
) {
  const base_url = `${url}/v1`
  const tokens = builtInTokens()
  return {
    base_url,
    ...(ui && { page: url }),
    tokens: tokens.length > 0 ? tokens : describeTokens(organizations, secrets),
    database: db === ':memory:' ? 'in memory, not kept' : describeFile(db, durability, isKept),
    ...(seed !== undefined && { seed: resolve(seed) }),
    clock: clock(),
    curl: curlExample(base_url, exampleCall()),
  }
}

/** A text for people on a terminal, else one more line of the log, whatever its level. */
function showBanner({ stderr }: Context, logger: Logger, banner: ReturnType<typeof describe>) {
  const { base_url, page, tokens, database, seed, clock, curl } = banner
  const heading = `opal-sandbox is ready at ${base_url}`
  if (!stderr.isTTY) {
    logger.child({}, { level: 'info' }).info({ ...banner, curl: curl.replaceAll(/\\\n */g, '') }, heading)
    return
  }
  const lines = [
    '',
    `  ${heading}`,
    '',
    ...(page === undefined ? [] : [`    Open ${page} in a browser to see its calls and its state.`, '']),
    ...(typeof tokens === 'string'
      ? [`    Tokens: ${tokens}.`]
      : tokens.map(({ secret, token_label }) => `    ${secret.padEnd(26)} ${token_label}`)),
    '',
    `    Database  ${database}`,
    ...(seed === undefined ? [] : [`    Seed      ${seed}`]),
    `    Clock     ${clock.now}, ${clock.mode}`,
    '',
    ...curl.split('\n').map((line) => `    ${line}`),
    '',
  ]
  stderr.write(`${lines.join('\n')}\n`)
}

function describeFile(db: string, durability: 'normal' | 'full', isKept: boolean): string {
  return [
    resolve(db),
    ...(durability === 'full' ? ['synced after every write'] : []),
    ...(isKept ? ['kept from before (--fresh starts over)'] : []),
  ].join(', ')
}

/** Describes the valid tokens without showing secrets. */
function describeTokens(organizations: RunningSandbox['organizations'], secrets: string | undefined): string {
  if (!organizations.hasSecrets()) return 'none has a secret. Add secrets in the seed or with --secrets'
  return secrets === undefined ? 'those of the seed' : 'those named by --secrets'
}

async function listen(sandbox: RunningSandbox, { host, port }: StartOptions): Promise<number> {
  try {
    return await sandbox.listen({ host, port })
  } catch (error) {
    await sandbox.close()
    throw explainListenError(error, host, port)
  }
}

/** --fresh deletes data, so first make sure that the start will not fail because of its port. */
async function refuseTakenPort({ host, port }: StartOptions): Promise<void> {
  const server = createServer()
  try {
    await once(server.listen({ host, port }), 'listening')
  } catch (error) {
    throw explainListenError(error, host, port)
  }
  server.close()
  await once(server, 'close')
}

function explainListenError(error: unknown, host: string, port: number): unknown {
  switch ((error as NodeJS.ErrnoException).code) {
    case 'EADDRINUSE':
      return new SetupError(
        `Port ${port} on ${host} is in use. Choose another with --port, or --port 0 for any free one.`,
      )
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return new SetupError(`${host} is not an address of this machine. Choose another with --host.`)
    case 'EACCES':
      return new SetupError(`Port ${port} needs privileges that this user lacks. Choose one from 1024 up with --port.`)
    default:
      return error
  }
}
