import type { FastifyReply, FastifyRequest } from 'fastify'
import { performanceNow } from '../globals.js'
import type { ActiveFault } from '../organization/faults.js'
import type { Refusal } from '../domain/refusal.js'
import type { Organizations } from '../organization/index.js'
import { basisOf } from './basis.js'
import { describeEffect } from './effects/list.js'

/** Longer bodies are cut, in characters. */
const maxBodyLength = 16 * 1024

/** Writes the journal: one entry for every call under /v1, complete before its answer leaves. */
export function createRecorder(organizations: Organizations) {
  /** `ready` is the answer's body; null where the connection was cut instead. */
  function record(request: FastifyRequest, reply: FastifyReply, ready: string | null) {
    // Who has gone already is sent nothing.
    const payload = reply.raw.destroyed ? null : ready
    const organization = (request.organization as typeof request.organization | undefined) ?? organizations.default
    const { journal } = organization
    const operation = request.described?.operation
    const status = payload === null ? null : reply.statusCode
    if (journal.isIdle) {
      journal.count(operation, status)
      return
    }
    const { id, method, url } = request
    // A body that was left out is null to Fastify.
    const bodyText = request.bodyText ?? (request.body === null ? 'null' : undefined)
    const params = request.params as { group_id?: string; user_id?: string } | undefined
    const isBodyCut = bodyText !== undefined && bodyText.length > maxBodyLength
    const answer = payload ?? ''
    const isAnswerCut = answer.length > maxBodyLength
    journal.record({
      request_id: id,
      at: organization.now(),
      method,
      url,
      operation,
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
      rules: request.rules ?? [],
      duration_ms: performanceNow() - request.startedAt,
    })
  }

  /** Sets the headers that every answer under /v1 carries, and enters it into the journal. */
  function recordAnswer(request: FastifyRequest, reply: FastifyReply, answer: string) {
    reply.header('x-opal-sandbox-request-id', request.id)
    const basis = basisOf(request.refusal?.code, request.rules ?? [])
    if (basis !== 'documented') reply.header('x-opal-sandbox-basis', basis)
    record(request, reply, answer)
  }

  return {
    recordAnswer,

    /** For a call whose connection is cut without an answer. */
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

function describeFault({ fault_id, rule: { effect, phase } }: ActiveFault) {
  return { fault_id, effect: describeEffect(effect), phase }
}

/** Not the error itself, whose stack trace holds on to the whole call. */
function describeRefusal({ code, message, details: { hint } }: Refusal) {
  return { code, message, hint }
}
