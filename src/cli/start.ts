import closeWithGrace from 'close-with-grace'
import { executionAsyncResource } from 'node:async_hooks'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { resolve } from 'node:path'
import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8'
import type { Timestamp } from '../domain/clock.js'
import { SetupError } from '../domain/setup-error.js'
import { curlExample } from '../http/welcome.js'
import { journalLimits } from '../organization/journal.js'
import { nameForUrl, openSandbox, type RunningSandbox } from '../sandbox.js'
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
export async function start(options: StartOptions) {
  const { host, port, db, fresh, durability, now, organizations: allowNamed, maxOrganizations } = options
  let sandbox: RunningSandbox | undefined
  process.nextTick(keepTick)
  const logger = await createLogger(options.logLevel)
  // First of all: a process that is told to stop while it starts must not miss it.
  closeWithGrace(
    { delay: lastResortMs, logger: false, skip: ['beforeExit', ...fatalSignals] },
    async ({ err, signal }) => {
      if (err) logger.fatal({ err }, 'stopping')
      else logger.info({ signal }, 'stopping')
      await sandbox?.close()
    },
  )
  if (fresh) await refuseTakenPort(host, port)
  const seed = await readGivenSeed(options)
  try {
    sandbox = openSandbox({
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
    throw seed.explain(error)
  }
  const boundPort = await listen(sandbox, host, port)
  limitYoungSpace()
  announce(sandbox, `http://${nameForUrl(host)}:${boundPort}`, options)
}

/** Only there so that what is in it lives. */
const kept: { tick?: object } = {}

/**
 * Where a collection finds none of the objects alive in which Node queues ticks, as in a server that nobody calls yet, V8
 * drops what it knows of their shape, and makes all later ones the slow way: 4 to 6 % of the time under load, for good.
 * One that is kept keeps their shape.
 */
function keepTick() {
  kept.tick = executionAsyncResource()
}

/** Of either half of the space for what is young, in bytes. */
const youngEnough = 8 * 1024 * 1024

/**
 * V8 doubles the space for what is young whenever enough has lived through a collection, so that a server's would grow
 * with the calls that it ever answered. Beyond this size that makes nothing faster. It shrinks again where little
 * happens, and must then be free to grow.
 */
function limitYoungSpace() {
  const observer = new PerformanceObserver(() => {
    if (!isGrown()) return
    setFlagsFromString('--semi-space-growth-factor=1')
    // To watch every collection costs a hundredth of the time, and that it has shrunk need not be seen at once.
    observer.disconnect()
    const timer = setInterval(() => {
      if (isGrown()) return
      clearInterval(timer)
      watch()
    }, 1_000).unref()
  })
  watch()

  function watch() {
    setFlagsFromString('--semi-space-growth-factor=2')
    observer.observe({ entryTypes: ['gc'] })
  }

  function isGrown(): boolean {
    const young = getHeapSpaceStatistics().find(({ space_name }) => space_name === 'new_space')
    return (young?.space_size ?? 0) >= 2 * youngEnough
  }
}

/** One line for programs on standard output, the rest for people on standard error. */
function announce(
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
  process.stderr.write(`${lines.join('\n')}\n`)
  process.stdout.write(`${JSON.stringify({ event: 'ready', url, base_url, pid: process.pid })}\n`)
}

function describeFile(db: string, durability: 'normal' | 'full'): string {
  return `${resolve(db)}${durability === 'full' ? ', synced after every write' : ''}`
}

/** Who is let in, without a word of the secrets themselves. */
function describeTokens(organizations: RunningSandbox['organizations'], secrets: string | undefined): string {
  if (!organizations.hasSecrets()) return 'none has a secret. Give them some in the seed or with --secrets'
  return secrets === undefined ? 'those of the seed' : 'those to which secrets were given'
}

async function listen(sandbox: RunningSandbox, host: string, port: number): Promise<number> {
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
