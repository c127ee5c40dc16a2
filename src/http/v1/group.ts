import { groupNotFound } from '../../domain/group-user.js'
import type { CreateGroupInfo, Group, UpdateGroupInfo, VisibilityType } from '../../schemas/group.js'
import type { Store } from '../../store/index.js'
import type { ListedGroup } from '../../store/groups.js'

/** The content of the column `details`: the fields without a column of their own, also those that no group shows. */
export type GroupDetails = Omit<Partial<Group>, 'request_configuration_list'> &
  Pick<UpdateGroupInfo, 'folder_id'> &
  Pick<CreateGroupInfo, 'handle' | 'team_id'> & { visibility?: VisibilityType }

interface Owner {
  organization_id: number
}

export function readDetails({ details }: ListedGroup): GroupDetails {
  return JSON.parse(details) as GroupDetails
}

/** Must be called inside `store.write`. */
export function changeDetails(store: Store, { organization_id }: Owner, group: ListedGroup, changes: GroupDetails) {
  const { group_id, name, description } = group
  const details = JSON.stringify({ ...readDetails(group), ...changes })
  store.groups.update(organization_id, group_id, { name, description, details })
}

export function getGroup(store: Store, { organization_id }: Owner, group_id: string): ListedGroup {
  const group = store.groups.show(organization_id, group_id)
  if (!group) throw groupNotFound(group_id)
  return group
}
