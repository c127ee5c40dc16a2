import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyInstance } from 'fastify'
import type { Deps } from '../deps.js'
import { allowPages } from './cors.js'
import { groupUsers } from './group-users.js'
import { groups } from './groups.js'
import type { Hooks } from './hooks.js'
import { remoteUsers } from './remote-users.js'
import { users } from './users.js'

/**
 * What is registered at the start. rest.ts has the other operations, except those whose path has a literal part in place
 * of a parameter here: /users/remote_users would be the user with that id.
 */
export const mainRoutes = [groupUsers, groups, users, remoteUsers]

/** The API itself, as far as these routes go. */
export function v1(deps: Deps, hooks: Hooks, routes: ((deps: Deps) => FastifyPluginAsyncTypebox)[]) {
  return async (app: FastifyInstance) => {
    if (deps.cors) await allowPages(app)
    // Inside, since preflights carry no token and are not calls of the API.
    await app.register(async (app) => {
      hooks.addTo(app)
      for (const plugin of routes) await app.register(plugin(deps))
    })
  }
}
