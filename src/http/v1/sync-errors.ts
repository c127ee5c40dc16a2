import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from '@sinclair/typebox'
import { SyncError } from '../../schemas/records.js'
import { Uuid } from '../../schemas/types.js'
import type { Deps } from '../deps.js'
import { guardRefusals, refusalResponses } from '../schemas.js'
import { noteFilters, showDates } from './decided.js'
import { listRecords } from './records.js'

const listSyncErrors = {
  operationId: 'getSyncErrors',
  tags: ['sync errors'],
  summary: 'List sync errors',
  description: 'In the order of the seed. Several filters are combined with AND.',
  querystring: Type.Object({
    app_id: Type.Optional(Uuid('Only those of this app.')),
    resource_id: Type.Optional(Uuid('Only those of this resource.')),
    group_id: Type.Optional(Uuid('Only those of this group.')),
  }),
  response: {
    // As Opal documents it: a list of one, which holds the list.
    200: Type.Array(
      Type.Object(
        { sync_errors: Type.Array(SyncError) },
        { title: 'SyncErrorList', description: 'Sync errors.', additionalProperties: false },
      ),
      { description: 'One list.' },
    ),
    ...refusalResponses(...guardRefusals, 'INVALID_REQUEST'),
  },
}

/** Sync errors come from the seed: nothing is synced. */
export function syncErrors({ store }: Deps): FastifyPluginAsyncTypebox {
  const records = listRecords(store, 'sync_error')

  return async (app) => {
    app.get('/sync_errors', { schema: listSyncErrors }, async (request) => {
      const { organization, query } = request
      noteFilters(request, query.app_id, query.resource_id, query.group_id)
      const found = records.list(
        organization,
        ({ app_id, resource_id, group_id }) =>
          (query.app_id === undefined || app_id === query.app_id) &&
          (query.resource_id === undefined || resource_id === query.resource_id) &&
          (query.group_id === undefined || group_id === query.group_id),
      )
      // Opal shows neither an id nor what the last two filters compare.
      const shown = found.map(({ sync_error_id: _, resource_id: __, group_id: ___, ...error }) => error)
      return [{ sync_errors: shown.map((error) => showDates(request, error, ['first_seen', 'last_seen'])) }]
    })
  }
}
