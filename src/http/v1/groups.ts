import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from '@sinclair/typebox'
import type { FastifyRequest } from 'fastify'
import { nothingDecided } from '../../domain/behaviors.js'
import { trimTimestamp } from '../../domain/clock.js'
import { decideAdd, groupNotFound, userNotFound } from '../../domain/access.js'
import type { OpenOrganization } from '../../organization/organization.js'
import type { ListedTarget } from '../../store/targets.js'
import { Uuid } from '../../schemas/types.js'
import type { Deps } from '../deps.js'
import { invalidRequest, maxProblems } from '../errors.js'
import { AccessLevelSchema } from '../../schemas/access-level.js'
import { bulkBodyLimit, writeRefusals, guardRefusals, NoContent, refusalResponses } from '../schemas.js'
import { CreateGroupInfo, Group, GroupType, UpdateGroupInfo, UpdateGroupInfoList } from '../../schemas/group.js'
import { alsoDecides, noteFilters } from './decided.js'
import { pageQuery, PageOf, readPage } from './paging.js'
import { takeId } from './records.js'
import {
  applyUpdate,
  createTarget,
  derivedFields,
  isUnlink,
  readDetails,
  showUpdated,
  updateProblems,
} from './target.js'
import { createWrite } from './write.js'

const tags = ['groups']
const byId = Type.Object({ group_id: Uuid('The group.') })

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
    requestable: Type.Optional(
      Type.Boolean({
        description: 'Only those that can be requested, or only the others. A group can, unless it says so.',
      }),
    ),
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
  description: 'The new group has the initial users and only the default access level.',
  body: CreateGroupInfo,
  response: { 200: Group, ...refusalResponses(...guardRefusals, ...writeRefusals, 'USER_NOT_FOUND') },
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

