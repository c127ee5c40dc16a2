import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from '@sinclair/typebox'
import type { FastifyRequest } from 'fastify'
import { nothingDecided } from '../../domain/behaviors.js'
import {
  checkDuration,
  decideAdd,
  decideDisplay,
  decideRemove,
  decideUpdate,
  groupNotFound,
  showGroupUser,
  showListed,
  userNotFound,
  type ListedAccess,
} from '../../domain/access.js'
import { maxDurationMinutes } from '../../domain/settings.js'
import type { AccessKey } from '../../store/target-users.js'
import { Uuid } from '../../schemas/types.js'
import type { Deps } from '../deps.js'
import { writeRefusals, guardRefusals, GroupAndUser, GroupUserSchema, NoContent, refusalResponses } from '../schemas.js'
import { alsoDecides } from './decided.js'
import { pageQuery, PageOf, readPage, readWhole, type Range } from './paging.js'
import { createWrite } from './write.js'

const tags = ['group users']

const access_level_remote_id = Type.String({
  description: "The id in the remote system of one of the group's levels; empty for the default level.",
  examples: ['arn:aws:iam::590304332660:role/ReadOnlyAccess'],
})

/** The setting max_duration_minutes decides the maximum, so the handlers check it. */
const durationMinutes = {
  expects: 'an integer of at most {max_duration_minutes}',
  description:
    'How many minutes the access lasts from now; 0 never ends, a negative one ends the access now. ' +
    'The setting `max_duration_minutes` is the maximum.',
  examples: [60],
}

const updateGroupUser = {
  operationId: 'update_group_user',
  tags,
  summary: "Change a user's access to a group",
  description:
    'Sets how long a user who is in the group stays there, counted from now, and at which access level. ' +
    'A duration of 0 never ends; a negative one ends the access at once. Without a level, the level stays as it is.',
  params: GroupAndUser,
  body: Type.Object(
    {
      duration_minutes: Type.Integer({ documentedMaximum: maxDurationMinutes, ...durationMinutes }),
      access_level_remote_id: Type.Optional(access_level_remote_id),
    },
    { title: 'UpdateGroupUser', description: 'Unknown fields are accepted and have no effect.' },
  ),
  response: {
    200: GroupUserSchema,
    ...refusalResponses(
      ...guardRefusals,
      ...writeRefusals,
      'GROUP_NOT_FOUND',
      'USER_NOT_FOUND',
      'GROUP_USER_NOT_FOUND',
      'ACCESS_LEVEL_NOT_FOUND',
    ),
  },
}

const addGroupUser = {
  operationId: 'add_group_user',
  tags,
  summary: 'Give a user access to a group',
  description:
    'Adds a user to the group, or replaces the access of a user who already has it. What the body leaves out is taken ' +
    'from the query. Without a duration the access never ends; without a level it has the default level.',
  params: GroupAndUser,
  querystring: Type.Object({
    duration_minutes: Type.Optional(
      Type.Integer({ documentedMaximum: maxDurationMinutes, ...durationMinutes, deprecated: true }),
    ),
    access_level_remote_id: Type.Optional({ ...access_level_remote_id, deprecated: true }),
  }),
  body: Type.Union([
    Type.Object(
      {
        duration_minutes: Type.Integer(durationMinutes),
        access_level_remote_id: Type.Optional(access_level_remote_id),
      },
      { title: 'AddGroupUser', description: 'Unknown fields are accepted and have no effect.' },
    ),
    Type.Null(),
  ]),
  response: {
    200: GroupUserSchema,
    ...refusalResponses(
      ...guardRefusals,
      ...writeRefusals,
      'GROUP_NOT_FOUND',
      'USER_NOT_FOUND',
      'ACCESS_LEVEL_NOT_FOUND',
      'GROUP_USER_EXISTS',
    ),
  },
}

const deleteGroupUser = {
  operationId: 'delete_group_user',
  tags,
  summary: "End a user's access to a group",
  description: 'Ends access at the given level; without one, at the default level.',
  params: GroupAndUser,
  querystring: Type.Object({ access_level_remote_id: Type.Optional(access_level_remote_id) }),
  response: {
    200: NoContent('The access has ended; the body is empty.'),
    ...refusalResponses(
      ...guardRefusals,
      ...writeRefusals,
      'GROUP_NOT_FOUND',
      'USER_NOT_FOUND',
      'GROUP_USER_NOT_FOUND',
    ),
  },
}

const GroupUserList = PageOf(GroupUserSchema, { title: 'GroupUserList', description: 'A page of group users.' })

const listGroupUsers = {
  operationId: 'get_group_users',
  tags,
  summary: 'List the users of a group',
  description:
    'All users whose access to the group has not ended, in the order in which they were added: in one response without ' +
    '`page_size` and `cursor`, in pages with either.',
  params: Type.Object({ group_id: Uuid('The group.') }),
  querystring: Type.Object(pageQuery),
  response: { 200: GroupUserList, ...refusalResponses(...guardRefusals, 'INVALID_REQUEST', 'GROUP_NOT_FOUND') },
}

