import type { AccessLevel } from '../domain/access-level.js'
import { parseTimestamp, realClock, type ClockState } from '../domain/clock.js'
import type { ResolvedFaultRule } from '../domain/fault.js'
import { configurationProblems, mirrorDefault } from '../domain/request-configuration.js'
import type { OrganizationSettings } from '../domain/settings.js'
import type { TargetNoun } from '../domain/target.js'
import { show } from '../schemas/check.js'
import { readFault } from '../schemas/fault.js'
import { resolveLimit } from '../schemas/limit.js'
import type { Report } from '../schemas/report.js'
import { resourceDetails } from '../schemas/resource.js'
import { readSettings } from '../schemas/settings.js'
import { readTimeline } from '../schemas/timeline.js'
import type { AccessRow } from '../store/target-users.js'
import type { TargetRow } from '../store/targets.js'
import type { TokenRow } from '../store/tokens.js'
import type { UserRow } from '../store/users.js'
import { lentTokens } from './built-in.js'
import { deriveId } from './ids.js'
import { createIdLookup, reportRepeated } from './lookup.js'
import {
  createLookups,
  readContents,
  resolveRecords,
  withoutLinks,
  type Lookups,
  type ResolvedLink,
  type ResolvedRecord,
} from './records.js'
import type { SeedDocument } from './schema.js'
import { hashSecret } from './secrets.js'
import { atStart, readTime, type SeedTime } from './time.js'
import { malformedTargets } from './well-formed.js'

/** A row without its organization, its sequence number and its times, which are set when the seed is applied. */
type Open<Row, Times extends string = never> = Omit<Row, 'organization_id' | 'sequence' | Times>

type ResolvedToken = Open<TokenRow, 'created_at' | 'expires_at' | 'revoked_at'> & {
  created_at: SeedTime
  expires_at: SeedTime | null
  revoked_at: SeedTime | null
}

type ResolvedGroup = Open<TargetRow<'group'>> & { access_levels: AccessLevel[] }
type ResolvedResource = Open<TargetRow<'resource'>> & { access_levels: AccessLevel[] }

interface AccessTimes {
  expires_at: SeedTime | null
  pushed_at: SeedTime | null
}
type ResolvedGroupUser = Open<AccessRow<'group'>, 'expiration_date' | 'pushed_at'> & AccessTimes
type ResolvedResourceUser = Open<AccessRow<'resource'>, 'expiration_date' | 'pushed_at'> & AccessTimes

/** The contents of a seed with its aliases resolved to ids, ready to be written as rows. */
export interface Resolution {
  clock: ClockState
  settings: OrganizationSettings
  users: Open<UserRow>[]
  tokens: ResolvedToken[]
  groups: ResolvedGroup[]
  group_users: ResolvedGroupUser[]
  resources: ResolvedResource[]
  resource_users: ResolvedResourceUser[]
  records: ResolvedRecord[]
  links: ResolvedLink[]
  faults: ResolvedFaultRule[]
  /** The minimum for the next sequence number of the organization. */
  next_sequence: number
}

/** Resolves the aliases of a document that matches the schema. Reports its contradictions. */
export function resolveSeed(report: Report, document: SeedDocument): Resolution {
  const users = resolveUsers(report, document)
  const groups = resolveGroups(report, document)
  const settings = {
    ...readSettings(report, 'settings', document.settings ?? {}),
    ...(document.forbid && { forbid: resolveForbidden(report, document.forbid, groups) }),
  }
  const resourceIds = idsOfResources(report, document)
  const known = createLookups(report, document, { users, groups, resources: resourceIds })
  const resources = resolveResources(report, document, resourceIds, known.lookups)
  const surroundings = { users, settings, lookups: known.lookups }
  const tokens = resolveTokens(report, document, users)
  return {
    clock: readClock(report, document.clock),
    settings,
    users,
    tokens,
    groups,
    group_users: resolveAccess(report, document, 'group', groups, surroundings).map(({ target_id, ...access }) => ({
      group_id: target_id,
      ...access,
    })),
    resources,
    resource_users: resolveAccess(report, document, 'resource', resources, surroundings).map(
      ({ target_id, ...access }) => ({ resource_id: target_id, ...access }),
    ),
    ...resolveRecords(report, document, known),
    faults: (document.faults ?? []).map((fault, index) => readFault(report, `faults[${index}]`, fault)),
    next_sequence: document.next_sequence ?? 1,
  }
}

function resolveForbidden(report: Report, forbid: string[], groups: ResolvedGroup[]): string[] {
  return forbid.map((rule, index) =>
    resolveLimit(
      rule,
      () => groups,
      (message) => report(`forbid[${index}]`, message),
    ),
  )
}

