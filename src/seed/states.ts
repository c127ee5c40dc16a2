import { formatTimestamp, type Timestamp } from '../domain/clock.js'
import { linkKinds, linksTo } from '../domain/records.js'
import { entries, type SeedDocument } from './schema.js'

/** What a state can be set up with. What is left out is taken from the organization. */
export interface StateParams {
  group_id?: string
  user_id?: string
  access_level_remote_id?: string
  /** The alias of a token. */
  token?: string
}

interface Setup {
  document: SeedDocument
  params: StateParams
  /** What the name of the state holds, such as the 5 of "access ends in 5 minutes". */
  number: number
  now: Timestamp
}

type GroupUser = NonNullable<SeedDocument['group_users']>[number]
type Fault = NonNullable<SeedDocument['faults']>[number]

/** The states that every organization knows; N is a number. */
export const builtInStates: Record<string, (setup: Setup) => SeedDocument> = {
  'group exists': ({ document, params }) => withGroup(document, params).document,
  'group does not exist': ({ document, params: { group_id } }) => withoutGroup(document, group_id),
  'user exists': ({ document, params }) => withUser(document, params).document,
  'user does not exist': ({ document, params: { user_id } }) => withoutUser(document, user_id),
  'user is in group': (setup) => withAccess(setup, {}),
  'user is not in group': ({ document, params }) => {
    const { alias: group } = withGroup(document, params)
    const { alias: user } = withUser(document, params)
    const all = withBoth(document, params)
    return { ...all, group_users: (all.group_users ?? []).filter((one) => !isOf(one, group, user)) }
  },
  'access ends in N minutes': (setup) =>
    withAccess(setup, { expires_at: formatTimestamp(setup.now + setup.number * 60_000) }),
  'access has expired': (setup) => withAccess(setup, { expires_at: formatTimestamp(setup.now) }),
  'push pending': (setup) =>
    withAccess(setup, { pushed_at: formatTimestamp(setup.now), propagation: [{ status: 'PENDING' }] }),
  'token expired': ({ document, params, now }) => withToken(document, params, { expires_at: formatTimestamp(now) }),
  'token revoked': ({ document, params, now }) => withToken(document, params, { revoked_at: formatTimestamp(now) }),
  'token read-only': ({ document, params }) => withToken(document, params, { access_level: 'READ_ONLY' }),
  'rate limit reached': ({ document }) => withFault(document, { status: 429, headers: { 'retry-after': '1' } }),
  'next call fails with N': ({ document, number }) => withFault(document, { status: number }),
  'next call is dropped': ({ document }) => withFault(document, { drop: true }),
}

/** The built-in state of a name, such as "access ends in 5 minutes"; undefined if there is none. */
export function findState(name: string) {
  const number = /(?<= )\d{1,6}(?= |$)/.exec(name)?.[0]
  const pattern = number === undefined ? name : name.replace(number, 'N')
  const found = Object.hasOwn(builtInStates, pattern) ? builtInStates[pattern] : undefined
  if (!found || (number === undefined && / N( |$)/.test(pattern))) return undefined
  return (setup: Omit<Setup, 'number'>) => found({ ...setup, number: Number(number) })
}

function withAccess(setup: Setup, access: Partial<GroupUser>): SeedDocument {
  const { params } = setup
  const document = withBoth(setup.document, params)
  const { alias: group } = withGroup(document, params)
  const { alias: user } = withUser(document, params)
  const { access_level_remote_id: access_level = '' } = params
  const others = (document.group_users ?? []).filter((one) => !isOf(one, group, user))
  return { ...document, group_users: [...others, { group, user, access_level, ...access }] }
}

const withBoth = (document: SeedDocument, params: StateParams) =>
  withUser(withGroup(document, params).document, params).document

const isOf = (one: GroupUser, group: string, user: string) => one.group === group && one.user === user

/** Finds the group, or adds one with this id; without an id, it is the first group. */
function withGroup(document: SeedDocument, { group_id }: StateParams): { document: SeedDocument; alias: string } {
  const { groups = {} } = document
  const alias = findAlias(groups, (group) => group_id === undefined || group.group_id === group_id.toLowerCase())
  if (alias !== undefined) return { document, alias }
  const added = {
    ...(group_id !== undefined && { group_id }),
    name: 'Group of a state',
    group_type: 'OPAL_GROUP' as const,
  }
  const name = `state-${group_id?.toLowerCase() ?? 'group'}`
  return { document: { ...document, groups: { ...groups, [name]: added } }, alias: name }
}

