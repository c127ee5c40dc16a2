import type { Ledger } from './ledger.js'

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

export interface CallOptions {
  /** The values of the path's placeholders. */
  params?: Record<string, string>
  query?: Record<string, string>
  body?: unknown
  /** Sent instead of JSON, as this type. */
  text?: { content: string; type: string }
  /** The token to send instead of the own one; null for none. */
  token?: string | null
}

/** `template` is a path below /v1 in the notation of OpenAPI. Throws NotAsPlanned if there is no answer to read. */
export type ApiCall = (method: Method, template: string, options?: CallOptions) => Promise<ApiAnswer>

export interface ApiAnswer {
  method: Method
  template: string
  status: number
  headers: Headers
  /** Undefined if there is no body, or it is not JSON. */
  json: unknown
}

/** A call as it was made, for the HAR file. */
export interface Exchange {
  method: Method
  template: string
  params: Record<string, string>
  query: Record<string, string>
  body: { content: string; type: string } | undefined
  startedAt: number
  durationMs: number
  /** Undefined if no answer came. */
  answer: { status: number; headers: [string, string][]; text: string } | undefined
}

/** The time of a run. */
export interface Pace {
  now: () => number
  wait: (ms: number) => Promise<void>
  perSecond: number
  /** How long a call may take. */
  timeoutMs: number
}

export interface DoorOptions {
  /** The address of the API, without /v1. */
  target: string
  token: string
  userAgent: string
  maxCalls: number
  pace: Pace
  onAnswer?: (answer: ApiAnswer) => void
}

/** The API could not be asked as planned, so its answer says nothing. */
export class NotAsPlanned extends Error {}

/** The API has sent a 429. It is left alone from then on. */
export class RateLimited extends Error {}

/** A probe tried what a run must not do. This is a bug of the probe. */
export class UnsafeCall extends Error {}

/** The largest answer that is read, in bytes. */
const maxAnswer = 8 * 1024 * 1024

/** How often a call of the clean-up is repeated after a 429, and how long it waits at most. */
const maxRepeats = 5
const maxWaitMs = 60_000

/** The only way to the API: every call of a run passes it, and nothing else does. */
export function createDoor({ target, token, userAgent, maxCalls, pace, onAnswer }: DoorOptions) {
  const tape: Exchange[] = []
  let ledger: Ledger | undefined
  let writableUsers: readonly string[] = []
  let isCleaning = false
  let nextAt = 0

  const call: ApiCall = async (method, template, options = {}) => {
    if (!isCleaning && tape.length >= maxCalls) throw new NotAsPlanned(`the run has made ${maxCalls} calls already`)
    const path = fillPath(template, options.params ?? {})
    if (method !== 'GET' && !mayWrite(method, path, options.body)) {
      throw new UnsafeCall(`${method} ${template} is outside of what this run has made.`)
    }
    for (let repeat = 0; ; repeat++) {
      const answer = await send(method, template, path, options)
      if (answer.status !== 429) return answer
      if (!isCleaning || repeat === maxRepeats) throw new RateLimited(describeLimit(answer.headers))
      await pace.wait(Math.min((Number(answer.headers.get('retry-after')) || 1) * 1000, maxWaitMs))
    }
  }

  /** Writes are possible to the group of the ledger, and to its access for certain users. */
  function mayWrite(method: Method, path: string, body: unknown): boolean {
    if (!ledger) return false
    const { name, group_id } = ledger
    if (path === '/groups') return method === 'POST' && (body as { name?: unknown } | undefined)?.name === name
    if (group_id === undefined) return false
    if (path === `/groups/${group_id}`) return method === 'DELETE'
    return writableUsers.some((user_id) => path === `/groups/${group_id}/users/${user_id}`)
  }

  async function send(method: Method, template: string, path: string, options: CallOptions): Promise<ApiAnswer> {
    await keepPace()
    const { params = {}, query = {}, token: own = token } = options
    const search = new URLSearchParams(query).toString()
    const url = `${target}/v1${path}${search && `?${search}`}`
    const json = options.body === undefined ? undefined : JSON.stringify(options.body)
    const body = options.text ?? (json === undefined ? undefined : { content: json, type: 'application/json' })
    const exchange: Exchange = {
      ...{ method, template, params, query, body },
      startedAt: pace.now(),
      durationMs: 0,
      answer: undefined,
    }
    tape.push(exchange)
    const place = `${method} ${template}`
    const { status, headers, text } = await receive(place, url, {
      method,
      // Another server must not be sent the token.
      redirect: 'manual',
      signal: AbortSignal.timeout(pace.timeoutMs),
      headers: {
        'user-agent': userAgent,
        accept: 'application/json',
        ...(own !== null && { authorization: `Bearer ${own}` }),
        ...(body && { 'content-type': body.type }),
      },
      ...(body && { body: body.content }),
    }).finally(() => (exchange.durationMs = pace.now() - exchange.startedAt))
    exchange.answer = { status, headers: [...headers], text }
    const answer = { method, template, status, headers, json: readJson(text) }
    if (status >= 500 || status < 200 || (status >= 300 && status < 400)) {
      throw new NotAsPlanned(`${place} was answered with ${status}`)
    }
    if (status < 300 && text !== '' && answer.json === undefined) {
      throw new NotAsPlanned(`${place} was answered with ${status}, but not with JSON`)
    }
    onAnswer?.(answer)
    return answer
  }

  async function keepPace() {
    const now = pace.now()
    const at = Math.max(now, nextAt)
    nextAt = at + 1000 / pace.perSecond
    if (at > now) await pace.wait(at - now)
  }

  return {
    call,
    tape: tape as readonly Exchange[],

    /** Opens the door for writes to what is in the ledger. */
    allowWrites(to: Ledger, users: readonly string[]) {
      ledger = to
      writableUsers = users
    },

    /** From here on, the number of calls is not limited, and a 429 is waited for: what was made has to go. */
    startCleaning() {
      isCleaning = true
    },
  }
}

export type Door = ReturnType<typeof createDoor>

function fillPath(template: string, params: Record<string, string>): string {
  return template.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
    const value = params[name]
    // The URL parser would resolve dots, and lead somewhere else.
    if (value === undefined || /^\.+$/.test(value)) throw new UnsafeCall(`${template} has no value for ${name}.`)
    return encodeURIComponent(value)
  })
}

async function receive(place: string, url: string, init: RequestInit) {
  try {
    const response = await fetch(url, init)
    return { status: response.status, headers: response.headers, text: await readBody(response) }
  } catch (error) {
    if (error instanceof NotAsPlanned) throw new NotAsPlanned(`${place} ${error.message}`)
    throw new NotAsPlanned(`${place} got no answer (${describe(error)})`)
  }
}

async function readBody({ body }: { body: ReadableStream<Uint8Array> | null }): Promise<string> {
  if (!body) return ''
  const parts: Uint8Array[] = []
  let length = 0
  for await (const part of body) {
    length += part.length
    // Leaving the loop cancels the body.
    if (length > maxAnswer) throw new NotAsPlanned('was answered with more than 8 MiB')
    parts.push(part)
  }
  return Buffer.concat(parts).toString('utf8')
}

function describe(error: unknown): string {
  const { name, message, cause } = error as Error & { cause?: NodeJS.ErrnoException }
  if (name === 'TimeoutError') return 'too slow'
  return cause?.code ?? cause?.message ?? message
}

function describeLimit(headers: Headers): string {
  const after = headers.get('retry-after')
  return after === null ? 'it was answered with 429' : `it was answered with 429, Retry-After: ${after}`
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}
