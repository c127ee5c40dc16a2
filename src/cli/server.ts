import type { Context } from './context.js'
import { ClientError, createClient, type Client } from '../library/client.js'
import { forShell, nameField } from './hints.js'
import { callDirectly, findProxy } from './proxy.js'
import { SetupError } from '../domain/setup-error.js'

export interface ServerOptions {
  url: string
  token?: string
}

/** How long a call may take, on top of the time that it asked to wait. */
const limitMs = 30_000

/**
 * Calls a running sandbox. `waitMs` is how long the call itself asks to wait. Fails with one line if the sandbox rejects
 * the call, or if nothing that is a sandbox answers in time.
 */
export async function ask<Answer>(
  { env }: Context,
  options: ServerOptions,
  question: (client: Client) => Promise<Answer>,
  waitMs = 0,
): Promise<Answer> {
  const { url, token } = options
  callDirectly(url, process.env)
  const signal = AbortSignal.timeout(limitMs + waitMs)
  const client = createClient({ url, token, fetch: (request) => fetch(request, { signal }) })
  try {
    await checkHealth(client)
    return await question(client)
  } catch (error) {
    if (error instanceof NotSandbox)
      throw new SetupError(`${url} is ${error.message}${throughProxy(url, env)}. Name one with --url.`)
    if (error instanceof ClientError) throw new SetupError(explainRefusal(error, options, env))
    throw new SetupError(
      `No sandbox answers at ${url} (${describeFailure(error)}${throughProxy(url, env)}). Start one with "opal-sandbox start", or name its address with --url.`,
    )
  }
}

/** Names the proxy, as the answer, or the lack of one, may be its own. */
export function throughProxy(url: string, env: NodeJS.ProcessEnv): string {
  const proxy = findProxy(url, env)
  return proxy === undefined ? '' : `, through the proxy ${proxy}; NO_PROXY excludes hosts`
}

/** A server answered, but not like a sandbox. */
class NotSandbox extends Error {}

/** Rejects other servers before their answers are used: some answer every path with 200. */
export async function checkHealth(client: Client): Promise<void> {
  const health: unknown = await client.health().catch((error: unknown) => {
    throw error instanceof ClientError && !error.body
      ? new NotSandbox(`not an opal-sandbox: its health check answered ${error.status}`)
      : error
  })
  const { status, version, uptime_seconds } = (health ?? {}) as Record<string, unknown>
  if (typeof status !== 'string' || typeof version !== 'string' || typeof uptime_seconds !== 'number') {
    throw new NotSandbox('not an opal-sandbox: its health check lacks status, version or uptime_seconds')
  }
}

function explainRefusal(
  { status, message, body }: ClientError,
  options: ServerOptions,
  env: NodeJS.ProcessEnv,
): string {
  if (!body) return message
  const { token } = options
  const problems = body.errors?.map(({ path, message }) => asSentence(`${nameField(path, options)} ${message}`)) ?? []
  // People who work with the real API have its token there.
  const origin =
    status === 401 && token !== undefined && token === env.OPAL_AUTH_TOKEN
      ? 'It came from the variable OPAL_AUTH_TOKEN; --token overrides it.'
      : undefined
  // At a shell nobody wrote a request, whose problems are counted.
  const summary = body.message.startsWith('The request is not valid: ') ? undefined : body.message
  return [summary, ...problems, origin, forShell(body.hint ?? '')].filter(Boolean).join(' ')
}

function asSentence(text: string): string {
  const sentence = text.trim()
  return /[.?]$/.test(sentence) ? sentence : `${sentence}.`
}

/** Explains why a call failed: the cause of Node's "fetch failed". */
export function describeFailure(error: unknown): string {
  if (error instanceof NotSandbox) return error.message
  if (error instanceof ClientError) return `it answered ${error.status}`
  const { name, message, cause, code } = error as NodeJS.ErrnoException
  if (name === 'TimeoutError') return 'no answer in time'
  if (typeof code === 'string') return code
  return cause instanceof Error ? describeFailure(cause) : message
}
