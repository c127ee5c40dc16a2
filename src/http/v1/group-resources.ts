import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from '@sinclair/typebox'
import type { FastifyRequest } from 'fastify'
import { decideGroupResourceLevel, expirationDate, showDate } from '../../domain/access.js'
import { maxDurationMinutes } from '../../domain/settings.js'
import { Nullable, Reference, Uuid } from '../../schemas/types.js'
import type { Deps } from '../deps.js'
import { invalidRequest, maxProblems } from '../errors.js'
import { ResourceAccessLevelSchema } from '../../schemas/access-level.js'
import { guardRefusals, NoContent, refusalResponses, writeRefusals } from '../schemas.js'
import { alsoDecides } from './decided.js'
import { createLinks } from './links.js'
import { checkIds } from './records.js'
import { createTarget } from './target.js'
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
    access_level: ResourceAccessLevelSchema,
  },
  { title: 'GroupResource', description: 'The access to a resource that a group gives.', ...closed },
)

const GroupResourceList = Type.Object(
  { group_resources: Type.Array(GroupResource) },
  { title: 'GroupResourceList', description: 'The access to resources that groups give.', ...closed },
)

const getResources = {
  operationId: 'get_group_resources',
  tags,
  summary: 'List the resources that a group gives access to',
  description: 'In the order in which they were given. Access that has ended is left out.',
  params: byId,
  response: {
    200: GroupResourceList,
    ...refusalResponses(...guardRefusals, 'INVALID_REQUEST', 'GROUP_NOT_FOUND'),
  },
}
const getGroups = {
  operationId: 'get_resource_groups',
  tags: ['resources'],
  summary: 'List the groups that give access to a resource',
  description: 'In the order in which they were given it. Access that has ended is left out.',
  params: Type.Object({ resource_id: Uuid('The resource.') }),
  response: { 200: GroupResourceList, ...refusalResponses(...guardRefusals, 'INVALID_REQUEST', 'RESOURCE_NOT_FOUND') },
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
    ...refusalResponses(...guardRefusals, ...writeRefusals, 'GROUP_NOT_FOUND', 'ACCESS_LEVEL_NOT_FOUND'),
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
    ...refusalResponses(
      ...guardRefusals,
      ...writeRefusals,
      'GROUP_NOT_FOUND',
      'RESOURCE_NOT_FOUND',
      'ACCESS_LEVEL_NOT_FOUND',
    ),
  },
}

export function groupResources({ store, organizations }: Deps): FastifyPluginAsyncTypebox {
  const write = createWrite({ store, organizations })
  const groups = createTarget(store, 'group')
  const resources = createTarget(store, 'resource')
  const links = createLinks(store, 'group_resource')

  return async (app) => {
    app.get('/groups/:group_id/resources', { schema: getResources }, async (request) => {
      const { organization, params } = request
      groups.check(organization, params.group_id)
      return { group_resources: links.list(organization, params.group_id).map((link) => show(request, link)) }
    })

    app.get('/resources/:resource_id/groups', { schema: getGroups }, async (request) => {
      const { organization, params } = request
      resources.check(organization, params.resource_id)
      return { group_resources: links.listTo(organization, params.resource_id).map((link) => show(request, link)) }
    })

    app.put('/groups/:group_id/resources', { schema: setResources }, async (request, reply) => {
      await write(request, () =>
        store.atomic(() => {
          const { organization, params, body } = request
          groups.check(organization, params.group_id)
          const ids = body.resources.map(({ resource_id }) => resource_id)
          const places = ids.map((id, index) => [`body.resources[${index}].resource_id`, id] as const)
          checkIds(store, organization, 'resource', Object.fromEntries(places))
          checkRepeated(ids)
          links.removeAll(organization, params.group_id)
          for (const { resource_id, access_level_remote_id } of body.resources) {
            chooseLevel(request, resource_id, access_level_remote_id)
            links.put(organization, params.group_id, resource_id, { access_level_remote_id })
          }
        }),
      )
      return reply.send(undefined)
    })

    app.post('/groups/:group_id/resources/:resource_id', { schema: addResource }, (request) =>
      write(request, () => {
        const { organization, params, body, query } = request
        const { group_id, resource_id } = params
        groups.check(organization, group_id)
        resources.check(organization, resource_id)
        const access = {
          access_level_remote_id: body?.access_level_remote_id ?? query.access_level_remote_id,
          expiration_date: expirationDate(body?.duration_minutes ?? 0, organization.moment()) ?? undefined,
        }
        chooseLevel(request, resource_id, access.access_level_remote_id)
        if (links.find(organization, group_id, resource_id)) alsoDecides(request, 'group_resource_replaced')
        links.put(organization, group_id, resource_id, access)
        return show(request, { from_id: group_id, to_id: resource_id, ...access })
      }),
    )
  }

  function chooseLevel(request: FastifyRequest, resource_id: string, named: string | undefined) {
    const { organization_id, settings } = request.organization
    const levels = store.resources.levels(organization_id, resource_id)
    alsoDecides(request, decideGroupResourceLevel(named, levels, settings).behavior)
  }

  /** The access as the settings show it. */
  function show(
    request: FastifyRequest,
    link: {
      from_id: string
      to_id: string
      access_level_remote_id?: string | undefined
      expiration_date?: string | undefined
    },
  ) {
    const { organization } = request
    const { from_id: group_id, to_id: resource_id, access_level_remote_id = '', expiration_date = null } = link
    const level = store.resources.levels(organization.organization_id, resource_id).find(access_level_remote_id)
    if (expiration_date !== null && organization.settings.timestamps === 'microseconds') {
      alsoDecides(request, 'timestamps_in_microseconds')
    }
    return {
      ...{ group_id, resource_id },
      group_name: groups.get(organization, group_id).name,
      resource_name: resources.get(organization, resource_id).name,
      expiration_date: showDate(expiration_date, organization.settings),
      access_level: level ?? { access_level_name: '', access_level_remote_id },
    }
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
