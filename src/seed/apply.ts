import type { Timestamp } from '../domain/clock.js'
import { defaultSettings, type OrganizationSettings } from '../domain/settings.js'
import type { Store } from '../store/index.js'
import type { ResolvedSeed } from './load.js'
import { hashOf, secretsOf, withoutSecrets, type Secrets } from './secrets.js'
import { resolveTime, type SeedTime } from './time.js'

export interface Application {
  organization_id: number
  seed: ResolvedSeed
  /** What the clock shows: relative times are counted from here. */
  start: Timestamp
  /** The seed that the organization goes back to, where that is not the server's. */
  ownSeed: ResolvedSeed | null
  serverSeed: ResolvedSeed
  /** The secrets that tokens keep; null where no token may have one. */
  secrets: Secrets | null
}

/** Fills an organization with a seed, in place of all that it held. To be called inside a transaction. */
export function applySeed(store: Store, { organization_id, seed, start, ownSeed, serverSeed, secrets }: Application) {
  const at = (time: SeedTime | null) => time && resolveTime(time, start)
  let sequence = 0
  const place = () => ({ organization_id, sequence: ++sequence })

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

/** Settings are kept without those that are as by default: so a new setting needs no migration. */
export function writeChanges(settings: OrganizationSettings): string {
  const changes = Object.entries(settings).filter(
    ([name, value]) => value !== defaultSettings[name as keyof OrganizationSettings],
  )
  return JSON.stringify(Object.fromEntries(changes))
}
