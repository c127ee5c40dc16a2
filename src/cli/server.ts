import type { Context } from './context.js'
import { ClientError, createClient, type Client } from '../library/client.js'
import { SetupError } from '../domain/setup-error.js'

export interface ServerOptions {
  url: string
  token?: string
}

/** Makes calls that end after a time limit, and reports responses that no sandbox sends. */
export function createCall(limitMs: number) {
  return async (request: Request): Promise<Response> => {
    const response = await fetch(request, { signal: AbortSignal.timeout(limitMs) })
    // Every response of the control plane is JSON or a table, but to a DELETE, which is empty.
    const type = response.headers.get('content-type') ?? ''
    if (response.ok && request.method !== 'DELETE' && !/^(application\/json|text\/markdown)\b/.test(type)) {
      await response.body?.cancel()
      throw new ForeignAnswer(`it returned ${response.status} with content-type ${type || 'none'}`)
    }
    return response
  }
}

class ForeignAnswer extends Error {}

/** Whether something else than a sandbox responded: no error of a sandbox, or a response without what it should have. */
function isForeign(error: unknown): boolean {
  return error instanceof ForeignAnswer || (error instanceof ClientError && error.body === undefined)
}

/** Calls a running sandbox. A rejection or a failed connection becomes a one-line SetupError. */
export async function ask<Answer>(
  { env }: Context,
  { url, token }: ServerOptions,
  question: (client: Client) => Promise<Answer>,
  limitMs = 30_000,
): Promise<Answer> {
  try {
    return await question(createClient({ url, token, fetch: createCall(limitMs) }))
  } catch (error) {
    if (isForeign(error)) throw new SetupError(`${url} is not an opal-sandbox (${describeFailure(error)}).`)
    if (error instanceof ClientError) throw new SetupError(explainRefusal(error, token, env))
    throw new SetupError(
      `No sandbox answers at ${url} (${describeFailure(error)}). Start one with "opal-sandbox start", or name its address with --url.`,
    )
  }
}

function explainRefusal(
  { status, message, body }: ClientError,
  token: string | undefined,
  env: NodeJS.ProcessEnv,
): string {
  if (!body) return message
  const problems = body.errors?.map((problem) => asSentence(`${problem.path} ${problem.message}`)) ?? []
  // People who work with the real API have its token there.
  const origin =
    status === 401 && token !== undefined && token === env.OPAL_AUTH_TOKEN
      ? 'It came from the variable OPAL_AUTH_TOKEN; --token overrides it.'
      : undefined
  const hint = body.code === 'TOKEN_MISSING' ? 'Give one with --token or OPAL_AUTH_TOKEN.' : body.hint
  return [body.message, ...problems, origin, hint].filter(Boolean).join(' ')
}

function asSentence(text: string): string {
  return /[.?]$/.test(text) ? text : `${text}.`
}

/** Explains why a call failed: the cause of Node's "fetch failed". */
export function describeFailure(error: unknown): string {
  if (error instanceof ClientError) return `it returned ${error.status}`
  const { name, message, cause } = error as Error & { cause?: NodeJS.ErrnoException }
  if (error instanceof ForeignAnswer) return message
  if (name === 'TimeoutError') return 'no answer in time'
  return cause?.code ?? cause?.message ?? message
}
