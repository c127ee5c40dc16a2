import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from '@sinclair/typebox'
import type { FastifyRequest } from 'fastify'
import { nothingDecided, type Decided } from '../../domain/behaviors.js'
import {
  checkDuration,
  decideAdd,
  decideRemove,
  decideStatus,
  decideUpdate,
  levelOf,
  decideDates,
  resourceNotFound,
  resourceUserNotFound,
  showDate,
  showPropagation,
  showResourceUser,
  userNotFound,
} from '../../domain/access.js'
import { maxDurationMinutes } from '../../domain/settings.js'
import type { RecordDocuments } from '../../schemas/records.js'
import { Enum, Nullable, Uuid } from '../../schemas/types.js'
import type { EffectiveAccess } from '../../store/resource-access.js'
import type { AccessKey } from '../../store/target-users.js'
import type { Deps } from '../deps.js'
import { ResourceAccessLevelSchema } from '../../schemas/access-level.js'
import {
  guardRefusals,
  NoContent,
  refusalResponses,
  ResourceAccessUserSchema,
  ResourceAndUser,
  ResourceUserSchema,
  writeRefusals,
} from '../schemas.js'
import { alsoDecides } from './decided.js'
import { pageQuery, PageOf, readPage } from './paging.js'
import { createWrite } from './write.js'

const tags = ['resource users']

const access_level_remote_id = Type.String({
  description: "The id in the remote system of one of the resource's levels; empty for the default level.",
})

/** The setting max_duration_minutes decides the maximum, so the handlers check it. */
const duration_minutes = Type.Integer({
  documentedMaximum: maxDurationMinutes,
  expects: 'an integer of at most {max_duration_minutes}',
  description:
    'How many minutes the access lasts from now; 0 never ends, a negative one ends the access now. ' +
    'The setting `max_duration_minutes` is the maximum.',
  examples: [60],
})

const limit = Type.Optional(
  Type.Integer({ minimum: 1, expects: 'an integer of at least 1', description: 'How many results at most.' }),
)
const reads = refusalResponses(...guardRefusals, 'INVALID_REQUEST', 'RESOURCE_NOT_FOUND', 'USER_NOT_FOUND')

const updateResourceUser = {
  operationId: 'update_resource_user',
  tags,
  summary: "Change a user's access to a resource",
  description:
    'Sets how long a user who has access to the resource keeps it, counted from now, and at which access level. ' +
    'A duration of 0 never ends; a negative one ends the access at once. Without a level, the level stays as it is.',
  params: ResourceAndUser,
  body: Type.Object(
    { duration_minutes, access_level_remote_id: Type.Optional(access_level_remote_id) },
    { title: 'UpdateResourceUser', description: 'Unknown fields are accepted and have no effect.' },
  ),
  response: {
    200: ResourceUserSchema,
    ...refusalResponses(
      ...guardRefusals,
      ...writeRefusals,
      'RESOURCE_NOT_FOUND',
      'USER_NOT_FOUND',
      'RESOURCE_USER_NOT_FOUND',
      'ACCESS_LEVEL_NOT_FOUND',
    ),
  },
}

const addResourceUser = {
  operationId: 'add_resource_user',
  tags,
  summary: 'Give a user access to a resource',
  description:
    'Grants access, or replaces the access of a user who already has it. What the body leaves out is taken from the ' +
    'query. Without a duration the access never ends; without a level it has the default level.',
  params: ResourceAndUser,
  querystring: Type.Object({
    duration_minutes: Type.Optional({ ...duration_minutes, deprecated: true }),
    access_level_remote_id: Type.Optional({ ...access_level_remote_id, deprecated: true }),
  }),
  body: Type.Union([
    Type.Object(
      { duration_minutes, access_level_remote_id: Type.Optional(access_level_remote_id) },
      { title: 'AddResourceUser', description: 'Unknown fields are accepted and have no effect.' },
    ),
    Type.Null(),
  ]),
  response: {
    200: ResourceUserSchema,
    ...refusalResponses(
      ...guardRefusals,
      ...writeRefusals,
      'RESOURCE_NOT_FOUND',
      'USER_NOT_FOUND',
      'ACCESS_LEVEL_NOT_FOUND',
      'RESOURCE_USER_EXISTS',
    ),
  },
}