const listAccessLevels = {
  operationId: 'get_group_access_levels',
  tags,
  summary: "List a group's access levels",
  description: 'The levels besides the default one, which every group has.',
  params: byId,
  response: {
    200: Type.Object(
      { results: Type.Array(AccessLevelSchema) },
      { title: 'GroupAccessLevelList', description: 'The access levels of a group.', additionalProperties: false },
    ),
    ...refusalResponses(...guardRefusals, 'INVALID_REQUEST', 'GROUP_NOT_FOUND'),
  },
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

export function groups({ store, organizations }: Deps): FastifyPluginAsyncTypebox {
  const write = createWrite({ store, organizations })
  const target = createTarget(store, 'group')

  return async (app) => {
    app.get('/groups', { schema: listGroups }, async (request) => {
      const { organization, query } = request
      const { group_ids, tag_ids, group_name = null, group_type_filter = null, requestable } = query
      noteFilters(request, group_ids, tag_ids, query.group_name, query.group_type_filter, requestable)
      if (tag_ids) alsoDecides(request, 'tag_filter')
      if (requestable !== undefined) alsoDecides(request, 'requestable_filter')
      const filter = {
        organization_id: organization.organization_id,
        type: group_type_filter,
        name: group_name,
        ids: group_ids ? JSON.stringify(group_ids) : null,
        tag_ids: tag_ids ? JSON.stringify(tag_ids) : null,
        requestable: requestable === undefined ? null : requestable ? (1 as const) : (0 as const),
      }
      return readPage(
        query,
        (range) => store.groups.list({ ...filter, ...range }),
        (row) => showDated(request, row),
      )
    })

    app.post('/groups', { schema: createGroup, bodyLimit: bulkBodyLimit }, async (request) => {
      const { organization, body, described } = request
      const { organization_id } = organization
      const { name, description = '', group_type, remote_group_id, initial_user_ids = [], ...rest } = body
      const given = { ...rest, ...(remote_group_id !== undefined && { remote_id: remote_group_id }) }
      let decided = described?.decided ?? nothingDecided
      if (group_type === 'OPAL_GROUP') decided = decided.plus('own_remote_group')
      if (initial_user_ids.length > 0) decided = decided.plus('initial_users')
      request.decided = decided
      return write(request, () =>
        store.atomic(() => {
          const { sequence, id: group_id } = takeId(store, organization_id, 'group')
          // A group of Opal's own is its own remote group.
          const own = group_type === 'OPAL_GROUP' && { remote_id: group_id, remote_name: name }
          const owner = target.ownerOfApp(organization, body.app_id)
          if (owner) alsoDecides(request, 'owner_of_app')
          const details = { ...owner, ...own, ...given }
          const shown = { group_id, name, description, group_type, details: JSON.stringify(details) }
          store.groups.insert({ organization_id, sequence, alias: group_id, propagation: null, ...shown })
          for (const user_id of new Set(initial_user_ids)) addUser(organization, group_id, user_id)
          return showGroup({ sequence, ...shown })
        }),
      )
    })

    app.put('/groups', { schema: updateGroups, bodyLimit: bulkBodyLimit }, async (request) => {
      const { body, described } = request
      const { organization_id } = request.organization
      const problems = body.groups.flatMap((update, index) => updateProblems(`body.groups[${index}]`, update))
      if (problems.length > 0) {
        throw invalidRequest(problems.slice(0, maxProblems), { behavior: 'group_update_rejected' })
      }
      if (body.groups.some(isUnlink)) request.decided = (described?.decided ?? nothingDecided).plus('template_unlinked')
      return write(request, () =>
        store.atomic(() => ({ groups: body.groups.map((update) => updateGroup(organization_id, update)) })),
      )
    })

    app.get('/groups/:group_id', { schema: getGroup }, async (request) => {
      const { group_id } = request.params
      const group = store.groups.show(request.organization.organization_id, group_id)
      if (!group) throw groupNotFound(group_id)
      return showDated(request, group)
    })

    app.get('/groups/:group_id/access_levels', { schema: listAccessLevels }, async ({ organization, params }) => {
      const { organization_id } = organization
      if (!store.groups.exists(organization_id, params.group_id)) throw groupNotFound(params.group_id)
      return { results: store.groups.levels(organization_id, params.group_id).list() }
    })

    app.delete('/groups/:group_id', { schema: deleteGroup }, async (request, reply) => {
      const { group_id } = request.params
      const { organization_id } = request.organization
      await write(request, () => {
        if (!store.groups.remove(organization_id, group_id)) throw groupNotFound(group_id)
        store.references.remove(organization_id, 'group', group_id)
      })
      return reply.send(undefined)
    })
  }

  function addUser(organization: OpenOrganization, group_id: string, user_id: string) {
    const { organization_id, settings } = organization
    const key = { organization_id, group_id, user_id }
    const found = store.groupUsers.find(key)
    if (!found) throw userNotFound(user_id)
    const forever = { duration_minutes: 0, access_level_remote_id: '' }
    store.groupUsers.save(key, found, decideAdd(forever, found, settings, organization.moment()))
  }

  /** Returns those fields of the group that an update can set. */
  function updateGroup(organization_id: number, { group_id, ...update }: UpdateGroupInfo): UpdateGroupInfo {
    const group = store.groups.show(organization_id, group_id)
    if (!group) throw groupNotFound(group_id)
    const { details, ...columns } = applyUpdate(group, readDetails(group), update)
    store.groups.update(organization_id, group_id, { ...columns, details: JSON.stringify(details) })
    return { group_id, ...showUpdated({ ...columns, details }, UpdateGroupInfo.properties) }
  }
}

function showGroup(row: ListedTarget<'group'>): Group {
  const { folder_id, handle, team_id, visibility, ...details } = readDetails(row)
  return {
    group_id: row.group_id,
    name: row.name,
    description: row.description,
    group_type: row.group_type as Group['group_type'],
    ...details,
    ...derivedFields(details),
  }
}

/** A group with its date as the setting `timestamps` has it. */
function showDated(request: FastifyRequest, row: ListedTarget<'group'>): Group {
  const { organization, described, decided = described?.decided } = request
  const group = showGroup(row)
  const { last_successful_sync } = group
  if (!last_successful_sync || organization.settings.timestamps === 'milliseconds') return group
  request.decided = decided?.plus('timestamps_in_microseconds')
  const completed_at = trimTimestamp(last_successful_sync.completed_at)
  return { ...group, last_successful_sync: { ...last_successful_sync, completed_at } }
}
