import type { Timestamp } from '../domain/clock.js'
import type { Store } from '../store/index.js'
import type { Seed } from './load.js'
import { resolveTime, type SeedTime } from './values.js'

/** Fills a new organization with a seed, its relative times counted from `start`. Answers the organization's number. */
export function applySeed(store: Store, name: string, seed: Seed, start: Timestamp): number {
  const at = (time: SeedTime | null) => time && resolveTime(time, start)
  return store.atomic(() => {
    const organization_id = store.organizations.insert({ name, seed_digest: seed.digest })
    const place = () => ({ organization_id, sequence: store.organizations.takeSequence(organization_id) })
    for (const user of seed.users) store.users.insert({ ...user, ...place() })
    for (const token of seed.tokens) {
      store.tokens.insert({
        ...token,
        ...place(),
        created_at: resolveTime(token.created_at, start),
        expires_at: at(token.expires_at),
        revoked_at: at(token.revoked_at),
      })
    }
    for (const { access_levels, ...group } of seed.groups) {
      store.groups.insert({ ...group, ...place() })
      for (const level of access_levels)
        store.groups.insertAccessLevel({ ...level, group_id: group.group_id, ...place() })
    }
    for (const { expires_at, pushed_at, ...groupUser } of seed.group_users) {
      store.groupUsers.insert({ ...groupUser, ...place(), expiration_date: at(expires_at), pushed_at: at(pushed_at) })
    }
    return organization_id
  })
}
