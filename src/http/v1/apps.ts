import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type, type Static } from '@sinclair/typebox'
import type { FastifyRequest } from 'fastify'
import { App, AppType } from '../../schemas/records.js'
import { Uuid } from '../../schemas/types.js'
import type { Deps } from '../deps.js'
import { guardRefusals, refusalResponses } from '../schemas.js'
import { noteFilters, showDates } from './decided.js'
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
    app.get('/apps', { schema: listApps }, async (request) => {
      const { app_type_filter, owner_filter } = request.query
      noteFilters(request, app_type_filter, owner_filter)
      const found = records.list(
        request.organization,
        ({ app_type, admin_owner_id }) =>
          (app_type_filter === undefined || app_type_filter.includes(app_type)) &&
          (owner_filter === undefined || admin_owner_id === owner_filter),
      )
      return { apps: found.map((app) => dated(request, app)) }
    })

    app.get('/apps/:app_id', { schema: getApp }, async (request) =>
      dated(request, records.get(request.organization, request.params.app_id)),
    )
  }
}

function dated<Item extends Pick<Static<typeof App>, 'validations'>>(request: FastifyRequest, app: Item): Item {
  const { validations } = app
  return validations ? { ...app, validations: validations.map((one) => showDates(request, one, ['updated_at'])) } : app
}
