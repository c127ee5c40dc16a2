/** What users have access to. */
export const targetNouns = ['group', 'resource'] as const

export type TargetNoun = (typeof targetNouns)[number]
