import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from '@sinclair/typebox'
import { accessLevelNotFound, defaultAccessLevel, type AccessLevel } from '../../domain/access-level.js'
import { formatTimestamp, type Timestamp } from '../../domain/clock.js'
import { maxDurationMinutes } from '../../domain/expiration.js'
import {
  grantAccess,
  groupNotFound,
  groupUserNotFound,
  liveAccess,
  negativeDurationRejected,
  userNotFound,
  type Access,
} from '../../domain/group-user.js'
import { propagationStatusAt, type PropagationTimeline } from '../../domain/propagation.js'
import type { Organization } from '../../organization.js'
import type { GroupOfUser } from '../../store/groups.js'
import type { UserOfGroup } from '../../store/users.js'
import type { Deps } from '../deps.js'
import { doorRefusals, GroupAndUser, GroupUser, refusalResponses, Uuid } from '../schemas.js'

const tags = ['group users']

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
      duration_minutes: Type.Integer({
        maximum: maxDurationMinutes,
        expects: `an integer of at most ${maxDurationMinutes}`,
        description: 'How many minutes the access lasts from now; 0 for ever, negative to end it.',
        examples: [60],
      }),
      access_level_remote_id: Type.Optional(
        Type.String({
          description: "The id in the remote system of one of the group's levels; empty for the default level.",
          examples: ['arn:aws:iam::590304332660:role/ReadOnlyAccess'],
        }),
      ),
    },
    { title: 'UpdateGroupUser', description: 'Fields that are not known are accepted and have no effect.' },
  ),
  response: {
    200: GroupUser,
    ...refusalResponses(
      ...doorRefusals,
      'TOKEN_READ_ONLY',
      'BODY_TOO_LARGE',
      'CONTENT_TYPE_UNSUPPORTED',
      'INVALID_REQUEST',
      'GROUP_NOT_FOUND',
      'USER_NOT_FOUND',
      'GROUP_USER_NOT_FOUND',
      'ACCESS_LEVEL_NOT_FOUND',
    ),
  },
}

const listGroupUsers = {
  operationId: 'get_group_users',
  tags,
  summary: 'List the users of a group',
  description: 'Everyone whose access to the group has not ended, in the order in which they were added.',
  params: Type.Object({ group_id: Uuid('The group.') }),
  response: {
    200: Type.Object(
      {
        results: Type.Array(GroupUser),
        next: Type.Null({ description: 'Null: all users are on this page.' }),
        previous: Type.Null({ description: 'Null: all users are on this page.' }),
      },
      { title: 'GroupUserList', description: 'Users of a group.', additionalProperties: false },
    ),
    ...refusalResponses(...doorRefusals, 'INVALID_REQUEST', 'GROUP_NOT_FOUND'),
  },
}

export function groupUsers({ store }: Deps): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.put('/groups/:group_id/users/:user_id', { schema: updateGroupUser }, async (request) => {
      const { organization, body } = request
      const { organization_id, settings } = organization
      const { group_id, user_id } = request.params
      const { duration_minutes } = body
      if (duration_minutes < 0 && settings.negative_duration === 'reject')
        throw negativeDurationRejected(duration_minutes)

      return store.write(() => {
        const now = organization.now()
        const { group, user } = findGroupAndUser(organization_id, group_id, user_id)
        const stored = store.groupUsers.find(organization_id, group_id, user_id)
        const current = liveAccess(stored, now)
        if (!current && (settings.missing_group_user_on_update === 'not_found' || duration_minutes < 0)) {
          throw groupUserNotFound(group_id, user_id, stored)
        }
        const level =
          body.access_level_remote_id === undefined
            ? levelOf(organization_id, group_id, current?.access_level_remote_id ?? '')
            : requireLevel(organization, group_id, body.access_level_remote_id)

        const propagation = user.propagation ?? group.propagation
        const { access_level_remote_id } = level
        const access = grantAccess({ access_level_remote_id, duration_minutes, propagation }, now)
        if (duration_minutes < 0) store.groupUsers.remove(organization_id, group_id, user_id)
        else if (current) store.groupUsers.update(organization_id, group_id, user_id, access)
        else addAccess(organization_id, group_id, user_id, access)
        return answer(group, user, level, access, now)
      })
    })

    app.get('/groups/:group_id/users', { schema: listGroupUsers }, async ({ organization, params: { group_id } }) => {
      const { organization_id } = organization
      const now = organization.now()
      const group = store.groups.find(organization_id, group_id)
      if (!group) throw groupNotFound(group_id)
      const results = store.groupUsers.listByGroup(organization_id, group_id, formatTimestamp(now)).map((row) => {
        const { access_level_remote_id } = row
        return answer(group, row, { access_level_name: row.access_level_name ?? '', access_level_remote_id }, row, now)
      })
      return { results, next: null, previous: null }
    })
  }

  function findGroupAndUser(organization_id: number, group_id: string, user_id: string) {
    const group = store.groups.find(organization_id, group_id)
    if (!group) throw groupNotFound(group_id)
    const user = store.users.find(organization_id, user_id)
    if (!user) throw userNotFound(user_id)
    return { group, user }
  }

  /** A level that is held already; one that the group no longer has keeps its id and has no name. */
  function levelOf(organization_id: number, group_id: string, access_level_remote_id: string): AccessLevel {
    if (access_level_remote_id === '') return defaultAccessLevel
    const level = store.groups.findAccessLevel(organization_id, group_id, access_level_remote_id)
    return level ?? { access_level_name: '', access_level_remote_id }
  }

  /** A level that was asked for. */
  function requireLevel({ organization_id, settings }: Organization, group_id: string, remoteId: string): AccessLevel {
    if (remoteId === '') return defaultAccessLevel
    const level = store.groups.findAccessLevel(organization_id, group_id, remoteId)
    if (level) return level
    if (settings.unknown_access_level === 'accept') return { access_level_name: '', access_level_remote_id: remoteId }
    throw accessLevelNotFound(remoteId, store.groups.listAccessLevels(organization_id, group_id))
  }

  /** Takes the place of access that ran out, if there is any. */
  function addAccess(organization_id: number, group_id: string, user_id: string, access: Access) {
    store.atomic(() => {
      store.groupUsers.remove(organization_id, group_id, user_id)
      const sequence = store.organizations.takeSequence(organization_id)
      store.groupUsers.insert({ organization_id, group_id, user_id, sequence, ...access })
    })
  }
}

function answer(
  group: GroupOfUser,
  user: Pick<UserOfGroup, 'user_id' | 'full_name' | 'email'>,
  { access_level_name, access_level_remote_id }: AccessLevel,
  access: Access,
  now: Timestamp,
) {
  return {
    group_id: group.group_id,
    group_name: group.name,
    description: group.description,
    user_id: user.user_id,
    access_level: { access_level_name, access_level_remote_id },
    full_name: user.full_name,
    email: user.email,
    expiration_date: access.expiration_date,
    ...(access.pushed_at !== null && { propagation_status: { status: statusOf(access, access.pushed_at, now) } }),
  }
}

function statusOf({ propagation }: Access, pushedAt: string, now: Timestamp) {
  if (propagation === null) return 'SUCCESS'
  return propagationStatusAt(JSON.parse(propagation) as PropagationTimeline, Date.parse(pushedAt), now)
}
