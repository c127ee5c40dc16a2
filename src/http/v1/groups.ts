import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from '@sinclair/typebox'
import { groupNotFound } from '../../domain/group-user.js'
import type { ListedGroup } from '../../store/groups.js'
import { Uuid } from '../../schemas/types.js'
import type { Deps } from '../deps.js'
import { writeRefusals, guardRefusals, NoContent, refusalResponses } from '../schemas.js'
import { CreateGroupInfo, Group, GroupType, UpdateGroupInfo, UpdateGroupInfoList } from '../../schemas/group.js'
import { pageQuery, PageOf, readPage } from './paging.js'
import { takeId } from './records.js'

const tags = ['groups']
const byId = Type.Object({ group_id: Uuid('The group.') })

/** The largest body of a bulk update, in bytes. */
const bulkBodyLimit = 16 * 1024 * 1024

const listGroups = {
  operationId: 'getGroups',
  tags,
  summary: 'List groups',
  description: 'All groups, in the order in which they were created. Several filters are combined with AND.',
  querystring: Type.Object({
    ...pageQuery,
    group_type_filter: Type.Optional(GroupType),
    group_ids: Type.Optional(Type.Array(Uuid('A group.'), { description: 'Only these, separated by commas.' })),
    group_name: Type.Optional(Type.String({ description: 'Only those with exactly this name.' })),
    tag_ids: Type.Optional(Type.Array(Uuid('A tag.'), { description: 'Only those with at least one of these tags.' })),
  }),
  response: {
    200: PageOf(Group, { title: 'PaginatedGroupsList', description: 'A page of groups.' }),
    ...refusalResponses(...guardRefusals, 'INVALID_REQUEST'),
  },
}

const createGroup = {
  operationId: 'createGroup',
  tags,
  summary: 'Create a group',
  description: 'The new group has no users and only the default access level.',
  body: CreateGroupInfo,
  response: { 200: Group, ...refusalResponses(...guardRefusals, ...writeRefusals) },
}

const updateGroups = {
  operationId: 'updateGroups',
  tags,
  summary: 'Change groups',
  description: 'Changes the given fields. If one of the groups is not found, none is changed.',
  body: UpdateGroupInfoList,
  response: {
    200: UpdateGroupInfoList,
    ...refusalResponses(...guardRefusals, ...writeRefusals, 'GROUP_NOT_FOUND'),
  },
}

const getGroup = {
  operationId: 'getGroup',
  tags,
  summary: 'Show a group',
  description: 'Fields without a value are left out.',
  params: byId,
  response: { 200: Group, ...refusalResponses(...guardRefusals, 'INVALID_REQUEST', 'GROUP_NOT_FOUND') },
}

const deleteGroup = {
  operationId: 'delete_group',
  tags,
  summary: 'Delete a group',
  description: "Ends everyone's access to it.",
  params: byId,
  response: {
    200: NoContent('The group is gone; the body is empty.'),
    ...refusalResponses(...guardRefusals, ...writeRefusals, 'GROUP_NOT_FOUND'),
  },
}

export function groups({ store }: Deps): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get('/groups', { schema: listGroups }, async ({ organization, query }) => {
      const { group_ids, tag_ids, group_name = null, group_type_filter = null } = query
      const filter = {
        organization_id: organization.organization_id,
        group_type: group_type_filter,
        name: group_name,
        group_ids: group_ids ? JSON.stringify(group_ids) : null,
        tag_ids: tag_ids ? JSON.stringify(tag_ids) : null,
      }
      return readPage(query, (range) => store.groups.list({ ...filter, ...range }), showGroup)
    })

    app.post('/groups', { schema: createGroup }, async ({ organization: { organization_id }, body }) => {
      const { name, description = '', group_type, remote_group_id, ...rest } = body
      const details = { ...rest, ...(remote_group_id !== undefined && { remote_id: remote_group_id }) }
      return store.write(() =>
        store.atomic(() => {
          const { sequence, id: group_id } = takeId(store, organization_id, 'group')
          const shown = { group_id, name, description, group_type, details: JSON.stringify(details) }
          store.groups.insert({ organization_id, sequence, alias: group_id, propagation: null, ...shown })
          return showGroup({ sequence, ...shown })
        }),
      )
    })

    app.put('/groups', { schema: updateGroups, bodyLimit: bulkBodyLimit }, async ({ organization, body }) => {
      const { organization_id } = organization
      return store.write(() =>
        store.atomic(() => ({ groups: body.groups.map((update) => updateGroup(organization_id, update)) })),
      )
    })

    app.get('/groups/:group_id', { schema: getGroup }, async ({ organization, params: { group_id } }) => {
      const group = store.groups.show(organization.organization_id, group_id)
      if (!group) throw groupNotFound(group_id)
      return showGroup(group)
    })

    app.delete('/groups/:group_id', { schema: deleteGroup }, async ({ organization, params: { group_id } }, reply) => {
      await store.write(() => {
        if (!store.groups.remove(organization.organization_id, group_id)) throw groupNotFound(group_id)
        store.removeReferences(organization.organization_id, 'group', group_id)
      })
      return reply.send(undefined)
    })
  }

  /** Returns those fields of the group that an update can set. */
  function updateGroup(organization_id: number, update: UpdateGroupInfo): UpdateGroupInfo {
    const { group_id, name, description, request_configuration_list, ...rest } = update
    const group = store.groups.show(organization_id, group_id)
    if (!group) throw groupNotFound(group_id)
    const details: Details = {
      ...readDetails(group),
      // The deprecated list holds the same in another form; the newer field wins.
      ...(request_configuration_list && { request_configurations: request_configuration_list.request_configurations }),
      ...rest,
    }
    const columns = { name: name ?? group.name, description: description ?? group.description }
    store.groups.update(organization_id, group_id, { ...columns, details: JSON.stringify(details) })
    const { request_configurations } = details
    return {
      ...Object.fromEntries(
        Object.entries(details).filter(([name]) => Object.hasOwn(UpdateGroupInfo.properties, name)),
      ),
      group_id,
      ...columns,
      ...(request_configurations && { request_configuration_list: { request_configurations } }),
    }
  }
}

/** The content of the column `details`: the fields without a column of their own, and one that is never shown. */
type Details = Omit<Partial<Group & UpdateGroupInfo>, 'request_configuration_list'>

function readDetails({ details }: ListedGroup): Details {
  return JSON.parse(details) as Details
}

function showGroup(row: ListedGroup): Group {
  const { folder_id, ...details } = readDetails(row)
  const { request_configurations, risk_sensitivity_override } = details
  return {
    group_id: row.group_id,
    name: row.name,
    description: row.description,
    group_type: row.group_type as Group['group_type'],
    ...details,
    ...(request_configurations && { request_configuration_list: request_configurations }),
    risk_sensitivity: risk_sensitivity_override ?? 'UNKNOWN',
  }
}
