import type {
  Change,
  ChangeSum,
  Clock,
  ClockTurned,
  Coverage,
  ErrorBody,
  Fault,
  FaultRule,
  Health,
  JournalEntry,
  ListedOrganization,
  MagicUsers,
  OrganizationFilled,
  Seed,
  Settings,
  Snapshot,
  TurnClock,
  Undone,
  Violation,
} from './types.js'

/** Selects calls by their order. */
export interface ChangeRange {
  /** Only calls after the one with this request id. */
  since?: string | undefined
  /** Only calls up to the one with this request id. */
  until?: string | undefined
}

/** Selects calls of the journal. All given fields must match; undefined ones are ignored. */
export interface RequestFilter {
  /** Only calls of this operation. */
  operation?: FaultRule['operation'] | undefined
  /** Only calls answered with this status. */
  status?: number | undefined
  /** Only calls with this group in their path. */
  group_id?: string | undefined
  /** Only calls with this user in their path. */
  user_id?: string | undefined
  /** Only calls after the one with this request id. */
  since?: string | undefined
}

export interface ClientOptions {
  /** The sandbox's URL, without /v1: `http://127.0.0.1:6725`. */
  url: string
  /** Selects the organization. Without one it is `default`, if the server listens on loopback only. */
  token?: string | undefined
  /** Sends the calls: the global fetch, or one that needs no socket. */
  fetch: (request: Request) => Promise<Response>
}

/** The sandbox rejected a call, or what answered is not a sandbox. */
export class ClientError extends Error {
  override readonly name = 'ClientError'
  readonly status: number
  /** The body of the sandbox's answer; undefined if something else answered. */
  readonly body: ErrorBody | undefined

  constructor(status: number, message: string, body?: ErrorBody) {
    super(message)
    this.status = status
    this.body = body
  }
}

const yaml = 'application/yaml'

/** A client of the control plane for the organization of the token. Throws a ClientError if a call is rejected. */
export function createClient({ url, token, fetch }: ClientOptions) {
  async function send(method: string, path: string, body?: unknown, accept?: string) {
    return sendText(method, path, body === undefined ? undefined : JSON.stringify(body), 'application/json', accept)
  }

  async function sendText(method: string, path: string, body?: string, contentType = '', accept?: string) {
    const response = await fetch(
      new Request(new URL(`/_sandbox${path}`, url), {
        method,
        headers: {
          ...(token !== undefined && { authorization: `Bearer ${token}` }),
          ...(accept !== undefined && { accept }),
          ...(body !== undefined && { 'content-type': contentType }),
        },
        ...(body !== undefined && { body }),
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
    exportSeedAsYaml: async () => (await send('GET', '/seed', undefined, yaml)).text,
    replaceSeedAsYaml: (text: string) => sendText('PUT', '/seed', text, yaml),
    listSnapshots: async () => (await call<{ results: Snapshot[] }>('GET', '/snapshots')).results,
    saveSnapshot: (name: string) => call<Snapshot>('POST', '/snapshots', { name }),
    restoreSnapshot: (name: string) =>
      call<OrganizationFilled>('POST', `/snapshots/${encodeURIComponent(name)}/restore`),
    /** How the state differs from a snapshot. */
    compareSnapshot: async (name: string) =>
      (await call<{ results: Change[] }>('GET', `/snapshots/${encodeURIComponent(name)}/changes`)).results,
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
    /** By default, everything in the journal. */
    getChanges: (range: ChangeRange = {}) => call<ChangeSum>('GET', `/changes${queryOf(range)}`),
    undo: (to: string) => call<Undone>('POST', '/undo', { to }),
    listViolations: async () => (await call<{ results: Violation[] }>('GET', '/violations')).results,
    clearRequests: () => call<undefined>('DELETE', '/requests'),
    getCoverage: () => call<Coverage>('GET', '/coverage'),
    /** The coverage as a Markdown table. */
    getCoverageTable,
    listMagic: async () => (await call<MagicUsers>('GET', '/magic')).results,
    listOrganizations: async () => (await call<{ results: ListedOrganization[] }>('GET', '/organizations')).results,
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

/** Parses an error body of a sandbox; undefined if the text is none. */
function readBody(text: string): ErrorBody | undefined {
  try {
    const body = JSON.parse(text) as Partial<ErrorBody> | null
    return body?.code !== undefined && body.message !== undefined ? (body as ErrorBody) : undefined
  } catch {
    return undefined
  }
}

function notOurs({ call, status, text }: Answer): ClientError {
  return new ClientError(status, `${call}: ${status}, and the answer is not a sandbox's: ${text.slice(0, 200)}`)
}
