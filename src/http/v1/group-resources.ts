import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from '@sinclair/typebox'
import type { FastifyRequest } from 'fastify'
import { expirationDate, showDate } from '../../domain/group-user.js'
import { maxDurationMinutes } from '../../domain/settings.js'
import type { ListedGroup } from '../../store/groups.js'
import { Nullable, Reference, Uuid } from '../../schemas/types.js'
import type { Deps } from '../deps.js'
import { invalidRequest, maxProblems } from '../errors.js'
import { guardRefusals, NoContent, refusalResponses, writeRefusals } from '../schemas.js'
import { alsoDecides } from './decided.js'
import { getGroup } from './group.js'
import { createLinks } from './links.js'
import { checkIds, createRecords } from './records.js'
import { createWrite } from './write.js'

const tags = ['groups']
const byId = Type.Object({ group_id: Uuid('The group.') })
const level = Type.String({ description: 'The level of the access; empty for the default level.' })
const closed = { additionalProperties: false }

const GroupResource = Type.Object(
  {
    group_id: Uuid('The group.'),
    resource_id: Uuid('The resource.'),
    group_name: Type.String({ description: "The group's name." }),
    resource_name: Type.String({ description: "The resource's name." }),
    expiration_date: Nullable(
      Type.String({ format: 'date-time', description: 'When the access ends; null if it does not.' }),
    ),
    access_level: Type.Object(
      {
        access_level_name: Type.String({
          description: 'The display name; empty, since resources have no levels here.',
        }),
        access_level_remote_id: Type.String({ description: "The level's id in the remote system." }),
      },
      { title: 'ResourceAccessLevel', description: 'An access level of a resource.', ...closed },
    ),
  },
  { title: 'GroupResource', description: 'The access to a resource that a group gives.', ...closed },
)

const getResources = {
  operationId: 'get_group_resources',
  tags,
  summary: 'List the resources that a group gives access to',
  description: 'In the order in which they were given. Access that has ended is left out.',
  params: byId,
  response: {
    200: Type.Object(
      { group_resources: Type.Array(GroupResource) },
      { title: 'GroupResourceList', description: 'Resources of a group.', ...closed },
    ),
    ...refusalResponses(...guardRefusals, 'INVALID_REQUEST', 'GROUP_NOT_FOUND'),
  },
}
const setResources = {
  operationId: 'set_group_resources',
  tags,
  summary: 'Replace the resources that a group gives access to',
  description: 'In the given order, each at most once. The access does not end.',
  params: byId,
  body: Type.Object(
    {
      resources: Type.Array(
        Type.Object(
          { resource_id: Reference('resource', 'The resource.'), access_level_remote_id: Type.Optional(level) },
          { title: 'ResourceWithAccessLevel', description: 'A resource and a level.' },
        ),
        { description: 'The resources, in order.', maxItems: 10_000 },
      ),
    },
    { title: 'UpdateGroupResourcesInfo', description: 'Resources of a group.' },
  ),
  response: {
    200: NoContent('The resources are set; the body is empty.'),
    ...refusalResponses(...guardRefusals, ...writeRefusals, 'GROUP_NOT_FOUND'),
  },
}
const addResource = {
  operationId: 'add_group_resource',
  tags,
  summary: 'Let a group give access to a resource',
  description: 'Replaces the access that it already gives. What the body leaves out is taken from the query.',
  params: Type.Object({ group_id: Uuid('The group.'), resource_id: Uuid('The resource.') }),
  querystring: Type.Object({ access_level_remote_id: Type.Optional({ ...level, deprecated: true }) }),
  body: Type.Union([
    Type.Object(
      {
        access_level_remote_id: Type.Optional(level),
        duration_minutes: Type.Optional(
          Type.Integer({
            minimum: 0,
            maximum: maxDurationMinutes,
            expects: `an integer from 0 to ${maxDurationMinutes}`,
            description: 'How many minutes the access lasts from now; 0 or none never ends.',
          }),
        ),
      },
      { title: 'AddGroupResource', description: 'Level and duration.' },
    ),
    Type.Null(),
  ]),
  response: {
    200: GroupResource,
    ...refusalResponses(...guardRefusals, ...writeRefusals, 'GROUP_NOT_FOUND', 'RESOURCE_NOT_FOUND'),
  },
}

export function groupResources({ store, organizations }: Deps): FastifyPluginAsyncTypebox {
  const write = createWrite({ store, organizations })
  const resources = createRecords(store, 'resource')
  const links = createLinks(store, 'group_resource')

  return async (app) => {
    app.get('/groups/:group_id/resources', { schema: getResources }, async (request) => {
      const { organization, params } = request
      const group = getGroup(store, organization, params.group_id)
      const group_resources = links
        .list(organization, params.group_id)
        .map(({ to_id, ...access }) => show(request, group, resources.get(organization, to_id), access))
      return { group_resources }
    })

    app.put('/groups/:group_id/resources', { schema: setResources }, async (request, reply) => {
      await write(request, () => {
        const { organization, params, body } = request
        getGroup(store, organization, params.group_id)
        const ids = body.resources.map(({ resource_id }) => resource_id)
        const places = ids.map((id, index) => [`body.resources[${index}].resource_id`, id] as const)
        checkIds(store, organization, 'resource', Object.fromEntries(places))
        checkRepeated(ids)
        links.removeAll(organization, params.group_id)
        for (const { resource_id, access_level_remote_id } of body.resources) {
          links.put(organization, params.group_id, resource_id, { access_level_remote_id })
        }
      })
      return reply.send(undefined)
    })

    app.post('/groups/:group_id/resources/:resource_id', { schema: addResource }, (request) =>
      write(request, () => {
        const { organization, params, body, query } = request
        const { group_id, resource_id } = params
        const group = getGroup(store, organization, group_id)
        const resource = resources.get(organization, resource_id)
        if (links.find(organization, group_id, resource_id)) alsoDecides(request, 'group_resource_replaced')
        const access = {
          access_level_remote_id: body?.access_level_remote_id ?? query.access_level_remote_id,
          expiration_date: expirationDate(body?.duration_minutes ?? 0, organization.moment()) ?? undefined,
        }
        links.put(organization, group_id, resource_id, access)
        return show(request, group, resource, access)
      }),
    )
  }
}

/** Of a resource at two levels, one would be lost: a group gives access to it at one level. */
function checkRepeated(ids: string[]) {
  const problems = ids.flatMap((id, index) => {
    const first = ids.indexOf(id)
    if (first === index) return []
    return [{ path: `body.resources[${index}].resource_id`, message: `is that of body.resources[${first}], too` }]
  })
  if (problems.length > 0) throw invalidRequest(problems.slice(0, maxProblems))
}

/** The access as the settings show it. */
function show(
  request: FastifyRequest,
  { group_id, name: group_name }: ListedGroup,
  { resource_id, name: resource_name }: { resource_id: string; name: string },
  access: { access_level_remote_id?: string | undefined; expiration_date?: string | undefined },
) {
  const { settings } = request.organization
  const { access_level_remote_id = '', expiration_date = null } = access
  if (access_level_remote_id !== '') alsoDecides(request, 'resource_level_without_name')
  if (expiration_date !== null && settings.timestamps === 'microseconds') {
    alsoDecides(request, 'timestamps_in_microseconds')
  }
  return {
    ...{ group_id, resource_id, group_name, resource_name },
    expiration_date: showDate(expiration_date, settings),
    access_level: { access_level_name: '', access_level_remote_id },
  }
}
