import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from '@sinclair/typebox'
import { nothingDecided } from '../../domain/behaviors.js'
import { formatTimestamp } from '../../domain/clock.js'
import { showDate } from '../../domain/access.js'
import { Refusal } from '../../domain/refusal.js'
import { Nullable, Uuid } from '../../schemas/types.js'
import type { Deps } from '../deps.js'
import { writeRefusals, guardRefusals, NoContent, refusalResponses } from '../schemas.js'
import { pageQuery, PageOf, readPage } from './paging.js'
import { createWrite } from './write.js'

const tags = ['tokens']

const Token = Type.Object(
  {
    token_id: Uuid('The token.'),
    created_at: Type.String({ format: 'date-time', description: 'When it was created.' }),
    token_label: Type.String({ description: 'The label.' }),
    creator_user_id: Uuid('The user who created it.'),
    user_id: Uuid('The user it belongs to.'),
    last_used_at: Nullable(
      Type.String({
        format: 'date-time',
        description: 'When it was last used since the start of the sandbox; null if never.',
      }),
    ),
    access_level: Type.Unsafe<'FULL_ACCESS' | 'READ_ONLY'>({
      title: 'ApiAccessLevelEnum',
      type: 'string',
      enum: ['READ_ONLY', 'FULL_ACCESS'],
      description: 'What it permits.',
    }),
    expires_at: Nullable(Type.String({ format: 'date-time', description: 'When it expires; null if it does not.' })),
  },
  { title: 'Token', description: 'A token, without its secret.', additionalProperties: false },
)

const listTokens = {
  operationId: 'getTokens',
  tags,
  summary: 'List tokens',
  description: 'All tokens except revoked ones, in the order in which they were created. Secrets are never shown.',
  querystring: Type.Object({
    ...pageQuery,
    token_ids: Type.Optional(Type.Array(Uuid('A token.'), { description: 'Only these, separated by commas.' })),
    user_id: Type.Optional(Uuid('Only those of this user.')),
  }),
  response: {
    200: PageOf(Token, { title: 'PaginatedTokensList', description: 'A page of tokens.' }),
    ...refusalResponses(...guardRefusals, 'INVALID_REQUEST'),
  },
}

const deleteToken = {
  operationId: 'deleteToken',
  tags,
  summary: 'Revoke a token',
  description: 'The token is rejected from its next request on. A token can revoke itself.',
  params: Type.Object({ token_id: Uuid('The token.') }),
  response: {
    200: NoContent('The token is revoked; the body is empty.'),
    ...refusalResponses(...guardRefusals, ...writeRefusals, 'TOKEN_NOT_FOUND'),
  },
}

export function tokens({ store, organizations }: Deps): FastifyPluginAsyncTypebox {
  const write = createWrite({ store, organizations })

  return async (app) => {
    app.get('/tokens', { schema: listTokens }, async (request) => {
      const { organization, query, described } = request
      const { settings } = organization
      const { token_ids, user_id } = query
      const filter = {
        organization_id: organization.organization_id,
        user_id: user_id ?? null,
        token_ids: token_ids ? JSON.stringify(token_ids) : null,
      }
      const page = readPage(
        query,
        (range) => store.tokens.list({ ...filter, ...range }),
        ({ token_id, created_at, token_label, creator_user_id, user_id, access_level, expires_at }) => {
          const lastUsed = organization.tokenLastUsed.get(token_id)
          const last_used_at = lastUsed === undefined ? null : formatTimestamp(lastUsed)
          return {
            token_id,
            created_at: showDate(created_at, settings),
            token_label,
            creator_user_id,
            user_id,
            last_used_at: showDate(last_used_at, settings),
            access_level,
            expires_at: showDate(expires_at, settings),
          }
        },
      )
      if (page.results.length > 0 && settings.timestamps === 'microseconds') {
        request.decided = (described?.decided ?? nothingDecided).plus('timestamps_in_microseconds')
      }
      return page
    })

    app.delete('/tokens/:token_id', { schema: deleteToken }, async (request, reply) => {
      const { organization } = request
      const { token_id } = request.params
      await write(request, () => {
        if (!store.tokens.revoke(organization.organization_id, token_id, formatTimestamp(organization.now()))) {
          throw new Refusal('TOKEN_NOT_FOUND', `There is no token ${token_id}.`, {
            hint: 'GET /v1/tokens lists the tokens.',
          })
        }
        organization.tokenGeneration++
      })
      organizations.forgetTokens(organization)
      return reply.send(undefined)
    })
  }
}
