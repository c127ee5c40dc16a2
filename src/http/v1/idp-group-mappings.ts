import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from '@sinclair/typebox'
import { groupNotFound } from '../../domain/access.js'
import { Refusal } from '../../domain/refusal.js'
import { linkFields } from '../../schemas/records.js'
import { Reference, Uuid } from '../../schemas/types.js'
import type { Deps } from '../deps.js'
import { invalidRequest } from '../errors.js'
import { guardRefusals, NoContent, refusalResponses, writeRefusals } from '../schemas.js'
import { createLinks } from './links.js'
import { given } from './record-routes.js'
import { checkIds, exists } from './records.js'
import { createWrite } from './write.js'

const tags = ['IdP group mappings']
const { alias, hidden_from_end_user } = linkFields.idp_group_mapping
const app_resource_id = Reference('resource', 'The resource of the app.')
const byId = Type.Object({ app_resource_id })
const byBoth = Type.Object({ app_resource_id, group_id: Uuid('The group.') })
const closed = { additionalProperties: false }

const IdpGroupMapping = Type.Object(
  {
    app_resource_id: Type.Optional(Uuid('The resource of the app.')),
    group_id: Uuid('The group.'),
    alias,
    hidden_from_end_user: Type.Boolean({ description: 'Whether people do not see it.' }),
  },
  { title: 'IdpGroupMapping', description: 'A group of an app in the identity provider.', ...closed },
)
const MappingList = Type.Object(
  { mappings: Type.Array(IdpGroupMapping) },
  { title: 'IdpGroupMappingList', description: 'The groups of an app.', ...closed },
)
const reads = [...guardRefusals, 'INVALID_REQUEST', 'RESOURCE_NOT_FOUND'] as const
const writes = [...guardRefusals, ...writeRefusals, 'RESOURCE_NOT_FOUND'] as const

const list = {
  operationId: 'getIdpGroupMappings',
  tags,
  summary: 'List the IdP group mappings of an app',
  description: 'In the order in which they were created.',
  params: byId,
  response: { 200: MappingList, ...refusalResponses(...reads) },
}
const replace = {
  operationId: 'updateIdpGroupMappings',
  tags,
  summary: 'Replace the IdP group mappings of an app',
  description: 'Those that are left out are removed.',
  params: byId,
  body: Type.Object(
    {
      mappings: Type.Array(
        Type.Object({ group_id: Type.Optional(Uuid('The group; needed.')), alias, hidden_from_end_user }),
        { description: 'The mappings, in order.', maxItems: 10_000 },
      ),
    },
    { description: 'The mappings.' },
  ),
  response: { 200: NoContent('The mappings are replaced; the body is empty.'), ...refusalResponses(...writes) },
}
const get = {
  operationId: 'getIdpGroupMapping',
  tags,
  summary: 'Show an IdP group mapping',
  description: 'Fields without a value are left out.',
  params: byBoth,
  response: { 200: IdpGroupMapping, ...refusalResponses(...reads, 'RECORD_NOT_FOUND') },
}
const create = {
  operationId: 'createIdpGroupMapping',
  tags,
  summary: 'Create an IdP group mapping',
  description: 'Replaces the one that the app and the group have already.',
  params: byBoth,
  body: Type.Union([
    Type.Object(
      {
        alias: Type.Optional(
          Type.Union([Type.String({ description: 'The name that people see.' }), Type.Null()], {
            documentedNullable: true,
          }),
        ),
        hidden_from_end_user: Type.Optional(
          Type.Union([Type.Boolean({ description: 'Whether people do not see it.' }), Type.Null()], {
            documentedNullable: true,
          }),
        ),
      },
      { description: 'What people see of it.' },
    ),
    Type.Null(),
  ]),
  response: { 200: IdpGroupMapping, ...refusalResponses(...writes, 'GROUP_NOT_FOUND') },
}
const remove = {
  operationId: 'delete_idp_group_mappings',
  tags,
  summary: 'Delete an IdP group mapping',
  description: 'The group stays.',
  params: byBoth,
  response: {
    200: NoContent('The mapping is gone; the body is empty.'),
    ...refusalResponses(...writes, 'RECORD_NOT_FOUND'),
  },
}