const deleteResourceUser = {
  operationId: 'delete_resource_user',
  tags,
  summary: "End a user's access to a resource",
  description: 'Ends direct access at the given level; without one, at the default level.',
  params: ResourceAndUser,
  querystring: Type.Object({ access_level_remote_id: Type.Optional(access_level_remote_id) }),
  response: {
    200: NoContent('The access has ended; the body is empty.'),
    ...refusalResponses(
      ...guardRefusals,
      ...writeRefusals,
      'RESOURCE_NOT_FOUND',
      'USER_NOT_FOUND',
      'RESOURCE_USER_NOT_FOUND',
    ),
  },
}

const getResourceUser = {
  operationId: 'getResourceUser',
  tags,
  summary: "Show a user's access to a resource",
  description: 'One entry for each level, whether the access is direct or through groups. In one response.',
  params: ResourceAndUser,
  querystring: Type.Object({ cursor: pageQuery.cursor }),
  response: {
    200: Type.Object(
      {
        data: Type.Array(ResourceUserSchema),
        cursor: Type.Optional(Type.String({ description: 'Left out: there is no other page.' })),
        total_count: Type.Optional(Type.Integer({ description: 'How many there are.' })),
      },
      { title: 'ResourceUserAccess', description: "A user's access to a resource." },
    ),
    ...refusalResponses(
      ...guardRefusals,
      'INVALID_REQUEST',
      'RESOURCE_NOT_FOUND',
      'USER_NOT_FOUND',
      'RESOURCE_USER_NOT_FOUND',
    ),
  },
}

const ResourceAccessUserList = PageOf(ResourceAccessUserSchema, {
  title: 'ResourceAccessUserList',
  description: 'A page of access to resources.',
})

const listResourceUsers = {
  operationId: 'get_resource_users',
  tags,
  summary: 'List the users of a resource',
  description: 'All access of users to the resource, direct and through groups, in the order of the users.',
  params: Type.Object({ resource_id: Uuid('The resource.') }),
  querystring: Type.Object({ limit }),
  response: {
    200: ResourceAccessUserList,
    ...refusalResponses(...guardRefusals, 'INVALID_REQUEST', 'RESOURCE_NOT_FOUND'),
  },
}

const listUserResources = {
  operationId: 'get_user_resources',
  tags,
  summary: 'List the resources of a user',
  description: 'All access of the user to resources, direct and through groups, in the order of the resources.',
  params: Type.Object({ user_id: Uuid('The user.') }),
  querystring: Type.Object({
    limit,
    cursor: pageQuery.cursor,
    include_unmanaged: Type.Optional(
      Type.Boolean({ description: 'No effect: every resource of the sandbox is managed.' }),
    ),
  }),
  response: {
    200: ResourceAccessUserList,
    ...refusalResponses(...guardRefusals, 'INVALID_REQUEST', 'USER_NOT_FOUND'),
  },
}

const getAccessStatus = {
  operationId: 'resource_user_access_status_retrieve',
  tags,
  deprecated: true,
  summary: 'Show whether a user has access to a resource',
  description: 'At the given level; without one, at any level. Direct access and access through groups both count.',
  params: ResourceAndUser,
  querystring: Type.Object({ access_level_remote_id: Type.Optional(access_level_remote_id), ...pageQuery }),
  response: {
    200: Type.Object(
      {
        resource_id: Uuid('The resource.'),
        user_id: Uuid('The user.'),
        access_level: Type.Optional(ResourceAccessLevelSchema),
        status: Enum(['AUTHORIZED', 'REQUESTED', 'UNAUTHORIZED'], {
          title: 'ResourceUserAccessStatusEnum',
          description: 'Whether the user has access, or a request for it is pending.',
        }),
        expiration_date: Type.Optional(
          Nullable(Type.String({ format: 'date-time', description: 'When the access ends; null if it does not.' })),
        ),
      },
      { title: 'ResourceUserAccessStatus', description: 'Whether a user has access.', additionalProperties: false },
    ),
    ...reads,
  },
}

