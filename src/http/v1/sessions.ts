import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from '@sinclair/typebox'
import { recordFields } from '../../schemas/records.js'
import { Uuid } from '../../schemas/types.js'
import type { Deps } from '../deps.js'
import { pageLinks } from './paging.js'
import { recordRoutes } from './record-routes.js'

const Session = Type.Object(
  { connection_id: Uuid('The session.'), ...recordFields.session },
  { title: 'Session', description: "A user's session at a resource.", additionalProperties: false },
)
const SessionsList = Type.Object(
  { results: Type.Array(Session), ...pageLinks },
  { title: 'SessionsList', description: 'Sessions.', additionalProperties: false },
)
const listQuery = Type.Object({
  resource_id: Uuid('Only those at this resource.'),
  user_id: Type.Optional(
    Type.String({ description: 'Only those of this user.', examples: ['29827fb8-f2dd-4e80-9576-28e31e9934ac'] }),
  ),
})

/** Sessions come from the seed: no call begins one. */
export function sessions(deps: Deps): FastifyPluginAsyncTypebox {
  return async (app) => {
    const routes = recordRoutes(app, deps, {
      noun: 'session',
      tags: ['sessions'],
      Item: Session,
      show: (_, session) => session,
    })

    routes.list('sessions', '/sessions', {
      query: listQuery,
      response: SessionsList,
      answer(request, { resource_id, user_id }) {
        const results = routes.all(
          request,
          (session) =>
            session.resource_id === resource_id && (user_id === undefined || session.user_id === user_id.toLowerCase()),
        )
        return { results, next: null, previous: null }
      },
    })
  }
}
