import type { RateLimit } from './rate-limit.js'

/**
 * What an organization does if Opal's documentation is silent, or if other behavior was observed. The first value of each
 * is the default.
 */
export const switches = {
  missing_group_user_on_update: ['not_found', 'create'],
  re_add: ['replace', 'conflict'],
  negative_duration: ['revoke', 'reject'],
  unknown_access_level: ['reject', 'accept'],
  owner_in_use: ['conflict', 'delete'],
  existing_tag: ['conflict', 'return'],
  requests: ['manual', 'approve', 'deny'],
  unknown_fields: ['report', 'reject'],
  timestamps: ['milliseconds', 'microseconds'],
  default_access_level: ['object', 'null', 'absent'],
  propagation_of_synced: ['absent', 'null'],
  error_body: ['sandbox', 'opal_2024'],
} as const

export type Switches = { -readonly [Name in keyof typeof switches]: (typeof switches)[Name][number] }

export interface OrganizationSettings extends Switches {
  /** The longest access that can be requested. */
  max_duration_minutes: number
  /** The timeline of pushes if neither the user nor the group has one, as JSON; null if they succeed at once. */
  propagation: string | null
  rate_limit: RateLimit
  /** Rules for what calls may change, as the seed gives them, with ids for its groups. Not part of its settings. */
  forbid: readonly string[]
}

/** The maximum on Opal's reference page: a year of 365.25 days. */
export const maxDurationMinutes = 525_960

export const defaultSettings: Readonly<OrganizationSettings> = {
  missing_group_user_on_update: 'not_found',
  re_add: 'replace',
  negative_duration: 'revoke',
  unknown_access_level: 'reject',
  owner_in_use: 'conflict',
  existing_tag: 'conflict',
  requests: 'manual',
  unknown_fields: 'report',
  timestamps: 'milliseconds',
  default_access_level: 'object',
  propagation_of_synced: 'absent',
  error_body: 'sandbox',
  max_duration_minutes: maxDurationMinutes,
  propagation: null,
  rate_limit: 'off',
  forbid: [],
}
