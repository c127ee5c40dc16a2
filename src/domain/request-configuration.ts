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
