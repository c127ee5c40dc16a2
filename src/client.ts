import type { Coverage } from './http/coverage.js'
import type { ErrorBody } from './http/errors.js'
import type { ClockState, ClockTurned, TurnClock } from './http/sandbox/clock.js'
import type { FaultState } from './http/sandbox/faults.js'
import type { RequestFilter, RequestRecord } from './http/sandbox/requests.js'
import type { MagicUsers, OrganizationFilled } from './http/sandbox/seed.js'
import type { Snapshot } from './http/sandbox/snapshots.js'
import type { FaultDocument, SeedDocument, SettingsDocument } from './seed/schema.js'

/** Which calls are meant; what is undefined is left out. */
export type Filter = { [Name in keyof RequestFilter]: RequestFilter[Name] | undefined }

export interface ClientOptions {
  /** Where the sandbox is, without /v1: `http://127.0.0.1:6725`. */
  url: string
  /** Says which organization; without one, `default`, if the server listens on loopback only. */
  token?: string | undefined
  /** Makes the calls: the global one, or one that needs no socket. */
  fetch: (request: Request) => Promise<Response>
}

/** The sandbox refused a call, or nothing that answers like one was there. */
export class ClientError extends Error {
  override readonly name = 'ClientError'
  readonly status: number
  /** What the sandbox said; undefined where the answer was not its own. */
  readonly body: ErrorBody | undefined

  constructor(status: number, message: string, body?: ErrorBody) {
    super(message)
    this.status = status
    this.body = body
  }
}

/** Calls of the control plane, each for the organization of the token. A refusal is thrown as a ClientError. */
export function createClient({ url, token, fetch }: ClientOptions) {
  async function call<Answer>(method: string, path: string, body?: unknown): Promise<Answer> {
    const response = await fetch(
      new Request(new URL(`/_sandbox${path}`, url), {
        method,
        headers: {
          ...(token !== undefined && { authorization: `Bearer ${token}` }),
          ...(body !== undefined && { 'content-type': 'application/json' }),
        },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      }),
    )
    const text = await response.text()
    const name = `${method} /_sandbox${path}`
    if (!response.ok) throw readError(name, response.status, text)
    if (text === '') return undefined as Answer
    try {
      return JSON.parse(text) as Answer
    } catch {
      throw notOurs(name, response.status, text)
    }
  }

  return {
    health: () => call<{ status: 'ok'; version: string; uptime_seconds: number }>('GET', '/health'),
    getClock: () => call<ClockState>('GET', '/clock'),
    turnClock: (change: TurnClock) => call<ClockTurned>('POST', '/clock', change),
    reset: () => call<OrganizationFilled>('POST', '/reset'),
    exportSeed: () => call<SeedDocument>('GET', '/seed'),
    replaceSeed: (seed: SeedDocument) => call<OrganizationFilled>('PUT', '/seed', seed),
    listSnapshots: async () => (await call<{ results: Snapshot[] }>('GET', '/snapshots')).results,
    saveSnapshot: (name: string) => call<Snapshot>('POST', '/snapshots', { name }),
    restoreSnapshot: (name: string) =>
      call<OrganizationFilled>('POST', `/snapshots/${encodeURIComponent(name)}/restore`),
    deleteSnapshot: (name: string) => call<undefined>('DELETE', `/snapshots/${encodeURIComponent(name)}`),
    getSettings: () => call<SettingsDocument>('GET', '/settings'),
    changeSettings: (changes: SettingsDocument) => call<SettingsDocument>('PATCH', '/settings', changes),
    listFaults: async () => (await call<{ results: FaultState[] }>('GET', '/faults')).results,
    addFault: (rule: FaultDocument) => call<FaultState>('POST', '/faults', rule),
    deleteFaults: () => call<undefined>('DELETE', '/faults'),
    deleteFault: (faultId: string) => call<undefined>('DELETE', `/faults/${encodeURIComponent(faultId)}`),
    listRequests: async (filter: Filter & { limit?: number | undefined } = {}) =>
      (await call<{ results: RequestRecord[] }>('GET', `/requests${queryOf(filter)}`)).results,
    waitForRequests: async (filter: Filter & { count?: number | undefined; timeout?: string | undefined } = {}) =>
      (await call<{ results: RequestRecord[] }>('GET', `/requests/wait${queryOf(filter)}`)).results,
    getRequest: (requestId: string) => call<RequestRecord>('GET', `/requests/${encodeURIComponent(requestId)}`),
    clearRequests: () => call<undefined>('DELETE', '/requests'),
    getCoverage: () => call<Coverage>('GET', '/coverage'),
    listMagic: async () => (await call<MagicUsers>('GET', '/magic')).results,
    deleteOrganization: () => call<undefined>('DELETE', '/organization'),
  }
}

export type Client = ReturnType<typeof createClient>

function queryOf(filter: Record<string, string | number | undefined>): string {
  const given = Object.entries(filter).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, String(value)] as [string, string]],
  )
  return given.length === 0 ? '' : `?${new URLSearchParams(given).toString()}`
}

function readError(call: string, status: number, text: string): ClientError {
  const body = readBody(text)
  if (!body) return notOurs(call, status, text)
  const problems = body.errors?.map(({ path, message }) => `${path} ${message}`) ?? []
  const words = [`${call}: ${status} ${body.code}. ${body.message}`, ...problems, body.hint]
  return new ClientError(status, words.filter(Boolean).join(' '), body)
}

/** What a sandbox says when it refuses; undefined where the text is not that. */
function readBody(text: string): ErrorBody | undefined {
  try {
    const body = JSON.parse(text) as Partial<ErrorBody> | null
    return body?.code !== undefined && body.message !== undefined ? (body as ErrorBody) : undefined
  } catch {
    return undefined
  }
}

function notOurs(call: string, status: number, text: string): ClientError {
  return new ClientError(status, `${call}: ${status}, and no answer of a sandbox: ${text.slice(0, 200)}`)
}
