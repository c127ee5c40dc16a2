import type { FastifyReply, FastifyRequest } from 'fastify'
import type { FaultTarget } from '../../domain/fault.js'
import { Refusal } from '../../domain/refusal.js'
import type { ActiveFault, HoldOutcome } from '../../organization/faults.js'
import { errorBody } from '../errors.js'
import { watchCaller } from '../in-flight.js'
import type { Recorder } from '../record.js'

/** Makes calls fail as the fault rules say, on top of the real work. */
export function createEffects({ record, setHeaders }: Recorder) {
  return {
    /** Before the work, when the body has been read. */
    before: (request: FastifyRequest, reply: FastifyReply, done: () => void) => {
      const fault = request.organization.faults.meet('before', targetOf(request))
      if (!fault) {
        done()
        return
      }
      request.fault = fault
      const { status, drop } = fault.rule.effect
      if (status !== undefined) {
        void reply.send(inject(request, reply, fault))
      } else if (drop) {
        record(request, reply, null)
        hangUp(reply)
      } else {
        void wait(request, reply, fault).then((outcome) => {
          if (outcome === 'goes on') {
            done()
            return
          }
          if (outcome === 'client gone') record(request, reply, null)
          hangUp(reply)
        })
      }
    },

    /** When the answer is ready: the change is made, and what happens now meets the answer alone. */
    after: (
      request: FastifyRequest,
      reply: FastifyReply,
      payload: unknown,
      done: (error: Error | null, payload: unknown) => void,
    ) => {
      const answer = typeof payload === 'string' ? payload : ''
      const fault =
        reply.statusCode < 300 && !request.fault
          ? request.organization.faults.meet('after', targetOf(request))
          : undefined
      if (!fault) {
        setHeaders(request, reply)
        record(request, reply, answer)
        done(null, payload)
        return
      }
      request.fault = fault
      const { status, drop, truncate } = fault.rule.effect
      if (drop) {
        record(request, reply, null)
        reply.raw.destroy()
      } else if (truncate) {
        setHeaders(request, reply)
        record(request, reply, answer)
        cutInTheMiddle(reply, answer)
      } else {
        const changed = status === undefined ? payload : inject(request, reply, fault)
        void wait(request, reply, fault).then((outcome) => {
          if (outcome === 'goes on') {
            setHeaders(request, reply)
            record(request, reply, typeof changed === 'string' ? changed : answer)
            done(null, changed)
            return
          }
          if (outcome === 'client gone') record(request, reply, null)
          reply.raw.destroy()
        })
      }
    },
  }
}

function targetOf(request: FastifyRequest): FaultTarget {
  const { group_id, user_id } = (request.params ?? {}) as { group_id?: string; user_id?: string }
  return {
    operation: request.described?.operation,
    method: request.method,
    group_id,
    user_id,
  }
}

/** Holds the call back where the rule says so. A call whose organization has begun again is in no journal. */
async function wait({ organization }: FastifyRequest, reply: FastifyReply, fault: ActiveFault): Promise<HoldOutcome> {
  const { delay_ms, hang, max_ms } = fault.rule.effect
  if (delay_ms === undefined && !hang) return 'goes on'
  return organization.faults.hold(fault, delay_ms ?? max_ms, watchCaller(reply))
}

/** Before anything was sent: Fastify has nothing more to do with the call. */
function hangUp(reply: FastifyReply) {
  reply.hijack()
  reply.raw.destroy()
}

/** Sets the status and header fields of the rule; answers the body. */
function inject(request: FastifyRequest, reply: FastifyReply, { fault_id, rule }: ActiveFault): string {
  const { status = 500, code, message, body, headers } = rule.effect
  const refusal = new Refusal('FAULT_INJECTED', message ?? `The fault rule ${fault_id} made this call fail.`, {
    hint: 'GET /_sandbox/faults lists the rules.',
  })
  request.refusal = refusal
  void reply.code(status).headers({ 'content-type': 'application/json; charset=utf-8', ...headers })
  if (typeof body === 'string') return body
  if (body !== undefined) return JSON.stringify(body)
  return JSON.stringify({ ...errorBody(refusal, request.id), ...(code !== undefined && { code }) })
}

/** The client is promised the whole answer and gets the first half. */
function cutInTheMiddle(reply: FastifyReply, answer: string) {
  const bytes = Buffer.from(answer)
  reply.raw.writeHead(reply.statusCode, {
    ...(reply.getHeaders() as Record<string, string>),
    'content-length': Math.max(bytes.length, 1),
  })
  reply.raw.write(bytes.subarray(0, bytes.length / 2), () => reply.raw.destroy())
}
