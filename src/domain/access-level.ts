import { Refusal } from './refusal.js'
import type { TargetNoun } from './target.js'

export interface AccessLevel {
  access_level_name: string
  access_level_remote_id: string
}

/** The level that every group and every resource has, whether or not it has others. */
export const defaultAccessLevel: Readonly<AccessLevel> = { access_level_name: '', access_level_remote_id: '' }

/** The refusal of a level that a group or a resource does not have. Lists the levels that it has. */
export function accessLevelNotFound(noun: TargetNoun, access_level_remote_id: string, levels: AccessLevel[]): Refusal {
  const known = levels.map((level) => `${quote(level.access_level_remote_id)} (${level.access_level_name})`)
  return new Refusal(
    'ACCESS_LEVEL_NOT_FOUND',
    `The ${noun} has no access level ${quote(access_level_remote_id)}. It has ${[...known, '"" (the default level)'].join(', ')}.`,
    { hint: 'Send the access_level_remote_id of one of those, or leave it out.' },
  )
}

function quote(text: string): string {
  return JSON.stringify(text.length > 200 ? `${text.slice(0, 200)}...` : text)
}
