import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from '@sinclair/typebox'
import { expirationDate } from '../../domain/access.js'
import { maxDurationMinutes } from '../../domain/settings.js'
import { Refusal } from '../../domain/refusal.js'
import { Reference, Uuid } from '../../schemas/types.js'
import type { Deps } from '../deps.js'
import { guardRefusals, NoContent, refusalResponses, writeRefusals } from '../schemas.js'
import { alsoDecides } from './decided.js'
import { createLinks } from './links.js'
import { checkIds } from './records.js'
import { createTarget } from './target.js'
import { createWrite } from './write.js'

const tags = ['groups']
const byId = Type.Object({ group_id: Uuid('The group.') })
const byIds = Type.Object({ group_id: Uuid('The group.'), containing_group_id: Uuid('The containing group.') })
const byLevel = Type.Object({
  access_level_remote_id: Type.Optional(Type.String({ description: 'Only at exactly this level.' })),
})
const reads = [...guardRefusals, 'INVALID_REQUEST', 'GROUP_NOT_FOUND'] as const
const writes = [...guardRefusals, ...writeRefusals, 'GROUP_NOT_FOUND'] as const

const GroupContainingGroup = Type.Object(
  {
    containing_group_id: Reference('group', 'The containing group.'),
    duration_minutes: Type.Optional(
      Type.Integer({
        maximum: maxDurationMinutes,
        expects: `an integer of at most ${maxDurationMinutes}`,
        description: 'For how many minutes; 0 or none never ends, a negative one ends it now.',
      }),
    ),
    access_level_remote_id: Type.Optional(Type.String({ description: 'The level.' })),
  },
  { title: 'GroupContainingGroup', description: 'A group that contains another.' },
)

const listContainingGroups = {
  operationId: 'get_group_containing_groups',
  tags,
  summary: 'List the groups that contain a group',
  description: 'In the order in which they were added.',
  params: byId,
  querystring: byLevel,
  response: {
    200: Type.Object(
      { containing_groups: Type.Array(GroupContainingGroup) },
      { title: 'GroupContainingGroupList', description: 'Containing groups.', additionalProperties: false },
    ),
    ...refusalResponses(...reads),
  },
}
const addContainingGroup = {
  operationId: 'add_group_containing_group',
  tags,
  summary: 'Add a group to another',
  description: 'A containing group that is added again gets the new level and duration.',
  params: byId,
  body: GroupContainingGroup,
  response: { 200: GroupContainingGroup, ...refusalResponses(...writes) },
}
const getContainingGroup = {
  operationId: 'get_group_containing_group',
  tags,
  summary: 'Show how a group contains another',
  description: 'Its level and duration, as they were given.',
  params: byIds,
  response: { 200: GroupContainingGroup, ...refusalResponses(...reads, 'CONTAINING_GROUP_NOT_FOUND') },
}
const removeContainingGroup = {
  operationId: 'remove_group_containing_group',
  tags,
  summary: 'Remove a group from another',
  description: 'At whatever level, if none is given.',
  params: byIds,
  querystring: byLevel,
  response: {
    204: NoContent('The group is no longer contained; the body is empty.'),
    ...refusalResponses(...writes, 'CONTAINING_GROUP_NOT_FOUND'),
  },
}

type Link = ReturnType<ReturnType<typeof createLinks<'group_containing_group'>>['list']>[number]

export function containingGroups({ store, organizations }: Deps): FastifyPluginAsyncTypebox {
  const write = createWrite({ store, organizations })
  const group = createTarget(store, 'group')
  const links = createLinks(store, 'group_containing_group')

  return async (app) => {
    app.get('/groups/:group_id/containing-groups', { schema: listContainingGroups }, async (request) => {
      const { organization, params, query } = request
      group.check(organization, params.group_id)
      const found = links.list(organization, params.group_id).filter((link) => isAt(link, query.access_level_remote_id))
      return { containing_groups: found.map(show) }
    })

    app.post('/groups/:group_id/containing-groups', { schema: addContainingGroup }, (request) =>
      write(request, () => {
        const { organization, params, body } = request
        const { containing_group_id, duration_minutes = 0 } = body
        group.check(organization, params.group_id)
        checkIds(store, organization, 'group', { 'body.containing_group_id': containing_group_id })
        if (links.find(organization, params.group_id, containing_group_id)) {
          alsoDecides(request, 'containing_group_replaced')
        }
        if (duration_minutes < 0) {
          alsoDecides(request, 'containing_group_ended')
          links.remove(organization, params.group_id, containing_group_id)
        } else {
          const expiration_date = expirationDate(duration_minutes, organization.moment()) ?? undefined
          const { containing_group_id: _, ...document } = { ...body, expiration_date }
          links.put(organization, params.group_id, containing_group_id, document)
        }
        return body
      }),
    )

    app.get(
      '/groups/:group_id/containing-groups/:containing_group_id',
      { schema: getContainingGroup },
      async (request) => {
        const { organization, params } = request
        return show(find(organization, params))
      },
    )

    app.delete(
      '/groups/:group_id/containing-groups/:containing_group_id',
      { schema: removeContainingGroup },
      async (request, reply) => {
        const { organization, params, query } = request
        await write(request, () => {
          find(organization, params, query.access_level_remote_id)
          links.remove(organization, params.group_id, params.containing_group_id)
        })
        return reply.code(204).send()
      },
    )
  }

  function find(
    organization: Parameters<typeof links.list>[0],
    { group_id, containing_group_id }: { group_id: string; containing_group_id: string },
    level?: string,
  ): Link {
    group.check(organization, group_id)
    const link = links.find(organization, group_id, containing_group_id)
    if (!link || !isAt(link, level)) throw containingGroupNotFound(group_id, containing_group_id, level)
    return link
  }
}

function isAt({ access_level_remote_id = '' }: Link, level: string | undefined): boolean {
  return level === undefined || level === access_level_remote_id
}

function show({ from_id, to_id, expiration_date, ...fields }: Link) {
  return { containing_group_id: to_id, ...fields }
}

function containingGroupNotFound(group_id: string, containing_group_id: string, level: string | undefined): Refusal {
  const at = level === undefined ? '' : ` at the level ${JSON.stringify(level.slice(0, 200))}`
  return new Refusal(
    'CONTAINING_GROUP_NOT_FOUND',
    `The group ${group_id} has no containing group ${containing_group_id}${at}.`,
    { hint: `GET /v1/groups/${group_id}/containing-groups lists those it has.` },
  )
}
