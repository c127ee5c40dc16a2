import type { Timestamp } from '../domain/clock.js'
import { defaultSettings, type OrganizationSettings } from '../domain/settings.js'
import type { Store } from '../store/index.js'
import type { ResolvedSeed } from './load.js'
import { hashOf, secretsOf, withoutSecrets, type Secrets } from './secrets.js'
import { resolveTime, type SeedTime } from './time.js'

export interface Application {
  organization_id: number
  seed: ResolvedSeed
  /** The time of the clock, from which relative times count. */
  start: Timestamp
  /** The seed that a reset goes back to; null if that is the server's. */
  ownSeed: ResolvedSeed | null
  serverSeed: ResolvedSeed
  /** Secrets for tokens that the seed gives none; null if no token may have a secret. */
  secrets: Secrets | null
}

/** Replaces everything in an organization with a seed. Must be called inside a transaction. */
export function applySeed(store: Store, { organization_id, seed, start, ownSeed, serverSeed, secrets }: Application) {
  const at = (time: SeedTime | null) => time && resolveTime(time, start)
  let sequence = 0
  const place = () => ({ organization_id, sequence: ++sequence })

  const write = (document: object, times: Record<string, SeedTime>) => {
    const resolved = Object.entries(times).map(([field, time]) => [field, resolveTime(time, start)] as const)
    return JSON.stringify({ ...document, ...Object.fromEntries(resolved) })
  }

  store.organizations.empty(organization_id)
  for (const user of seed.users) store.users.insert({ ...user, ...place() })
  for (const token of seed.tokens) {
    store.tokens.insert({
      ...token,
      ...place(),
      token_hash: secrets && (token.token_hash ?? hashOf(secrets, token.alias)),
      created_at: resolveTime(token.created_at, start),
      expires_at: at(token.expires_at),
      revoked_at: at(token.revoked_at),
    })
  }
  for (const { access_levels, ...group } of seed.groups) {
    store.groups.insert({ ...group, ...place() })
    for (const level of access_levels) {
      store.groups.insertAccessLevel({ ...level, group_id: group.group_id, ...place() })
    }
  }
  for (const { expires_at, pushed_at, ...groupUser } of seed.group_users) {
    store.groupUsers.insert({ ...groupUser, ...place(), expiration_date: at(expires_at), pushed_at: at(pushed_at) })
  }
  for (const { access_levels, ...resource } of seed.resources) {
    store.resources.insert({ ...resource, ...place() })
    for (const level of access_levels) {
      store.resources.insertAccessLevel({ ...level, resource_id: resource.resource_id, ...place() })
    }
  }
  for (const { expires_at, pushed_at, ...resourceUser } of seed.resource_users) {
    store.resourceUsers.insert({
      ...resourceUser,
      ...place(),
      expiration_date: at(expires_at),
      pushed_at: at(pushed_at),
    })
  }
  for (const { noun, id, alias, document, times } of seed.records) {
    store.records.insert({ ...place(), noun, id, alias, document: write(document, times) })
  }
  for (const { kind, from_id, to_id, document, times } of seed.links) {
    store.links.insert({ ...place(), kind, from_id, to_id, document: write(document, times) })
  }
  const firstFault = store.organizations.takeFaultNumbers(organization_id, seed.faults.length)
  seed.faults.forEach((rule, index) =>
    store.faults.insert({ organization_id, sequence: firstFault + index, rule: JSON.stringify(rule) }),
  )
  store.organizations.fill(organization_id, {
    seed_digest: (ownSeed ?? serverSeed).digest,
    seed: ownSeed && JSON.stringify(withoutSecrets(ownSeed.document)),
    secrets: JSON.stringify(ownSeed ? secretsOf(ownSeed.tokens) : {}),
    clock: JSON.stringify(seed.clock),
    settings: writeChanges(seed.settings),
    next_sequence: Math.max(sequence + 1, seed.next_sequence),
  })
}

/** Returns the settings that differ from the defaults, as JSON. New settings need no migration that way. */
export function writeChanges(settings: OrganizationSettings): string {
  const changes = Object.entries(settings).filter(
    ([name, value]) => value !== defaultSettings[name as keyof OrganizationSettings],
  )
  return JSON.stringify(Object.fromEntries(changes))
}
