/** What a rule does to a matching call: exactly one of status, delay, drop, truncate and hang. */
export interface FaultEffect {
  /** Respond with this status instead. */
  status?: number
  code?: string
  message?: string
  body?: unknown
  headers?: Record<string, string>
  /** Delay the response by this long. */
  delay_ms?: number
  /** Drop the connection without a response. */
  drop?: true
  /** Drop the connection in the middle of the response. */
  truncate?: true
  /** Do not respond until the rule is deleted or `max_ms` have passed. */
  hang?: true
  max_ms?: number
}

/** A rule that makes calls fail. A criterion that it leaves out matches every call. */
export interface ResolvedFaultRule {
  operation?: string
  method?: string
  group_id?: string
  user_id?: string
  /** How many matching calls it affects. */
  times: number | 'forever'
  /** How many matching calls it lets through first. */
  skip: number
  /** `after`: the change is committed, and only the response is affected. */
  phase: 'before' | 'after'
  effect: FaultEffect
}

/** The parts of a call that a rule can match. */
export interface FaultTarget {
  operation: string | undefined
  method: string
  group_id: string | undefined
  user_id: string | undefined
}
