import type { People } from '../../domain/request.js'
import type { OpenOrganization } from '../../organization/organization.js'
import type { RecordDocuments } from '../../schemas/records.js'
import type { Store } from '../../store/index.js'

/** Who reviews requests of access for a user. */
export function peopleOf(store: Store, organization_id: number, target_user_id: string | undefined): People {
  return {
    usersOf: (owner_id) => store.links.from(organization_id, 'owner_user', owner_id).map(({ to_id }) => to_id),
    manager:
      target_user_id === undefined
        ? undefined
        : (store.users.show(organization_id, target_user_id)?.manager_id ?? undefined),
  }
}

/** A user, and those whose reviews are delegated to them now. */
export function reviewersActing(store: Store, organization: OpenOrganization, user_id: string): string[] {
  const { organization_id } = organization
  const now = organization.moment().text
  const delegators = store.records
    .list({ organization_id, noun: 'delegation', after: 0 })
    .map(({ document }) => JSON.parse(document) as RecordDocuments['delegation'])
    .filter((one) => one.delegate_user_id === user_id && one.start_time <= now && now < one.end_time)
    .map(({ delegator_user_id }) => delegator_user_id)
  return [user_id, ...delegators]
}
