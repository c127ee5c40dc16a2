import type { RefusalCode } from '../domain/refusal.js'
import { refusals, type Basis } from './errors.js'

/** The rules that decide what a call does, where it is not refused. Others are documented and need no name. */
export const rules = {
  access_expires: { basis: 'documented', means: 'access ends so many minutes from now' },
  access_indefinite: { basis: 'documented', means: 'a duration of 0 is for ever' },
  level_kept: { basis: 'inferred', means: 'no level was named, so it stays as it was' },
  access_revoked: {
    basis: 'assumed',
    means: 'a negative duration ends access at once, and the answer shows it as it ended',
  },
  access_replaced: { basis: 'assumed', means: 'the user was in the group already, and the access was replaced' },
  access_created: {
    basis: 'assumed',
    means: 'the user was not in the group, and is added: the setting missing_group_user_on_update is "create"',
  },
  level_accepted: {
    basis: 'assumed',
    means: 'the group has no such level, and it is taken all the same: the setting unknown_access_level is "accept"',
  },
} as const satisfies Record<string, { basis: Basis; means: string }>

export type Rule = keyof typeof rules

/** How well founded an answer is. Of several rules the first is the one that is least well founded. */
export function basisOf(code: RefusalCode | undefined, [rule]: readonly Rule[]): Basis {
  if (code !== undefined) return refusals[code].basis
  return rule === undefined ? 'documented' : rules[rule].basis
}