const listUserGroups = {
  operationId: 'get_user_groups',
  tags,
  summary: 'List the groups of a user',
  description: 'All current access of a user, in the order in which it was given.',
  params: Type.Object({ user_id: Uuid('The user.') }),
  querystring: Type.Object(pageQuery),
  response: { 200: GroupUserList, ...refusalResponses(...guardRefusals, 'INVALID_REQUEST', 'USER_NOT_FOUND') },
}

export function groupUsers({ store, organizations }: Deps): FastifyPluginAsyncTypebox {
  const write = createWrite({ store, organizations })

  return async (app) => {
    app.put('/groups/:group_id/users/:user_id', { schema: updateGroupUser }, (request) => {
      const { organization, params, body } = request
      return write(request, () => {
        const { organization_id, settings } = organization
        const key = { organization_id, ...params }
        const now = organization.moment()
        checkDuration(body.duration_minutes, settings, now, 'body', 'update_too_long')
        const found = store.groupUsers.find(key) ?? refuseMissing(key)
        const decision = decideUpdate(body, found, settings, now)
        store.groupUsers.save(key, found, decision)
        request.decided = decideDisplay(decision.decided, decision.access, settings)
        return showGroupUser(found, decision.level, decision.access, now.at, settings)
      })
    })

    app.post('/groups/:group_id/users/:user_id', { schema: addGroupUser }, (request) => {
      const { organization, params, body, query } = request
      // The body takes precedence over the query, which is how older clients send them.
      const duration_minutes = body?.duration_minutes ?? query.duration_minutes
      const access_level_remote_id = body?.access_level_remote_id ?? query.access_level_remote_id
      const isInQuery = !body && (duration_minutes ?? access_level_remote_id) !== undefined
      return write(request, () => {
        const { organization_id, settings } = organization
        const key = { organization_id, ...params }
        const now = organization.moment()
        // Without effect beside a body, but still no valid parameter.
        if (body) checkDuration(Math.max(query.duration_minutes ?? 0, 0), settings, now, 'query', 'addition_too_long')
        const place = body ? 'body' : 'query'
        checkDuration(duration_minutes ?? 0, settings, now, place, 'addition_too_long')
        const found = store.groupUsers.find(key) ?? refuseMissing(key)
        const decision = decideAdd({ duration_minutes, access_level_remote_id }, found, settings, now)
        store.groupUsers.save(key, found, decision)
        const decided = isInQuery ? decision.decided.plus('query_read') : decision.decided
        request.decided = decideDisplay(decided, decision.access, settings)
        return showGroupUser(found, decision.level, decision.access, now.at, settings)
      })
    })

    app.delete('/groups/:group_id/users/:user_id', { schema: deleteGroupUser }, async (request, reply) => {
      const { organization, params, query } = request
      await write(request, () => {
        const key = { organization_id: organization.organization_id, ...params }
        const found = store.groupUsers.find(key) ?? refuseMissing(key)
        request.decided = decideRemove(query.access_level_remote_id, found, organization.moment())
        store.groupUsers.remove(key)
      })
      return reply.send(undefined)
    })

    app.get('/groups/:group_id/users', { schema: listGroupUsers }, async (request) => {
      const { organization, query } = request
      const { group_id } = request.params
      if (!store.groups.exists(organization.organization_id, group_id)) throw groupNotFound(group_id)
      const { readRows, toItem } = list(request, 'target', group_id)
      const isWhole = query.page_size === undefined && query.cursor === undefined
      if (isWhole) request.decided = (request.described?.decided ?? nothingDecided).plus('whole_membership')
      if (store.links.touches(organization.organization_id, 'group_containing_group', group_id)) {
        alsoDecides(request, 'direct_access_only')
      }
      return isWhole ? readWhole(readRows, toItem) : readPage(query, readRows, toItem)
    })

    app.get('/groups/users/:user_id', { schema: listUserGroups }, async (request) => {
      const { organization, query } = request
      const { user_id } = request.params
      if (!store.users.exists(organization.organization_id, user_id)) throw userNotFound(user_id)
      const { readRows, toItem } = list(request, 'user', user_id)
      return readPage(query, readRows, toItem)
    })
  }

  function list(request: FastifyRequest, by: 'target' | 'user', id: string) {
    const { organization, described } = request
    const { settings } = organization
    const now = organization.moment()
    const live = { organization_id: organization.organization_id, id, now: now.text }
    return {
      readRows: (range: Range) => store.groupUsers.list(by, { ...live, ...range }),
      toItem: (row: ListedAccess) => {
        request.decided = decideDisplay(request.decided ?? described?.decided ?? nothingDecided, row, settings)
        return showListed(row, now.at, settings)
      },
    }
  }

  function refuseMissing({ organization_id, group_id, user_id }: AccessKey<'group'>): never {
    throw store.groups.exists(organization_id, group_id) ? userNotFound(user_id) : groupNotFound(group_id)
  }
}
