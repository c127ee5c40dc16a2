/** What an organization does where Opal documents nothing. The first value of each is the default. */
export const settingValues = {
  missing_group_user_on_update: ['not_found', 'create'],
  re_add: ['replace', 'conflict'],
  negative_duration: ['revoke', 'reject'],
  unknown_access_level: ['reject', 'accept'],
  unknown_fields: ['report', 'reject'],
} as const

export type Settings = { -readonly [Name in keyof typeof settingValues]: (typeof settingValues)[Name][number] }

export const defaultSettings: Readonly<Settings> = {
  missing_group_user_on_update: 'not_found',
  re_add: 'replace',
  negative_duration: 'revoke',
  unknown_access_level: 'reject',
  unknown_fields: 'report',
}
