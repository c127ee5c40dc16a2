import { closest } from '../schemas/closest.js'
import { deriveId } from '../seed/ids.js'
import type { Seed } from './types.js'

/** The aliases of a seed's users, groups and tokens; any text if the seed is not known to the compiler. */
export type AliasOf<S> = S extends Seed
  ? string extends keyof NonNullable<S['users']>
    ? string
    : Names<S['users']> | Names<S['groups']> | Names<S['tokens']>
  : string

type Names<Part> = Part extends object ? Extract<keyof Part, string> : never

/** Returns a function that finds the id of an alias among the users, groups and tokens of a seed. */
export function createIds({ users = {}, groups = {}, tokens = {} }: Seed): (alias: string) => string {
  const found = [
    ...Object.entries(users).map(([alias, { user_id }]) => ({ noun: 'user' as const, alias, given: user_id })),
    ...Object.entries(groups).map(([alias, { group_id }]) => ({ noun: 'group' as const, alias, given: group_id })),
    ...Object.entries(tokens).map(([alias, { token_id }]) => ({ noun: 'token' as const, alias, given: token_id })),
  ]
  return (alias) => {
    const [one, other] = found.filter((entry) => entry.alias === alias)
    if (one === undefined) {
      const aliases = found.map((entry) => entry.alias)
      const nearest = closest(alias, aliases)
      const known = nearest === undefined ? `it has ${aliases.join(', ')}.` : `did you mean ${nearest}?`
      throw new Error(`The seed has no user, group or token ${JSON.stringify(alias)}: ${known}`)
    }
    if (other !== undefined) {
      throw new Error(
        `The seed has both a ${one.noun} and a ${other.noun} ${JSON.stringify(alias)}: rename one of them.`,
      )
    }
    return one.given ?? deriveId(one.noun, alias)
  }
}
