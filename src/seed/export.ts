import type { ClockState } from '../domain/clock.js'
import type { ResolvedFaultRule } from '../domain/fault.js'
import { formatTimestamp } from '../domain/clock.js'
import type { OrganizationSettings } from '../domain/settings.js'
import type { GroupUserRow } from '../store/group-users.js'
import type { Store } from '../store/index.js'
import { createRecordExport } from './records.js'
import type { SeedDocument } from './schema.js'
import { writeFault } from '../schemas/fault.js'
import { writeSettings } from '../schemas/settings.js'
import { writeTimeline } from '../schemas/timeline.js'

/** Exports an organization as a seed: all rows, its clock and its settings, with absolute times and without secrets. */
export function exportSeed(
  store: Store,
  { organization_id, clock, settings }: { organization_id: number; clock: ClockState; settings: OrganizationSettings },
): SeedDocument {
  const users = store.users.export(organization_id)
  const groups = store.groups.export(organization_id)
  const userById = new Map(users.map((user) => [user.user_id, user]))
  const groupById = new Map(groups.map((group) => [group.group_id, group]))

  /** Undefined if it is the timeline that a push would get anyway. */
  function ownTimeline({ pushed_at, propagation, user_id, group_id }: GroupUserRow) {
    const chosen = userById.get(user_id)?.propagation ?? groupById.get(group_id)?.propagation ?? settings.propagation
    if (pushed_at === null || propagation === chosen) return undefined
    return propagation === null ? null : writeTimeline(propagation)
  }

  const { sections, linksOf } = createRecordExport(store, organization_id, { users, groups })

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
        const levels = store.groups.levels(organization_id, group_id).list()
        return [
          alias,
          {
            group_id,
            name,
            description,
            group_type,
            ...(levels.length > 0 && {
              access_levels: Object.fromEntries(
                levels.map(({ access_level_name, access_level_remote_id }) => [
                  access_level_name,
                  access_level_remote_id,
                ]),
              ),
            }),
            propagation: propagation === null ? undefined : writeTimeline(propagation),
            ...(JSON.parse(details) as object),
            ...linksOf('group', group_id),
          },
        ]
      }),
    ),
    group_users: store.groupUsers.export(organization_id).map((row) => ({
      group: groupById.get(row.group_id)?.alias,
      user: userById.get(row.user_id)?.alias,
      access_level: row.access_level_remote_id || undefined,
      expires_at: row.expiration_date ?? undefined,
      pushed_at: row.pushed_at,
      propagation: ownTimeline(row),
    })),
    ...sections,
    faults: store.faults.list(organization_id).map(({ rule }) => writeFault(JSON.parse(rule) as ResolvedFaultRule)),
    next_sequence: store.organizations.nextSequence(organization_id),
  }
  // Removes what is undefined.
  return JSON.parse(JSON.stringify(document)) as SeedDocument
}

function exportClock(clock: ClockState) {
  if (clock.mode === 'frozen') return { frozen_at: formatTimestamp(clock.at) }
  return clock.mode === 'offset' ? { offset_ms: clock.offset_ms } : undefined
}
