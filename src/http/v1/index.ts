import type { FastifyInstance } from 'fastify'
import { targetNouns } from '../../domain/target.js'
import type { Deps } from '../deps.js'
import { containingGroups } from './containing-groups.js'
import { groupResources } from './group-resources.js'
import { apps } from './apps.js'
import { allowPages } from './cors.js'
import { groupUsers } from './group-users.js'
import { groups } from './groups.js'
import type { Hooks } from './hooks.js'
import { messageChannels } from './message-channels.js'
import { onCallSchedules } from './on-call-schedules.js'
import { owners } from './owners.js'
import { remoteUsers } from './remote-users.js'
import { resources } from './resources.js'
import { resourceUsers } from './resource-users.js'
import { syncErrors } from './sync-errors.js'
import { tagging } from './tagging.js'
import { tagRoutes } from './tags.js'
import { groupOnCallSchedules, targetMessageChannels } from './target-notifications.js'
import { targetReviewers } from './target-reviewers.js'
import { targetVisibility } from './target-visibility.js'
import { tokens } from './tokens.js'
import { users } from './users.js'

/** The API itself. */
export function v1(deps: Deps, hooks: Hooks) {
  return async (app: FastifyInstance) => {
    if (deps.cors) await allowPages(app)
    // Inside, since preflights carry no token and are not calls of the API.
    await app.register(async (app) => {
      hooks.addTo(app)
      await app.register(groupUsers(deps))
      await app.register(groups(deps))
      await app.register(users(deps))
      await app.register(tokens(deps))
      await app.register(owners(deps))
      for (const noun of targetNouns) {
        await app.register(targetVisibility(deps, noun))
        await app.register(targetMessageChannels(deps, noun))
        await app.register(targetReviewers(deps, noun))
      }
      await app.register(groupOnCallSchedules(deps))
      await app.register(containingGroups(deps))
      await app.register(groupResources(deps))
      await app.register(resources(deps))
      await app.register(resourceUsers(deps))
      await app.register(apps(deps))
      await app.register(messageChannels(deps))
      await app.register(onCallSchedules(deps))
      await app.register(tagRoutes(deps))
      await app.register(tagging(deps))
      await app.register(remoteUsers(deps))
      await app.register(syncErrors(deps))
    })
  }
}
