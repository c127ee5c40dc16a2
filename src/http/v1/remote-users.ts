import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from '@sinclair/typebox'
import { RemoteUser, ThirdPartyProvider } from '../../schemas/records.js'
import { Uuid } from '../../schemas/types.js'
import type { Deps } from '../deps.js'
import { guardRefusals, refusalResponses } from '../schemas.js'
import { noteFilters } from './decided.js'
import { pageQuery, PageOf } from './paging.js'
import { listRecords } from './records.js'

const listRemoteUsers = {
  operationId: 'getRemoteUsers',
  tags: ['users'],
  summary: 'List the accounts that users have elsewhere',
  description: 'In the order of the seed. Several filters are combined with AND.',
  querystring: Type.Object({
    ...pageQuery,
    third_party_provider: Type.Optional(Type.Array(ThirdPartyProvider, { description: 'Only those at these.' })),
    user_id: Type.Optional(Type.Array(Uuid('A user.'), { description: 'Only those of these users.' })),
    remote_id: Type.Optional(Type.Array(Type.String(), { description: 'Only those with these ids there.' })),
  }),
  response: {
    200: PageOf(RemoteUser, { title: 'PaginatedRemoteUsersList', description: 'A page of remote users.' }),
    ...refusalResponses(...guardRefusals, 'INVALID_REQUEST'),
  },
}

/** Remote users come from the seed: no call creates or changes them. */
export function remoteUsers({ store }: Deps): FastifyPluginAsyncTypebox {
  const records = listRecords(store, 'remote_user')

  return async (app) => {
    app.get('/users/remote_users', { schema: listRemoteUsers }, async (request) => {
      const { organization, query } = request
      const { third_party_provider: providers, user_id: users, remote_id: remoteIds } = query
      noteFilters(request, providers, users, remoteIds)
      const page = records.page(
        organization,
        query,
        ({ user_id, remote_id, third_party_provider }) =>
          (providers === undefined || providers.includes(third_party_provider)) &&
          (users === undefined || users.includes(user_id)) &&
          (remoteIds === undefined || remoteIds.includes(remote_id)),
      )
      // Opal shows no id.
      return { ...page, results: page.results.map(({ remote_user_id: _, ...remoteUser }) => remoteUser) }
    })
  }
}
