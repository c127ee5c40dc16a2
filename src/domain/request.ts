import type { BehaviorId } from './behaviors.js'

// How access requests are reviewed. Opal documents the shapes and the words; what is not documented is a behavior with
// the basis `assumed`.

/** One stage of review, as a request configuration has it. */
export interface ReviewStage {
  operator: 'AND' | 'OR'
  require_manager_approval: boolean
  require_admin_approval?: boolean
  owner_ids: string[]
  service_user_ids?: string[]
  escalation?: { delay_minutes: number; owner_ids?: string[]; user_ids?: string[] }
}

/** One thing that is requested, and how far its review is. */
export interface RequestItem {
  group_id?: string
  resource_id?: string
  access_level_remote_id: string
  stages: ReviewStage[]
  /** The index of the stage that is being reviewed; that after the last one once it is approved. */
  current: number
  /** When the current stage began. */
  since: string
  /** By stage, the reviewers who approved. */
  approved_by: string[][]
  /** The reviewer who denied it. */
  denied_by?: string
}

/** What a decision needs to know about people. */
export interface People {
  usersOf: (owner_id: string) => string[]
  /** The manager of the user whom the access is for. */
  manager: string | undefined
}

interface RequestConfigurationSchema {
  priority: number
  condition?: { group_ids?: string[]; role_remote_ids?: string[] }
  allow_requests: boolean
  auto_approval: boolean
  max_duration_minutes?: number
  require_support_ticket: boolean
  reason_optional?: boolean | null
  reviewer_stages?: ReviewStage[]
}

/** The fields of a group or a resource that say how access is requested. */
export interface Requestable {
  admin_owner_id?: string
  is_requestable?: boolean
  auto_approval?: boolean
  max_duration?: number
  require_support_ticket?: boolean
  request_configurations?: RequestConfigurationSchema[]
}

/** The configuration with the highest priority that applies to the user and the level; what is not configured, by default. */
export function chooseConfiguration(
  target: Requestable,
  level: string,
  isInGroup: (group_id: string) => boolean,
): RequestConfigurationSchema {
  const applies = ({ condition }: RequestConfigurationSchema) => {
    const { group_ids = [], role_remote_ids = [] } = condition ?? {}
    return (
      (group_ids.length === 0 || group_ids.some(isInGroup)) &&
      (role_remote_ids.length === 0 || role_remote_ids.includes(level))
    )
  }
  const [first] = (target.request_configurations ?? []).filter(applies).sort((a, b) => b.priority - a.priority)
  return (
    first ?? {
      priority: 0,
      allow_requests: target.is_requestable ?? true,
      auto_approval: target.auto_approval ?? false,
      require_support_ticket: target.require_support_ticket ?? false,
      ...(target.max_duration !== undefined && { max_duration_minutes: target.max_duration }),
    }
  )
}

/** The stages of a configuration. Without any, the target's admin owner reviews. */
export function stagesOf(
  { auto_approval, reviewer_stages = [] }: RequestConfigurationSchema,
  target: Requestable,
): ReviewStage[] {
  if (auto_approval) return []
  if (reviewer_stages.length > 0) return reviewer_stages
  const { admin_owner_id } = target
  return [
    {
      operator: 'OR',
      require_manager_approval: false,
      owner_ids: admin_owner_id === undefined ? [] : [admin_owner_id],
    },
  ]
}

interface Wish {
  duration_minutes: number
  reason: string
  hasTicket: boolean
}