export function resourceUsers({ store, organizations }: Deps): FastifyPluginAsyncTypebox {
  const write = createWrite({ store, organizations })

  return async (app) => {
    app.put('/resources/:resource_id/users/:user_id', { schema: updateResourceUser }, (request) => {
      const { organization, params, body } = request
      return write(request, () => {
        const { organization_id, settings } = organization
        const key = { organization_id, ...params }
        const now = organization.moment()
        checkDuration(body.duration_minutes, settings, now, 'body', 'update_too_long')
        const found = store.resourceUsers.find(key) ?? refuseMissing(key)
        const decision = decideUpdate(body, found, settings, now)
        store.resourceUsers.save(key, found, decision)
        request.decided = decideDates(decision.decided, decision.access, settings)
        return showResourceUser(found, decision.level, decision.access, settings)
      })
    })

    app.post('/resources/:resource_id/users/:user_id', { schema: addResourceUser }, (request) => {
      const { organization, params, body, query } = request
      // The body takes precedence over the query, as with groups.
      const duration_minutes = body?.duration_minutes ?? query.duration_minutes
      const access_level_remote_id = body?.access_level_remote_id ?? query.access_level_remote_id
      const isInQuery = !body && (duration_minutes ?? access_level_remote_id) !== undefined
      return write(request, () => {
        const { organization_id, settings } = organization
        const key = { organization_id, ...params }
        const now = organization.moment()
        if (body) checkDuration(Math.max(query.duration_minutes ?? 0, 0), settings, now, 'query', 'update_too_long')
        const place = body ? 'body' : 'query'
        checkDuration(duration_minutes ?? 0, settings, now, place, 'update_too_long')
        const found = store.resourceUsers.find(key) ?? refuseMissing(key)
        const decision = decideAdd({ duration_minutes, access_level_remote_id }, found, settings, now)
        store.resourceUsers.save(key, found, decision)
        const decided = isInQuery ? decision.decided.plus('query_read') : decision.decided
        request.decided = decideDates(decided, decision.access, settings)
        return showResourceUser(found, decision.level, decision.access, settings)
      })
    })

    app.delete('/resources/:resource_id/users/:user_id', { schema: deleteResourceUser }, async (request, reply) => {
      const { organization, params, query } = request
      await write(request, () => {
        const key = { organization_id: organization.organization_id, ...params }
        const found = store.resourceUsers.find(key) ?? refuseMissing(key)
        request.decided = decideRemove(query.access_level_remote_id, found, organization.moment())
        store.resourceUsers.remove(key)
      })
      return reply.send(undefined)
    })

    app.get('/resources/:resource_id/users/:user_id', { schema: getResourceUser }, async (request) => {
      const { organization, params } = request
      const rows = listOf(request, params)
      if (rows.length === 0) throw resourceUserNotFound(params)
      const data = rows.map((row) => {
        request.decided = decideDates(decidedOf(request), row, organization.settings)
        return showResourceUser(partsOf(row), levelOf(row), row, organization.settings)
      })
      return { data, total_count: data.length }
    })

    app.get('/resources/:resource_id/users', { schema: listResourceUsers }, async (request) => {
      const { organization, params, query } = request
      const { organization_id } = organization
      if (!store.resources.exists(organization_id, params.resource_id)) throw resourceNotFound(params.resource_id)
      const rows = store.listResourceAccess({ ...rangeOf(request), ...params, limit: query.limit ?? -1 })
      return { results: rows.map((row) => showAccess(request, row)), next: null, previous: null }
    })

    app.get('/resources/users/:user_id', { schema: listUserResources }, async (request) => {
      const { organization, params, query } = request
      const { limit, cursor } = query
      if (!store.users.exists(organization.organization_id, params.user_id)) throw userNotFound(params.user_id)
      if (query.include_unmanaged !== undefined) alsoDecides(request, 'all_managed')
      return readPage(
        { ...(cursor !== undefined && { cursor }), ...(limit !== undefined && { page_size: limit }) },
        (range) => store.listResourceAccess({ ...rangeOf(request), ...params, ...range }),
        (row) => showAccess(request, row),
      )
    })

    app.get('/resource-user-access-status/:resource_id/:user_id', { schema: getAccessStatus }, async (request) => {
      const { organization, params, query } = request
      const { access_level_remote_id: level } = query
      const found = listOf(request, params).find((row) => level === undefined || row.access_level_remote_id === level)
      if (!found) {
        const status = isRequested(request, params, level) ? ('REQUESTED' as const) : ('UNAUTHORIZED' as const)
        return { ...params, status }
      }
      request.decided = decideDates(decidedOf(request), found, organization.settings)
      return {
        ...params,
        access_level: levelOf(found),
        status: 'AUTHORIZED' as const,
        expiration_date: showDate(found.expiration_date, organization.settings),
      }
    })
  }

  /** All access of one user to one resource; throws if either is missing. */
  function listOf(request: FastifyRequest, params: { resource_id: string; user_id: string }): EffectiveAccess[] {
    const { organization_id } = request.organization
    const rows = store.listResourceAccess({ ...rangeOf(request), ...params })
    if (rows.length > 0 || store.resourceUsers.find({ organization_id, ...params })) return rows
    return refuseMissing({ organization_id, ...params })
  }

  function isRequested(
    { organization }: FastifyRequest,
    params: { resource_id: string; user_id: string },
    level?: string,
  ) {
    const { organization_id } = organization
    return store.records
      .list({ organization_id, noun: 'request', after: 0 })
      .map(({ document }) => JSON.parse(document) as RecordDocuments['request'])
      .some(
        ({ status, target_user_id, items }) =>
          status === 'PENDING' &&
          target_user_id === params.user_id &&
          items.some(
            ({ resource_id, access_level_remote_id }) =>
              resource_id === params.resource_id && (level === undefined || access_level_remote_id === level),
          ),
      )
  }

  function refuseMissing({ organization_id, resource_id, user_id }: AccessKey<'resource'>): never {
    throw store.resources.exists(organization_id, resource_id) ? userNotFound(user_id) : resourceNotFound(resource_id)
  }
}

function rangeOf({ organization }: FastifyRequest) {
  const { organization_id } = organization
  const now = organization.moment().text
  return { organization_id, resource_id: null, user_id: null, now, after: 0, afterLevel: '', limit: -1 }
}

function decidedOf({ decided, described }: FastifyRequest): Decided {
  return decided ?? described?.decided ?? nothingDecided
}

function partsOf({ target_id, target_name, description, user_id, email, full_name }: EffectiveAccess) {
  return { target: { id: target_id, name: target_name, description }, user: { user_id, email, full_name } }
}

function showAccess(request: FastifyRequest, row: EffectiveAccess) {
  const { organization } = request
  const { settings } = organization
  const isDirect = row.has_direct_access === 1
  const decided = decideDates(decidedOf(request), row, settings)
  request.decided = isDirect ? decideStatus(decided, row, settings) : decided
  if (row.num_access_paths > row.has_direct_access) alsoDecides(request, 'access_through_groups')
  return {
    ...showResourceUser(partsOf(row), levelOf(row), row, settings),
    resource_name: row.target_name,
    description: row.description,
    has_direct_access: isDirect,
    num_access_paths: row.num_access_paths,
    ...(isDirect && showPropagation(row, organization.now(), settings)),
  }
}
