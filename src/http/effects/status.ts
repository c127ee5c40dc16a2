import { nothingDecided } from '../../domain/behaviors.js'
import type { FaultEffect } from '../../domain/fault.js'
import { Refusal } from '../../domain/refusal.js'
import { defaultSettings } from '../../domain/settings.js'
import { apiErrorBody, decideRefusal } from '../errors.js'
import type { Effect } from './effect.js'

/** HTTP has no body with these. */
const noBody = new Set([204, 205, 304])

/** Responds with the status, headers and body of the rule. A success without a body is empty, an error has our own. */
export const status: Effect = {
  describe: ({ status }) => `status ${status}`,
  apply({ request, reply, fault: { fault_id, rule } }) {
    const { status = 500, code, message, headers, body } = rule.effect
    const isError = status >= 400 || code !== undefined || message !== undefined
    const refusal = new Refusal('FAULT_INJECTED', message ?? `The fault rule ${fault_id} made this call fail.`, {
      hint: 'GET /_sandbox/faults lists the rules.',
    })
    const { settings } = request.organization
    const { ids } = isError
      ? decideRefusal(refusal, body === undefined ? settings : defaultSettings)
      : nothingDecided.plus('stubbed')
    if (isError) request.refusal = refusal
    // After the work, what decided it still counts.
    const before = rule.phase === 'after' ? (request.decided ?? request.described?.decided) : undefined
    request.decided = ids.reduce((decided, id) => decided.plus(id), before ?? nothingDecided)
    const answer = noBody.has(status) ? '' : (writeBody(rule.effect, request.params) ?? (isError ? ownBody() : ''))
    void reply.code(status).removeHeader('content-type')
    void reply.headers({ ...(answer !== '' && { 'content-type': 'application/json' }), ...headers })
    return { answer }

    function ownBody() {
      const ours = apiErrorBody(refusal, request.id, settings)
      return JSON.stringify({ ...ours, ...('code' in ours && code !== undefined && { code }) })
    }
  },
}

/** The body as JSON, or a text as it is. Undefined for none. */
function writeBody({ body }: FaultEffect, params: unknown): string | undefined {
  const filled = fill(body, new Map(Object.entries((params ?? {}) as Record<string, string>)))
  return typeof filled === 'string' ? filled : JSON.stringify(filled)
}

/** Replaces `{group_id}` by that parameter of the path, in every text at any depth. */
function fill(value: unknown, params: ReadonlyMap<string, string>): unknown {
  if (typeof value === 'string') {
    return value.replaceAll(/\{(\w+)\}/g, (text, name: string) => params.get(name) ?? text)
  }
  if (Array.isArray(value)) return value.map((item) => fill(item, params))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, fill(field, params)]))
}
