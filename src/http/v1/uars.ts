import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from '@sinclair/typebox'
import { CreateUARInfo, UAR } from '../../schemas/uar.js'
import type { Deps } from '../deps.js'
import { PageOf, pageQuery } from './paging.js'
import { readDate, recordRoutes } from './record-routes.js'

/** Nobody reviews anything. */
export function uars(deps: Deps): FastifyPluginAsyncTypebox {
  return async (app) => {
    const routes = recordRoutes(app, deps, { noun: 'uar', tags: ['access reviews'], Item: UAR, show: (_, uar) => uar })

    routes.list('getUARs', '/uars', {
      query: Type.Object(pageQuery),
      response: PageOf(UAR, { title: 'PaginatedUARsList', description: 'A page of access reviews.' }),
      answer: (request, query) => routes.page(request, query),
    })
    routes.create('create_uar', '/uar', {
      status: 200,
      body: CreateUARInfo,
      read: (
        _,
        { reminder_schedule: __, reminder_include_manager: ___, instantly_action_reviews = false, ...body },
      ) => ({
        ...body,
        instantly_action_reviews,
        deadline: readDate('body.deadline', body.deadline),
      }),
    })
    routes.get('get_uar', '/uar/:uar_id')
  }
}
