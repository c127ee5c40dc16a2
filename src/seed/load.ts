import { createHash } from 'node:crypto'
import { closest } from '../schemas/closest.js'
import type { AccessLevel } from '../domain/access-level.js'
import { isInRange, parseTimestamp, readClock, realClock, type Clock, type Timestamp } from '../domain/clock.js'
import type { FaultRule } from '../domain/fault.js'
import type { Settings } from '../domain/settings.js'
import { createSchemaCheck, show } from '../schemas/check.js'
import type { GroupUserRow } from '../store/group-users.js'
import type { GroupRow } from '../store/groups.js'
import type { TokenRow } from '../store/tokens.js'
import type { UserRow } from '../store/users.js'
import defaultDocument from './default.yaml'
import magicDocument from './magic.yaml'
import { SeedDocument } from './schema.js'
import { SeedError } from './seed-error.js'
import { atStart, readTime, type SeedTime } from './time.js'
import { deriveId } from './ids.js'
import { gather, type Report } from '../schemas/report.js'
import { readFault } from '../schemas/fault.js'
import { readSettings } from '../schemas/settings.js'
import { readTimeline } from '../schemas/timeline.js'
import { malformedGroup, wellFormed } from './well-formed.js'

/** A row of which the organization, the place in the order of creation and the times are still open. */
type Open<Row, Times extends string = never> = Omit<Row, 'organization_id' | 'sequence' | Times>

/** A seed that was checked and resolved, ready to be applied to any organization at any time. */
export interface Seed {
  /** The document that it was made from. */
  document: SeedDocument
  /** Tells whether two seeds are the same document. */
  digest: string
  clock: Clock
  settings: Settings
  users: Open<UserRow>[]
  tokens: (Open<TokenRow, 'created_at' | 'expires_at' | 'revoked_at'> & {
    created_at: SeedTime
    expires_at: SeedTime | null
    revoked_at: SeedTime | null
  })[]
  groups: (Open<GroupRow> & { access_levels: AccessLevel[] })[]
  group_users: (Open<GroupUserRow, 'expiration_date' | 'pushed_at'> & {
    expires_at: SeedTime | null
    pushed_at: SeedTime | null
  })[]
  faults: FaultRule[]
  /** The least that the counter may stand at. */
  next_sequence: number
}

const maxProblems = 20

/** The built-in seed's document. */
export const builtIn = defaultDocument as SeedDocument

export function loadDefaultSeed(): Seed {
  return loadSeed(builtIn)
}

/** The tokens of the built-in seed, whose secrets anyone may know. */
export function builtInTokens(): { secret: string; token_label: string }[] {
  return Object.values(builtIn.tokens ?? {}).map(({ secret = '', token_label = '' }) => ({
    secret,
    token_label,
  }))
}

/** Whether a user is one of those whom `magic: true` adds, and a group the one that they are in. */
export function isMagicUser({ user_id }: { user_id: string }): boolean {
  return Object.values((magicDocument as SeedDocument).users ?? {}).some((user) => user.user_id === user_id)
}
export function isMagicGroup({ group_id }: { group_id: string }): boolean {
  return Object.values((magicDocument as SeedDocument).groups ?? {}).some((group) => group.group_id === group_id)
}

/**
 * Checks a seed (parsed YAML, JSON, or an object) and resolves its aliases. Throws a SeedError with all that is wrong,
 * each problem's path beginning with `root`.
 */
export function loadSeed(document: unknown, root = 'seed'): Seed {
  const check = createSchemaCheck(SeedDocument)
  const problems = check.isValid(document) ? [] : check.problems(document, root, maxProblems)
  const report = gather(problems, maxProblems, `${root}.`)
  // What is well-formed is read all the same, so that mistakes of both kinds are told of together.
  const readable = problems.length === 0 ? (document as SeedDocument) : wellFormed(document)
  const seed = readable && resolve(report, withMagic(report, readable))
  if (problems.length > 0 || !seed) throw new SeedError(problems)
  const digest = createHash('sha256').update(JSON.stringify(document)).digest('hex')
  return { ...seed, document: document as SeedDocument, digest }
}

/** Throws a SeedError where the clock of a seed cannot begin at what the machine's shows. */
export function checkStart({ clock }: Seed, realNow: Timestamp) {
  if (isInRange(readClock(clock, realNow))) return
  throw new SeedError([{ path: 'seed.clock.offset_ms', message: 'leads out of the years from 1970 to 9998' }])
}

