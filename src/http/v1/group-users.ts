import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from '@sinclair/typebox'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { accessLevelNotFound, defaultAccessLevel, type AccessLevel } from '../../domain/access-level.js'
import { formatTimestamp, type Timestamp } from '../../domain/clock.js'
import { maxDurationMinutes } from '../../domain/expiration.js'
import {
  accessLevelMismatch,
  durationTooLong,
  grantAccess,
  groupNotFound,
  groupUserExists,
  groupUserNotFound,
  liveAccess,
  negativeDurationRejected,
  userNotFound,
  type Access,
} from '../../domain/group-user.js'
import type { OpenOrganization } from '../../organization/organization.js'
import type { Found, GroupOfUser, ListedGroupUser, ListRange, UserOfGroup } from '../../store/group-users.js'
import { Uuid } from '../../schemas/types.js'
import type { Rule } from '../basis.js'
import type { Deps } from '../deps.js'
import { showGroupUser, showListed } from '../group-user.js'
import { writeRefusals, doorRefusals, GroupAndUser, GroupUser, NoContent, refusalResponses } from '../schemas.js'
import { createKeptPages } from './kept-pages.js'
import { pageQuery, PageOf, readPage, type PageQuery } from './paging.js'

const tags = ['group users']

const access_level_remote_id = Type.String({
  description: "The id in the remote system of one of the group's levels; empty for the default level.",
  examples: ['arn:aws:iam::590304332660:role/ReadOnlyAccess'],
})

const durationMinutes = {
  expects: `an integer of at most ${maxDurationMinutes}`,
  description: `How many minutes the access lasts from now, at most ${maxDurationMinutes}; 0 for ever, negative to end it.`,
  examples: [60],
}

