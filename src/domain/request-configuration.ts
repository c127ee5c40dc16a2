import type { Problem } from './refusal.js'

interface Condition {
  group_ids?: string[]
  role_remote_ids?: string[]
}

interface Configuration {
  priority: number
  condition?: Condition | null
  max_duration_minutes?: number
  reason_optional?: boolean | null
}

/** What the deprecated fields of a group mirror. */
interface MirroredConfiguration extends Configuration {
  allow_requests: boolean
  auto_approval: boolean
  require_mfa_to_request: boolean
  require_support_ticket: boolean
  recommended_duration_minutes?: number
  extensions_duration_in_minutes?: number
  request_template_id?: string
  reviewer_stages?: { require_manager_approval: boolean }[]
}

/** Opal documents that exactly one configuration is the default, with priority 0, and that no two have one priority. */
export function configurationProblems(path: string, configurations: Configuration[]): Problem[] {
  const priorities = configurations.map(({ priority }) => priority)
  const repeated = priorities.findIndex((priority, index) => priorities.indexOf(priority) < index)
  if (repeated >= 0) {
    return [{ path: `${path}[${repeated}].priority`, message: `is the same as before: ${priorities[repeated]}` }]
  }
  const defaults = configurations.filter(({ condition }) => isEmpty(condition))
  if (defaults.length === 1 && defaults[0]?.priority === 0) return []
  const found = defaults.map(({ priority }) => `one with priority ${priority}`).join(' and ') || 'none'
  return [{ path, message: `expected exactly one without a condition, with priority 0, got ${found}` }]
}

/** The deprecated fields of a group, which mirror its default configuration; undefined if it does not say. */
export function mirrorDefault(configurations: MirroredConfiguration[]) {
  const found = configurations.find(({ condition }) => isEmpty(condition))
  return (
    found && {
      is_requestable: found.allow_requests,
      auto_approval: found.auto_approval,
      require_mfa_to_request: found.require_mfa_to_request,
      require_support_ticket: found.require_support_ticket,
      require_manager_approval: found.reviewer_stages?.some((stage) => stage.require_manager_approval) ?? false,
      max_duration: found.max_duration_minutes,
      recommended_duration: found.recommended_duration_minutes,
      extensions_duration_in_minutes: found.extensions_duration_in_minutes,
      request_template_id: found.request_template_id,
    }
  )
}

function isEmpty(condition: Condition | null | undefined): boolean {
  return !condition?.group_ids?.length && !condition?.role_remote_ids?.length
}

/** Leaves out what means nothing: null, and a maximum of -1, with which Opal's provider clears it. */
export function withoutUnset<Given extends Configuration>(configuration: Given) {
  const { condition, max_duration_minutes, reason_optional, ...rest } = configuration
  return {
    ...rest,
    ...(condition && { condition }),
    ...(max_duration_minutes !== undefined && max_duration_minutes !== -1 && { max_duration_minutes }),
    ...(typeof reason_optional === 'boolean' && { reason_optional }),
  }
}
