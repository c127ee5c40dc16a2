import type { FastifyInstance } from 'fastify'
import type { Deps } from '../deps.js'
import { noteFields, refuseFields } from '../fields.js'
import type { RouteWatch } from '../unrouted.js'
import { createEffects } from './effects.js'
import { groupUsers } from './group-users.js'
import { groups } from './groups.js'
import { createDoors, inTurn } from './hooks.js'
import { createRateDoor } from './rate.js'
import { createRecorder } from '../record.js'
import { tokens } from './tokens.js'
import { users } from './users.js'

/** The API itself: the doors in their order, then the routes. */
export function v1(deps: Deps, routes: RouteWatch) {
  return async (app: FastifyInstance) => {
    const doors = createDoors(deps.organizations)
    const effects = createEffects(createRecorder(deps.organizations))
    app.addHook('onRequest', inTurn(doors.authenticate, createRateDoor(deps.organizations), doors.authorize))
    app.addHook('preValidation', effects.before)
    app.addHook('preValidation', inTurn(noteFields))
    app.addHook('preHandler', inTurn(doors.lowerCaseIds, refuseFields))
    app.addHook('onSend', effects.after)
    app.setNotFoundHandler((request) => {
      throw routes.refuse(request)
    })
    await app.register(groupUsers(deps))
    await app.register(groups(deps))
    await app.register(users(deps))
    await app.register(tokens(deps))
  }
}
