import { targetNouns } from '../../domain/target.js'
import type { Deps } from '../deps.js'
import { accessRules } from './access-rules.js'
import { apps } from './apps.js'
import { bundleItems } from './bundle-items.js'
import { bundles } from './bundles.js'
import { campaigns } from './campaigns.js'
import { configurationTemplates } from './configuration-templates.js'
import { containingGroups } from './containing-groups.js'
import { eventStreams } from './event-streams.js'
import { events } from './events.js'
import { groupBindings } from './group-bindings.js'
import { groupResources } from './group-resources.js'
import { idpGroupMappings } from './idp-group-mappings.js'
import { messageChannels } from './message-channels.js'
import { onCallSchedules } from './on-call-schedules.js'
import { owners } from './owners.js'
import { delegations } from './delegations.js'
import { accessRequests } from './requests.js'
import { resourceUsers } from './resource-users.js'
import { resources } from './resources.js'
import { sessions } from './sessions.js'
import { syncErrors } from './sync-errors.js'
import { tagging } from './tagging.js'
import { tagRoutes } from './tags.js'
import { groupOnCallSchedules, targetMessageChannels } from './target-notifications.js'
import { targetReviewers } from './target-reviewers.js'
import { targetVisibility } from './target-visibility.js'
import { tokens } from './tokens.js'
import { uars } from './uars.js'

/** What is registered when one of these operations, or one that does not exist, is called first. */
export const otherRoutes = [
  tokens,
  owners,
  ...targetNouns.flatMap((noun) => [
    (deps: Deps) => targetVisibility(deps, noun),
    (deps: Deps) => targetMessageChannels(deps, noun),
    (deps: Deps) => targetReviewers(deps, noun),
  ]),
  groupOnCallSchedules,
  containingGroups,
  groupResources,
  resources,
  resourceUsers,
  accessRequests,
  delegations,
  apps,
  messageChannels,
  onCallSchedules,
  tagRoutes,
  tagging,
  syncErrors,
  events,
  bundles,
  bundleItems,
  eventStreams,
  configurationTemplates,
  groupBindings,
  idpGroupMappings,
  accessRules,
  uars,
  campaigns,
  sessions,
]