function readClock(report: Report, clock: SeedDocument['clock']): ClockState {
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

function resolveUsers(report: Report, document: SeedDocument): Open<UserRow>[] {
  const users = Object.entries(document.users ?? {}).map(([alias, user]) => {
    const [first = '', ...rest] = user.full_name.split(' ')
    return {
      user_id: user.user_id ?? deriveId('user', alias),
      alias,
      email: user.email,
      full_name: user.full_name,
      first_name: user.first_name ?? first,
      last_name: user.last_name ?? rest.join(' '),
      position: user.position ?? '',
      hr_idp_status: user.hr_idp_status ?? null,
      manager_id: null,
      propagation: readTimeline(report, `users.${alias}.propagation`, user.propagation),
    }
  })
  reportRepeated(report, 'user_id', users, ({ alias, user_id }) => [`users.${alias}`, user_id])
  reportRepeated(report, 'email', users, ({ alias, email }) => [`users.${alias}`, lowerAscii(email)])
  const idOfUser = createIdLookup(
    report,
    'user',
    users.map(({ alias, user_id }) => ({ alias, id: user_id })),
  )
  return users.map((user) => {
    const manager = document.users?.[user.alias]?.manager
    return manager === undefined ? user : { ...user, manager_id: idOfUser(`users.${user.alias}.manager`, manager) }
  })
}

/** As SQLite compares addresses. */
function lowerAscii(text: string): string {
  return text.replaceAll(/[A-Z]+/g, (letters) => letters.toLowerCase())
}

function resolveGroups(report: Report, document: SeedDocument): ResolvedGroup[] {
  const groups = Object.entries(document.groups ?? {}).map(([alias, group]) => {
    const { group_id, name, description = '', group_type, access_levels, propagation, ...given } = group
    const details = readConfigurations(report, `groups.${alias}`, given)
    return {
      group_id: group_id ?? deriveId('group', alias),
      alias,
      name,
      description,
      group_type,
      details: JSON.stringify(withoutLinks('group', withVisibility(details))),
      propagation: readTimeline(report, `groups.${alias}.propagation`, propagation),
      access_levels: resolveLevels(report, `groups.${alias}`, access_levels),
    }
  })
  reportRepeated(report, 'group_id', groups, ({ alias, group_id }) => [`groups.${alias}`, group_id])
  return groups
}

function idsOfResources(report: Report, { resources = {} }: SeedDocument) {
  const ids = Object.entries(resources).map(([alias, { resource_id = deriveId('resource', alias) }]) => ({
    alias,
    resource_id,
  }))
  reportRepeated(report, 'resource_id', ids, ({ alias, resource_id }) => [`resources.${alias}`, resource_id])
  return ids
}

/** Their fields may refer to records and to each other, by alias. */
function resolveResources(
  report: Report,
  document: SeedDocument,
  ids: { alias: string; resource_id: string }[],
  lookups: Lookups,
): ResolvedResource[] {
  const idOf = new Map(ids.map(({ alias, resource_id }) => [alias, resource_id]))
  return Object.entries(document.resources ?? {}).map(([alias, resource]) => {
    const { name, description = '', resource_type = 'CUSTOM', access_levels, propagation, ...fields } = resource
    const path = `resources.${alias}`
    const given = withVisibility(readConfigurations(report, path, fields))
    const details = readContents(report, path, given, resourceDetails, lookups).document
    return {
      resource_id: idOf.get(alias) ?? '',
      alias,
      name,
      description,
      resource_type,
      details: JSON.stringify(details),
      propagation: readTimeline(report, `${path}.propagation`, propagation),
      access_levels: resolveLevels(report, path, access_levels),
    }
  })
}

/** Checks request configurations. The deprecated fields mirror the default one, unless they are given. */
function readConfigurations<Given extends { request_configurations?: Parameters<typeof mirrorDefault>[0] }>(
  report: Report,
  path: string,
  given: Given,
) {
  const { request_configurations } = given
  if (!request_configurations) return given
  const problems = configurationProblems(`${path}.request_configurations`, request_configurations)
  for (const problem of problems) report(problem.path, problem.message)
  return { ...mirrorDefault(request_configurations), ...given }
}

function resolveLevels(report: Report, path: string, byName: Record<string, string> = {}): AccessLevel[] {
  const levels = Object.entries(byName).map(([access_level_name, access_level_remote_id]) => ({
    access_level_name,
    access_level_remote_id,
  }))
  reportRepeated(report, 'remote id', levels, ({ access_level_name, access_level_remote_id }) => [
    `${path}.access_levels.${access_level_name}`,
    access_level_remote_id,
  ])
  return levels
}

/** Who lists groups to which something is visible means that it is visible to nobody else. */
function withVisibility<Details extends { visibility?: string; visibility_groups?: unknown[] }>(details: Details) {
  return details.visibility_groups ? { visibility: 'LIMITED', ...details } : details
}

function resolveTokens(report: Report, document: SeedDocument, users: Open<UserRow>[]): ResolvedToken[] {
  const idOfUser = createIdLookup(
    report,
    'user',
    users.map(({ alias, user_id }) => ({ alias, id: user_id })),
  )

  /** The built-in tokens belong to a user of the built-in seed; in another seed they belong to its first user. */
  function ownerOf(alias: string, owner: string | undefined): string {
    if (owner !== undefined && (document.tokens || users.some((user) => user.alias === owner))) {
      return idOfUser(`tokens.${alias}.user`, owner)
    }
    return users[0]?.user_id ?? deriveId('user', 'nobody')
  }

  // A seed without tokens uses the built-in ones, so that clients can authenticate.
  const entries = Object.entries(document.tokens ?? lentTokens)
  const tokens = entries.map(([alias, token]) => {
    const user_id = ownerOf(alias, token.user)
    return {
      token_id: token.token_id ?? deriveId('token', alias),
      alias,
      token_hash: token.secret === undefined ? null : hashSecret(token.secret),
      token_label: token.token_label ?? alias,
      access_level: token.access_level,
      creator_user_id: user_id,
      user_id,
      created_at: readOptionalTime(report, `tokens.${alias}.created_at`, token.created_at) ?? atStart,
      expires_at: readOptionalTime(report, `tokens.${alias}.expires_at`, token.expires_at),
      revoked_at: readOptionalTime(report, `tokens.${alias}.revoked_at`, token.revoked_at),
    }
  })
  reportRepeated(report, 'token_id', tokens, ({ alias, token_id }) => [`tokens.${alias}`, token_id])
  reportRepeated(
    report,
    'secret',
    entries.filter(([, { secret }]) => secret !== undefined),
    ([alias, { secret = '' }]) => [`tokens.${alias}`, secret],
  )
  return tokens
}

interface Surroundings {
  users: Open<UserRow>[]
  settings: OrganizationSettings
  lookups: Lookups
}

/** The target's alias is in the field with its noun. */
type AccessEntry = Partial<Record<TargetNoun, string>> &
  Omit<NonNullable<SeedDocument['group_users']>[number], TargetNoun>

function resolveAccess(
  report: Report,
  document: SeedDocument,
  noun: TargetNoun,
  targets: { alias: string; propagation: string | null; access_levels: AccessLevel[] }[],
  { users, settings, lookups }: Surroundings,
) {
  const section = `${noun}_users` as const
  const userByAlias = byAlias(users)
  const targetByAlias = byAlias(targets)
  const entries: AccessEntry[] = document[section] ?? []

  function checkLevel(path: string, alias: string, level: string) {
    const target = targetByAlias.get(alias)
    if (level === '' || !target || isMalformed(document, noun, alias)) return
    const known = target.access_levels.map(({ access_level_remote_id }) => access_level_remote_id)
    // An export may hold a level that was accepted under a different setting.
    const isAccepted = settings.unknown_access_level === 'accept' || document.next_sequence !== undefined
    if (known.includes(level) || isAccepted) return
    report(path, `names no level of the ${noun} ${alias}: expected one of ${['""', ...known].join(', ')}, got ${level}`)
  }

  reportRepeated(report, `${noun} and user`, entries, (entry, index) => [
    `${section}[${index}]`,
    `${entry[noun] ?? ''}, ${entry.user}`,
  ])
  return entries.map((entry, index) => {
    const { user, access_level = '', expires_at, pushed_at, propagation } = entry
    const alias = entry[noun] ?? ''
    const path = `${section}[${index}]`
    checkLevel(`${path}.access_level`, alias, access_level)
    const ownTimeline = propagation && readTimeline(report, `${path}.propagation`, propagation)
    const chosenTimeline =
      userByAlias.get(user)?.propagation ?? targetByAlias.get(alias)?.propagation ?? settings.propagation
    const isPushed = pushed_at !== null
    return {
      target_id: lookups[noun](`${path}.${noun}`, alias),
      user_id: lookups.user(`${path}.user`, user),
      access_level_remote_id: access_level,
      expires_at: readOptionalTime(report, `${path}.expires_at`, expires_at),
      pushed_at: isPushed ? (readOptionalTime(report, `${path}.pushed_at`, pushed_at) ?? atStart) : null,
      propagation: isPushed ? (ownTimeline === undefined ? chosenTimeline : ownTimeline) : null,
    }
  })
}

/** Its placeholder has no levels. */
function isMalformed(document: SeedDocument, noun: TargetNoun, alias: string): boolean {
  const section = `${noun}s` as const
  return document[section]?.[alias] === malformedTargets[section]
}

function byAlias<Entry extends { alias: string }>(entries: Entry[]): Map<string, Entry> {
  return new Map(entries.map((entry) => [entry.alias, entry]))
}

function readOptionalTime(report: Report, path: string, text: string | null | undefined): SeedTime | null {
  return text === undefined || text === null ? null : readTime(report, path, text)
}
