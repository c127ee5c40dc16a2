import type { FastifyInstance } from 'fastify'
import type { Deps } from '../deps.js'
import type { RouteWatch } from '../unrouted.js'
import { groupUsers } from './group-users.js'
import { createDoors } from './hooks.js'

/** The API itself: the doors, then the routes. */
export function v1(deps: Deps, routes: RouteWatch) {
  return async (app: FastifyInstance) => {
    const doors = createDoors(deps.organizations)
    app.addHook('onRequest', doors.authenticate)
    app.addHook('onRequest', doors.authorize)
    app.addHook('onRequest', async (request) => {
      // Before the body is read: whatever it is, nothing here would take it.
      if (request.is404) throw routes.refuse(request)
    })
    app.addHook('preHandler', doors.lowerCaseIds)
    app.setNotFoundHandler((request) => {
      throw routes.refuse(request)
    })
    await app.register(groupUsers(deps))
  }
}
