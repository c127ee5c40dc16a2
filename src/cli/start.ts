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
import { createLogger } from './log.js'

interface StartOptions {
  host: string
  port: number
  db: string
  fresh: boolean
  durability: 'normal' | 'full'
  seed?: string
  secrets?: string
  now?: Timestamp
  logLevel: string
  organizations: boolean
  maxOrganizations: number
  journalEntries: number
  journalMib: number
  allowedHosts: readonly string[]
  cors: boolean
}

/** Limit for the whole shutdown; the sandbox itself gives requests in flight less. */
const lastResortMs = 5_000

/** What a native crash raises. With a listener, the process would crash again and again and ignore SIGTERM. */
const fatalSignals = ['SIGSEGV', 'SIGBUS', 'SIGFPE', 'SIGILL', 'SIGTRAP', 'SIGABRT'] as const

/** Starts a sandbox, which runs until a signal stops it. */
export async function start(context: Context, options: StartOptions) {
  const logger = await createLogger(context, options.logLevel)
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
    sandbox = await open(options, logger)
    ignoreFolder(options.db)
    const boundPort = await listen(sandbox, options)
    const exposed = describeExposure(sandbox, options)
    if (exposed !== undefined) logger.warn(exposed)
    announce(context, sandbox, `http://${nameForUrl(options.host)}:${boundPort}`, options)
  } catch (error) {
    uninstall()
    throw error
  }
}

async function open(options: StartOptions, logger: Logger): Promise<RunningSandbox> {
  const { db, fresh, durability, now, organizations: allowNamed, maxOrganizations, allowedHosts, cors } = options
  if (fresh) await refuseTakenPort(options)
  const seed = await readGivenSeed(options)
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
      journal: journalLimits(options.journalEntries, options.journalMib * 1024 * 1024),
      seed: seed.document,
      secrets: seed.secrets,
      now,
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

/** One line for programs on standard output, the banner for people on standard error. */
function announce(
  { stdout, stderr }: Context,
  { organizations, builtInTokens, exampleCall }: RunningSandbox,
  url: string,
  { db, durability, now, seed, secrets }: StartOptions,
) {
  const base_url = `${url}/v1`
  const tokens = builtInTokens()
  const secret = tokens[0]?.secret ?? '<token>'
  const lines = [
    '',
    `  opal-sandbox is ready at ${base_url}`,
    '',
    ...tokens.map(({ secret, token_label }) => `    ${secret.padEnd(26)} ${token_label}`),
    ...(tokens.length === 0 ? [`    Tokens: ${describeTokens(organizations, secrets)}.`] : []),
    '',
    `    Database  ${db === ':memory:' ? 'in memory, not kept' : describeFile(db, durability)}`,
    ...(seed === undefined ? [] : [`    Seed      ${resolve(seed)}`]),
    ...(now === undefined ? [] : [`    Clock     stands still at ${new Date(now).toISOString()}`]),
    '',
    ...curlExample(base_url, secret, exampleCall())
      .split('\n')
      .map((line) => `    ${line}`),
    '',
    ...(organizations.hasSeedChanged()
      ? [
          '  Warning: the seed has changed since this database was created, and was not applied.',
          '  Start with --fresh to apply it.',
          '',
        ]
      : []),
  ]
  stderr.write(`${lines.join('\n')}\n`)
  stdout.write(`${JSON.stringify({ event: 'ready', url, base_url, pid: process.pid })}\n`)
}

function describeFile(db: string, durability: 'normal' | 'full'): string {
  return `${resolve(db)}${durability === 'full' ? ', synced after every write' : ''}`
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
