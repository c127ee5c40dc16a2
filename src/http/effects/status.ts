import { nothingDecided } from '../../domain/behaviors.js'
import { Refusal } from '../../domain/refusal.js'
import { defaultSettings } from '../../domain/settings.js'
import { apiErrorBody, decideRefusal } from '../errors.js'
import type { Effect } from './effect.js'

/** Responds with the status, headers and body of the rule. */
export const status: Effect = {
  describe: ({ status }) => `status ${status}`,
  apply({ request, reply, fault: { fault_id, rule } }) {
    const { status = 500, code, message, body, headers } = rule.effect
    const refusal = new Refusal('FAULT_INJECTED', message ?? `The fault rule ${fault_id} made this call fail.`, {
      hint: 'GET /_sandbox/faults lists the rules.',
    })
    const { settings } = request.organization
    const { ids } = decideRefusal(refusal, body === undefined ? settings : defaultSettings)
    request.refusal = refusal
    // After the work, what decided it still counts.
    const before = rule.phase === 'after' ? (request.decided ?? request.described?.decided) : undefined
    request.decided = ids.reduce((decided, id) => decided.plus(id), before ?? nothingDecided)
    void reply.code(status).headers({ 'content-type': 'application/json; charset=utf-8', ...headers })
    if (typeof body === 'string') return { answer: body }
    if (body !== undefined) return { answer: JSON.stringify(body) }
    const ours = apiErrorBody(refusal, request.id, settings)
    return { answer: JSON.stringify({ ...ours, ...('code' in ours && code !== undefined && { code }) }) }
  },
}
