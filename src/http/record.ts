import type { FastifyReply, FastifyRequest } from 'fastify'
import { dateNow, performanceNow } from '../globals.js'
import type { ActiveFault } from '../organization/faults.js'
import { encodeChanges } from '../domain/change.js'
import { nothingDecided, type Decided } from '../domain/behaviors.js'
import type { Refusal } from '../domain/refusal.js'
import type { Organizations } from '../organization/index.js'
import type { OpenOrganization } from '../organization/organization.js'
import type { TapeEntry } from '../organization/tape.js'
import { printable } from './printable.js'
import { describeEffect } from './effects/list.js'

/** The length at which bodies are cut, in characters. */
const maxBodyLength = 16 * 1024

/** The length of the changes of a call, in characters, above which they are not kept. */
const maxChangesLength = 1024 * 1024

/** Writes the journal: one entry for every call under /v1, complete before its response is sent. */
export function createRecorder(organizations: Organizations) {
  /** `ready` is the body of the answer; null if the connection is cut instead. */
  function record(request: FastifyRequest, reply: FastifyReply, ready: string | null) {
    // A client that has disconnected is sent nothing.
    const payload = reply.raw.destroyed ? null : ready
    const organization = organizationOf(request)
    const { journal } = organization
    const operation = request.described?.operation
    if (request.changes) {
      organizations.checkLimits(organization, { request_id: request.id, operation: operation ?? '' }, request.changes)
    }
    const status = payload === null ? null : reply.statusCode
    if (journal.limits.entries === 0 && journal.isIdle) {
      journal.count({ operation, status, method: request.sentMethod, url: request.url })
      return
    }
    journal.record(entryOf(request, status, payload ?? ''))
  }

  function entryOf(request: FastifyRequest, status: number | null, answer: string): TapeEntry {
    const changes = request.changes ? encodeChanges(request.changes) : ''
    const areChangesCut = changes.length > maxChangesLength
    const { id, sentMethod: method, url } = request
    // Fastify represents a missing body as null.
    const bodyText = request.bodyText ?? (request.body === null ? 'null' : undefined)
    const params = request.params as { group_id?: string; user_id?: string } | undefined
    const isBodyCut = bodyText !== undefined && bodyText.length > maxBodyLength
    const isAnswerCut = answer.length > maxBodyLength
    const headers = writeHeaders(request.raw.rawHeaders)
    const duration_ms = performanceNow() - request.startedAt
    return {
      request_id: id,
      at: organizationOf(request).now(),
      receivedAt: dateNow() - duration_ms,
      method,
      url,
      headers,
      operation: request.described?.operation,
      group_id: params?.group_id,
      user_id: params?.user_id,
      body: isBodyCut ? bodyText.slice(0, maxBodyLength) : bodyText,
      isBodyCut,
      status,
      answer: isAnswerCut ? answer.slice(0, maxBodyLength) : answer,
      isAnswerCut,
      refusal: request.refusal && describeRefusal(request.refusal),
      fault: request.fault && describeFault(request.fault),
      ignored: request.ignored ?? [],
      decided: decidedOf(request).text,
      changes: areChangesCut ? '' : changes,
      areChangesCut,
      duration_ms,
    }
  }

  function organizationOf(request: FastifyRequest): OpenOrganization {
    const identified = request.organization as OpenOrganization | undefined
    return identified ?? organizations.default
  }

  /** Sets the headers that every response under /v1 has, and adds the journal entry. */
  function recordAnswer(request: FastifyRequest, reply: FastifyReply, answer: string) {
    reply.header('x-opal-sandbox-request-id', request.id)
    reply.header('x-opal-sandbox-basis', decidedOf(request).basis)
    record(request, reply, answer)
  }

  return {
    recordAnswer,

    /** For what changes an organization and is no call of the API. `name` is its operation. */
    recordControl(request: FastifyRequest, name: string, answer: object) {
      const entry = entryOf(request, 200, JSON.stringify(answer))
      organizationOf(request).journal.append({ ...entry, operation: name })
    },

    /** For a call that a fault rule holds: a test can wait for it before it ends. */
    recordPending(request: FastifyRequest) {
      organizationOf(request).journal.begin({ ...entryOf(request, null, ''), isPending: true })
    },

    /** For a call outside /v1, whose response has none of those headers. */
    record,

    /** For a call whose connection is cut without a response. */
    recordCut: (request: FastifyRequest, reply: FastifyReply) => record(request, reply, null),

    onSend: (
      request: FastifyRequest,
      reply: FastifyReply,
      payload: unknown,
      done: (error: Error | null, payload: unknown) => void,
    ) => {
      recordAnswer(request, reply, typeof payload === 'string' ? payload : '')
      done(null, payload)
    },
  }
}

export type Recorder = ReturnType<typeof createRecorder>

const secretHeaders = new Set(['authorization', 'cookie', 'proxy-authorization'])
const secretLengths = new Set([...secretHeaders].map((name) => name.length))

/** One string is cheaper to write for each call than an object; `readHeaders` is its inverse. */
function writeHeaders(rawHeaders: string[]): string {
  let text = ''
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] ?? ''
    // Few names have such a length, and lower-casing all of them would take twice the time.
    if (secretLengths.has(name.length) && secretHeaders.has(name.toLowerCase())) continue
    text += `${name}\n${rawHeaders[index + 1] ?? ''}\n`
  }
  return text
}

export function readHeaders(text: string): Record<string, string> {
  const lines = text.split('\n')
  const headers = new Map<string, string>()
  for (let index = 0; index + 1 < lines.length; index += 2) {
    const name = (lines[index] ?? '').toLowerCase()
    const value = lines[index + 1] ?? ''
    const earlier = headers.get(name)
    headers.set(name, earlier === undefined ? value : `${earlier}, ${value}`)
  }
  return Object.fromEntries(headers)
}

function describeFault({ fault_id, rule: { effect, phase } }: ActiveFault) {
  return { fault_id, effect: describeEffect(effect), phase }
}

/** Not the error itself: its stack trace would keep the whole call in memory. */
function describeRefusal({ code, message, details: { hint } }: Refusal) {
  return { code, message: printable(message), hint: hint === undefined ? undefined : printable(hint) }
}

function decidedOf({ decided, described, ignored, refusal }: FastifyRequest): Decided {
  const all = decided ?? described?.decided ?? nothingDecided
  return ignored && !refusal ? all.plus('fields_ignored') : all
}
