import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from '@sinclair/typebox'
import { AccessRule, UpdateAccessRuleInfo } from '../../schemas/access-rule.js'
import type { Deps } from '../deps.js'
import { pageQuery } from './paging.js'
import { recordRoutes } from './record-routes.js'

/** Opal does not allow null here, so that the last page has no `next`. */
const AccessRulePage = Type.Object(
  {
    results: Type.Array(AccessRule),
    next: Type.Optional(Type.String({ description: 'The cursor of the page that follows.' })),
    previous: Type.Optional(Type.String({ description: 'The cursor that led to this page.' })),
  },
  { title: 'PaginatedAccessRulesList', description: 'A page of access rules.', additionalProperties: false },
)

/** No rule gives anybody access. */
export function accessRules(deps: Deps): FastifyPluginAsyncTypebox {
  return async (app) => {
    const routes = recordRoutes(app, deps, {
      noun: 'access_rule',
      tags: ['access rules'],
      Item: AccessRule,
      show: (_, rule) => rule,
    })

    routes.list('get_access_rules', '/access-rules', {
      query: Type.Object(pageQuery),
      response: AccessRulePage,
      answer(request, query) {
        const { results, next, previous } = routes.page(request, query)
        return { results, ...(next !== null && { next }), ...(previous !== null && { previous }) }
      },
    })
    routes.create('create_access_rule', '/access-rules', {
      status: 201,
      body: UpdateAccessRuleInfo,
      read: (_, body) => body,
    })
    routes.get('get_access_rule', '/access-rules/:access_rule_id')
    routes.update('update_access_rule', '/access-rules/:access_rule_id', {
      method: 'PUT',
      summary: 'Change an access rule',
      body: UpdateAccessRuleInfo,
      read: (_, body) => body,
    })
  }
}
