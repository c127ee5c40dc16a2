import type { AccessLevel } from '../domain/access-level.js'
import { parseTimestamp, realClock, type ClockState } from '../domain/clock.js'
import type { ResolvedFaultRule } from '../domain/fault.js'
import { configurationProblems, mirrorDefault } from '../domain/request-configuration.js'
import type { OrganizationSettings } from '../domain/settings.js'
import { show } from '../schemas/check.js'
import { readFault } from '../schemas/fault.js'
import { resolveLimit } from '../schemas/limit.js'
import type { Report } from '../schemas/report.js'
import { readSettings } from '../schemas/settings.js'
import { readTimeline } from '../schemas/timeline.js'
import type { GroupUserRow } from '../store/group-users.js'
import type { GroupRow } from '../store/groups.js'
import type { TokenRow } from '../store/tokens.js'
import type { UserRow } from '../store/users.js'
import { lentTokens } from './built-in.js'
import { deriveId } from './ids.js'
import { createIdLookup, reportRepeated } from './lookup.js'
import { resolveRecords, withoutLinks, type ResolvedLink, type ResolvedRecord } from './records.js'
import type { SeedDocument } from './schema.js'
import { hashSecret } from './secrets.js'
import { atStart, readTime, type SeedTime } from './time.js'
import { malformedGroup } from './well-formed.js'

/** A row without its organization, its sequence number and its times, which are set when the seed is applied. */
type Open<Row, Times extends string = never> = Omit<Row, 'organization_id' | 'sequence' | Times>

type ResolvedToken = Open<TokenRow, 'created_at' | 'expires_at' | 'revoked_at'> & {
  created_at: SeedTime
  expires_at: SeedTime | null
  revoked_at: SeedTime | null
}

type ResolvedGroup = Open<GroupRow> & { access_levels: AccessLevel[] }

type ResolvedGroupUser = Open<GroupUserRow, 'expiration_date' | 'pushed_at'> & {
  expires_at: SeedTime | null
  pushed_at: SeedTime | null
}

/** The contents of a seed with its aliases resolved to ids, ready to be written as rows. */
export interface Resolution {
  clock: ClockState
  settings: OrganizationSettings
  users: Open<UserRow>[]
  tokens: ResolvedToken[]
  groups: ResolvedGroup[]
  group_users: ResolvedGroupUser[]
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
  const tokens = resolveTokens(report, document, users)
  return {
    clock: readClock(report, document.clock),
    settings,
    users,
    tokens,
    groups,
    group_users: resolveGroupUsers(report, document, { users, groups, settings }),
    ...resolveRecords(report, document, { users, groups }),
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
    const { group_id, name, description = '', group_type, access_levels = {}, propagation, ...given } = group
    const { request_configurations } = given
    const details = { ...(request_configurations && mirrorDefault(request_configurations)), ...given }
    if (request_configurations) {
      const path = `groups.${alias}.request_configurations`
      for (const problem of configurationProblems(path, request_configurations)) report(problem.path, problem.message)
    }
    return {
      group_id: group_id ?? deriveId('group', alias),
      alias,
      name,
      description,
      group_type,
      details: JSON.stringify(withoutLinks('group', withVisibility(details))),
      propagation: readTimeline(report, `groups.${alias}.propagation`, propagation),
      access_levels: Object.entries(access_levels).map(([access_level_name, access_level_remote_id]) => ({
        access_level_name,
        access_level_remote_id,
      })),
    }
  })
  reportRepeated(report, 'group_id', groups, ({ alias, group_id }) => [`groups.${alias}`, group_id])
  for (const { alias, access_levels } of groups) {
    reportRepeated(report, 'remote id', access_levels, ({ access_level_name, access_level_remote_id }) => [
      `groups.${alias}.access_levels.${access_level_name}`,
      access_level_remote_id,
    ])
  }
  return groups
}

/** Who lists groups to which another is visible means that it is visible to nobody else. */
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
  groups: ResolvedGroup[]
  settings: OrganizationSettings
}

function resolveGroupUsers(
  report: Report,
  document: SeedDocument,
  { users, groups, settings }: Surroundings,
): ResolvedGroupUser[] {
  const idOfUser = createIdLookup(
    report,
    'user',
    users.map(({ alias, user_id }) => ({ alias, id: user_id })),
  )
  const idOfGroup = createIdLookup(
    report,
    'group',
    groups.map(({ alias, group_id }) => ({ alias, id: group_id })),
  )
  const userByAlias = byAlias(users)
  const groupByAlias = byAlias(groups)
  const entries = document.group_users ?? []

  function checkLevel(path: string, alias: string, level: string) {
    const group = groupByAlias.get(alias)
    if (level === '' || !group || document.groups?.[alias] === malformedGroup) return
    const known = group.access_levels.map(({ access_level_remote_id }) => access_level_remote_id)
    // An export may hold a level that was accepted under a different setting.
    const isAccepted = settings.unknown_access_level === 'accept' || document.next_sequence !== undefined
    if (known.includes(level) || isAccepted) return
    report(path, `names no level of the group ${alias}: expected one of ${['""', ...known].join(', ')}, got ${level}`)
  }

  reportRepeated(report, 'group and user', entries, ({ group, user }, index) => [
    `group_users[${index}]`,
    `${group}, ${user}`,
  ])
  return entries.map(({ group, user, access_level = '', expires_at, pushed_at, propagation }, index) => {
    const path = `group_users[${index}]`
    checkLevel(`${path}.access_level`, group, access_level)
    const ownTimeline = propagation && readTimeline(report, `${path}.propagation`, propagation)
    const chosenTimeline =
      userByAlias.get(user)?.propagation ?? groupByAlias.get(group)?.propagation ?? settings.propagation
    const isPushed = pushed_at !== null
    return {
      group_id: idOfGroup(`${path}.group`, group),
      user_id: idOfUser(`${path}.user`, user),
      access_level_remote_id: access_level,
      expires_at: readOptionalTime(report, `${path}.expires_at`, expires_at),
      pushed_at: isPushed ? (readOptionalTime(report, `${path}.pushed_at`, pushed_at) ?? atStart) : null,
      propagation: isPushed ? (ownTimeline === undefined ? chosenTimeline : ownTimeline) : null,
    }
  })
}

function byAlias<Entry extends { alias: string }>(entries: Entry[]): Map<string, Entry> {
  return new Map(entries.map((entry) => [entry.alias, entry]))
}

function readOptionalTime(report: Report, path: string, text: string | null | undefined): SeedTime | null {
  return text === undefined || text === null ? null : readTime(report, path, text)
}
