import { accessRules } from './access-rules.js'
import { apps } from './apps.js'
import { bundleItems } from './bundle-items.js'
import { bundles } from './bundles.js'
import { campaigns } from './campaigns.js'
import { configurationTemplates } from './configuration-templates.js'
import { containingGroups } from './containing-groups.js'
import { eventStreams } from './event-streams.js'
import { groupBindings } from './group-bindings.js'
import { groupNotifications } from './group-notifications.js'
import { groupResources } from './group-resources.js'
import { groupReviewers } from './group-reviewers.js'
import { groupVisibility } from './group-visibility.js'
import { idpGroupMappings } from './idp-group-mappings.js'
import { messageChannels } from './message-channels.js'
import { onCallSchedules } from './on-call-schedules.js'
import { owners } from './owners.js'
import { sessions } from './sessions.js'
import { syncErrors } from './sync-errors.js'
import { tagging } from './tagging.js'
import { tagRoutes } from './tags.js'
import { tokens } from './tokens.js'
import { uars } from './uars.js'

/** What is registered when one of these operations, or one that does not exist, is called first. */
export const otherRoutes = [
  tokens,
  owners,
  groupVisibility,
  groupNotifications,
  groupReviewers,
  containingGroups,
  groupResources,
  apps,
  messageChannels,
  onCallSchedules,
  tagRoutes,
  tagging,
  syncErrors,
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
