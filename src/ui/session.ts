import { createClient, type Client } from '../library/client.js'
import type { Seed } from '../library/types.js'

/** A token that a person typed. It stays in this tab, and never gets into a URL. */
const storage = 'opal-sandbox-token'

/** What `GET /` says to programs. */
export interface Welcome {
  version: string
  base_url: string
  tokens: { secret: string; token_label: string }[]
  curl: string
}

/** The calls of one organization. */
export interface Session {
  organization: string
  client: Client
  /** For a call that waits, and can be given up. */
  waitingClient: (signal: AbortSignal) => Client
  /** Sends a call to the API with a token of the organization; undefined as token if none is known. */
  callApi: (token: string | undefined, call: SentCall) => Promise<ReceivedAnswer>
}

export interface SentCall {
  method: string
  /** With `/v1`. */
  url: string
  body?: unknown
}

export interface ReceivedAnswer {
  status: number
  headers: [name: string, value: string][]
  text: string
  /** The id of the call in the journal. */
  request_id: string | undefined
}

export function storedToken(): string | undefined {
  return sessionStorage.getItem(storage) ?? undefined
}

export function storeToken(token: string | undefined) {
  if (token === undefined) sessionStorage.removeItem(storage)
  else sessionStorage.setItem(storage, token)
}

export function openSession(organization: string): Session {
  const waitingClient = (signal?: AbortSignal) =>
    createClient({
      url: location.origin,
      token: controlToken(organization),
      fetch: (request) => fetch(request, { signal: signal ?? null }),
    })
  return { organization, client: waitingClient(), waitingClient, callApi }
}

/** On loopback `default` needs none. */
function controlToken(organization: string): string | undefined {
  return organization === 'default' ? storedToken() : organization
}

/** A token for calls to the API; undefined if only a person can know one. */
export function chooseToken(organization: string, welcome: Welcome, { tokens = {} }: Seed): string | undefined {
  if (organization === 'default') return storedToken() ?? welcome.tokens[0]?.secret
  const writers = Object.entries(tokens).filter(
    ([, { access_level, expires_at, revoked_at }]) =>
      access_level === 'FULL_ACCESS' && expires_at === undefined && revoked_at === undefined,
  )
  if (writers.some(([alias]) => alias === 'full_access')) return organization
  return writers[0] && `${organization}.${writers[0][0]}`
}

export async function readWelcome(): Promise<Welcome> {
  const answer = await fetch('/', { headers: { accept: 'application/json' } })
  return (await answer.json()) as Welcome
}

async function callApi(token: string | undefined, { method, url, body }: SentCall): Promise<ReceivedAnswer> {
  const answer = await fetch(url, {
    method,
    headers: {
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  })
  return {
    status: answer.status,
    headers: [...answer.headers],
    text: await answer.text(),
    request_id: answer.headers.get('x-opal-sandbox-request-id') ?? undefined,
  }
}
