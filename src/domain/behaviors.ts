import type { operations } from './operations.js'
import type { OrganizationSettings } from './settings.js'

/** How a behavior is known, the least certain first. docs/behaviour.md explains the words. */
export const bases = ['assumed', 'inferred', 'documented', 'measured'] as const

export type Basis = (typeof bases)[number]

type OperationId = (typeof operations)[number]['id']

export interface Behavior {
  /** What happens, as a phrase. */
  means: string
  operations: 'every' | readonly OperationId[]
  basis: Basis
  /** What the basis rests on. */
  source: string
  /** Chooses another reading, or has chosen this one. */
  setting?: keyof OrganizationSettings
  /** Whether it decides every success of its operations. Any other is named by the code that decides. */
  always?: true
}

const documentation = "Opal's documentation"
const clients = "Opal's published clients and schema"
const ourChoice = 'Opal does not say'
const noErrors = 'Opal does not document how it rejects calls'

const grants = ['update_group_user', 'add_group_user'] as const
const groupUsers = [...grants, 'delete_group_user'] as const
const updates = ['update_group_user', 'update_resource_user'] as const
const additions = ['add_group_user', 'add_resource_user'] as const
const removals = ['delete_group_user', 'delete_resource_user'] as const
const resourceGrants = ['update_resource_user', 'add_resource_user'] as const
const resourceUsers = [...resourceGrants, 'delete_resource_user'] as const
const resourceAccessLists = ['get_resource_users', 'get_user_resources'] as const
const shownResourceAccess = [
  ...resourceGrants,
  ...resourceAccessLists,
  ...(['getResourceUser', 'resource_user_access_status_retrieve'] as const),
] as const
const allGrants = [...grants, ...resourceGrants] as const
const allAccess = [...groupUsers, ...resourceUsers] as const
const accessLists = ['get_group_users', 'get_user_groups'] as const
const shownAccess = [...grants, ...accessLists] as const
const ownerReads = ['get_owners', 'getOwner', 'getOwnerFromName', 'get_owner_users'] as const
const ownerWrites = ['createOwner', 'updateOwners', 'delete_owner', 'set_owner_users'] as const
const groupVisibility = ['get_group_visibility', 'set_group_visibility'] as const
const resourceVisibility = ['get_resource_visibility', 'set_resource_visibility'] as const
const resourceChannels = ['get_resource_message_channels', 'set_resource_message_channels'] as const
const groupNotifications = [
  ...(['get_group_message_channels', 'set_group_message_channels'] as const),
  ...(['get_group_on_call_schedules', 'set_group_on_call_schedules'] as const),
] as const
const setGroupReviewers = ['set_group_reviewers', 'set_group_reviewer_stages'] as const
const groupReviewers = ['get_group_reviewers', 'get_group_reviewer_stages', ...setGroupReviewers] as const
const setResourceReviewers = ['set_resource_reviewers', 'set_resource_reviewer_stages'] as const
const resourceReviewers = [
  ...(['get_resource_reviewers', 'get_resource_reviewer_stages'] as const),
  ...setResourceReviewers,
] as const
const containingGroup = ['get_group_containing_group', 'remove_group_containing_group'] as const
const containingGroups = [
  ...(['get_group_containing_groups', 'add_group_containing_group'] as const),
  ...containingGroup,
] as const
const groupResources = ['get_group_resources', 'set_group_resources', 'add_group_resource'] as const
/** Calls that let a group give access to a resource at a level. */
const givenResources = ['set_group_resources', 'add_group_resource'] as const
const shownGroupResources = ['get_group_resources', 'add_group_resource', 'get_resource_groups'] as const
const aroundGroups = [
  ...groupVisibility,
  ...groupNotifications,
  ...groupReviewers,
  ...containingGroups,
  ...groupResources,
] as const
const permissions = ['get_resource_scoped_role_permissions', 'set_resource_scoped_role_permissions'] as const
const aroundResources = [
  ...resourceVisibility,
  ...resourceChannels,
  ...resourceReviewers,
  ...permissions,
  ...(['get_resource_groups', 'get_resource_access_levels'] as const),
] as const
const reviewed = ['approveRequest', 'denyRequest'] as const
const shownRequests = [
  ...['getRequests', 'getRequestsRelay', 'getRequest', 'approveRequest', 'denyRequest', 'createRequestComment'],
  ...['getRequestComments', 'getDelegations', 'createDelegation', 'getDelegation'],
] as const
const shownResources = ['getResources', 'createResource', 'get_resource'] as const
const shownTags = [
  ...['create_tag', 'get_tag', 'get_tag_by_ID', 'getTags', 'get_user_tags', 'get_group_tags', 'get_resource_tags'],
] as const
const taggings = [
  ...['add_user_tag', 'add_group_tag', 'add_resource_tag'],
  ...['remove_user_tag', 'remove_group_tag', 'remove_resource_tag'],
] as const
const shownBundles = ['getBundles', 'createBundle', 'getBundle', 'updateBundle'] as const
const itemsOfBundles = [
  ...['getBundleResources', 'addBundleResource', 'removeBundleResource'],
  ...['getBundleGroups', 'addBundleGroup', 'removeBundleGroup'],
] as const
const bundles = [
  ...shownBundles,
  ...(['deleteBundle', 'getBundleVisibility', 'setBundleVisibility'] as const),
  ...itemsOfBundles,
] as const
const shownReviews = ['getUARs', 'create_uar', 'get_uar'] as const
const foundCampaigns = ['getCampaign', 'updateCampaign', 'startCampaign', 'stopCampaign', 'endCampaign'] as const
const campaigns = ['getCampaigns', 'createCampaign', ...foundCampaigns] as const
const shownBindings = ['getGroupBindings', 'createGroupBinding', 'getGroupBinding'] as const
const idpGroupMappings = [
  ...['getIdpGroupMappings', 'updateIdpGroupMappings'],
  ...['getIdpGroupMapping', 'createIdpGroupMapping', 'delete_idp_group_mappings'],
] as const
const lostRecords = [
  ...['getBundle', 'updateBundle', 'deleteBundle', 'getBundleVisibility', 'setBundleVisibility'],
  ...['updateEventStream', 'deleteEventStream', 'updateConfigurationTemplate', 'deleteConfigurationTemplate'],
  ...['updateGroupBindings', 'getGroupBinding', 'deleteGroupBinding'],
  ...['getIdpGroupMapping', 'delete_idp_group_mappings'],
  ...['get_access_rule', 'update_access_rule', 'get_uar'],
] as const
const kept = [
  ...bundles,
  ...(['getEventStreams', 'createEventStream', 'updateEventStream', 'deleteEventStream'] as const),
  ...(['getConfigurationTemplates', 'createConfigurationTemplate'] as const),
  ...(['updateConfigurationTemplate', 'deleteConfigurationTemplate'] as const),
  ...shownBindings,
  ...(['updateGroupBindings', 'deleteGroupBinding'] as const),
  ...idpGroupMappings,
  ...(['get_access_rules', 'create_access_rule', 'get_access_rule', 'update_access_rule'] as const),
  ...shownReviews,
  ...campaigns,
  'sessions',
] as const
const shownGroups = ['getGroups', 'createGroup', 'getGroup'] as const

