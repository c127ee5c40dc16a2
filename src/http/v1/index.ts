import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Deps } from '../deps.js'
import { noteFields } from '../fields.js'
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
    const doors = createDoors(deps.organizations, routes)
    const effects = createEffects(createRecorder(deps.organizations))
    const pass = inTurn(
      doors.lowerCaseIds,
      doors.authenticate,
      createRateDoor(deps.organizations),
      doors.authorize,
      refuseUnrouted,
    )
    // Not at onRequest, when it is not yet known what is called; and before the body is read.
    app.addHook('preParsing', (request, reply, _payload, done) => pass(request, reply, done))
    app.addHook('preValidation', effects.before)
    app.addHook('preValidation', inTurn(noteFields))
    app.addHook('onSend', effects.after)
    app.setNotFoundHandler(refuseUnrouted)
    await app.register(groupUsers(deps))
    await app.register(groups(deps))
    await app.register(users(deps))
    await app.register(tokens(deps))
  }
  function refuseUnrouted(request: FastifyRequest) {
    if (request.is404) throw routes.refuse(request)
  }
}
