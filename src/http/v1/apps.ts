import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from '@sinclair/typebox'
import { App, AppType } from '../../schemas/records.js'
import { Uuid } from '../../schemas/types.js'
import type { Deps } from '../deps.js'
import { guardRefusals, refusalResponses } from '../schemas.js'
import { createRecords } from './records.js'

const tags = ['apps']

const listApps = {
  operationId: 'getApps',
  tags,
  summary: 'List apps',
  description: 'All apps, in the order in which they were created. Both filters together are combined with AND.',
  querystring: Type.Object({
    app_type_filter: Type.Optional(Type.Array(AppType, { description: 'Only those of these types.' })),
    owner_filter: Type.Optional(Uuid('Only those that this owner administers.')),
  }),
  response: {
    200: Type.Object(
      { apps: Type.Array(App) },
      { title: 'AppsList', description: 'Apps.', additionalProperties: false },
    ),
    ...refusalResponses(...guardRefusals, 'INVALID_REQUEST'),
  },
}
const getApp = {
  operationId: 'getApp',
  tags,
  summary: 'Show an app',
  description: 'Fields without a value are left out.',
  params: Type.Object({ app_id: Uuid('The app.') }),
  response: { 200: App, ...refusalResponses(...guardRefusals, 'INVALID_REQUEST', 'APP_NOT_FOUND') },
}

/** Apps come from the seed: no call creates or changes them. */
export function apps({ store }: Deps): FastifyPluginAsyncTypebox {
  const records = createRecords(store, 'app')

  return async (app) => {
    app.get('/apps', { schema: listApps }, async ({ organization, query: { app_type_filter, owner_filter } }) => ({
      apps: records.list(
        organization,
        ({ app_type, admin_owner_id }) =>
          (app_type_filter === undefined || app_type_filter.includes(app_type)) &&
          (owner_filter === undefined || admin_owner_id === owner_filter),
      ),
    }))

    app.get('/apps/:app_id', { schema: getApp }, async ({ organization, params }) =>
      records.get(organization, params.app_id),
    )
  }
}
