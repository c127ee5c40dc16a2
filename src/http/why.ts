import type { JournalEntry } from '../organization/journal.js'
import type { RefusalCode } from '../domain/refusal.js'
import { rules, type Rule } from '../domain/rule.js'
import { basisOf } from './basis.js'

/** What is looked at, in this order, and what each refusal says of it. */
const steps: [passed: string, codes: RefusalCode[]][] = [
  ['the token is accepted', ['TOKEN_MISSING', 'TOKEN_UNKNOWN', 'TOKEN_REVOKED', 'TOKEN_EXPIRED']],
  ['the rate is kept', ['RATE_LIMITED']],
  ['the token may write', ['TOKEN_READ_ONLY']],
  ['the path is known', ['ROUTE_NOT_FOUND', 'METHOD_NOT_ALLOWED', 'NOT_SIMULATED']],
  ['the body is read', ['BODY_TOO_LARGE', 'CONTENT_TYPE_UNSUPPORTED']],
  ['no fault rule is due', ['FAULT_INJECTED']],
  ['the request is valid', ['INVALID_REQUEST']],
  ['the group is found', ['GROUP_NOT_FOUND']],
  ['the user is found', ['USER_NOT_FOUND']],
  ['the token is found', ['TOKEN_NOT_FOUND']],
  ['the user is in the group', ['GROUP_USER_NOT_FOUND']],
  ['the level is accepted', ['ACCESS_LEVEL_NOT_FOUND']],
  ['the user is not in the group yet', ['GROUP_USER_EXISTS']],
]

/** What a call goes on past without passing it: a setting lets it, or a POST replaces access or ends it. */
const passedOver: Partial<Record<Rule, string>> = {
  access_created: 'the user is in the group',
  access_replaced: 'the user is not in the group yet',
  access_revoked: 'the user is not in the group yet',
}

/** The steps that led to an answer, told when somebody asks. `codes` are those with which the operation can refuse. */
export function explain({ refusal, fault, status, ...entry }: JournalEntry, codes: ReadonlySet<RefusalCode>) {
  const decided = entry.rules as readonly Rule[]
  const why: string[] = []
  // After the work only its answer was lost: nothing had refused the call.
  const refused = fault?.phase === 'after' ? undefined : refusal
  for (const [passed, stepCodes] of steps) {
    if (refused && stepCodes.includes(refused.code)) {
      why.push(`${refused.code}: ${refused.message}`)
      break
    }
    const isAsked = stepCodes.some((code) => codes.has(code))
    if (passed === 'no fault rule is due') {
      if (fault?.phase === 'before') why.push(`fault rule ${fault.fault_id}: ${fault.effect}`)
      if (fault?.phase === 'before' && status === null) break
    } else if (isAsked && !decided.some((rule) => passedOver[rule] === passed)) {
      why.push(passed)
    }
  }
  if (refused && !steps.some(([, stepCodes]) => stepCodes.includes(refused.code))) {
    why.push(`${refused.code}: ${refused.message}`)
  }
  if (!refused) why.push(...decided.map((rule) => rules[rule].means))
  if (fault?.phase === 'after') why.push(`the work is done; fault rule ${fault.fault_id}: ${fault.effect}`)
  return {
    why,
    rule: refusal?.code ?? decided[0],
    basis: basisOf(refusal?.code, decided),
    hint: refusal?.hint,
  }
}
