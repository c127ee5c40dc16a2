import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from '@sinclair/typebox'
import { nothingDecided } from '../../domain/behaviors.js'
import { userNotFound } from '../../domain/group-user.js'
import { Refusal } from '../../domain/refusal.js'
import { Uuid } from '../../schemas/types.js'
import type { Deps } from '../deps.js'
import { invalidRequest } from '../errors.js'
import { guardRefusals, refusalResponses } from '../schemas.js'
import { alsoDecides } from './decided.js'
import { pageQuery, PageOf, readPage } from './paging.js'
import { showUser, User } from './user.js'

const tags = ['users']
const userById = nothingDecided.plus('user_by_id')
const userByEmail = nothingDecided.plus('user_by_email')

const listUsers = {
  operationId: 'getUsers',
  tags,
  summary: 'List users',
  description: 'All users, in the order in which they were created.',
  querystring: Type.Object({
    ...pageQuery,
    tag_ids: Type.Optional(Type.Array(Uuid('A tag.'), { description: 'Only those with at least one of these tags.' })),
  }),
  response: {
    200: PageOf(User, { title: 'PaginatedUsersList', description: 'A page of users.' }),
    ...refusalResponses(...guardRefusals, 'INVALID_REQUEST'),
  },
}

const getUser = {
  operationId: 'user',
  tags,
  summary: 'Find a user',
  description: 'By id or by email address; if both are given, the id decides.',
  querystring: Type.Object({
    user_id: Type.Optional(Uuid('The user.')),
    email: Type.Optional(Type.String({ description: "The user's email address, in upper or lower case." })),
  }),
  response: { 200: User, ...refusalResponses(...guardRefusals, 'INVALID_REQUEST', 'USER_NOT_FOUND') },
}

export function users({ store }: Deps): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get('/users', { schema: listUsers }, async (request) => {
      const { organization, query } = request
      const { organization_id } = organization
      if (query.tag_ids) alsoDecides(request, 'tag_filter')
      const tag_ids = query.tag_ids ? JSON.stringify(query.tag_ids) : null
      return readPage(query, (range) => store.users.list({ organization_id, tag_ids, ...range }), showUser)
    })

    app.get('/user', { schema: getUser }, async (request) => {
      const { organization_id } = request.organization
      const { user_id, email } = request.query
      request.decided = userById
      if (user_id !== undefined) {
        const user = store.users.show(organization_id, user_id)
        if (!user) throw userNotFound(user_id)
        return showUser(user)
      }
      if (email === undefined) {
        throw invalidRequest([{ path: 'query', message: 'expected user_id or email, got neither' }])
      }
      request.decided = userByEmail
      const user = store.users.showByEmail(organization_id, email)
      if (!user) {
        throw new Refusal(
          'USER_NOT_FOUND',
          `There is no user with the email address ${JSON.stringify(email.slice(0, 200))}.`,
          {
            hint: 'GET /v1/users lists the users. A + in an address must be sent as %2B.',
          },
        )
      }
      return showUser(user)
    })
  }
}