const updateGroupUser = {
  operationId: 'update_group_user',
  tags,
  summary: "Change a user's access to a group",
  description:
    'Sets how long a user who is in the group stays there, counted from now, and at which access level. ' +
    'A duration of 0 is for ever; a negative one ends the access at once. Without a level, the level stays as it is.',
  params: GroupAndUser,
  body: Type.Object(
    {
      duration_minutes: Type.Integer({ maximum: maxDurationMinutes, ...durationMinutes }),
      access_level_remote_id: Type.Optional(access_level_remote_id),
    },
    { title: 'UpdateGroupUser', description: 'Fields that are not known are accepted and have no effect.' },
  ),
  response: {
    200: GroupUser,
    ...refusalResponses(
      ...doorRefusals,
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
    'Adds a user to the group, or replaces the access of one who is there already. What the body leaves out is taken ' +
    'from the query; without any duration the access is for ever, without any level it is at the default one.',
  params: GroupAndUser,
  querystring: Type.Object({
    duration_minutes: Type.Optional(
      Type.Integer({ maximum: maxDurationMinutes, ...durationMinutes, deprecated: true }),
    ),
    access_level_remote_id: Type.Optional({ ...access_level_remote_id, deprecated: true }),
  }),
  body: Type.Union([
    Type.Object(
      {
        duration_minutes: Type.Integer(durationMinutes),
        access_level_remote_id: Type.Optional(access_level_remote_id),
      },
      { title: 'AddGroupUser', description: 'Fields that are not known are accepted and have no effect.' },
    ),
    Type.Null(),
  ]),
  response: {
    200: GroupUser,
    ...refusalResponses(
      ...doorRefusals,
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
  description: 'Ends access that is held at the level that is named; without one, at the default level.',
  params: GroupAndUser,
  querystring: Type.Object({ access_level_remote_id: Type.Optional(access_level_remote_id) }),
  response: {
    200: NoContent('The access has ended; the body is empty.'),
    ...refusalResponses(...doorRefusals, ...writeRefusals, 'GROUP_NOT_FOUND', 'USER_NOT_FOUND', 'GROUP_USER_NOT_FOUND'),
  },
}

const GroupUserList = PageOf(GroupUser, { title: 'GroupUserList', description: 'A page of group users.' })

const listGroupUsers = {
  operationId: 'get_group_users',
  tags,
  summary: 'List the users of a group',
  description: 'Everyone whose access to the group has not ended, in the order in which they were added.',
  params: Type.Object({ group_id: Uuid('The group.') }),
  querystring: Type.Object(pageQuery),
  response: { 200: GroupUserList, ...refusalResponses(...doorRefusals, 'INVALID_REQUEST', 'GROUP_NOT_FOUND') },
}

const listUserGroups = {
  operationId: 'get_user_groups',
  tags,
  summary: 'List the groups of a user',
  description: 'All access of a user that has not ended, in the order in which it was given.',
  params: Type.Object({ user_id: Uuid('The user.') }),
  querystring: Type.Object(pageQuery),
  response: { 200: GroupUserList, ...refusalResponses(...doorRefusals, 'INVALID_REQUEST', 'USER_NOT_FOUND') },
}

export function groupUsers({ store }: Deps): FastifyPluginAsyncTypebox {
  const keptPages = createKeptPages(store)
  return async (app) => {
    app.put('/groups/:group_id/users/:user_id', { schema: updateGroupUser }, (request) => {
      const { organization, body } = request
      const { organization_id, settings } = organization
      const { group_id, user_id } = request.params
      const { duration_minutes } = body
      refuseNegative(organization, duration_minutes, 'body')

      return store.gather(() => {
        const now = organization.now()
        const found = find(organization_id, group_id, user_id)
        const { group, user, stored } = found
        const current = liveAccess(stored, now)
        if (!current && (settings.missing_group_user_on_update === 'not_found' || duration_minutes < 0)) {
          throw groupUserNotFound(group_id, user_id, stored)
        }
        const remoteId = body.access_level_remote_id
        const { level, isAccepted } =
          remoteId === undefined
            ? levelOf(organization_id, group_id, current?.access_level_remote_id ?? '')
            : requireLevel(organization, group_id, remoteId)

        const access = push(organization, group, user, level, duration_minutes, now)
        save(found, current, access, duration_minutes)
        request.rules = rulesOf(duration_minutes, current ? undefined : 'access_created', remoteId, isAccepted)
        return showGroupUser(group, user, level, access, now)
      })
    })

    app.post('/groups/:group_id/users/:user_id', { schema: addGroupUser }, (request) => {
      const { organization, body, query } = request
      const { organization_id, settings } = organization
      const { group_id, user_id } = request.params
      // The body wins; one that is not there leaves the say to the query.
      const duration_minutes = body?.duration_minutes ?? query.duration_minutes ?? 0
      if (duration_minutes > maxDurationMinutes) throw durationTooLong(duration_minutes)
      refuseNegative(organization, duration_minutes, body ? 'body' : 'query')

      return store.gather(() => {
        const now = organization.now()
        const found = find(organization_id, group_id, user_id)
        const { group, user, stored } = found
        const current = liveAccess(stored, now)
        const remoteId = body?.access_level_remote_id ?? query.access_level_remote_id ?? ''
        const { level, isAccepted } = requireLevel(organization, group_id, remoteId)
        if (current && settings.re_add === 'conflict') throw groupUserExists(group_id, user_id)

        const access = push(organization, group, user, level, duration_minutes, now)
        save(found, current, access, duration_minutes)
        request.rules = rulesOf(duration_minutes, current ? 'access_replaced' : undefined, remoteId, isAccepted)
        return showGroupUser(group, user, level, access, now)
      })
    })

    app.delete('/groups/:group_id/users/:user_id', { schema: deleteGroupUser }, async (request, reply) => {
      const { organization, query } = request
      const { organization_id } = organization
      const { group_id, user_id } = request.params
      await store.gather(() => {
        const { stored } = find(organization_id, group_id, user_id)
        const current = liveAccess(stored, organization.now())
        if (!current) throw groupUserNotFound(group_id, user_id, stored)
        const remoteId = query.access_level_remote_id ?? ''
        if (current.access_level_remote_id !== remoteId) {
          throw accessLevelMismatch(group_id, user_id, remoteId, current.access_level_remote_id)
        }
        store.groupUsers.remove(organization_id, group_id, user_id)
      })
      return reply.send(undefined)
    })

    app.get('/groups/:group_id/users', { schema: listGroupUsers }, async (request, reply) => {
      const { organization_id } = request.organization
      const { group_id } = request.params
      if (!store.groups.exists(organization_id, group_id)) throw groupNotFound(group_id)
      return answerList(request, reply, {
        rows: (range) => store.groupUsers.listByGroup(group_id, range),
        firstUpTo: (range) => store.groupUsers.firstUpToByGroup(group_id, range),
      })
    })

    app.get('/groups/users/:user_id', { schema: listUserGroups }, async (request, reply) => {
      const { organization_id } = request.organization
      const { user_id } = request.params
      if (!store.users.exists(organization_id, user_id)) throw userNotFound(user_id)
      return answerList(request, reply, {
        rows: (range) => store.groupUsers.listByUser(user_id, range),
        firstUpTo: (range) => store.groupUsers.firstUpToByUser(user_id, range),
      })
    })
  }

  function answerList(
    { organization, query, url }: FastifyRequest,
    reply: FastifyReply,
    source: { rows: (range: ListRange) => ListedGroupUser[]; firstUpTo: (range: ListRange) => number | null },
  ) {
    const now = organization.now()
    const { organization_id } = organization
    const place = { organization_id, now: formatTimestamp(now) }
    const key = `${organization_id} ${url}`
    let text = keptPages.find(key, now)
    if (text === undefined) {
      let read: ListedGroupUser[] = []
      const page = readPage(
        query as PageQuery,
        {
          rows: (range) => (read = source.rows({ ...place, ...range })),
          firstUpTo: (range) => source.firstUpTo({ ...place, ...range }),
        },
        (row) => showListed(row, now),
      )
      text = JSON.stringify(page)
      // Where a page begins that comes before depends on more rows than were read.
      if (page.previous === null) keptPages.keep(key, text, now, read)
    }
    return reply.header('content-type', 'application/json; charset=utf-8').send(text)
  }

  function find(organization_id: number, group_id: string, user_id: string) {
    const found = store.groupUsers.find(organization_id, group_id, user_id)
    if (found) return found
    throw store.groups.exists(organization_id, group_id) ? userNotFound(user_id) : groupNotFound(group_id)
  }

  /** A level that is held already; one that the group no longer has keeps its id and has no name. */
  function levelOf(organization_id: number, group_id: string, access_level_remote_id: string): FoundLevel {
    if (access_level_remote_id === '') return { level: defaultAccessLevel, isAccepted: false }
    const level = store.groups.findAccessLevel(organization_id, group_id, access_level_remote_id)
    return { level: level ?? { access_level_name: '', access_level_remote_id }, isAccepted: false }
  }

  /** A level that was asked for. */
  function requireLevel(
    { organization_id, settings }: OpenOrganization,
    group_id: string,
    remoteId: string,
  ): FoundLevel {
    if (remoteId === '') return { level: defaultAccessLevel, isAccepted: false }
    const level = store.groups.findAccessLevel(organization_id, group_id, remoteId)
    if (level) return { level, isAccepted: false }
    if (settings.unknown_access_level === 'accept') {
      return { level: { access_level_name: '', access_level_remote_id: remoteId }, isAccepted: true }
    }
    throw accessLevelNotFound(remoteId, store.groups.listAccessLevels(organization_id, group_id))
  }

  /** A negative duration ends access; who is there keeps his place in the order; what ran out is replaced. */
  function save(found: Found, current: Access | undefined, access: Access, duration_minutes: number) {
    const { organization_id } = found
    const { group_id } = found.group
    const { user_id } = found.user
    if (duration_minutes < 0) {
      store.groupUsers.remove(organization_id, group_id, user_id)
    } else if (current) {
      store.groupUsers.update(found, access)
    } else {
      store.atomic(() => {
        store.groupUsers.remove(organization_id, group_id, user_id)
        const sequence = store.organizations.takeSequence(organization_id)
        store.groupUsers.insert({ organization_id, group_id, user_id, sequence, ...access })
      })
    }
  }
}

interface FoundLevel {
  level: AccessLevel
  /** The group does not have it, and a setting lets it pass. */
  isAccepted: boolean
}

/** The rules that decided, those that are least well founded first. */
function rulesOf(
  duration_minutes: number,
  special: Rule | undefined,
  level: string | undefined,
  isAccepted: boolean,
): Rule[] {
  const rule = ruleOf(duration_minutes, special, level)
  return isAccepted ? ['level_accepted', rule] : [rule]
}

function ruleOf(duration_minutes: number, special: Rule | undefined, level: string | undefined): Rule {
  if (duration_minutes < 0) return 'access_revoked'
  if (special) return special
  if (level === undefined) return 'level_kept'
  return duration_minutes === 0 ? 'access_indefinite' : 'access_expires'
}

function refuseNegative({ settings }: OpenOrganization, duration_minutes: number, place: 'body' | 'query') {
  if (duration_minutes >= 0 || settings.negative_duration === 'revoke') return
  throw negativeDurationRejected(duration_minutes, `${place}.duration_minutes`)
}

/** The access that is pushed now: on the user's own timeline, else the group's, else the organization's. */
function push(
  { settings }: OpenOrganization,
  group: GroupOfUser,
  user: UserOfGroup,
  { access_level_remote_id }: AccessLevel,
  duration_minutes: number,
  now: Timestamp,
): Access {
  const propagation = user.propagation ?? group.propagation ?? settings.propagation
  return grantAccess({ access_level_remote_id, duration_minutes, propagation }, now)
}
