/** What a fault does to a call that it meets: exactly one of status, delay, drop, truncate and hang. */
export interface FaultEffect {
  /** Answer with this status instead. */
  status?: number
  code?: string
  message?: string
  body?: unknown
  headers?: Record<string, string>
  /** Answer so much later. */
  delay_ms?: number
  /** Cut the connection without an answer. */
  drop?: true
  /** Cut the connection in the middle of the answer. */
  truncate?: true
  /** Do not answer before the rule is deleted, or `max_ms` have passed. */
  hang?: true
  max_ms?: number
}

/** A rule that makes calls fail. What it names has to match; what it leaves out matches every call. */
export interface ResolvedFaultRule {
  operation?: string
  method?: string
  group_id?: string
  user_id?: string
  /** How many calls it meets. */
  times: number | 'forever'
  /** How many calls it lets pass first. */
  skip: number
  /** `after`: the change is made, and only its answer is lost. */
  phase: 'before' | 'after'
  effect: FaultEffect
}

/** What of a call a rule can look at. */
export interface FaultTarget {
  operation: string | undefined
  method: string
  group_id: string | undefined
  user_id: string | undefined
}

export function matchesFault(rule: ResolvedFaultRule, target: FaultTarget): boolean {
  return (
    (rule.user_id === undefined || rule.user_id === target.user_id) &&
    (rule.group_id === undefined || rule.group_id === target.group_id) &&
    (rule.operation === undefined || rule.operation === target.operation) &&
    (rule.method === undefined || rule.method === target.method)
  )
}