/**
 * Everything that the simulated API does, once. The header `x-opal-sandbox-basis`, the journal and docs/behaviour.md are
 * made from this table. The code of a refusal is the id of its behavior, unless the refusal names another one.
 */
export const behaviors = {
  // Every operation, in running order.
  TOKEN_MISSING: {
    means: 'there is no token, or it is not sent as `Bearer <token>`',
    operations: 'every',
    basis: 'assumed',
    source: noErrors,
  },
  TOKEN_UNKNOWN: { means: 'the token is unknown', operations: 'every', basis: 'assumed', source: noErrors },
  TOKEN_EXPIRED: { means: 'the token has expired', operations: 'every', basis: 'assumed', source: noErrors },
  TOKEN_REVOKED: { means: 'the token was revoked', operations: 'every', basis: 'assumed', source: noErrors },
  RATE_LIMITED: {
    means: "the organization's rate limit is exceeded; `Retry-After` says when to try again",
    operations: 'every',
    basis: 'documented',
    source: "Opal's documentation has the status and the rates",
    setting: 'rate_limit',
  },
  TOKEN_READ_ONLY: {
    means: 'the token is read-only, and the operation writes',
    operations: 'every',
    basis: 'assumed',
    source: 'Opal documents the rejection, not its status',
  },
  ROUTE_NOT_FOUND: { means: 'there is nothing at this path', operations: 'every', basis: 'assumed', source: noErrors },
  METHOD_NOT_ALLOWED: {
    means: 'the path does not support this method; `Allow` lists those that it does',
    operations: 'every',
    basis: 'assumed',
    source: noErrors,
  },
  NOT_SIMULATED: {
    means: 'the API has this operation or filter; the sandbox does not simulate it',
    operations: 'every',
    basis: 'assumed',
    source: 'only the sandbox does this',
  },
  BODY_TOO_LARGE: {
    means: 'the body is over the limit: 64 KiB; 16 MiB for seeds, and for calls that take many ids or groups',
    operations: 'every',
    basis: 'assumed',
    source: noErrors,
  },
  CONTENT_TYPE_UNSUPPORTED: {
    means: 'the body is not sent as application/json, or it is compressed',
    operations: 'every',
    basis: 'assumed',
    source: noErrors,
  },
  REQUEST_TIMEOUT: {
    means: 'the request did not arrive in time',
    operations: 'every',
    basis: 'assumed',
    source: noErrors,
  },
  FAULT_INJECTED: {
    means: 'a fault rule made this call fail with the status that it names',
    operations: 'every',
    basis: 'assumed',
    source: 'only the sandbox does this',
  },
  stubbed: {
    means: 'a rule answered the call',
    operations: 'every',
    basis: 'assumed',
    source: 'only the sandbox does this',
  },
  INVALID_REQUEST: {
    means: 'an id, a parameter or the body is not valid; `errors` says where',
    operations: 'every',
    basis: 'inferred',
    source: clients,
  },
  fields_rejected: {
    means: 'fields and parameters that the API does not know are rejected: the setting unknown_fields is "reject"',
    operations: 'every',
    basis: 'assumed',
    source: ourChoice,
    setting: 'unknown_fields',
  },
  DATABASE_UNAVAILABLE: {
    means: 'the database cannot be read or written; `message` says why',
    operations: 'every',
    basis: 'assumed',
    source: 'only the sandbox does this',
  },
  INTERNAL_ERROR: {
    means: 'the sandbox failed; its log says more',
    operations: 'every',
    basis: 'assumed',
    source: 'only the sandbox does this',
  },

  // Access of users to groups.
  GROUP_NOT_FOUND: {
    means: 'there is no such group',
    operations: [
      ...groupUsers,
      ...(['get_group_users', 'updateGroups', 'getGroup', 'delete_group', 'get_group_access_levels'] as const),
      ...aroundGroups,
      ...(['get_group_tags', 'add_group_tag', 'remove_group_tag', 'createIdpGroupMapping'] as const),
    ],
    basis: 'assumed',
    source: noErrors,
  },
  USER_NOT_FOUND: {
    means: 'there is no such user',
    operations: [
      ...groupUsers,
      ...([
        'get_user_groups',
        'user',
        'getUserByID',
        'getUserWhoami',
        'updateUser',
        'deleteUser',
        'createGroup',
        'get_user_tags',
        'add_user_tag',
        'remove_user_tag',
        'get_user_resources',
        'getResourceUser',
        'resource_user_access_status_retrieve',
      ] as const),
      ...resourceUsers,
    ],
    basis: 'assumed',
    source: noErrors,
  },
  GROUP_USER_NOT_FOUND: {
    means: 'the user has no access to the group, or it has ended; for a DELETE also if it is at another level',
    operations: ['update_group_user', 'delete_group_user'],
    basis: 'assumed',
    source: noErrors,
    setting: 'missing_group_user_on_update',
  },
  access_created: {
    means: 'the user had no access and gets it: the setting missing_group_user_on_update is "create"',
    operations: updates,
    basis: 'assumed',
    source: ourChoice,
    setting: 'missing_group_user_on_update',
  },
  GROUP_USER_EXISTS: {
    means: 'the user already has access to the group: the setting re_add is "conflict"',
    operations: ['add_group_user'],
    basis: 'assumed',
    source: ourChoice,
    setting: 're_add',
  },
  access_replaced: {
    means: 'the user already had access, and it was replaced',
    operations: additions,
    basis: 'assumed',
    source: ourChoice,
    setting: 're_add',
  },
  access_expires: {
    means: 'access expires that many minutes from now',
    operations: allGrants,
    basis: 'documented',
    source: documentation,
  },
  access_indefinite: {
    means: 'access with a duration of 0 never expires',
    operations: allGrants,
    basis: 'documented',
    source: documentation,
  },
  duration_left_out: {
    means: 'the request names no duration, so access never expires',
    operations: additions,
    basis: 'inferred',
    source: clients,
  },
  access_revoked: {
    means: 'a negative duration ends access at once, and the response shows its final state',
    operations: allGrants,
    basis: 'assumed',
    source: 'Opal documents the effect of a PUT, not its response',
    setting: 'negative_duration',
  },
  negative_duration_rejected: {
    means: 'a negative duration is rejected: the setting negative_duration is "reject"',
    operations: allGrants,
    basis: 'assumed',
    source: ourChoice,
    setting: 'negative_duration',
  },
  update_too_long: {
    means: 'a duration over the setting max_duration_minutes is rejected',
    operations: ['update_group_user', ...resourceGrants],
    basis: 'inferred',
    source: "Opal's documents name the maximum of 525960, not the status",
    setting: 'max_duration_minutes',
  },
  addition_too_long: {
    means: 'a duration over the setting max_duration_minutes is rejected, also where Opal documents no maximum',
    operations: ['add_group_user'],
    basis: 'assumed',
    source: 'only the deprecated query parameter has a documented maximum',
    setting: 'max_duration_minutes',
  },
  longer_accepted: {
    means: 'a duration over 525960 is accepted: the setting max_duration_minutes allows it',
    operations: allGrants,
    basis: 'documented',
    source: "Opal's newest document, up to 153722867",
    setting: 'max_duration_minutes',
  },
  past_year_9999: {
    means: 'access that would end after the year 9999 is rejected',
    operations: allGrants,
    basis: 'assumed',
    source: ourChoice,
    setting: 'max_duration_minutes',
  },
  level_named: {
    means: 'access has the level that the request names, one of those of the group or resource',
    operations: [...allAccess, ...givenResources],
    basis: 'documented',
    source: documentation,
  },
  default_level_named: {
    means: 'an empty access_level_remote_id names the default level, which always exists',
    operations: [...allAccess, ...givenResources],
    basis: 'documented',
    source: documentation,
  },
  level_kept: {
    means: 'the request names no level, so the level stays the same',
    operations: updates,
    basis: 'inferred',
    source: clients,
  },
  level_left_out: {
    means: 'the request names no level, so the default level is meant',
    operations: [...allAccess, ...givenResources],
    basis: 'inferred',
    source: clients,
  },
  ACCESS_LEVEL_NOT_FOUND: {
    means: 'the group or resource has no such access level; the message names those that it has',
    operations: [...allGrants, ...givenResources, 'createRequest'],
    basis: 'assumed',
    source: noErrors,
    setting: 'unknown_access_level',
  },
  level_accepted: {
    means: 'there is no such level, but it is accepted: the setting unknown_access_level is "accept"',
    operations: [...allGrants, ...givenResources],
    basis: 'assumed',
    source: ourChoice,
    setting: 'unknown_access_level',
  },
  query_read: {
    means: 'the request has no body, so duration and level are taken from the query',
    operations: additions,
    basis: 'documented',
    source: documentation,
  },
  access_removed: {
    means: 'access at the named level ends; the response is empty',
    operations: removals,
    basis: 'documented',
    source: documentation,
  },
  access_listed: {
    means: 'the list holds all access that has not ended',
    operations: [...accessLists, ...resourceAccessLists, 'getResourceUser'],
    basis: 'documented',
    source: documentation,
    always: true,
  },
  synced_without_status: {
    means: 'access found in the remote system has no propagation_status',
    operations: [...accessLists, ...resourceAccessLists],
    basis: 'inferred',
    source: "null breaks Opal's TypeScript client",
    setting: 'propagation_of_synced',
  },
  synced_status_null: {
    means:
      'the propagation_status of access found in the remote system is null: the setting propagation_of_synced is "null"',
    operations: [...accessLists, ...resourceAccessLists],
    basis: 'documented',
    source: "the words of Opal's reference page",
    setting: 'propagation_of_synced',
  },
  default_level_null: {
    means: 'the access_level is null for the default level: the setting default_access_level is "null"',
    operations: shownAccess,
    basis: 'assumed',
    source: ourChoice,
    setting: 'default_access_level',
  },
  default_level_absent: {
    means: 'the access_level is left out for the default level: the setting default_access_level is "absent"',
    operations: shownAccess,
    basis: 'measured',
    source: 'a recorded answer of Opal',
    setting: 'default_access_level',
  },
  timestamps_in_microseconds: {
    means: 'dates have up to six digits of a second, without trailing zeros: the setting timestamps is "microseconds"',
    operations: [
      ...shownAccess,
      ...shownResourceAccess,
      ...shownRequests,
      ...shownGroupResources,
      ...(['getGroups', 'getGroup', 'getResources', 'get_resource', 'getTokens'] as const),
      ...(['getApps', 'getApp', 'getSyncErrors'] as const),
      ...shownTags,
      ...shownBundles,
      ...shownBindings,
      ...shownReviews,
      ...campaigns,
      'sessions',
    ],
    basis: 'measured',
    source: 'recorded answers of Opal',
    setting: 'timestamps',
  },

  // Groups.
  groups_listed: {
    means: 'the list holds the groups that the filter selects',
    operations: ['getGroups'],
    basis: 'documented',
    source: documentation,
    always: true,
  },
  filters_combined: {
    means: 'several filters narrow each other',
    operations: [
      ...(['getGroups', 'getResources', 'getApps', 'getRemoteUsers', 'getSyncErrors'] as const),
      ...(['getRequests', 'getDelegations', 'events', 'getCampaigns'] as const),
    ],
    basis: 'inferred',
    source: clients,
  },
  tag_filter: {
    means: 'tag_ids selects what has at least one of these tags',
    operations: ['getGroups', 'getUsers', 'getResources'],
    basis: 'assumed',
    source: ourChoice,
  },
  group_created: {
    means: 'the new group has no users and only the default level',
    operations: ['createGroup'],
    basis: 'documented',
    source: documentation,
    always: true,
  },
  groups_updated: {
    means: 'the given fields of the groups are changed',
    operations: ['updateGroups'],
    basis: 'documented',
    source: documentation,
    always: true,
  },
  group_shown: {
    means: 'the group is shown; fields without a value are left out',
    operations: ['getGroup'],
    basis: 'documented',
    source: documentation,
    always: true,
  },
  group_deleted: {
    means: "the group is deleted, and everyone's access to it ends; the response is empty",
    operations: ['delete_group'],
    basis: 'documented',
    source: documentation,
    always: true,
  },
  risk_sensitivity: {
    means: 'risk_sensitivity shows risk_sensitivity_override, or UNKNOWN if there is none',
    operations: [...shownGroups, ...shownResources],
    basis: 'assumed',
    source: ourChoice,
    always: true,
  },

  requestable_filter: {
    means: 'requestable is what the default request configuration allows, else is_requestable, else true',
    operations: ['getGroups'],
    basis: 'assumed',
    source: 'Opal documents the filter, not which groups it selects',
  },
  own_remote_group: {
    means: 'a group of the type OPAL_GROUP has its own id and name as remote_id and remote_name',
    operations: ['createGroup'],
    basis: 'assumed',
    source: 'real groups of this type have both; the values are ours',
  },
  owner_of_app: {
    means: 'a new group or resource belongs to the admin owner of its app',
    operations: ['createGroup', 'createResource'],
    basis: 'assumed',
    source: 'real groups have an owner from the start; whose it is, is ours',
  },
  initial_users: {
    means: 'the users of initial_user_ids are in the new group, at the default level and without an end',
    operations: ['createGroup'],
    basis: 'documented',
    source: documentation,
  },
  group_update_rejected: {
    means:
      'request configurations need exactly one without a condition, with priority 0, and no two of one priority; and ' +
      'unlinking a template allows no other field that a template governs',
    operations: ['updateGroups'],
    basis: 'inferred',
    source: "Opal's documentation and its Terraform provider",
  },
  template_unlinked: {
    means: 'configuration_template_id null or empty unlinks the template',
    operations: ['updateGroups', 'updateResources'],
    basis: 'inferred',
    source: clients,
  },
  levels_listed: {
    means: 'the levels of the group besides the default one',
    operations: ['get_group_access_levels'],
    basis: 'assumed',
    source: 'Opal does not say whether the default level is listed',
    always: true,
  },

  // Around groups.
  visibility_kept: {
    means: 'the visibility is shown as it was set, with its list of groups',
    operations: [...groupVisibility, ...resourceVisibility],
    basis: 'documented',
    source: documentation,
    always: true,
  },
  visibility_at_first: {
    means: 'the visibility was never set, so it is GLOBAL',
    operations: ['get_group_visibility', 'get_resource_visibility'],
    basis: 'assumed',
    source: ourChoice,
  },
  notifications_kept: {
    means: 'the message channels and on-call schedules are those that were set',
    operations: [...groupNotifications, ...resourceChannels],
    basis: 'documented',
    source: documentation,
    always: true,
  },
  reviewers_configured: {
    means: 'reviewers are those of the default request configuration, the one with priority 0',
    operations: [...groupReviewers, ...resourceReviewers],
    basis: 'inferred',
    source: 'Opal replaced these operations by request configurations',
    always: true,
  },
  reviewers_in_one_stage: {
    means: 'the owners replace all reviewer stages by a single one, in which each of them must approve',
    operations: ['set_group_reviewers', 'set_resource_reviewers'],
    basis: 'assumed',
    source: ourChoice,
    always: true,
  },
  request_configuration_created: {
    means: 'there was no default request configuration; it is created, with what the deprecated fields say',
    operations: [...setGroupReviewers, ...setResourceReviewers],
    basis: 'assumed',
    source: ourChoice,
  },
  containing_groups_kept: {
    means: 'containing groups are those that were added, until they are removed or their duration ends',
    operations: containingGroups,
    basis: 'documented',
    source: documentation,
    always: true,
  },
  containing_group_replaced: {
    means: 'the containing group was there already, and its level and duration are replaced',
    operations: ['add_group_containing_group'],
    basis: 'assumed',
    source: ourChoice,
  },
  containing_group_ended: {
    means: 'a negative duration ends it at once, and the response shows what was sent',
    operations: ['add_group_containing_group'],
    basis: 'assumed',
    source: 'Opal documents the effect, not the response',
  },
  CONTAINING_GROUP_NOT_FOUND: {
    means: 'the group has no such containing group, or not at the given level',
    operations: containingGroup,
    basis: 'assumed',
    source: noErrors,
  },
  direct_access_only: {
    means: 'access that users have through other groups is not listed',
    operations: ['get_group_users'],
    basis: 'inferred',
    source: "access to a resource has fields for this in Opal's schema, a group user has none",
  },
  group_resources_kept: {
    means: 'the resources of the group are those that were set and added, until their access ends',
    operations: [...groupResources, 'get_resource_groups'],
    basis: 'documented',
    source: documentation,
    always: true,
  },
  group_resource_replaced: {
    means: 'the group gave access to the resource already, and the access was replaced',
    operations: ['add_group_resource'],
    basis: 'assumed',
    source: ourChoice,
  },

  // Resources.
  RESOURCE_NOT_FOUND: {
    means: 'there is no such resource',
    operations: [
      ...resourceUsers,
      ...(['get_resource', 'delete_resource', 'updateResources', 'get_resource_users', 'getResourceUser'] as const),
      ...(['resource_user_access_status_retrieve', 'add_group_resource'] as const),
      ...aroundResources,
      ...(['get_resource_tags', 'add_resource_tag', 'remove_resource_tag'] as const),
      ...idpGroupMappings,
    ],
    basis: 'assumed',
    source: noErrors,
  },
  resources_listed: {
    means: 'the list holds the resources that the filter selects',
    operations: ['getResources'],
    basis: 'documented',
    source: documentation,
    always: true,
  },
  resource_created: {
    means: 'nobody has access to the new resource, and it has only the default level',
    operations: ['createResource'],
    basis: 'assumed',
    source: ourChoice,
    always: true,
  },
  resources_updated: {
    means: 'the given fields of the resources are changed; if one is not found, none is changed',
    operations: ['updateResources'],
    basis: 'assumed',
    source: 'Opal documents the change, not what a missing resource does to the others',
    always: true,
  },
  resource_shown: {
    means: 'the resource is shown; fields without a value are left out',
    operations: ['get_resource'],
    basis: 'documented',
    source: documentation,
    always: true,
  },
  resource_deleted: {
    means: "the resource is deleted, everyone's access to it ends, and what is part of it stays without a parent",
    operations: ['delete_resource'],
    basis: 'assumed',
    source: 'Opal documents the deletion, not what becomes of the parts',
    always: true,
  },
  resource_tree: {
    means: 'ancestor_resource_ids and descendant_resource_ids follow from parent_resource_id, the nearest first',
    operations: shownResources,
    basis: 'assumed',
    source: 'Opal documents the fields, not their order',
    always: true,
  },
  RESOURCE_CYCLE: {
    means: 'the resource would be part of itself, directly or not',
    operations: ['updateResources'],
    basis: 'assumed',
    source: noErrors,
  },
  resource_update_rejected: {
    means:
      'request configurations and the unlinking of a template are held to the same rules as those of groups: ' +
      'see group_update_rejected',
    operations: ['updateResources'],
    basis: 'inferred',
    source: "Opal's documentation and its Terraform provider",
  },
  resource_levels_listed: {
    means: 'the levels of the resource besides the default one, in the form of those of a group',
    operations: ['get_resource_access_levels'],
    basis: 'assumed',
    source: 'only the name of this operation is known',
    always: true,
  },
  permissions_kept: {
    means: 'the permissions of a scoped role are shown as they were set, for resources of any type',
    operations: permissions,
    basis: 'assumed',
    source: 'Opal does not say for which resources they can be set',
    always: true,
  },
  RESOURCE_USER_NOT_FOUND: {
    means:
      'the user has no access to the resource, or it has ended; for a DELETE also if it is at another level, and for ' +
      'all but a GET also if it is only through groups',
    operations: [...resourceUsers, 'getResourceUser'],
    basis: 'assumed',
    source: noErrors,
    setting: 'missing_group_user_on_update',
  },
  RESOURCE_USER_EXISTS: {
    means: 'the user already has access to the resource: the setting re_add is "conflict"',
    operations: ['add_resource_user'],
    basis: 'assumed',
    source: ourChoice,
    setting: 're_add',
  },
  resource_access_by_level: {
    means: 'access is shown once for each level, with the latest end of all ways in which the user has it',
    operations: [...resourceAccessLists, 'getResourceUser', 'resource_user_access_status_retrieve'],
    basis: 'assumed',
    source: ourChoice,
    always: true,
  },
  access_through_groups: {
    means:
      'access through groups that the user is in is listed, without propagation_status; it ends when the membership or ' +
      'the access of the group ends. Groups in groups are not followed',
    operations: resourceAccessLists,
    basis: 'inferred',
    source: "has_direct_access and num_access_paths in Opal's schema",
  },
  all_managed: {
    means: 'include_unmanaged has no effect, since every resource of the sandbox is managed',
    operations: ['get_user_resources'],
    basis: 'assumed',
    source: ourChoice,
  },
  access_status: {
    means:
      'the status is AUTHORIZED with access at the given level, or at any if none is given; REQUESTED if a request for ' +
      'it is pending; else UNAUTHORIZED',
    operations: ['resource_user_access_status_retrieve'],
    basis: 'assumed',
    source: ourChoice,
    always: true,
  },

  // Requests.
  ACCESS_REQUEST_NOT_FOUND: {
    means: 'there is no such request',
    operations: [...reviewed, 'getRequest', 'getRequestComments', 'createRequestComment'],
    basis: 'assumed',
    source: noErrors,
  },
  REQUEST_NOT_PENDING: {
    means: 'the request was approved or denied before, or it asks for something that was deleted',
    operations: reviewed,
    basis: 'assumed',
    source: noErrors,
  },
  NOT_A_REVIEWER: {
    means: "the token's user reviews no current stage of the request, and the level is not ADMIN",
    operations: reviewed,
    basis: 'assumed',
    source: noErrors,
  },
  requests_listed: {
    means: 'the list holds the requests that the filter selects, the newest first',
    operations: ['getRequests', 'getRequestsRelay'],
    basis: 'documented',
    source: documentation,
    always: true,
  },
  relay_to: {
    means: '`to` selects the requests of which the user reviews a current stage, `from` those that the user made',
    operations: ['getRequestsRelay'],
    basis: 'assumed',
    source: ourChoice,
    always: true,
  },
  request_shown: {
    means: 'the request is shown with its reviewers by item and stage; the deprecated field stages has the first item',
    operations: ['getRequest', 'approveRequest', 'denyRequest', 'createRequestComment'],
    basis: 'assumed',
    source: ourChoice,
    always: true,
  },
  request_created: {
    means: "the token's user requests, for themselves unless the request names another user or a group",
    operations: ['createRequest'],
    basis: 'inferred',
    source: clients,
    always: true,
  },
  request_configuration_chosen: {
    means:
      'each item follows the request configuration with the highest priority that applies to the user and the level; ' +
      'MFA is never asked for, and without reviewer stages the admin owner reviews',
    operations: ['createRequest'],
    basis: 'assumed',
    source: 'Opal documents the configurations, not every detail of their use',
    always: true,
  },
  not_requestable: {
    means: 'the configuration does not allow requests',
    operations: ['createRequest'],
    basis: 'inferred',
    source: 'Opal documents the field, not the rejection',
  },
  request_too_long: {
    means: 'the configuration has a maximum, and the duration is over it or without an end',
    operations: ['createRequest'],
    basis: 'inferred',
    source: 'Opal documents the field, not the rejection',
  },
  ticket_required: {
    means: 'the configuration requires a support ticket',
    operations: ['createRequest'],
    basis: 'inferred',
    source: 'Opal documents the field, not the rejection',
  },
  reason_required: {
    means: 'the reason is empty, and the configuration does not say that it is optional',
    operations: ['createRequest'],
    basis: 'inferred',
    source: 'Opal documents the field, not the rejection',
  },
  auto_approved: {
    means: 'the configuration approves without a reviewer',
    operations: ['createRequest'],
    basis: 'documented',
    source: documentation,
  },
  requests_decided_by_setting: {
    means: 'nobody reviews it: the setting requests decides at once',
    operations: ['createRequest'],
    basis: 'assumed',
    source: 'only the sandbox does this',
    setting: 'requests',
  },
  one_reviewer_approved: {
    means: 'one reviewer approved the stage, which is enough since its operator is OR',
    operations: ['approveRequest'],
    basis: 'inferred',
    source: clients,
  },
  all_reviewers_approved: {
    means: 'one user of each owner approved the stage, and the manager if it asks for them, since its operator is AND',
    operations: ['approveRequest'],
    basis: 'assumed',
    source: 'Opal does not say whether one user of an owner is enough',
  },
  stage_waits: {
    means: 'the stage waits for other reviewers, since its operator is AND',
    operations: ['approveRequest'],
    basis: 'assumed',
    source: 'Opal does not say whether one user of an owner is enough',
  },
  stage_approved: {
    means: 'the next stage begins',
    operations: ['approveRequest'],
    basis: 'documented',
    source: documentation,
  },
  last_stage_approved: {
    means: 'the last stage of an item is approved',
    operations: ['approveRequest'],
    basis: 'documented',
    source: documentation,
  },
  approved_by_delegate: {
    means: 'the user approved for another who has delegated their reviews',
    operations: ['approveRequest'],
    basis: 'documented',
    source: documentation,
  },
  review_escalated: {
    means: 'the review was escalated to the user: nobody had approved the stage for the delay of its escalation',
    operations: ['approveRequest'],
    basis: 'assumed',
    source: 'Opal documents the field, not what it does in detail',
  },
  approved_by_admin: {
    means: 'the level ADMIN approves all stages of all items at once',
    operations: ['approveRequest'],
    basis: 'inferred',
    source: clients,
  },
  denied_by_admin: {
    means: 'at the level ADMIN the request is denied, whether or not the caller is one of its reviewers',
    operations: ['denyRequest'],
    basis: 'inferred',
    source: clients,
  },
  request_granted: {
    means: 'the access is granted as by a POST; it lasts for the duration from now, and 0 and -1 never end',
    operations: ['createRequest', 'approveRequest'],
    basis: 'inferred',
    source: clients,
  },
  request_denied: {
    means: 'one denial of a reviewer ends the request',
    operations: ['denyRequest'],
    basis: 'assumed',
    source: ourChoice,
    always: true,
  },
  comments_kept: {
    means: 'comments are shown as they were made, with those of approvals and denials',
    operations: ['getRequestComments', 'createRequestComment'],
    basis: 'assumed',
    source: ourChoice,
    always: true,
  },
  delegations_kept: {
    means: 'delegations are shown as they were created, also those that have ended',
    operations: ['getDelegations', 'createDelegation', 'getDelegation', 'deleteDelegation'],
    basis: 'assumed',
    source: ourChoice,
    always: true,
  },
  DELEGATION_NOT_FOUND: {
    means: 'there is no such delegation',
    operations: ['getDelegation', 'deleteDelegation'],
    basis: 'assumed',
    source: noErrors,
  },

  // Users.
  users_listed: {
    means: 'the list holds all users',
    operations: ['getUsers'],
    basis: 'documented',
    source: documentation,
    always: true,
  },
  user_by_id: {
    means: 'the user is found by id, also if an email address is given',
    operations: ['user'],
    basis: 'documented',
    source: documentation,
  },
  user_by_email: {
    means: 'the user is found by email address, in upper or lower case',
    operations: ['user'],
    basis: 'documented',
    source: documentation,
  },

  user_shown: {
    means: 'the user is shown',
    operations: ['getUserByID'],
    basis: 'documented',
    source: documentation,
    always: true,
  },
  token_user_shown: {
    means: "the token's user is shown",
    operations: ['getUserWhoami'],
    basis: 'documented',
    source: documentation,
    always: true,
  },
  user_invited: {
    means: 'the user exists at once, without access and without hr_idp_status; the role is not kept',
    operations: ['inviteUser'],
    basis: 'assumed',
    source: 'Opal documents the invitation, not these details',
    always: true,
  },
  USER_EXISTS: {
    means: 'there is already a user with this email address, in upper or lower case',
    operations: ['inviteUser'],
    basis: 'assumed',
    source: 'Opal documents the status, not when it is sent',
  },
  user_updated: {
    means: 'the given fields of the user are changed',
    operations: ['updateUser'],
    basis: 'documented',
    source: documentation,
    always: true,
  },
  MANAGER_CYCLE: {
    means: 'the user would be their own manager, directly or not',
    operations: ['updateUser'],
    basis: 'assumed',
    source: 'Opal documents the status, not when it is sent',
  },
  user_deleted: {
    means: 'the user is deleted; their access ends, and their tokens are revoked',
    operations: ['deleteUser'],
    basis: 'assumed',
    source: 'Opal documents the deletion, not what becomes of tokens',
    always: true,
  },
  OWN_USER: {
    means: 'the token belongs to the user who is to be deleted',
    operations: ['deleteUser'],
    basis: 'assumed',
    source: 'Opal documents the status, not when it is sent',
  },

  // Tokens.
  tokens_listed: {
    means: 'the list holds expired tokens, but no revoked ones, and no secrets',
    operations: ['getTokens'],
    basis: 'assumed',
    source: 'Opal does not say which tokens are left out',
    always: true,
  },
  token_revoked: {
    means: 'the token is rejected from its next call on, also if it is the one that makes this call',
    operations: ['deleteToken'],
    basis: 'documented',
    source: documentation,
    always: true,
  },
  TOKEN_NOT_FOUND: {
    means: 'there is no such token',
    operations: ['deleteToken'],
    basis: 'documented',
    source: documentation,
  },

  // Owners.
  owners_kept: {
    means: 'owners are shown as they were created and changed, with their users in order',
    operations: [...ownerReads, ...ownerWrites],
    basis: 'documented',
    source: documentation,
    always: true,
  },
  OWNER_NOT_FOUND: {
    means: 'there is no such owner',
    operations: ['updateOwners', 'getOwner', 'getOwnerFromName', 'delete_owner', 'get_owner_users', 'set_owner_users'],
    basis: 'assumed',
    source: noErrors,
  },
  OWNER_IN_USE: {
    means: 'something still refers to the owner',
    operations: ['delete_owner'],
    basis: 'assumed',
    source: ourChoice,
    setting: 'owner_in_use',
  },
  owner_in_use_deleted: {
    means: 'something still refers to the owner, and keeps its id: the setting owner_in_use is "delete"',
    operations: ['delete_owner'],
    basis: 'assumed',
    source: ourChoice,
    setting: 'owner_in_use',
  },

  // Apps, message channels, on-call schedules.
  apps_shown: {
    means: 'apps are shown as they are in the seed',
    operations: ['getApps', 'getApp'],
    basis: 'documented',
    source: documentation,
    always: true,
  },
  APP_NOT_FOUND: { means: 'there is no such app', operations: ['getApp'], basis: 'assumed', source: noErrors },
  channels_kept: {
    means: 'message channels and on-call schedules are shown as they were created',
    operations: [
      ...['get_message_channels', 'create_message_channel', 'get_message_channel'],
      ...['get_on_call_schedules', 'create_on_call_schedule', 'get_on_call_schedule'],
    ] as const,
    basis: 'documented',
    source: documentation,
    always: true,
  },
  channel_without_name: {
    means: 'a new message channel or on-call schedule has no name, and another one may have its remote id',
    operations: ['create_message_channel', 'create_on_call_schedule'],
    basis: 'assumed',
    source: ourChoice,
    always: true,
  },
  MESSAGE_CHANNEL_NOT_FOUND: {
    means: 'there is no such message channel',
    operations: ['get_message_channel'],
    basis: 'assumed',
    source: noErrors,
  },
  ON_CALL_SCHEDULE_NOT_FOUND: {
    means: 'there is no such on-call schedule',
    operations: ['get_on_call_schedule'],
    basis: 'assumed',
    source: noErrors,
  },

  // Tags.
  tags_kept: {
    means: 'tags are shown as they were created, and as they were added to users, groups and resources',
    operations: [...shownTags, 'delete_tag_by_ID', ...taggings],
    basis: 'documented',
    source: documentation,
    always: true,
  },
  tag_without_value: {
    means: 'a tag_value that is empty or left out names the tag without a value',
    operations: ['get_tag'],
    basis: 'assumed',
    source: ourChoice,
  },
  tag_query_read: {
    means: 'the request has no body, so key and value are taken from the query',
    operations: ['create_tag'],
    basis: 'documented',
    source: documentation,
  },
  TAG_EXISTS: {
    means: 'there is already a tag with this key and value',
    operations: ['create_tag'],
    basis: 'assumed',
    source: ourChoice,
    setting: 'existing_tag',
  },
  tag_returned: {
    means: 'there is already a tag with this key and value, and it is returned: the setting existing_tag is "return"',
    operations: ['create_tag'],
    basis: 'assumed',
    source: ourChoice,
    setting: 'existing_tag',
  },
  TAG_NOT_FOUND: {
    means: 'there is no such tag, or what it should be removed from does not have it',
    operations: ['get_tag', 'get_tag_by_ID', 'delete_tag_by_ID', ...taggings],
    basis: 'assumed',
    source: noErrors,
  },
  tag_added_before: {
    means: 'the tag was there already, and nothing changes',
    operations: ['add_user_tag', 'add_group_tag', 'add_resource_tag'],
    basis: 'assumed',
    source: ourChoice,
  },

  // What Opal finds in remote systems.
  remote_users_listed: {
    means: 'the list holds the remote users of the seed that the filter selects',
    operations: ['getRemoteUsers'],
    basis: 'documented',
    source: documentation,
    always: true,
  },
  sync_errors_listed: {
    means: 'the list holds the sync errors of the seed that the filter selects, inside of another list',
    operations: ['getSyncErrors'],
    basis: 'documented',
    source: documentation,
    always: true,
  },

  // Events.
  events_logged: {
    means:
      'a call makes an event for each type of change it makes, with a sub-event for each object; the token is shown by its ' +
      'label and the end of its id',
    operations: ['events', 'getEvent'],
    basis: 'assumed',
    source: ourChoice,
    always: true,
  },
  event_types: {
    means: 'types are named as USERS_CREATED is, which is an example of Opal: what was changed, and how',
    operations: ['events', 'getEvent'],
    basis: 'assumed',
    source: 'Opal has no list of types',
    always: true,
  },
  expiration_event: {
    means: 'access that expires makes an event at that moment; its actor is called Opal and has the nil UUID',
    operations: ['events', 'getEvent'],
    basis: 'assumed',
    source: ourChoice,
  },
  newest_event_first: {
    means: 'the newest event comes first',
    operations: ['events'],
    basis: 'assumed',
    source: ourChoice,
    always: true,
  },
  event_dates: {
    means: 'both moments belong to the period, and a date is its first moment in UTC',
    operations: ['events'],
    basis: 'assumed',
    source: 'Opal documents that dates and date-times are accepted',
  },
  event_token_filter: {
    means: 'a token is named by its label, a colon, and its preview',
    operations: ['events'],
    basis: 'documented',
    source: documentation,
  },
  EVENT_NOT_FOUND: {
    means: 'there is no such event',
    operations: ['getEvent'],
    basis: 'documented',
    source: documentation,
  },
  // What is kept and has no effect.
  records_kept: {
    means: 'it is kept and shown as it was given; what it does in Opal is not simulated',
    operations: kept,
    basis: 'assumed',
    source: 'the operations keep records alone',
    always: true,
  },
  RECORD_NOT_FOUND: {
    means: 'there is no such record, or it does not hold what the path names',
    operations: [...lostRecords, ...foundCampaigns, ...itemsOfBundles],
    basis: 'assumed',
    source: noErrors,
  },

  whole_membership: {
    means: 'without page_size and cursor, all users of the group come in one response',
    operations: ['get_group_users'],
    basis: 'documented',
    source: documentation,
  },

  // Lists of all kinds.
  pages: {
    means: 'next is the cursor of the page that follows, previous the one that led to this page',
    operations: [
      ...accessLists,
      ...resourceAccessLists,
      'getGroups',
      'getResources',
      'getUsers',
      'getTokens',
      'get_owners',
      'getTags',
      'getRemoteUsers',
      'events',
      'getBundles',
      'getBundleResources',
      'getBundleGroups',
      ...(['getGroupBindings', 'get_access_rules', 'getUARs', 'getCampaigns'] as const),
    ],
    basis: 'documented',
    source: documentation,
    always: true,
  },

  // Every operation, beside what else decided.
  fields_ignored: {
    means: 'fields and parameters that the API does not know have no effect; a header names them',
    operations: 'every',
    basis: 'inferred',
    source: clients,
    setting: 'unknown_fields',
  },
  error_body_of_2024: {
    means: 'the error body is {"Message": ...}: the setting error_body is "opal_2024"',
    operations: 'every',
    basis: 'inferred',
    source: "Opal's Terraform provider read this form",
    setting: 'error_body',
  },
} as const satisfies Record<string, Behavior>

