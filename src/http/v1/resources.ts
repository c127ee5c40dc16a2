import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from '@sinclair/typebox'
import type { FastifyRequest } from 'fastify'
import { resourceNotFound } from '../../domain/access.js'
import { Refusal } from '../../domain/refusal.js'
import {
  CreateResourceInfo,
  Resource,
  ResourceType,
  ScopedRolePermissionSchema,
  UpdateResourceInfo,
  UpdateResourceInfoList,
} from '../../schemas/resource.js'
import { Uuid } from '../../schemas/types.js'
import type { ListedTarget } from '../../store/targets.js'
import type { Deps } from '../deps.js'
import { invalidRequest, maxProblems } from '../errors.js'
import { ResourceAccessLevelSchema } from '../../schemas/access-level.js'
import { bulkBodyLimit, guardRefusals, NoContent, refusalResponses, writeRefusals } from '../schemas.js'
import { alsoDecides, noteFilters, showDates } from './decided.js'
import { pageQuery, PageOf, readPage } from './paging.js'
import { checkIds, takeId } from './records.js'
import {
  applyUpdate,
  createTarget,
  derivedFields,
  isUnlink,
  readResourceDetails,
  showUpdated,
  updateProblems,
} from './target.js'
import { createWrite } from './write.js'

type Row = ListedTarget<'resource'>

const tags = ['resources']
const byId = Type.Object({ resource_id: Uuid('The resource.') })

const listResources = {
  operationId: 'getResources',
  tags,
  summary: 'List resources',
  description: 'All resources, in the order in which they were created. Several filters are combined with AND.',
  querystring: Type.Object({
    ...pageQuery,
    resource_type_filter: Type.Optional(ResourceType),
    resource_ids: Type.Optional(Type.Array(Uuid('A resource.'), { description: 'Only these, separated by commas.' })),
    resource_name: Type.Optional(Type.String({ description: 'Only those with exactly this name.' })),
    parent_resource_id: Type.Optional(Uuid('Only those that are part of this resource.')),
    ancestor_resource_id: Type.Optional(Uuid('Only those that are part of this resource, directly or not.')),
    remote_id: Type.Optional(Type.String({ description: 'Only those with exactly this remote_resource_id.' })),
    tag_ids: Type.Optional(Type.Array(Uuid('A tag.'), { description: 'Only those with at least one of these tags.' })),
  }),
  response: {
    200: PageOf(Resource, { title: 'PaginatedResourcesList', description: 'A page of resources.' }),
    ...refusalResponses(...guardRefusals, 'INVALID_REQUEST'),
  },
}

const createResource = {
  operationId: 'createResource',
  tags,
  summary: 'Create a resource',
  description: 'Nobody has access to the new resource, and it has only the default access level.',
  body: CreateResourceInfo,
  response: { 200: Resource, ...refusalResponses(...guardRefusals, ...writeRefusals) },
}

const updateResources = {
  operationId: 'updateResources',
  tags,
  summary: 'Change resources',
  description: 'Changes the given fields. If one of the resources is not found, none is changed.',
  body: UpdateResourceInfoList,
  response: {
    200: UpdateResourceInfoList,
    ...refusalResponses(...guardRefusals, ...writeRefusals, 'RESOURCE_NOT_FOUND', 'RESOURCE_CYCLE'),
  },
}

const getResource = {
  operationId: 'get_resource',
  tags,
  summary: 'Show a resource',
  description: 'Fields without a value are left out.',
  params: byId,
  response: { 200: Resource, ...refusalResponses(...guardRefusals, 'INVALID_REQUEST', 'RESOURCE_NOT_FOUND') },
}

const deleteResource = {
  operationId: 'delete_resource',
  tags,
  summary: 'Delete a resource',
  description: "Ends everyone's access to it. What is part of it stays, without a parent.",
  params: byId,
  response: {
    200: NoContent('The resource is gone; the body is empty.'),
    ...refusalResponses(...guardRefusals, ...writeRefusals, 'RESOURCE_NOT_FOUND'),
  },
}

