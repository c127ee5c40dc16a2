import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from '@sinclair/typebox'
import type { FastifyRequest } from 'fastify'
import { GroupType } from '../../schemas/group.js'
import { recordFields } from '../../schemas/records.js'
import { Uuid } from '../../schemas/types.js'
import type { Deps } from '../deps.js'
import { NoContent } from '../schemas.js'
import { createLinks } from './links.js'
import { PageOf, pageQuery } from './paging.js'
import { recordRoutes } from './record-routes.js'
import { checkIds } from './records.js'

const tags = ['group bindings']
const closed = { additionalProperties: false }
const { source_group_id, created_at, created_by_id } = recordFields.group_binding

const GroupBinding = Type.Object(
  {
    group_binding_id: Uuid('The binding.'),
    created_by_id,
    created_at,
    source_group_id,
    groups: Type.Array(
      Type.Object(
        { group_id: Uuid('The group.'), group_type: GroupType },
        { title: 'GroupBindingGroup', description: 'A group of a binding.', ...closed },
      ),
    ),
  },
  { title: 'GroupBinding', description: 'Groups that have the same members in Opal.', ...closed },
)
const groups = Type.Array(Type.Object({ group_id: Uuid('The group.') }, { description: 'A group.' }), {
  description: 'The groups, in order.',
  maxItems: 10_000,
})
const CreateGroupBindingInfo = Type.Object(
  { source_group_id, groups },
  { title: 'CreateGroupBindingInfo', description: 'A new binding.' },
)
const UpdateGroupBindingInfo = Type.Object(
  { group_binding_id: Uuid('The binding.'), source_group_id, groups },
  { title: 'UpdateGroupBindingInfo', description: 'A binding as it should be.' },
)
const UpdateGroupBindingInfoList = Type.Object(
  { group_bindings: Type.Array(UpdateGroupBindingInfo, { maxItems: 10_000 }) },
  { title: 'UpdateGroupBindingInfoList', description: 'Bindings as they should be.' },
)
const updateBindings = {
  operationId: 'updateGroupBindings',
  tags,
  summary: 'Change group bindings',
  description: 'Replaces their groups. If one of the bindings is not found, none is changed.',
  body: UpdateGroupBindingInfoList,
}

/** The members of bound groups stay as they are. */
export function groupBindings(deps: Deps): FastifyPluginAsyncTypebox {
  const { store } = deps
  const links = createLinks(store, 'group_binding_group')

  return async (app) => {
    const routes = recordRoutes(app, deps, {
      noun: 'group_binding',
      tags,
      Item: GroupBinding,
      show: ({ organization }, binding) => ({
        ...binding,
        groups: links.ids(organization, binding.group_binding_id).flatMap((group_id) => {
          const group = store.groups.show(organization.organization_id, group_id)
          return group ? [{ group_id, group_type: group.group_type }] : []
        }),
      }),
    })
    const { records, write, refusals } = routes

    routes.list('getGroupBindings', '/group-bindings', {
      query: Type.Object(pageQuery),
      response: PageOf(GroupBinding, { title: 'PaginatedGroupBindingsList', description: 'A page of bindings.' }),
      answer: (request, query) => routes.page(request, query),
    })
    routes.create('createGroupBinding', '/group-bindings', {
      status: 200,
      body: CreateGroupBindingInfo,
      read: ({ organization, token }, { source_group_id }) => ({
        source_group_id,
        created_by_id: token.user_id,
        created_at: organization.moment().text,
      }),
      link: (request, { group_binding_id }, { groups }) => setGroups(request, group_binding_id, groups, 'body'),
    })

    const done = NoContent('The bindings are changed; the body is empty.')
    const schema = { ...updateBindings, response: { 200: done, ...refusals.changed } }
    app.put('/group-bindings', { schema }, async (request, reply) => {
      await write(request, () =>
        store.atomic(() => {
          request.body.group_bindings.forEach(({ group_binding_id, source_group_id, groups }, index) => {
            const path = `body.group_bindings[${index}]`
            checkIds(store, request.organization, 'group', { [`${path}.source_group_id`]: source_group_id })
            records.update(request.organization, group_binding_id, { source_group_id })
            setGroups(request, group_binding_id, groups, path)
          })
        }),
      )
      return reply.send(undefined)
    })

    routes.get('getGroupBinding', '/group-bindings/:group_binding_id')
    routes.remove('deleteGroupBinding', '/group-bindings/:group_binding_id')
  }

  function setGroups({ organization }: FastifyRequest, id: string, groups: { group_id: string }[], path: string) {
    const ids = groups.map(({ group_id }) => group_id)
    const places = ids.map((group_id, index) => [`${path}.groups[${index}].group_id`, group_id] as const)
    checkIds(store, organization, 'group', Object.fromEntries(places))
    links.set(organization, id, ids, `${path}.groups`)
  }
}
