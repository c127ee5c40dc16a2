import type { ClockState } from '../domain/clock.js'
import type { ResolvedFaultRule } from '../domain/fault.js'
import { formatTimestamp } from '../domain/clock.js'
import type { OrganizationSettings } from '../domain/settings.js'
import type { Access, Levels } from '../domain/access.js'
import type { Store } from '../store/index.js'
import { createRecordExport } from './records.js'
import type { SeedDocument } from './schema.js'
import { writeFault } from '../schemas/fault.js'
import { resourceDetails } from '../schemas/resource.js'
import { writeSettings } from '../schemas/settings.js'
import { writeTimeline } from '../schemas/timeline.js'

/** Exports an organization as a seed: all rows, its clock and its settings, with absolute times and without secrets. */
export function exportSeed(
  store: Store,
  { organization_id, clock, settings }: { organization_id: number; clock: ClockState; settings: OrganizationSettings },
): SeedDocument {
  const users = store.users.export(organization_id)
  const groups = store.groups.export(organization_id)
  const resources = store.resources.export(organization_id)
  const userById = new Map(users.map((user) => [user.user_id, user]))
  const groupById = new Map(groups.map((group) => [group.group_id, group]))
  const resourceById = new Map(resources.map((resource) => [resource.resource_id, resource]))

  function exportAccess(row: Access & { user_id: string }, target: { propagation: string | null } | undefined) {
    const { user_id, access_level_remote_id, expiration_date, pushed_at, propagation } = row
    const user = userById.get(user_id)
    // Left out if it is the timeline that a push would get anyway.
    const chosen = user?.propagation ?? target?.propagation ?? settings.propagation
    const isOwn = pushed_at !== null && propagation !== chosen
    return {
      user: user?.alias,
      access_level: access_level_remote_id || undefined,
      expires_at: expiration_date ?? undefined,
      pushed_at,
      propagation: isOwn ? (propagation === null ? null : writeTimeline(propagation)) : undefined,
    }
  }

  const { sections, linksOf, writeReferences } = createRecordExport(store, organization_id, {
    users,
    groups,
    resources,
  })

  const document = {
    version: 1,
    clock: exportClock(clock),
    settings: writeSettings(settings),
    forbid: settings.forbid.length > 0 ? settings.forbid : undefined,
    tokens: Object.fromEntries(
      store.tokens.export(organization_id).map((token) => [
        token.alias,
        {
          token_id: token.token_id,
          access_level: token.access_level,
          token_label: token.token_label,
          user: userById.get(token.user_id)?.alias,
          created_at: token.created_at,
          expires_at: token.expires_at ?? undefined,
          revoked_at: token.revoked_at ?? undefined,
        },
      ]),
    ),
    users: Object.fromEntries(
      users.map(({ alias, hr_idp_status, manager_id, propagation, sequence, organization_id, ...user }) => [
        alias,
        {
          ...user,
          hr_idp_status: hr_idp_status ?? undefined,
          manager: manager_id === null ? undefined : userById.get(manager_id)?.alias,
          propagation: propagation === null ? undefined : writeTimeline(propagation),
          ...linksOf('user', user.user_id),
        },
      ]),
    ),
    groups: Object.fromEntries(
      groups.map(({ alias, group_id, name, description, group_type, details, propagation }) => {
        return [
          alias,
          {
            group_id,
            name,
            description,
            group_type,
            ...exportLevels(store.groups.levels(organization_id, group_id)),
            propagation: propagation === null ? undefined : writeTimeline(propagation),
            ...(JSON.parse(details) as object),
            ...linksOf('group', group_id),
          },
        ]
      }),
    ),
    group_users: store.groupUsers.export(organization_id).map((row) => {
      const group = groupById.get(row.group_id)
      return { group: group?.alias, ...exportAccess(row, group) }
    }),
    resources: sectionOf(
      resources.map(({ alias, resource_id, name, description, resource_type, details, propagation }) => [
        alias,
        {
          resource_id,
          name,
          description,
          resource_type,
          ...exportLevels(store.resources.levels(organization_id, resource_id)),
          propagation: propagation === null ? undefined : writeTimeline(propagation),
          ...writeReferences(resourceDetails, JSON.parse(details) as Record<string, unknown>),
          ...linksOf('resource', resource_id),
        },
      ]),
    ),
    resource_users: listOf(
      store.resourceUsers.export(organization_id).map((row) => {
        const resource = resourceById.get(row.resource_id)
        return { resource: resource?.alias, ...exportAccess(row, resource) }
      }),
    ),
    ...sections,
    faults: store.faults.list(organization_id).map(({ rule }) => writeFault(JSON.parse(rule) as ResolvedFaultRule)),
    next_sequence: store.organizations.nextSequence(organization_id),
  }
  // Removes what is undefined.
  return JSON.parse(JSON.stringify(document)) as SeedDocument
}

function exportLevels(levels: Levels) {
  const all = levels.list().map((level) => [level.access_level_name, level.access_level_remote_id] as const)
  return { access_levels: sectionOf(all) }
}

/** Left out if it would be empty. */
function sectionOf<Entry>(entries: (readonly [string, Entry])[]): Record<string, Entry> | undefined {
  return entries.length > 0 ? Object.fromEntries(entries) : undefined
}

function listOf<Entry>(entries: Entry[]): Entry[] | undefined {
  return entries.length > 0 ? entries : undefined
}

function exportClock(clock: ClockState) {
  if (clock.mode === 'frozen') return { frozen_at: formatTimestamp(clock.at) }
  return clock.mode === 'offset' ? { offset_ms: clock.offset_ms } : undefined
}
