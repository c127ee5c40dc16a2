import { Type } from '@sinclair/typebox'
import { groupNotFound, resourceNotFound } from '../../domain/access.js'
import type { Problem } from '../../domain/refusal.js'
import { configurationProblems, mirrorDefault, withoutUnset } from '../../domain/request-configuration.js'
import type { TargetNoun } from '../../domain/target.js'
import type { CreateGroupInfo, Group, UpdateGroupInfo } from '../../schemas/group.js'
import type { RecordDocuments } from '../../schemas/records.js'
import type { Resource, ResourceDetails } from '../../schemas/resource.js'
import { governedFields, type VisibilityType } from '../../schemas/target.js'
import { Uuid } from '../../schemas/types.js'
import type { Store } from '../../store/index.js'
import { guardRefusals, refusalResponses, writeRefusals } from '../schemas.js'

/** The content of the column `details`: the fields without a column of their own, also those that no group shows. */
export type GroupDetails = Omit<Partial<Group>, 'request_configuration_list'> &
  Pick<UpdateGroupInfo, 'folder_id'> &
  Pick<CreateGroupInfo, 'handle' | 'team_id'> & { visibility?: VisibilityType }

type SharedFields = 'visibility' | 'request_configurations' | 'admin_owner_id'

/** The fields that groups and resources have in common. */
export type TargetDetails = Pick<GroupDetails, SharedFields | ((typeof governedFields)[number] & keyof GroupDetails)>

interface Owner {
  organization_id: number
}

export function readDetails({ details }: { details: string }): GroupDetails {
  return JSON.parse(details) as GroupDetails
}

export function readResourceDetails({ details }: { details: string }): ResourceDetails {
  return JSON.parse(details) as ResourceDetails
}

const kinds = {
  group: { notFound: groupNotFound, code: 'GROUP_NOT_FOUND', label: 'group' },
  resource: { notFound: resourceNotFound, code: 'RESOURCE_NOT_FOUND', label: 'resource' },
} as const

/** What routes below a group and those below a resource have in common. What writes must run inside `store.write`. */
export function createTarget(store: Store, noun: TargetNoun) {
  const targets = noun === 'group' ? store.groups : store.resources
  const { notFound, code } = kinds[noun]
  const id = `${noun}_id` as const

  function get({ organization_id }: Owner, id: string) {
    const target = targets.show(organization_id, id)
    if (!target) throw notFound(id)
    return target
  }

  return {
    noun,
    /** The tags of its operations. */
    tags: [`${noun}s`],
    path: `/${noun}s/:${id}`,
    params: Type.Object({ [id]: Uuid(`The ${noun}.`) }),
    /** What reads and what writes can be rejected with. */
    reads: refusalResponses(...guardRefusals, 'INVALID_REQUEST', code),
    writes: refusalResponses(...guardRefusals, ...writeRefusals, code),

    /** The target's id in the path of a request. */
    idOf: ({ params }: { params: unknown }): string => (params as Record<string, string>)[id] ?? '',

    get,
    check: (organization: Owner, id: string) => void get(organization, id),
    details: (organization: Owner, id: string) => readDetails(get(organization, id)) as TargetDetails,

    /** The owner of a new target; undefined if there is no such app. */
    ownerOfApp({ organization_id }: Owner, app_id: string): { admin_owner_id: string } | undefined {
      const app = store.records.find(organization_id, 'app', app_id)
      if (!app) return undefined
      const { admin_owner_id } = JSON.parse(app.document) as RecordDocuments['app']
      return { admin_owner_id }
    },

    change(organization: Owner, id: string, changes: TargetDetails) {
      const details = JSON.stringify({ ...readDetails(get(organization, id)), ...changes })
      targets.update(organization.organization_id, id, { details })
    },
  }
}

export type Target = ReturnType<typeof createTarget>

/** The fields of a group's or a resource's update that are handled alike. */
export type TargetUpdate = Partial<
  Pick<UpdateGroupInfo, (typeof governedFields)[number] | 'configuration_template_id' | 'name' | 'description'>
>

export function isUnlink({ configuration_template_id: id }: Pick<TargetUpdate, 'configuration_template_id'>): boolean {
  return id === null || id === ''
}

/** The deprecated list holds the same as the newer field, which wins. */
function configurationsOf({ request_configurations, request_configuration_list }: TargetUpdate) {
  return request_configurations ? { request_configurations } : request_configuration_list
}

export function updateProblems(path: string, update: TargetUpdate): Problem[] {
  const given = governedFields.filter((field) => update[field] !== undefined)
  if (isUnlink(update) && given.length > 0) {
    const message = `cannot be unlinked together with what a template governs: ${given.join(', ')}`
    return [{ path: `${path}.configuration_template_id`, message }]
  }
  const list = configurationsOf(update)?.request_configurations
  const field = update.request_configurations
    ? 'request_configurations'
    : 'request_configuration_list.request_configurations'
  return list ? configurationProblems(`${path}.${field}`, list) : []
}

/** Returns the columns of a target after an update. */
export function applyUpdate<Details extends TargetDetails>(
  target: { name: string; description: string },
  before: Details,
  { name, description, configuration_template_id, request_configuration_list, ...rest }: TargetUpdate,
) {
  const list = rest.request_configurations ?? request_configuration_list?.request_configurations
  const details = {
    ...before,
    ...(list && mirrorDefault(list.map(withoutUnset))),
    ...rest,
    ...(list && { request_configurations: list.map(withoutUnset) }),
    ...(configuration_template_id && { configuration_template_id }),
  }
  if (configuration_template_id === null || configuration_template_id === '') delete details.configuration_template_id
  return { name: name ?? target.name, description: description ?? target.description, details }
}

/** Those fields of a changed target that an update can set. */
export function showUpdated(
  { name, description, details }: { name: string; description: string; details: TargetDetails },
  settable: object,
) {
  const { request_configurations } = details
  return {
    ...Object.fromEntries(Object.entries(details).filter(([field]) => Object.hasOwn(settable, field))),
    name,
    description,
    ...(request_configurations && { request_configuration_list: { request_configurations } }),
  }
}

/** What a target shows beside its stored fields. */
export function derivedFields({
  request_configurations,
  risk_sensitivity_override,
}: Pick<Resource, 'risk_sensitivity_override' | 'request_configurations'>) {
  return {
    ...(request_configurations && { request_configuration_list: request_configurations }),
    risk_sensitivity: risk_sensitivity_override ?? ('UNKNOWN' as const),
  }
}