export type BehaviorId = keyof typeof behaviors

/** Codes of the control plane are in no answer of the API. */
export function isBehavior(id: string): id is BehaviorId {
  return Object.hasOwn(behaviors, id)
}

/** The behaviors that decided one answer, the least certain first. */
export interface Decided {
  readonly ids: readonly BehaviorId[]
  /** The ids as the journal keeps them. */
  readonly text: string
  /** The least certain of theirs. */
  readonly basis: Basis
  plus(id: BehaviorId): Decided
}

const order = new Map(
  (Object.keys(behaviors) as BehaviorId[])
    .sort((a, b) => bases.indexOf(behaviors[a].basis) - bases.indexOf(behaviors[b].basis))
    .map((id, index) => [id, index]),
)

/** One object for each combination that occurs, so that a call allocates none. */
const known = new Map<string, Decided>()

function combine(ids: readonly BehaviorId[]): Decided {
  const text = ids.join(' ')
  const found = known.get(text)
  if (found) return found
  const next = new Map<BehaviorId, Decided>()
  const decided: Decided = {
    ids,
    text,
    basis: ids[0] === undefined ? 'documented' : behaviors[ids[0]].basis,
    plus(id) {
      const more = next.get(id) ?? combine([...new Set([...ids, id])].sort((a, b) => rank(a) - rank(b)))
      next.set(id, more)
      return more
    },
  }
  known.set(text, decided)
  return decided
}

function rank(id: BehaviorId): number {
  return order.get(id) ?? 0
}

export const nothingDecided = combine([])

/** Behaviors that were seen in the real API, with the day. */
export type Measured = ReadonlyMap<BehaviorId, string>

/** The least certain basis of what decided an answer, if these behaviors are measured. */
export function basisOf({ ids, basis }: Decided, measured: Measured): Basis {
  if (measured.size === 0) return basis
  const known = ids.map((id) => (measured.has(id) ? 'measured' : behaviors[id].basis))
  return bases.find((one) => known.includes(one)) ?? basis
}

/** By operation, what decides each of its successes. */
const always = new Map<string, BehaviorId[]>()
for (const id of order.keys()) {
  const { operations, always: isAlways } = behaviors[id] as Behavior
  if (!isAlways || operations === 'every') continue
  for (const operation of operations) always.set(operation, [...(always.get(operation) ?? []), id])
}

/** What decides every success of an operation. */
export function decidedAlways(operation: string): Decided {
  return combine(always.get(operation) ?? [])
}

/** The inverse of `text`. */
export function readDecided(text: string): Decided {
  return known.get(text) ?? combine(text === '' ? [] : (text.split(' ') as BehaviorId[]))
}
