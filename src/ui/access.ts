import type { Seed, Timeline } from '../library/types.js'

/** A user's access to a group, as the export has it, with everything that the page shows. */
export interface Grant {
  key: string
  group_id: string
  group_name: string
  user_id: string
  user_name: string
  email: string
  level: string
  level_id: string
  /** Infinity if it does not end. */
  endsAt: number
  pushedAt: number | undefined
  timeline: Timeline | undefined
}

/** What the export names by aliases, by id. */
export interface Directory {
  /** The name of anything with an id. */
  nameOf: (id: string) => string | undefined
  grants: Grant[]
}

/** Sections of a seed whose entries have an id. */
export const sections = [
  ['groups', 'group_id', 'Groups'],
  ['users', 'user_id', 'Users'],
  ['owners', 'owner_id', 'Owners'],
  ['apps', 'app_id', 'Apps'],
  ['resources', 'resource_id', 'Resources'],
  ['tags', 'tag_id', 'Tags'],
  ['message_channels', 'message_channel_id', 'Message channels'],
  ['on_call_schedules', 'on_call_schedule_id', 'On-call schedules'],
  ['remote_users', 'remote_user_id', 'Remote users'],
  ['sync_errors', 'sync_error_id', 'Sync errors'],
  ['tokens', 'token_id', 'Tokens'],
] as const

export type Section = (typeof sections)[number][0]

export type EntryFields = Record<string, unknown>

export function entriesOf(seed: Seed, section: Section): [alias: string, fields: EntryFields][] {
  return Object.entries((seed[section] ?? {}) as Record<string, EntryFields>)
}

/** What people call an entry. */
export function describeEntry(fields: EntryFields, alias: string): string {
  const { key, value } = fields
  if (typeof key === 'string') return typeof value === 'string' && value !== '' ? `${key}: ${value}` : key
  for (const name of ['full_name', 'name', 'token_label', 'email', 'remote_id', 'error_message']) {
    const text = fields[name]
    if (typeof text === 'string' && text !== '') return text
  }
  return alias
}

export function createDirectory(seed: Seed): Directory {
  const names = new Map<string, string>()
  for (const [section, idField] of sections) {
    for (const [alias, fields] of entriesOf(seed, section)) {
      const id = fields[idField]
      // Opal's documentation uses one id for a group and a user. The group, which comes first, keeps it.
      if (typeof id === 'string' && !names.has(id)) names.set(id, describeEntry(fields, alias))
    }
  }
  return { nameOf: (id) => names.get(id.toLowerCase()), grants: readGrants(seed) }
}

function readGrants({ groups = {}, users = {}, group_users = [], settings }: Seed): Grant[] {
  return group_users.flatMap((entry): Grant[] => {
    const group = groups[entry.group]
    const user = users[entry.user]
    if (!group || !user) return []
    const { access_level: level_id = '', pushed_at, expires_at } = entry
    const level = Object.entries(group.access_levels ?? {}).find(([, id]) => id === level_id)?.[0] ?? level_id
    return [
      {
        key: `${group.group_id ?? entry.group}/${user.user_id ?? entry.user}`,
        group_id: group.group_id ?? '',
        group_name: group.name,
        user_id: user.user_id ?? '',
        user_name: user.full_name,
        email: user.email,
        level,
        level_id,
        endsAt: expires_at === undefined ? Infinity : Date.parse(expires_at),
        pushedAt: typeof pushed_at === 'string' ? Date.parse(pushed_at) : undefined,
        timeline:
          'propagation' in entry
            ? (entry.propagation ?? undefined)
            : (user.propagation ?? group.propagation ?? settings?.propagation ?? undefined),
      },
    ]
  })
}

export function isLive({ endsAt }: Grant, at: number): boolean {
  return endsAt > at
}

/** The propagation status at a moment; undefined for access that was found in the remote system. */
export function statusAt({ pushedAt, timeline }: Grant, at: number): string | undefined {
  if (pushedAt === undefined) return undefined
  let status = 'SUCCESS'
  let end = pushedAt
  for (const step of timeline ?? []) {
    status = step.status
    if (step.for === undefined) break
    end += readMs(step.for)
    if (at < end) break
  }
  return status
}

/** What happens to access as time passes, in chronological order. */
export interface Happening {
  at: number
  text: string
}

export function happenings(grants: Grant[], from: number, to: number): Happening[] {
  const found: Happening[] = []
  for (const grant of grants) {
    const { user_name, group_name, endsAt } = grant
    if (endsAt > from && endsAt <= to) found.push({ at: endsAt, text: `${user_name} lost access to ${group_name}` })
    if (grant.timeline === undefined || grant.pushedAt === undefined || endsAt <= from) continue
    const until = Math.min(to, endsAt - 1)
    const status = statusAt(grant, until)
    if (status !== statusAt(grant, from)) {
      found.push({ at: until, text: `Access of ${user_name} to ${group_name} is now ${status ?? 'unknown'}` })
    }
  }
  return found.sort((a, b) => a.at - b.at)
}

/** The next moment at which access ends or its status changes; undefined if there is none. */
export function nextEnd(grants: Grant[], now: number): number | undefined {
  let next = Infinity
  for (const { endsAt } of grants) if (endsAt > now && endsAt < next) next = endsAt
  return next === Infinity ? undefined : next
}

const unitMs: Record<string, number> = { ms: 1, s: 1e3, m: 6e4, h: 36e5, d: 864e5, w: 6048e5 }

/** Reads the durations that an export writes, such as 1h30m. */
function readMs(text: string): number {
  let sum = 0
  for (const [, count, unit = ''] of text.matchAll(/([\d.]+)\s*(ms|s|m|h|d|w)/g)) {
    sum += Number(count) * (unitMs[unit] ?? 0)
  }
  return sum
}