/** Nothing is mapped: the groups stay as they are. */
export function idpGroupMappings({ store, organizations }: Deps): FastifyPluginAsyncTypebox {
  const links = createLinks(store, 'idp_group_mapping')
  const write = createWrite({ store, organizations })

  return async (app) => {
    app.get('/idp-group-mappings/:app_resource_id', { schema: list }, async ({ organization, params }) => {
      const { app_resource_id } = params
      checkResource(organization, app_resource_id)
      const mappings = links.list(organization, app_resource_id).map((link) => show(app_resource_id, link))
      return { mappings }
    })

    app.put('/idp-group-mappings/:app_resource_id', { schema: replace }, async (request, reply) => {
      const { organization, params, body } = request
      await write(request, () =>
        store.atomic(() => {
          const { app_resource_id } = params
          checkResource(organization, app_resource_id)
          links.removeAll(organization, app_resource_id)
          body.mappings.forEach(({ group_id, ...mapping }, index) => {
            const path = `body.mappings[${index}].group_id`
            if (group_id === undefined) throw invalidRequest([{ path, message: 'expected a UUID' }])
            checkIds(store, organization, 'group', { [path]: group_id })
            links.put(organization, app_resource_id, group_id, mapping)
          })
        }),
      )
      return reply.send(undefined)
    })

    app.get('/idp-group-mappings/:app_resource_id/groups/:group_id', { schema: get }, async (request) => {
      const { organization, params } = request
      const { app_resource_id, group_id } = params
      checkResource(organization, app_resource_id)
      const link = links.find(organization, app_resource_id, group_id)
      if (!link) throw notMapped(app_resource_id, group_id)
      return show(app_resource_id, link)
    })

    app.post('/idp-group-mappings/:app_resource_id/groups/:group_id', { schema: create }, (request) =>
      write(request, () => {
        const { organization, params, body } = request
        const { app_resource_id, group_id } = params
        checkResource(organization, app_resource_id)
        if (!exists(store, organization.organization_id, 'group', group_id)) throw groupNotFound(group_id)
        const mapping = given({ ...body })
        links.put(organization, app_resource_id, group_id, mapping)
        return show(app_resource_id, { to_id: group_id, ...mapping })
      }),
    )

    app.delete('/idp-group-mappings/:app_resource_id/groups/:group_id', { schema: remove }, async (request, reply) => {
      const { organization, params } = request
      const { app_resource_id, group_id } = params
      await write(request, () => {
        checkResource(organization, app_resource_id)
        if (!links.remove(organization, app_resource_id, group_id)) throw notMapped(app_resource_id, group_id)
      })
      return reply.send(undefined)
    })
  }

  function checkResource({ organization_id }: { organization_id: number }, id: string) {
    if (exists(store, organization_id, 'resource', id)) return
    throw new Refusal('RESOURCE_NOT_FOUND', `There is no resource ${id}.`, {
      hint: 'The section resources of the seed has the resources.',
    })
  }
}

interface Link {
  to_id: string
  alias?: string
  hidden_from_end_user?: boolean
}

function show(app_resource_id: string, { to_id: group_id, alias, hidden_from_end_user = false }: Link) {
  return { app_resource_id, group_id, ...(alias !== undefined && { alias }), hidden_from_end_user }
}

function notMapped(app_resource_id: string, group_id: string): Refusal {
  return new Refusal('RECORD_NOT_FOUND', `Group ${group_id} has no mapping of resource ${app_resource_id}.`, {
    hint: `GET /v1/idp-group-mappings/${app_resource_id} lists those that there are.`,
  })
}
