import { layouts, type ChangedNoun, type Row, type RowChange } from '../domain/change.js'
import type { ResolvedSeed } from './load.js'
import { resolveTime, type SeedTime } from './time.js'

/** How the rows of one export differ from those of an earlier one. The order of rows is not compared. */
export function compareSeeds(before: ResolvedSeed, after: ResolvedSeed): RowChange[] {
  const [old, now] = [rowsOf(before), rowsOf(after)]
  const changes: RowChange[] = []
  for (const [id, { noun, row }] of new Map([...old, ...now])) {
    const [first, last] = [old.get(id)?.row, now.get(id)?.row]
    const key = Object.fromEntries(layouts[noun].key.map((name) => [name, row[name]]))
    if (!first || !last) changes.push({ noun, key, before: first, after: last })
    else if (JSON.stringify(first) !== JSON.stringify(last)) changes.push({ noun, key, before: first, after: last })
  }
  return changes
}

/** The rows of a seed by noun and key. */
function rowsOf(seed: ResolvedSeed) {
  const { clock, settings, users, groups, group_users, resources, resource_users, tokens, records, links } = seed
  const rows = new Map<string, { noun: ChangedNoun; row: Row }>()
  const add = (noun: ChangedNoun, row: object) => {
    const columns = row as Row
    rows.set(JSON.stringify([noun, ...layouts[noun].key.map((name) => columns[name])]), { noun, row: columns })
  }
  add('clock', { clock: JSON.stringify(clock) })
  add('settings', { settings: JSON.stringify(settings) })
  for (const user of users) add('user', user)
  for (const { access_levels, ...group } of groups) {
    add('group', group)
    for (const level of access_levels) add('access_level', { ...level, group_id: group.group_id })
  }
  for (const { expires_at, pushed_at, ...groupUser } of group_users) {
    add('group_user', { ...groupUser, expiration_date: at(expires_at), pushed_at: at(pushed_at) })
  }
  for (const { access_levels, ...resource } of resources) {
    add('resource', resource)
    for (const level of access_levels) add('resource_access_level', { ...level, resource_id: resource.resource_id })
  }
  for (const { expires_at, pushed_at, ...resourceUser } of resource_users) {
    add('resource_user', { ...resourceUser, expiration_date: at(expires_at), pushed_at: at(pushed_at) })
  }
  for (const { token_hash, created_at, expires_at, revoked_at, ...token } of tokens) {
    add('token', { ...token, created_at: at(created_at), expires_at: at(expires_at), revoked_at: at(revoked_at) })
  }
  for (const { noun, id, alias, document, times } of records) add(noun, { id, alias, document: write(document, times) })
  for (const { kind, from_id, to_id, document, times } of links) {
    add(kind, { from_id, to_id, document: write(document, times) })
  }
  return rows
}

/** Exports have absolute times. */
function at(time: SeedTime | null): string | null {
  return time && resolveTime(time, 0)
}

function write(document: object, times: Record<string, SeedTime>): string {
  const resolved = Object.entries(times).map(([field, time]) => [field, at(time)])
  return JSON.stringify({ ...document, ...Object.fromEntries(resolved) })
}