/** Why a request is against its configuration, and which behavior says so; undefined if it is not. */
export function findObstacle(
  {
    allow_requests,
    max_duration_minutes: maximum,
    require_support_ticket,
    reason_optional,
  }: RequestConfigurationSchema,
  { duration_minutes, reason, hasTicket }: Wish,
): { behavior: BehaviorId; field: string; message: string } | undefined {
  if (!allow_requests) return { behavior: 'not_requestable', field: 'id', message: 'cannot be requested' }
  if (maximum !== undefined && (duration_minutes <= 0 || duration_minutes > maximum)) {
    const message = `expected 1 to ${maximum} minutes, got ${duration_minutes}`
    return { behavior: 'request_too_long', field: 'duration_minutes', message }
  }
  if (require_support_ticket && !hasTicket) {
    return { behavior: 'ticket_required', field: 'support_ticket', message: 'is required here' }
  }
  if (reason_optional !== true && reason.trim() === '') {
    return { behavior: 'reason_required', field: 'reason', message: 'expected a reason, got none' }
  }
  return undefined
}

/** Who must approve a stage: of each list, one. */
function seatsOf(stage: ReviewStage, { usersOf, manager }: People): string[][] {
  const { owner_ids, service_user_ids = [], require_manager_approval } = stage
  return [
    ...owner_ids.map(usersOf),
    ...service_user_ids.map((id) => [id]),
    ...(require_manager_approval ? [manager === undefined ? [] : [manager]] : []),
  ]
}

/** Who can fill any seat, since nobody has approved in time. */
function escalatedTo({ escalation }: ReviewStage, { usersOf }: People, since: string, now: number): string[] {
  if (!escalation || now < Date.parse(since) + escalation.delay_minutes * 60_000) return []
  const { owner_ids = [], user_ids = [] } = escalation
  return [...owner_ids.flatMap(usersOf), ...user_ids]
}

/** The reviewers of a stage, each once. A stage that has not begun is not escalated. */
export function reviewersOf(item: RequestItem, index: number, people: People, now: number): string[] {
  const stage = item.stages[index]
  if (!stage) return []
  const escalated = index === item.current ? escalatedTo(stage, people, item.since, now) : []
  return [...new Set([...seatsOf(stage, people).flat(), ...escalated, ...(item.approved_by[index] ?? [])])]
}

/** How a review ended for one item. */
export interface Reviewed {
  item: RequestItem
  decided: BehaviorId[]
}

/** Approves the current stage on behalf of the first of `reviewers` who may; undefined if none of them may. */
export function approveItem(
  item: RequestItem,
  reviewers: string[],
  people: People,
  now: { at: number; text: string },
): Reviewed | undefined {
  const stage = item.stages[item.current]
  if (!stage) return undefined
  const reviewer = findReviewer(item, reviewers, people, now.at)
  if (reviewer === undefined) return undefined
  const approved = [...new Set([...(item.approved_by[item.current] ?? []), reviewer])]
  const approved_by = [...item.approved_by]
  approved_by[item.current] = approved
  const seats = seatsOf(stage, people)
  const escalated = escalatedTo(stage, people, item.since, now.at)
  const isFilled = (seat: string[]) => approved.some((id) => seat.includes(id) || escalated.includes(id))
  const isDone = stage.operator === 'OR' || seats.every(isFilled)
  const acting: BehaviorId[] = reviewer === reviewers[0] ? [] : ['approved_by_delegate']
  if (escalated.includes(reviewer) && !seats.some((seat) => seat.includes(reviewer))) acting.push('review_escalated')
  if (!isDone) return { item: { ...item, approved_by }, decided: [...acting, 'stage_waits'] }
  const current = item.current + 1
  const position = current === item.stages.length ? 'last_stage_approved' : 'stage_approved'
  const rule = stage.operator === 'OR' ? 'one_reviewer_approved' : 'all_reviewers_approved'
  return { item: { ...item, approved_by, current, since: now.text }, decided: [...acting, rule, position] }
}

/** The first of `reviewers` who may review the current stage of an item. */
export function findReviewer(item: RequestItem, reviewers: string[], people: People, now: number): string | undefined {
  const allowed = reviewersOf(item, item.current, people, now)
  return reviewers.find((id) => allowed.includes(id))
}

export function isApproved({ items }: { items: RequestItem[] }): boolean {
  return items.every(({ current, stages }) => current >= stages.length)
}
