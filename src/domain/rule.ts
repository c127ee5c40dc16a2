/** How a behavior is known: `documented` by Opal, `inferred` from its clients, or `assumed` by this project. */
export type Basis = 'documented' | 'inferred' | 'assumed'

/** The rules that can decide what an accepted call does, with their basis. A call that none of them decided is documented. */
export const rules = {
  access_expires: { basis: 'documented', means: 'access ends that many minutes from now' },
  access_indefinite: { basis: 'documented', means: 'a duration of 0 never ends' },
  level_kept: { basis: 'inferred', means: 'no level was named, so the level stays as it was' },
  access_revoked: {
    basis: 'assumed',
    means: 'a negative duration ends access at once, and the answer shows the access as it ended',
  },
  access_replaced: { basis: 'assumed', means: 'the user was in the group already, and the access was replaced' },
  access_created: {
    basis: 'assumed',
    means: 'the user was not in the group and is added: the setting missing_group_user_on_update is "create"',
  },
  level_accepted: {
    basis: 'assumed',
    means: 'the group has no such level, and it is accepted: the setting unknown_access_level is "accept"',
  },
} as const satisfies Record<string, { basis: Basis; means: string }>

export type Rule = keyof typeof rules
