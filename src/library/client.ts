import type {
  Clock,
  ClockTurned,
  Coverage,
  ErrorBody,
  Fault,
  FaultRule,
  Health,
  JournalEntry,
  MagicUsers,
  OrganizationFilled,
  Seed,
  Settings,
  Snapshot,
  TurnClock,
} from './types.js'

/** Which calls are meant: all that match; what is undefined does not matter. */
export interface RequestFilter {
  /** Only calls of this operation. */
  operation?: FaultRule['operation'] | undefined
  /** Only calls that were answered so. */
  status?: number | undefined
  /** Only calls that name this group in their path. */
  group_id?: string | undefined
  /** Only calls that name this user in their path. */
  user_id?: string | undefined
  /** Only calls after the one with this request id. */
  since?: string | undefined
}

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
  async function send(method: string, path: string, body?: unknown, accept?: string) {
    const response = await fetch(
      new Request(new URL(`/_sandbox${path}`, url), {
        method,
        headers: {
          ...(token !== undefined && { authorization: `Bearer ${token}` }),
          ...(accept !== undefined && { accept }),
          ...(body !== undefined && { 'content-type': 'application/json' }),
        },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      }),
    )
    const { status, headers, ok } = response
    const answer = { call: `${method} /_sandbox${path}`, status, headers, text: await response.text() }
    if (!ok) throw readError(answer)
    return answer
  }

  async function call<Body>(method: string, path: string, body?: unknown): Promise<Body> {
    const answer = await send(method, path, body)
    if (answer.text === '') return undefined as Body
    try {
      return JSON.parse(answer.text) as Body
    } catch {
      throw notOurs(answer)
    }
  }

  async function getCoverageTable(): Promise<string> {
    const answer = await send('GET', '/coverage', undefined, 'text/markdown')
    if (!answer.headers.get('content-type')?.startsWith('text/markdown')) throw notOurs(answer)
    return answer.text
  }

  return {
    health: () => call<Health>('GET', '/health'),
    getClock: () => call<Clock>('GET', '/clock'),
    turnClock: (change: TurnClock) => call<ClockTurned>('POST', '/clock', change),
    reset: () => call<OrganizationFilled>('POST', '/reset'),
    exportSeed: () => call<Seed>('GET', '/seed'),
    replaceSeed: (seed: Seed) => call<OrganizationFilled>('PUT', '/seed', seed),
    listSnapshots: async () => (await call<{ results: Snapshot[] }>('GET', '/snapshots')).results,
    saveSnapshot: (name: string) => call<Snapshot>('POST', '/snapshots', { name }),
    restoreSnapshot: (name: string) =>
      call<OrganizationFilled>('POST', `/snapshots/${encodeURIComponent(name)}/restore`),
    deleteSnapshot: (name: string) => call<undefined>('DELETE', `/snapshots/${encodeURIComponent(name)}`),
    getSettings: () => call<Settings>('GET', '/settings'),
    changeSettings: (changes: Settings) => call<Settings>('PATCH', '/settings', changes),
    listFaults: async () => (await call<{ results: Fault[] }>('GET', '/faults')).results,
    addFault: (rule: FaultRule) => call<Fault>('POST', '/faults', rule),
    deleteFaults: () => call<undefined>('DELETE', '/faults'),
    deleteFault: (faultId: string) => call<undefined>('DELETE', `/faults/${encodeURIComponent(faultId)}`),
    listRequests: async (filter: RequestFilter & { limit?: number | undefined } = {}) =>
      (await call<{ results: JournalEntry[] }>('GET', `/requests${queryOf(filter)}`)).results,
    waitForRequests: async (
      filter: RequestFilter & { count?: number | undefined; timeout?: string | undefined } = {},
    ) => (await call<{ results: JournalEntry[] }>('GET', `/requests/wait${queryOf(filter)}`)).results,
    getRequest: (requestId: string) => call<JournalEntry>('GET', `/requests/${encodeURIComponent(requestId)}`),
    clearRequests: () => call<undefined>('DELETE', '/requests'),
    getCoverage: () => call<Coverage>('GET', '/coverage'),
    /** As a table in Markdown. */
    getCoverageTable,
    listMagic: async () => (await call<MagicUsers>('GET', '/magic')).results,
    deleteOrganization: () => call<undefined>('DELETE', '/organization'),
  }
}

export type Client = ReturnType<typeof createClient>

function queryOf(filter: object): string {
  const given = Object.entries(filter as Record<string, string | number | undefined>).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, String(value)] as [string, string]],
  )
  return given.length === 0 ? '' : `?${new URLSearchParams(given).toString()}`
}

interface Answer {
  /** The method and the path. */
  call: string
  status: number
  text: string
}

function readError(answer: Answer): ClientError {
  const { call, status, text } = answer
  const body = readBody(text)
  if (!body) return notOurs(answer)
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

function notOurs({ call, status, text }: Answer): ClientError {
  return new ClientError(status, `${call}: ${status}, and no answer of a sandbox: ${text.slice(0, 200)}`)
}
