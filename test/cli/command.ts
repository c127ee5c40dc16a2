import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { PassThrough } from 'node:stream'
import { text } from 'node:stream/consumers'
import { onTestFinished } from 'vitest'
import { createProgram } from '../../src/cli/commands.js'
import { run as runHere } from '../../src/cli/main.js'
import { temporaryFolder } from '../folder.js'
import { now, tokens } from '../helper.js'
import { listening } from '../http/wire.js'
import type { OpenSandboxOptions } from '../../src/sandbox.js'

/** The command as it is built. */
export const cli = fileURLToPath(new URL('../../dist/cli.js', import.meta.url))

/** Environment that makes the command take its standard error for a terminal. */
export const onTerminal = { NODE_OPTIONS: '--import=data:text/javascript,process.stderr.isTTY=true' }

export interface Ready {
  event: 'ready'
  url: string
  base_url: string
  pid: number
}

export interface Exit {
  code: number | null
  signal: NodeJS.Signals | null
  stdout: string
  stderr: string
}

interface RunOptions {
  /** Where the command runs; a folder of its own by default. */
  cwd?: string
  /** Environment variables; those of the test run do not reach the command. */
  env?: Record<string, string>
  /** The Node that runs it. */
  node?: string
  /** What it reads from standard input. */
  input?: string
}

/** The command in a process of its own, which does not outlive the test. */
export function run(args: string[], given: RunOptions = {}) {
  const { cwd = temporaryFolder(), env = {}, node = process.execPath, input = '' } = given
  const child = spawn(node, [cli, ...args], { cwd, env, stdio: 'pipe' })
  child.stdin.end(input)
  let stdout = ''
  let stderr = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
  const exited = once(child, 'close').then(([code, signal]): Exit => {
    return { code: code as number | null, signal: signal as NodeJS.Signals | null, stdout, stderr }
  })
  onTestFinished(async () => {
    child.kill('SIGKILL')
    await exited
  })

  /** Waits until the command has said something; fails where it ends before. */
  async function until<T>(stream: 'stdout' | 'stderr', find: () => T | undefined): Promise<T> {
    const ended = exited.then(({ code, stderr }) => {
      const found = find()
      if (found === undefined)
        throw new Error(`The command ended (${code}) before it said what was expected: ${stderr}`)
      return found
    })
    for (;;) {
      const found = find()
      if (found !== undefined) return found
      const more = once(child[stream], 'data').then(() => undefined)
      const result = await Promise.race([more, ended])
      if (result !== undefined) return result
    }
  }

  return {
    cwd,
    exited,
    pid: child.pid,
    ready: () => until('stdout', () => (stdout.includes('\n') ? (JSON.parse(stdout) as Ready) : undefined)),
    /** Waits until standard error holds a text. */
    says: (text: string) => until('stderr', () => (stderr.includes(text) ? text : undefined)),
    stop: (signal: NodeJS.Signals = 'SIGTERM'): Promise<Exit> => {
      child.kill(signal)
      return exited
    },
  }
}

type CallOptions = Omit<RunOptions, 'node'>

const home = process.cwd()

/** The command in this process, which is faster: its status, what it printed and what it said. */
export async function called(args: string[], { cwd = temporaryFolder(), env = {}, input = '' }: CallOptions = {}) {
  const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()]
  stdin.end(input)
  const output = Promise.all([text(stdout), text(stderr)])
  process.chdir(cwd)
  try {
    const code = await runHere(args, { stdin, stdout, stderr }, env)
    stdout.end()
    stderr.end()
    const [printed, said] = await output
    return { code, stdout: printed, stderr: said }
  } finally {
    process.chdir(home)
  }
}

/** The declarations of all commands. */
export function program() {
  const { stdin, stdout, stderr } = process
  return createProgram({ stdin, stdout, stderr, env: {}, exitCode: 0 })
}

/** Runs the command until it is ready. */
export async function start(args: string[], options: RunOptions = {}) {
  const command = run(['--port', '0', ...args], options)
  return { ...command, ...(await command.ready()) }
}

/** A sandbox in this process whose clock stands still, and the command called upon it. */
export async function served(options: OpenSandboxOptions = {}) {
  const opened = await listening({ now, ...options })
  const url = `http://127.0.0.1:${opened.port}`
  const command = (args: string[], { env, ...rest }: CallOptions = {}) =>
    called(args, { env: { OPAL_SANDBOX_URL: url, ...env }, ...rest })
  return { ...opened, url, command }
}

/** What a command answers that had data to print, or words to say. */
export const printed = (stdout: unknown, stderr: unknown = '') => ({ code: 0, stdout, stderr })
export const refused = (message: string) => ({ code: 1, stdout: '', stderr: `opal-sandbox: ${message}\n` })

/** A call of the API with a token that has full access. */
export async function call(url: string, { method = 'GET', token = tokens.fullAccess, body }: RequestOptions = {}) {
  const answer = await fetch(url, {
    method,
    headers: { authorization: `Bearer ${token}`, ...(body !== undefined && { 'content-type': 'application/json' }) },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  })
  return { status: answer.status, body: await answer.json() }
}

interface RequestOptions {
  method?: string
  token?: string
  body?: unknown
}

/** A port that is taken until the test ends, by a server that answers nothing. */
export async function takenPort(): Promise<number> {
  const server = createServer((socket) => void socket.on('error', () => undefined).resume()).listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => new Promise<void>((resolve) => server.close(() => resolve())))
  return (server.address() as AddressInfo).port
}

/** A seed of one group and one user, whose name tells it from the built-in one. */
const smallSeed = `
version: 1
tokens:
  full_access: { secret: a_secret_of_my_own, access_level: FULL_ACCESS, user: grace }
users:
  grace: { email: grace@company.dev, full_name: Grace Hopper }
groups:
  navy: { group_id: 0c000000-0000-4000-8000-000000000001, name: Navy, group_type: OPAL_GROUP }
group_users:
  - { group: navy, user: grace }
`

/** A seed in a file; by default one that is told from the built-in one by its group, Navy. */
export function seedFile(text = smallSeed): string {
  const file = join(temporaryFolder(), 'seed.yaml')
  writeFileSync(file, text)
  return file
}

/** A report of `verify` about the real API. */
export function reportFile(parts: object): string {
  const file = join(temporaryFolder(), 'verify.json')
  writeFileSync(file, JSON.stringify({ version: 1, is_sandbox: false, date: '2026-11-25T12:00:00.000Z', ...parts }))
  return file
}
