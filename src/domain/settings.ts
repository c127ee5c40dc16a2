import type { RateLimit } from './rate-limit.js'

/** What an organization does where Opal's documentation is silent. The first value of each is the default. */
export const switches = {
  missing_group_user_on_update: ['not_found', 'create'],
  re_add: ['replace', 'conflict'],
  negative_duration: ['revoke', 'reject'],
  unknown_access_level: ['reject', 'accept'],
  unknown_fields: ['report', 'reject'],
} as const

export type Switches = { -readonly [Name in keyof typeof switches]: (typeof switches)[Name][number] }

export interface OrganizationSettings extends Switches {
  /** The timeline of pushes if neither the user nor the group has one, as JSON; null if they succeed at once. */
  propagation: string | null
  rate_limit: RateLimit
}

export const defaultSettings: Readonly<OrganizationSettings> = {
  missing_group_user_on_update: 'not_found',
  re_add: 'replace',
  negative_duration: 'revoke',
  unknown_access_level: 'reject',
  unknown_fields: 'report',
  propagation: null,
  rate_limit: 'off',
}
