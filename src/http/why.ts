import type { TapeEntry } from '../organization/tape.js'
import { basisOf, behaviors, readDecided, type BehaviorId, type Measured } from '../domain/behaviors.js'
import { simulatedIds } from '../domain/operations.js'
import { isRefusalCode, type RefusalCode } from '../domain/refusal.js'

interface Step {
  id: string
  /** The text for a call that passed this step. */
  passed: string
  /** The codes that this step rejects calls with. */
  codes: readonly RefusalCode[]
}

/** The checks of a call, in running order. */
const steps = [
  {
    id: 'token',
    passed: 'the token is accepted',
    codes: ['TOKEN_MISSING', 'TOKEN_UNKNOWN', 'TOKEN_REVOKED', 'TOKEN_EXPIRED'],
  },
  { id: 'rate', passed: 'the call is within the rate', codes: ['RATE_LIMITED'] },
  { id: 'token_access', passed: 'the token may write', codes: ['TOKEN_READ_ONLY'] },
  { id: 'route', passed: 'the path is known', codes: ['ROUTE_NOT_FOUND', 'METHOD_NOT_ALLOWED', 'NOT_SIMULATED'] },
  { id: 'body', passed: 'the body is read', codes: ['BODY_TOO_LARGE', 'CONTENT_TYPE_UNSUPPORTED'] },
  { id: 'fault', passed: 'no fault rule applies', codes: ['FAULT_INJECTED'] },
  { id: 'validation', passed: 'the request is valid', codes: ['INVALID_REQUEST'] },
  { id: 'group', passed: 'the group is found', codes: ['GROUP_NOT_FOUND'] },
  { id: 'resource', passed: 'the resource is found', codes: ['RESOURCE_NOT_FOUND'] },
  { id: 'user', passed: 'the user is found', codes: ['USER_NOT_FOUND'] },
  { id: 'named_token', passed: 'the token is found', codes: ['TOKEN_NOT_FOUND'] },
  {
    id: 'record',
    passed: 'what the path names is found',
    codes: [
      ...(['APP_NOT_FOUND', 'OWNER_NOT_FOUND', 'MESSAGE_CHANNEL_NOT_FOUND', 'ON_CALL_SCHEDULE_NOT_FOUND'] as const),
      ...(['TAG_NOT_FOUND', 'ACCESS_REQUEST_NOT_FOUND', 'DELEGATION_NOT_FOUND', 'CONTAINING_GROUP_NOT_FOUND'] as const),
      ...(['EVENT_NOT_FOUND', 'RECORD_NOT_FOUND'] as const),
    ],
  },
  { id: 'pending', passed: 'the request is pending', codes: ['REQUEST_NOT_PENDING'] },
  { id: 'reviewer', passed: 'the user may review it', codes: ['NOT_A_REVIEWER'] },
  { id: 'tag_absent', passed: 'there is no such tag yet', codes: ['TAG_EXISTS'] },
  { id: 'in_use', passed: 'nothing refers to it', codes: ['OWNER_IN_USE'] },
  { id: 'group_user_present', passed: 'the user is in the group', codes: ['GROUP_USER_NOT_FOUND'] },
  { id: 'resource_user_present', passed: 'the user has access to the resource', codes: ['RESOURCE_USER_NOT_FOUND'] },
  { id: 'access_level', passed: 'the level is accepted', codes: ['ACCESS_LEVEL_NOT_FOUND'] },
  { id: 'group_user_absent', passed: 'the user is not in the group yet', codes: ['GROUP_USER_EXISTS'] },
  { id: 'resource_user_absent', passed: 'the user has no access to the resource yet', codes: ['RESOURCE_USER_EXISTS'] },
  { id: 'parent', passed: 'no resource becomes part of itself', codes: ['RESOURCE_CYCLE'] },
  { id: 'email', passed: 'the email address is free', codes: ['USER_EXISTS'] },
  { id: 'manager', passed: 'the user is not their own manager', codes: ['MANAGER_CYCLE'] },
  { id: 'own_user', passed: 'the token belongs to another user', codes: ['OWN_USER'] },
] as const satisfies readonly Step[]

type StepId = (typeof steps)[number]['id']

/** Steps that do not apply: a setting allows the call anyway, or a POST replaces or ends access. */
const passedOver: Partial<Record<BehaviorId, StepId[]>> = {
  access_created: ['group_user_present', 'resource_user_present'],
  access_replaced: ['group_user_absent', 'resource_user_absent'],
  access_revoked: ['group_user_absent', 'resource_user_absent'],
  tag_returned: ['tag_absent'],
  owner_in_use_deleted: ['in_use'],
}

/** The steps that led to an answer, derived when they are read. `codes` are those that the operation can reject with. */
export function explain(
  { refusal, fault, status, ...entry }: TapeEntry,
  codes: ReadonlySet<RefusalCode>,
  measured: Measured,
) {
  // Without work, a rule for the time after it applies at the same point as one for the time before.
  const phase = fault && (simulatedIds.some((id) => id === entry.operation) ? fault.phase : 'before')
  const all = readDecided(entry.decided)
  const decided = all.ids
  const why: string[] = []
  // In the phase `after` only the answer was lost: the call itself was not rejected.
  const refused = phase === 'after' ? undefined : refusal
  const refusing = refused && steps.find((step) => refuses(step, refused.code))
  for (const step of steps) {
    if (refused && step === refusing) {
      why.push(`${refused.code}: ${refused.message}`)
      break
    }
    const isAsked = step.codes.some((code) => codes.has(code))
    if (step.id === 'fault') {
      if (fault && phase === 'before') why.push(`fault rule ${fault.fault_id}: ${fault.effect}`)
      if (phase === 'before' && (status === null || decided.includes('stubbed'))) break
    } else if (isAsked && !decided.some((id) => passedOver[id]?.includes(step.id))) {
      why.push(step.passed)
    }
  }
  if (refused && !refusing) why.push(`${refused.code}: ${refused.message}`)
  // The message of a refusal has said what its code means.
  why.push(...decided.filter((id) => !isRefusalCode(id)).map((id) => behaviors[id].means))
  why.push(...decided.flatMap((id) => describeMeasured(id, measured.get(id))))
  if (fault && phase === 'after') why.push(`the change is committed; fault rule ${fault.fault_id}: ${fault.effect}`)
  return {
    why,
    rule: refusal?.code ?? decided[0],
    basis: basisOf(all, measured),
    hint: refusal?.hint,
  }
}

function describeMeasured(id: BehaviorId, day: string | undefined): string[] {
  return day === undefined ? [] : [`${id} was measured on ${day}`]
}

function refuses({ codes }: Step, code: RefusalCode): boolean {
  return codes.includes(code)
}
