import defaultDocument from './default.yaml'
import magicDocument from './magic.yaml'
import type { Report } from '../schemas/report.js'
import type { SeedDocument } from './schema.js'

/** The document of the built-in seed. */
export const builtIn = defaultDocument as SeedDocument

const magic = magicDocument as SeedDocument

/** What a seed without tokens has: the built-in ones that a client can send. */
export const lentTokens: NonNullable<SeedDocument['tokens']> = Object.fromEntries(
  Object.entries(builtIn.tokens ?? {}).filter(([, { secret }]) => secret !== undefined),
)

/** The tokens of the built-in seed. Their secrets are public. */
export function builtInTokens(): { secret: string; token_label: string }[] {
  return Object.values(lentTokens).map(({ secret = '', token_label = '' }) => ({ secret, token_label }))
}

/** Whether a user is one of those that `magic: true` adds. */
export function isMagicUser({ user_id }: { user_id: string }): boolean {
  return Object.values(magic.users ?? {}).some((user) => user.user_id === user_id)
}

/** Whether a group is the one of the magic users. */
export function isMagicGroup({ group_id }: { group_id: string }): boolean {
  return Object.values(magic.groups ?? {}).some((group) => group.group_id === group_id)
}

/** Adds the magic users if the document asks for them. They come last, so that all else keeps its place. */
export function addMagic(report: Report, document: SeedDocument): SeedDocument {
  if (document.magic !== true) return document
  const { users = {}, groups = {}, resources = {}, group_users = [], faults = [] } = magic
  const taken = (what: string) => `is the alias of a magic ${what}: choose another one, or leave magic out`
  for (const alias in document.users) if (Object.hasOwn(users, alias)) report(`users.${alias}`, taken('user'))
  for (const alias in document.groups) if (Object.hasOwn(groups, alias)) report(`groups.${alias}`, taken('group'))
  for (const alias in document.resources) {
    if (Object.hasOwn(resources, alias)) report(`resources.${alias}`, taken('resource'))
  }
  const resource_users = Object.keys(users).map((user) => ({ resource: 'magic', user }))
  return {
    ...document,
    users: { ...document.users, ...users },
    groups: { ...document.groups, ...groups },
    group_users: (document.group_users ?? []).concat(group_users),
    resources: { ...document.resources, ...resources },
    resource_users: (document.resource_users ?? []).concat(resource_users),
    faults: (document.faults ?? []).concat(faults),
  }
}
