import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from '@sinclair/typebox'
import { formatTimestamp } from '../../domain/clock.js'
import type { Deps } from '../deps.js'
import { controlRefusals, refusalResponses } from '../schemas.js'

const ListedOrganization = Type.Object(
  {
    name: Type.String({ description: '`default`, or `org-<name>`.', examples: ['default'] }),
    last_used_at: Type.Union([Type.String({ format: 'date-time' }), Type.Null()], {
      description:
        'When a token of it was last accepted under /v1, by its clock; null if none was since the start or the last reset.',
    }),
    group_users: Type.Integer({ description: 'How many group users are stored, expired ones included.' }),
  },
  { title: 'ListedOrganization', description: 'An organization.', additionalProperties: false },
)

const listOrganizations = {
  operationId: 'sandbox_list_organizations',
  tags: ['sandbox'],
  summary: 'List organizations',
  description:
    'The most recently used first. Only a call for `default` lists all of them; for any other organization the list has this one alone, since names are tokens.',
  response: {
    200: Type.Object(
      { results: Type.Array(ListedOrganization) },
      {
        title: 'Organizations',
        description: 'The organizations.',
        additionalProperties: false,
        examples: [{ results: [{ name: 'default', last_used_at: null, group_users: 5 }] }],
      },
    ),
    ...refusalResponses(...controlRefusals),
  },
}

export function organizationList({ store, organizations }: Deps): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get('/organizations', { schema: listOrganizations }, async ({ organization }) => {
      const counts = store.groupUsers.countByOrganization()
      return {
        results: organizations
          .list()
          .filter(({ name }) => organization === organizations.default || name === organization.name)
          .map(({ name, lastUsed }) => ({
            name,
            last_used_at: lastUsed === undefined ? null : formatTimestamp(lastUsed),
            group_users: counts.get(name) ?? 0,
          })),
      }
    })
  }
}