/** The same for the user. */
function withUser(document: SeedDocument, { user_id }: StateParams): { document: SeedDocument; alias: string } {
  const { users = {} } = document
  const alias = findAlias(users, (user) => user_id === undefined || user.user_id === user_id.toLowerCase())
  if (alias !== undefined) return { document, alias }
  const name = `state-${user_id?.toLowerCase() ?? 'user'}`
  const added = { ...(user_id !== undefined && { user_id }), email: `${name}@state.dev`, full_name: 'User of a state' }
  return { document: { ...document, users: { ...users, [name]: added } }, alias: name }
}

function findAlias<Entry>(entries: Record<string, Entry>, matches: (entry: Entry) => boolean): string | undefined {
  return Object.entries(entries).find(([, entry]) => matches(entry))?.[0]
}

/** Without the group and what names it. */
function withoutGroup(document: SeedDocument, group_id: string | undefined): SeedDocument {
  const gone = findAlias(document.groups ?? {}, (group) => group.group_id === group_id?.toLowerCase())
  return gone === undefined ? document : without(document, 'group', gone)
}

/** The same for the user. */
function withoutUser(document: SeedDocument, user_id: string | undefined): SeedDocument {
  const gone = findAlias(document.users ?? {}, (user) => user.user_id === user_id?.toLowerCase())
  return gone === undefined ? document : without(document, 'user', gone)
}

type Entry = Record<string, unknown>

/** Users and tokens stay, and only lose the field that names what is gone. */
const stays = new Set(['users', 'tokens'])

/** Access and records that name it go with it, as do links to it. */
function without(document: SeedDocument, noun: 'group' | 'user', gone: string): SeedDocument {
  const lists = new Set<string>(linksTo(noun).map((kind) => linkKinds[kind].field))
  const isNaming = ([name, value]: [string, unknown]) =>
    value === gone && (name === noun || name === 'manager' || name.endsWith(`_${noun}`))
  const names = (item: unknown): boolean =>
    item === gone || (typeof item === 'object' && item !== null && Object.entries(item).some(isNaming))

  const clean = (entry: Entry): Entry =>
    Object.fromEntries(
      Object.entries(entry)
        .filter((field) => !isNaming(field))
        .map(([name, value]) => [
          name,
          lists.has(name) && Array.isArray(value) ? value.filter((item) => !names(item)) : value,
        ]),
    )

  const sections = Object.entries(document as Entry).map(([section, content]): [string, unknown] => {
    if (Array.isArray(content)) return [section, content.filter((item) => section === 'forbid' || !names(item))]
    if (!(section in entries.byAlias)) return [section, content]
    const kept = Object.entries(content as Record<string, Entry>)
      .filter(([alias, entry]) => !(section === `${noun}s` && alias === gone) && (stays.has(section) || !names(entry)))
      .map(([alias, entry]) => [alias, clean(entry)])
    return [section, Object.fromEntries(kept)]
  })
  return Object.fromEntries(sections) as unknown as SeedDocument
}

type Token = NonNullable<SeedDocument['tokens']>[string]

function withToken(
  document: SeedDocument,
  { token = 'full_access' }: StateParams,
  change: Partial<Token>,
): SeedDocument {
  const { tokens = {} } = document
  const own: Token = tokens[token] ?? { access_level: 'FULL_ACCESS' }
  return { ...document, tokens: { ...tokens, [token]: { ...own, ...change } } }
}

/** The rule comes before the others, for the next call. */
function withFault(document: SeedDocument, effect: Fault['effect']): SeedDocument {
  return { ...document, faults: [{ effect }, ...(document.faults ?? [])] }
}

/** What a state is about, for tools that put it into their calls. */
export function describeState(document: SeedDocument, params: StateParams): Record<string, string> {
  const { users = {}, groups = {} } = document
  const [group] = Object.values(groups)
  const [user] = Object.values(users)
  const group_id = params.group_id ?? group?.group_id
  const user_id = params.user_id ?? user?.user_id
  return { ...(group_id !== undefined && { group_id }), ...(user_id !== undefined && { user_id }) }
}