/** The magic users come last, so that nothing else changes its place. */
function withMagic(report: Report, document: SeedDocument): SeedDocument {
  if (document.magic !== true) return document
  const { users = {}, groups = {}, group_users, faults } = magicDocument as SeedDocument
  const taken = (what: string) => `is the name of a magic ${what}: choose another, or leave magic out`
  for (const alias in document.users) if (Object.hasOwn(users, alias)) report(`users.${alias}`, taken('user'))
  for (const alias in document.groups) if (Object.hasOwn(groups, alias)) report(`groups.${alias}`, taken('group'))
  return {
    ...document,
    users: { ...document.users, ...users },
    groups: { ...document.groups, ...groups },
    group_users: (document.group_users ?? []).concat(group_users ?? []),
    faults: (document.faults ?? []).concat(faults ?? []),
  }
}

function resolve(report: Report, document: SeedDocument): Omit<Seed, 'digest' | 'document'> {
  const users = Object.entries(document.users ?? {})
  const groups = Object.entries(document.groups ?? {})
  // Somebody has to be let in: a seed without tokens keeps those of the built-in one.
  const tokens = Object.entries(document.tokens ?? builtIn.tokens ?? {})
  const group_users = document.group_users ?? []

  const userIds = new Map(
    users.map(([alias, { user_id }]) => [alias, user_id?.toLowerCase() ?? deriveId('user', alias)]),
  )
  const groupIds = new Map(
    groups.map(([alias, { group_id }]) => [alias, group_id?.toLowerCase() ?? deriveId('group', alias)]),
  )
  const levels = new Map(
    groups.flatMap(([alias, group]): [string, string[]][] =>
      group === malformedGroup ? [] : [[alias, Object.values(group.access_levels ?? {})]],
    ),
  )
  const settings = readSettings(report, 'settings', document.settings ?? {})
  const userTimelines = new Map(
    users.map(([alias, { propagation }]) => [alias, readTimeline(report, `users.${alias}.propagation`, propagation)]),
  )
  const groupTimelines = new Map(
    groups.map(([alias, { propagation }]) => [alias, readTimeline(report, `groups.${alias}.propagation`, propagation)]),
  )

  const optionalTime = (path: string, text: string | null | undefined) =>
    text === undefined || text === null ? null : readTime(report, path, text)

  function idOf(noun: string, ids: Map<string, string>, path: string, alias: string): string {
    const id = ids.get(alias)
    if (id !== undefined) return id
    report(path, () => {
      const nearest = closest(alias, [...ids.keys()])
      return `names no ${noun} of this seed: ${alias}${nearest === undefined ? '' : `; did you mean ${nearest}?`}`
    })
    return ''
  }

  /** The built-in tokens belong to a user of the built-in seed; elsewhere to the first one that there is. */
  function tokenOwner(alias: string, owner: string | undefined): string {
    if (owner !== undefined && (document.tokens || userIds.has(owner))) {
      return idOf('user', userIds, `tokens.${alias}.user`, owner)
    }
    return [...userIds.values()][0] ?? deriveId('user', 'nobody')
  }

  function checkLevel(path: string, group: string, level: string) {
    const known = levels.get(group)
    if (level === '' || known === undefined || known.includes(level)) return
    // What an export holds was accepted when the setting was another.
    if (settings.unknown_access_level === 'accept' || document.next_sequence !== undefined) return
    report(path, `names no level of the group ${group}: expected one of ${['""', ...known].join(', ')}, got ${level}`)
  }

  /** The timeline that a push to this user and group gets. */
  function chosenTimeline(user: string, group: string): string | null {
    return userTimelines.get(user) ?? groupTimelines.get(group) ?? settings.propagation
  }

  const seed = {
    clock: readSeedClock(report, document.clock),
    settings,
    next_sequence: document.next_sequence ?? 1,
    users: users.map(([alias, user]) => {
      const [first = '', ...rest] = user.full_name.split(' ')
      return {
        user_id: idOf('user', userIds, `users.${alias}`, alias),
        alias,
        email: user.email,
        full_name: user.full_name,
        first_name: user.first_name ?? first,
        last_name: user.last_name ?? rest.join(' '),
        position: user.position ?? '',
        hr_idp_status: user.hr_idp_status ?? null,
        propagation: userTimelines.get(alias) ?? null,
      }
    }),
    tokens: tokens.map(([alias, token]) => {
      const user_id = tokenOwner(alias, token.user)
      return {
        token_id: token.token_id?.toLowerCase() ?? deriveId('token', alias),
        alias,
        token_hash: token.secret === undefined ? null : hashSecret(token.secret),
        token_label: token.token_label ?? alias,
        access_level: token.access_level,
        creator_user_id: user_id,
        user_id,
        created_at: optionalTime(`tokens.${alias}.created_at`, token.created_at) ?? atStart,
        expires_at: optionalTime(`tokens.${alias}.expires_at`, token.expires_at),
        revoked_at: optionalTime(`tokens.${alias}.revoked_at`, token.revoked_at),
      }
    }),
    groups: groups.map(([alias, group]) => {
      const { group_id, name, description = '', group_type, access_levels = {}, propagation, ...details } = group
      return {
        group_id: idOf('group', groupIds, `groups.${alias}`, alias),
        alias,
        name,
        description,
        group_type,
        details: JSON.stringify(details),
        propagation: groupTimelines.get(alias) ?? null,
        access_levels: Object.entries(access_levels).map(([access_level_name, access_level_remote_id]) => ({
          access_level_name,
          access_level_remote_id,
        })),
      }
    }),
    group_users: group_users.map((entry, index) => {
      const { group, user, access_level = '', expires_at, pushed_at, propagation } = entry
      const path = `group_users[${index}]`
      checkLevel(`${path}.access_level`, group, access_level)
      const isPushed = pushed_at !== null
      const ownTimeline = propagation && readTimeline(report, `${path}.propagation`, propagation)
      return {
        group_id: idOf('group', groupIds, `${path}.group`, group),
        user_id: idOf('user', userIds, `${path}.user`, user),
        access_level_remote_id: access_level,
        expires_at: optionalTime(`${path}.expires_at`, expires_at),
        pushed_at: isPushed ? (optionalTime(`${path}.pushed_at`, pushed_at) ?? atStart) : null,
        propagation: isPushed ? (ownTimeline === undefined ? chosenTimeline(user, group) : ownTimeline) : null,
      }
    }),
    faults: (document.faults ?? []).map((fault, index) => readFault(report, `faults[${index}]`, fault)),
  }

  const distinct = (what: string, entries: [place: string, key: string][]) => reportRepeated(report, what, entries)
  distinct(
    'user_id',
    seed.users.map(({ alias, user_id }) => [`users.${alias}`, user_id]),
  )
  distinct(
    'email',
    seed.users.map(({ alias, email }) => [`users.${alias}`, email.toLowerCase()]),
  )
  distinct(
    'group_id',
    seed.groups.map(({ alias, group_id }) => [`groups.${alias}`, group_id]),
  )
  distinct(
    'token_id',
    seed.tokens.map(({ alias, token_id }) => [`tokens.${alias}`, token_id]),
  )
  distinct(
    'secret',
    tokens.flatMap(([alias, { secret }]) => (secret ? [[`tokens.${alias}`, secret]] : [])),
  )
  distinct(
    'group and user',
    group_users.map(({ group, user }, index) => [`group_users[${index}]`, `${group}, ${user}`]),
  )
  for (const { alias, access_levels } of seed.groups) {
    distinct(
      'remote id',
      access_levels.map((level) => [
        `groups.${alias}.access_levels.${level.access_level_name}`,
        level.access_level_remote_id,
      ]),
    )
  }
  return seed
}

function readSeedClock(report: Report, clock: SeedDocument['clock']): Clock {
  if (clock?.frozen_at !== undefined && clock.offset_ms !== undefined) {
    report('clock', 'expected frozen_at or offset_ms, got both')
  }
  if (clock?.frozen_at !== undefined) {
    const at = parseTimestamp(clock.frozen_at)
    if (at === undefined) {
      report('clock.frozen_at', `expected a date-time such as 2026-01-01T00:00:00Z, got ${show(clock.frozen_at)}`)
    }
    return { mode: 'frozen', at: at ?? 0 }
  }
  return clock?.offset_ms === undefined ? realClock : { mode: 'offset', offset_ms: clock.offset_ms }
}

function reportRepeated(report: Report, what: string, entries: [place: string, key: string][]) {
  const places = new Map<string, string>()
  // A loop would come to the holes too.
  entries.forEach(([place, key]) => {
    const first = places.get(key)
    if (first === undefined) places.set(key, place)
    else report(place, `has the same ${what} as ${first}`)
  })
}

/** Secrets are random or public words, so a plain hash is enough to keep them out of the file. */
export function hashSecret(secret: string): Buffer {
  return createHash('sha256').update(secret).digest()
}
