import closeWithGrace from 'close-with-grace'
import { Command, InvalidArgumentError, Option } from 'commander'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { resolve } from 'node:path'
import { pino, type DestinationStream, type Logger } from 'pino'
import { parseTimestamp, type Timestamp } from '../domain/clock.js'
import { SetupError } from '../domain/setup-error.js'
import { curlExample } from '../http/welcome.js'
import { openSandbox, type Sandbox } from '../sandbox.js'
import { readSeedFile } from '../seed/file.js'
import { SeedError } from '../seed/load.js'

interface StartOptions {
  host: string
  port: number
  db: string
  fresh: boolean
  seed?: string
  now?: Timestamp
  logLevel: string
  organizations: boolean
  maxOrganizations: number
}

/** How long a close may take; the sandbox itself gives the requests in flight less. */
const lastResortMs = 5_000

const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']

/** Where each value comes from: 1. the flag, 2. the environment variable, 3. the default. */
export function startCommand(): Command {
  const option = (flags: string, description: string, variable: string) =>
    new Option(flags, description).env(`OPAL_SANDBOX_${variable}`)

  return new Command('start')
    .description('Start a sandbox (the default command).')
    .addOption(option('--host <address>', 'address to listen on', 'HOST').default('127.0.0.1'))
    .addOption(
      option('--port <number>', 'port to listen on, 0 for any free one', 'PORT').default(6725).argParser(readPort),
    )
    .addOption(option('--db <file>', 'database file, or ":memory:"', 'DB').default('.opal-sandbox/sandbox.db'))
    .addOption(
      option('--fresh [on|off]', 'begin again from the seed', 'FRESH')
        .default(false)
        .preset('on')
        .argParser(readSwitch),
    )
    .addOption(option('--seed <file>', 'seed to begin with, YAML or JSON (default: the built-in one)', 'SEED'))
    .addOption(option('--now <date-time>', 'let the clock stand still at this moment', 'NOW').argParser(readNow))
    .addOption(
      option('--log-level <level>', `one of ${logLevels.join(', ')}`, 'LOG_LEVEL')
        .default('info')
        .argParser(readLogLevel),
    )
    .addOption(
      option('--organizations <on|off>', 'whether a token org-<name> opens an organization of its own', 'ORGANIZATIONS')
        .default(true, 'on')
        .argParser(readSwitch),
    )
    .addOption(
      option('--max-organizations <number>', 'how many before the longest unused one goes', 'MAX_ORGANIZATIONS')
        .default(1_000)
        .argParser(readCount),
    )
    .allowExcessArguments(false)
    .addHelpText(
      'after',
      `
Examples:
  $ opal-sandbox
  $ opal-sandbox --port 0 --db :memory: --log-level warn
  $ opal-sandbox --now 2022-01-23T03:56:07.000Z --fresh`,
    )
    .action(start)
}

async function start(options: StartOptions) {
  const { host, port, db, fresh, now, organizations: allowNamed, maxOrganizations } = options
  let sandbox: Sandbox | undefined
  const logger = await createLogger(options.logLevel)
  // First of all: a process that is told to stop while it starts must not miss it.
  closeWithGrace({ delay: lastResortMs, logger: false, skip: ['beforeExit'] }, async ({ err, signal }) => {
    if (err) logger.fatal({ err }, 'stopping')
    else logger.info({ signal }, 'stopping')
    await sandbox?.close()
  })
  if (fresh) await refuseTakenPort(host, port)
  const seedFile = options.seed === undefined ? undefined : await readSeedFile(options.seed)
  try {
    sandbox = openSandbox({ db, fresh, logger, allowNamed, maxOrganizations, seed: seedFile?.document, now })
  } catch (error) {
    throw error instanceof SeedError && seedFile ? seedFile.explain(error) : error
  }
  const boundPort = await listen(sandbox, host, port)
  announce(sandbox, `http://${nameForUrl(host)}:${boundPort}`, options)
}

/** An address that a client on this machine can use. */
function nameForUrl(host: string): string {
  if (host === '0.0.0.0' || host === '::') return '127.0.0.1'
  return host.includes(':') ? `[${host}]` : host
}

/** One line for programs on standard output, the rest for people on standard error. */
function announce({ organizations, builtInTokens }: Sandbox, url: string, { db, now, seed }: StartOptions) {
  const base_url = `${url}/v1`
  const tokens = builtInTokens()
  const secret = tokens[0]?.secret ?? '<token>'
  const lines = [
    '',
    `  opal-sandbox is ready at ${base_url}`,
    '',
    ...tokens.map(({ secret, token_label }) => `    ${secret.padEnd(26)} ${token_label}`),
    ...(tokens.length === 0 ? ['    Tokens: those of the seed.'] : []),
    '',
    `    Database  ${db === ':memory:' ? 'in memory, gone at the end' : resolve(db)}`,
    ...(seed === undefined ? [] : [`    Seed      ${resolve(seed)}`]),
    ...(now === undefined ? [] : [`    Clock     stands still at ${new Date(now).toISOString()}`]),
    '',
    ...curlExample(base_url, secret)
      .split('\n')
      .map((line) => `    ${line}`),
    '',
    ...(organizations.seedChanged()
      ? [
          '  Warning: the seed has changed since this database was made, and was not applied.',
          '  Start with --fresh to begin again from it.',
          '',
        ]
      : []),
  ]
  process.stderr.write(`${lines.join('\n')}\n`)
  process.stdout.write(`${JSON.stringify({ event: 'ready', url, base_url, pid: process.pid })}\n`)
}

/** People get colours on a terminal; everything else gets JSON. */
async function createLogger(level: string): Promise<Logger> {
  const stream: DestinationStream = process.stderr.isTTY
    ? (await import('pino-pretty')).default({ destination: 2, sync: true, ignore: 'pid,hostname' })
    : pino.destination({ fd: 2, sync: true })
  return pino({ level }, stream)
}

async function listen(sandbox: Sandbox, host: string, port: number): Promise<number> {
  try {
    return await sandbox.listen({ host, port })
  } catch (error) {
    await sandbox.close()
    throw explainListenError(error, host, port)
  }
}

/** What --fresh throws away is gone, so it is made sure first that the start will not fail for want of its port. */
async function refuseTakenPort(host: string, port: number): Promise<void> {
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

function readPort(text: string): number {
  const port = Number(text)
  if (!/^\d+$/.test(text) || port > 65_535) throw new InvalidArgumentError('Expected a number from 0 to 65535.')
  return port
}

function readNow(text: string): Timestamp {
  const now = parseTimestamp(text)
  if (now === undefined) {
    throw new InvalidArgumentError(
      'Expected a date-time with a zone, such as 2022-01-23T03:56:07.000Z, from 1970 to 9998.',
    )
  }
  return now
}

function readSwitch(text: string): boolean {
  if (['on', 'true', 'yes', '1'].includes(text)) return true
  if (['off', 'false', 'no', '0'].includes(text)) return false
  throw new InvalidArgumentError('Expected on or off.')
}

function readCount(text: string): number {
  if (!/^[1-9]\d{0,5}$/.test(text)) throw new InvalidArgumentError('Expected a number from 1 to 999999.')
  return Number(text)
}

function readLogLevel(text: string): string {
  if (!logLevels.includes(text)) throw new InvalidArgumentError(`Expected one of ${logLevels.join(', ')}.`)
  return text
}
