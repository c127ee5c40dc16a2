import { decideAdd, expirationDate } from '../../domain/access.js'
import type { Moment } from '../../domain/clock.js'
import type { RequestItem } from '../../domain/request.js'
import type { OpenOrganization } from '../../organization/organization.js'
import type { RecordDocuments } from '../../schemas/records.js'
import type { Store } from '../../store/index.js'

export type StoredRequest = RecordDocuments['request']

/** Gives what a request asks for, as a POST does at that moment. Returns false if something is no longer there. */
export function grantRequest(
  store: Store,
  organization: OpenOrganization,
  request: StoredRequest,
  now: Moment,
): boolean {
  const { target_user_id, target_group_id } = request
  const duration_minutes = Math.max(request.duration_minutes, 0)
  return store.atomic(() =>
    (request.items as RequestItem[]).every((item) => {
      if (target_user_id !== undefined) return grantUser(item, target_user_id)
      return target_group_id !== undefined && grantGroup(item, target_group_id)
    }),
  )

  function grantUser({ group_id, resource_id, access_level_remote_id }: RequestItem, user_id: string): boolean {
    const { organization_id } = organization
    // What was valid when it was requested stays so.
    const settings = { ...organization.settings, re_add: 'replace', unknown_access_level: 'accept' } as const
    const wish = { duration_minutes, access_level_remote_id }
    if (group_id !== undefined) {
      const key = { organization_id, group_id, user_id }
      const found = store.groupUsers.find(key)
      if (found) store.groupUsers.save(key, found, decideAdd(wish, found, settings, now))
      return found !== undefined
    }
    const key = { organization_id, resource_id: resource_id ?? '', user_id }
    const found = store.resourceUsers.find(key)
    if (found) store.resourceUsers.save(key, found, decideAdd(wish, found, settings, now))
    return found !== undefined
  }

  /** A group gets access to a resource, and becomes a part of another group. */
  function grantGroup({ group_id, resource_id, access_level_remote_id }: RequestItem, target: string): boolean {
    const { organization_id } = organization
    const isThere =
      group_id === undefined
        ? store.resources.exists(organization_id, resource_id ?? '')
        : store.groups.exists(organization_id, group_id)
    if (!isThere || !store.groups.exists(organization_id, target)) return false
    const kind = group_id === undefined ? 'group_resource' : 'group_containing_group'
    const ends = [organization_id, kind, target, group_id ?? resource_id ?? ''] as const
    const document = {
      ...(access_level_remote_id !== '' && { access_level_remote_id }),
      ...(duration_minutes > 0 && { expiration_date: expirationDate(duration_minutes, now) }),
    }
    store.links.remove(...ends)
    store.links.insert({
      organization_id,
      kind,
      from_id: target,
      to_id: ends[3],
      sequence: store.organizations.takeSequence(organization_id),
      document: JSON.stringify(document),
    })
    return true
  }
}