const listAccessLevels = {
  operationId: 'get_resource_access_levels',
  tags,
  summary: "List a resource's access levels",
  description: 'The levels besides the default one, which every resource has.',
  params: byId,
  response: {
    200: Type.Object(
      { results: Type.Array(ResourceAccessLevelSchema) },
      {
        title: 'ResourceAccessLevelList',
        description: 'The access levels of a resource.',
        additionalProperties: false,
      },
    ),
    ...refusalResponses(...guardRefusals, 'INVALID_REQUEST', 'RESOURCE_NOT_FOUND'),
  },
}

const ScopedRolePermissionList = Type.Object(
  { permissions: Type.Array(ScopedRolePermissionSchema) },
  { title: 'ScopedRolePermissionList', description: 'What a role permits in Opal.' },
)

export function resources({ store, organizations }: Deps): FastifyPluginAsyncTypebox {
  const write = createWrite({ store, organizations })
  const target = createTarget(store, 'resource')

  const getPermissions = {
    operationId: 'get_resource_scoped_role_permissions',
    tags,
    summary: 'List what a scoped role permits',
    description: 'As it was set.',
    params: byId,
    response: { 200: ScopedRolePermissionList, ...target.reads },
  }
  const setPermissions = {
    operationId: 'set_resource_scoped_role_permissions',
    tags,
    summary: 'Replace what a scoped role permits',
    description: 'Kept as it is given, for resources of any type.',
    params: byId,
    body: ScopedRolePermissionList,
    response: { 200: ScopedRolePermissionList, ...target.writes },
  }

  return async (app) => {
    app.get('/resources', { schema: listResources }, async (request) => {
      const { organization, query } = request
      const { resource_ids, tag_ids, resource_name, resource_type_filter, remote_id } = query
      const { parent_resource_id, ancestor_resource_id } = query
      const filters = [resource_ids, tag_ids, resource_name, resource_type_filter, remote_id]
      noteFilters(request, ...filters, parent_resource_id, ancestor_resource_id)
      if (tag_ids) alsoDecides(request, 'tag_filter')
      const filter = {
        organization_id: organization.organization_id,
        type: resource_type_filter ?? null,
        name: resource_name ?? null,
        ids: resource_ids ? JSON.stringify(resource_ids) : null,
        tag_ids: tag_ids ? JSON.stringify(tag_ids) : null,
        remote_id: remote_id ?? null,
        parent_id: parent_resource_id ?? null,
        ancestor_id: ancestor_resource_id ?? null,
      }
      return readPage(
        query,
        (range) => store.resources.list({ ...filter, ...range }),
        (row) => show(request, row),
      )
    })

    app.post('/resources', { schema: createResource }, (request) =>
      write(request, () =>
        store.atomic(() => {
          const { organization, body } = request
          const { organization_id } = organization
          const { name, description = '', resource_type, custom_request_notification, ...rest } = body
          const { sequence, id: resource_id } = takeId(store, organization_id, 'resource')
          const owner = target.ownerOfApp(organization, rest.app_id)
          if (owner) alsoDecides(request, 'owner_of_app')
          const details = JSON.stringify({
            ...owner,
            ...rest,
            ...(custom_request_notification && { custom_request_notification }),
          })
          const shown = { resource_id, name, description, resource_type, details }
          store.resources.insert({ organization_id, sequence, alias: resource_id, propagation: null, ...shown })
          return show(request, { sequence, ...shown })
        }),
      ),
    )

    app.put('/resources', { schema: updateResources, bodyLimit: bulkBodyLimit }, async (request) => {
      const { body } = request
      const problems = body.resources.flatMap((update, index) => updateProblems(`body.resources[${index}]`, update))
      if (problems.length > 0) {
        throw invalidRequest(problems.slice(0, maxProblems), { behavior: 'resource_update_rejected' })
      }
      if (body.resources.some(isUnlink)) alsoDecides(request, 'template_unlinked')
      return write(request, () =>
        store.atomic(() => ({
          resources: body.resources.map((update, index) => updateResource(request, update, `body.resources[${index}]`)),
        })),
      )
    })

    app.get('/resources/:resource_id', { schema: getResource }, async (request) =>
      show(request, find(request, request.params.resource_id)),
    )

    app.get('/resources/:resource_id/access_levels', { schema: listAccessLevels }, async ({ organization, params }) => {
      target.check(organization, params.resource_id)
      return { results: store.resources.levels(organization.organization_id, params.resource_id).list() }
    })

    app.delete('/resources/:resource_id', { schema: deleteResource }, async (request, reply) => {
      const { organization, params } = request
      const { organization_id } = organization
      await write(request, () => {
        if (!store.resources.remove(organization_id, params.resource_id)) throw resourceNotFound(params.resource_id)
        store.references.remove(organization_id, 'resource', params.resource_id)
      })
      return reply.send(undefined)
    })

    app.get('/resources/:resource_id/scoped-role-permissions', { schema: getPermissions }, async (request) => {
      const details = readResourceDetails(find(request, request.params.resource_id))
      return { permissions: details.scoped_role_permissions ?? [] }
    })

    app.put('/resources/:resource_id/scoped-role-permissions', { schema: setPermissions }, (request) =>
      write(request, () => {
        const { organization, params, body } = request
        const details = readResourceDetails(find(request, params.resource_id))
        const changed = JSON.stringify({ ...details, scoped_role_permissions: body.permissions })
        store.resources.update(organization.organization_id, params.resource_id, { details: changed })
        return body
      }),
    )
  }

  function find({ organization }: FastifyRequest, resource_id: string): Row {
    const resource = store.resources.show(organization.organization_id, resource_id)
    if (!resource) throw resourceNotFound(resource_id)
    return resource
  }

  /** Returns those fields of the resource that an update can set. */
  function updateResource(
    request: FastifyRequest,
    { resource_id, parent_resource_id, ...update }: UpdateResourceInfo,
    path: string,
  ): UpdateResourceInfo {
    const { organization_id } = request.organization
    const resource = find(request, resource_id)
    const { details, ...columns } = applyUpdate(resource, readResourceDetails(resource), update)
    if (parent_resource_id === null) delete details.parent_resource_id
    else if (parent_resource_id !== undefined) {
      checkIds(store, request.organization, 'resource', { [`${path}.parent_resource_id`]: parent_resource_id })
      const above = store.resources.ancestors(organization_id, parent_resource_id)
      if (parent_resource_id === resource_id || above.includes(resource_id)) {
        throw resourceCycle(resource_id, parent_resource_id)
      }
      details.parent_resource_id = parent_resource_id
    }
    store.resources.update(organization_id, resource_id, { ...columns, details: JSON.stringify(details) })
    return { resource_id, ...showUpdated({ ...columns, details }, UpdateResourceInfo.properties) }
  }

  function show(request: FastifyRequest, row: Row): Resource {
    const { resource_id, name, description, resource_type } = row
    const { organization_id } = request.organization
    const { folder_id, visibility, scoped_role_permissions, ...details } = readResourceDetails(row)
    const ancestors = store.resources.ancestors(organization_id, resource_id)
    const descendants = store.resources.descendants(organization_id, resource_id)
    return {
      resource_id,
      name,
      description,
      resource_type: resource_type as Resource['resource_type'],
      ...details,
      ...derivedFields(details),
      ...(ancestors.length > 0 && { ancestor_resource_ids: ancestors }),
      ...(descendants.length > 0 && { descendant_resource_ids: descendants }),
      ...(details.last_successful_sync && {
        last_successful_sync: showDates(request, details.last_successful_sync, ['completed_at']),
      }),
    }
  }
}

function resourceCycle(resource_id: string, parent_id: string): Refusal {
  return new Refusal(
    'RESOURCE_CYCLE',
    `Resource ${resource_id} cannot be part of ${parent_id}: it would be part of itself.`,
    { hint: 'Choose a parent that is not part of the resource.' },
  )
}
