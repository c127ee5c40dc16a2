/** How we know a behavior: `documented` by Opal, `inferred` from its clients, or `assumed` by this project. */
export type Basis = 'documented' | 'inferred' | 'assumed'

/** The rules that can decide what an accepted call does, with their basis. If none decides, it is documented. */
export const rules = {
  access_expires: { basis: 'documented', means: 'access expires that many minutes from now' },
  access_indefinite: { basis: 'documented', means: 'access with a duration of 0 never expires' },
  level_kept: { basis: 'inferred', means: 'the request names no level, so the level stays the same' },
  access_revoked: {
    basis: 'assumed',
    means: 'a negative duration ends access at once, and the response shows its final state',
  },
  access_replaced: { basis: 'assumed', means: 'the user was already in the group, and the access was replaced' },
  access_created: {
    basis: 'assumed',
    means: 'the user was not in the group and is added: the setting missing_group_user_on_update is "create"',
  },
  stubbed: { basis: 'assumed', means: 'a rule answered the call' },
  level_accepted: {
    basis: 'assumed',
    means: 'the group has no such level, but it is accepted: the setting unknown_access_level is "accept"',
  },
} as const satisfies Record<string, { basis: Basis; means: string }>

export type Rule = keyof typeof rules
