import closeWithGrace from 'close-with-grace'
import type { Logger } from 'pino'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { resolve } from 'node:path'
import type { Timestamp } from '../domain/clock.js'
import { SetupError } from '../domain/setup-error.js'
import { curlExample, journalLimits, nameForUrl, openSandbox, type RunningSandbox } from '../sandbox.js'
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
}

/** How long a close may take; the sandbox itself gives the requests in flight less. */
const lastResortMs = 5_000

/** What a native crash raises. With a listener, the process would run into the same crash for ever, deaf to SIGTERM. */
const fatalSignals = ['SIGSEGV', 'SIGBUS', 'SIGFPE', 'SIGILL', 'SIGTRAP', 'SIGABRT'] as const

/** Starts a sandbox, which runs until it is told to stop. */
export async function start(context: Context, options: StartOptions) {
  const logger = await createLogger(context, options.logLevel)
  let sandbox: RunningSandbox | undefined
  const isDetached = !context.stdin.isTTY && !context.stdout.isTTY && !context.stderr.isTTY
  // Node overrides what nohup sets. Without a terminal, no terminal has closed.
  if (isDetached) process.on('SIGHUP', () => undefined)
  // First of all: a process that is told to stop while it starts must not miss it.
  const { uninstall } = closeWithGrace(
    {
      delay: lastResortMs,
      logger: false,
      skip: ['beforeExit', ...fatalSignals, ...(isDetached ? (['SIGHUP'] as const) : [])],
    },
    async ({ err, signal }) => {
      if (err) logger.fatal({ err }, 'stopping')
      else logger.info({ signal }, 'stopping')
      await sandbox?.close()
    },
  )
  try {
    sandbox = await open(options, logger)
    const boundPort = await listen(sandbox, options)
    announce(context, sandbox, `http://${nameForUrl(options.host)}:${boundPort}`, options)
  } catch (error) {
    uninstall()
    throw error
  }
}

async function open(options: StartOptions, logger: Logger): Promise<RunningSandbox> {
  const { db, fresh, durability, now, organizations: allowNamed, maxOrganizations } = options
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
      journal: journalLimits(options.journalEntries, options.journalMib * 1024 * 1024),
      seed: seed.document,
      now,
    })
  } catch (error) {
    throw await seed.explain(error)
  }
}

/** One line for programs on standard output, the rest for people on standard error. */
function announce(
  { stdout, stderr }: Context,
  { organizations, builtInTokens }: RunningSandbox,
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
    `    Database  ${db === ':memory:' ? 'in memory, gone at the end' : describeFile(db, durability)}`,
    ...(seed === undefined ? [] : [`    Seed      ${resolve(seed)}`]),
    ...(now === undefined ? [] : [`    Clock     stands still at ${new Date(now).toISOString()}`]),
    '',
    ...curlExample(base_url, secret)
      .split('\n')
      .map((line) => `    ${line}`),
    '',
    ...(organizations.hasSeedChanged()
      ? [
          '  Warning: the seed has changed since this database was made, and was not applied.',
          '  Start with --fresh to begin again from it.',
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

/** Who is let in, without a word of the secrets themselves. */
function describeTokens(organizations: RunningSandbox['organizations'], secrets: string | undefined): string {
  if (!organizations.hasSecrets()) return 'none has a secret. Give them some in the seed or with --secrets'
  return secrets === undefined ? 'those of the seed' : 'those to which secrets were given'
}

async function listen(sandbox: RunningSandbox, { host, port }: StartOptions): Promise<number> {
  try {
    return await sandbox.listen({ host, port })
  } catch (error) {
    await sandbox.close()
    throw explainListenError(error, host, port)
  }
}

/** What --fresh throws away is gone, so it is made sure first that the start will not fail for want of its port. */
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
      return new SetupError(`${host} is no address of this machine. Choose another with --host.`)
    case 'EACCES':
      return new SetupError(`Port ${port} may not be used by this user. Choose one from 1024 up with --port.`)
    default:
      return error
  }
}
