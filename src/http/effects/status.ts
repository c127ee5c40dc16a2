import { Refusal } from '../../domain/refusal.js'
import { errorBody } from '../errors.js'
import type { Effect } from './effect.js'

/** Responds with the status, headers and body of the rule. */
export const status: Effect = {
  describe: ({ status }) => `status ${status}`,
  apply({ request, reply, fault: { fault_id, rule } }) {
    const { status = 500, code, message, body, headers } = rule.effect
    const refusal = new Refusal('FAULT_INJECTED', message ?? `The fault rule ${fault_id} made this call fail.`, {
      hint: 'GET /_sandbox/faults lists the rules.',
    })
    request.refusal = refusal
    void reply.code(status).headers({ 'content-type': 'application/json; charset=utf-8', ...headers })
    if (typeof body === 'string') return { answer: body }
    if (body !== undefined) return { answer: JSON.stringify(body) }
    return { answer: JSON.stringify({ ...errorBody(refusal, request.id), ...(code !== undefined && { code }) }) }
  },
}
