import type { FaultRule, JournalEntry, OperationId } from '../library/types.js'

/** What a rule is made from. */
type RuledCall = Pick<JournalEntry, 'operation' | 'group_id' | 'user_id' | 'hint'>

/** A rule for calls like this one. */
export function ruleOf({ operation, group_id, user_id }: RuledCall, effect: FaultRule['effect']): FaultRule {
  return {
    // The journal names operations of the API only.
    ...(operation !== undefined && { operation: operation as OperationId }),
    ...(group_id !== undefined && { group_id }),
    ...(user_id !== undefined && { user_id }),
    times: 1,
    effect,
  }
}

/** The rule that the hint of a 501 proposes. */
export function stubOf(call: RuledCall): FaultRule {
  const [, json] = /\/_sandbox\/faults (\{.*\})/.exec(call.hint ?? '') ?? []
  const proposed = json === undefined ? undefined : readJson(json)
  if (typeof proposed === 'object' && proposed !== null) return { times: 'forever', ...(proposed as FaultRule) }
  return { ...ruleOf(call, { status: 200, body: {} }), times: 'forever' }
}

/** Returns the text itself if it is not JSON. */
export function readJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
