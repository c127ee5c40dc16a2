import type { JournalEntry } from '../journal.js'
import type { RefusalCode } from '../domain/refusal.js'
import { basisOf, rules, type Rule } from './basis.js'

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
  ['the level is one of the group', ['ACCESS_LEVEL_NOT_FOUND']],
  ['the user is not in the group yet', ['GROUP_USER_EXISTS']],
]

/** The steps that led to an answer, told when somebody asks. `codes` are those with which the operation can refuse. */
export function explain({ refusal, fault, rule, status }: JournalEntry, codes: ReadonlySet<RefusalCode>) {
  const why: string[] = []
  for (const [passed, stepCodes] of steps) {
    if (refusal && stepCodes.includes(refusal.code)) {
      why.push(`${refusal.code}: ${refusal.message}`)
      break
    }
    const isAsked = stepCodes.some((code) => codes.has(code))
    if (passed === 'no fault rule is due') {
      if (fault?.phase === 'before') why.push(`fault rule ${fault.fault_id}: ${fault.effect}`)
      if (fault?.phase === 'before' && status === null) break
    } else if (isAsked) {
      why.push(passed)
    }
  }
  if (refusal && !steps.some(([, stepCodes]) => stepCodes.includes(refusal.code))) {
    why.push(`${refusal.code}: ${refusal.message}`)
  }
  if (!refusal && rule !== undefined) why.push(rules[rule as Rule].means)
  if (fault?.phase === 'after') why.push(`the work is done; fault rule ${fault.fault_id}: ${fault.effect}`)
  return {
    why,
    rule: refusal?.code ?? rule,
    basis: basisOf(refusal?.code, rule as Rule | undefined),
    hint: refusal?.details.hint,
  }
}
