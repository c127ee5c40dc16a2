import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from '@sinclair/typebox'
import { Bundle, CreateBundleInfo } from '../../schemas/bundle.js'
import { VisibilityInfoSchema } from '../../schemas/visibility.js'
import type { Deps } from '../deps.js'
import { NoContent } from '../schemas.js'
import { createLinks } from './links.js'
import { CountedPageOf, pageQuery } from './paging.js'
import { given, recordRoutes } from './record-routes.js'

const tags = ['bundles']

const listQuery = Type.Object({
  ...pageQuery,
  contains: Type.Optional(Type.String({ description: 'Only those whose name contains this, in any case.' })),
})
const getVisibility = {
  operationId: 'getBundleVisibility',
  tags,
  summary: 'Show who can see a bundle',
  description: 'A new bundle is `GLOBAL`. The list is empty if there are no groups.',
}
const setVisibility = {
  operationId: 'setBundleVisibility',
  tags,
  summary: 'Set who can see a bundle',
  description: 'Replaces the list of groups, also if it is left out.',
  body: VisibilityInfoSchema,
}

export function bundles(deps: Deps): FastifyPluginAsyncTypebox {
  const { store } = deps
  const resources = createLinks(store, 'bundle_resource')
  const groups = createLinks(store, 'bundle_group')
  const viewers = createLinks(store, 'bundle_visibility')

  return async (app) => {
    const routes = recordRoutes(app, deps, {
      noun: 'bundle',
      tags,
      Item: Bundle,
      show({ organization }, { visibility: _, ...bundle }) {
        const total_num_resources = resources.ids(organization, bundle.bundle_id).length
        const total_num_groups = groups.ids(organization, bundle.bundle_id).length
        const total_num_items = total_num_resources + total_num_groups
        return { ...bundle, total_num_items, total_num_resources, total_num_groups }
      },
    })
    const { records, write, byId, idOf, refusals } = routes

    routes.list('getBundles', '/bundles', {
      query: listQuery,
      response: CountedPageOf('bundles', Bundle, { title: 'PaginatedBundleList', description: 'A page of bundles.' }),
      answer(request, query) {
        const text = query.contains?.toLowerCase() ?? ''
        const matches = ({ name }: { name: string }) => name.toLowerCase().includes(text)
        const { results, ...page } = routes.page(request, query, matches)
        return { bundles: results, ...page, total_count: records.list(request.organization, matches).length }
      },
    })
    routes.create('createBundle', '/bundles', {
      status: 201,
      body: CreateBundleInfo,
      read: ({ organization }, body) => {
        const now = organization.moment().text
        return { ...body, created_at: now, updated_at: now }
      },
    })
    routes.get('getBundle', '/bundles/:bundle_id')
    routes.update('updateBundle', '/bundles/:bundle_id', {
      method: 'PUT',
      summary: 'Change a bundle',
      body: Bundle,
      read: ({ organization }, { name, description, admin_owner_id }) => ({
        ...given({ name, description, admin_owner_id }),
        updated_at: organization.moment().text,
      }),
    })
    routes.remove('deleteBundle', '/bundles/:bundle_id')

    const showing = { ...getVisibility, params: byId, response: { 200: VisibilityInfoSchema, ...refusals.found } }
    app.get('/bundles/:bundle_id/visibility', { schema: showing }, async (request) => {
      const { organization } = request
      const { bundle_id, visibility = 'GLOBAL' } = records.get(organization, idOf(request))
      return { visibility, visibility_group_ids: viewers.ids(organization, bundle_id) }
    })

    const isSet = NoContent('The visibility is set; the body is empty.')
    const setting = { ...setVisibility, params: byId, response: { 200: isSet, ...refusals.changed } }
    app.put('/bundles/:bundle_id/visibility', { schema: setting }, async (request, reply) => {
      await write(request, () =>
        store.atomic(() => {
          const { organization, body } = request
          const { visibility, visibility_group_ids: ids = [] } = body
          const { bundle_id } = records.update(organization, idOf(request), { visibility })
          viewers.set(organization, bundle_id, ids, 'body.visibility_group_ids')
        }),
      )
      return reply.send(undefined)
    })
  }
}
