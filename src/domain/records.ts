import type { TargetNoun } from './target.js'

// Nouns without rules of their own, and how they and the others refer to each other. A record is kept as it is given.

interface RecordKind {
  /** The name of its id in the API. */
  idField: string
  /** Its section of a seed. */
  section: string
  /** What messages call it. */
  label: string
}

export const recordKinds = {
  app: { idField: 'app_id', section: 'apps', label: 'app' },
  owner: { idField: 'owner_id', section: 'owners', label: 'owner' },
  message_channel: { idField: 'message_channel_id', section: 'message_channels', label: 'message channel' },
  on_call_schedule: { idField: 'on_call_schedule_id', section: 'on_call_schedules', label: 'on-call schedule' },
  tag: { idField: 'tag_id', section: 'tags', label: 'tag' },
  remote_user: { idField: 'remote_user_id', section: 'remote_users', label: 'remote user' },
  request: { idField: 'request_id', section: 'requests', label: 'request' },
  delegation: { idField: 'delegation_id', section: 'delegations', label: 'delegation' },
  sync_error: { idField: 'sync_error_id', section: 'sync_errors', label: 'sync error' },
  bundle: { idField: 'bundle_id', section: 'bundles', label: 'bundle' },
  configuration_template: {
    idField: 'configuration_template_id',
    section: 'configuration_templates',
    label: 'configuration template',
  },
  group_binding: { idField: 'group_binding_id', section: 'group_bindings', label: 'group binding' },
  access_rule: { idField: 'access_rule_id', section: 'access_rules', label: 'access rule' },
  uar: { idField: 'uar_id', section: 'uars', label: 'access review' },
  campaign: { idField: 'campaign_id', section: 'campaigns', label: 'campaign' },
  session: { idField: 'connection_id', section: 'sessions', label: 'session' },
  event_stream: { idField: 'event_stream_id', section: 'event_streams', label: 'event stream' },
} as const satisfies Record<string, RecordKind>

export type RecordNoun = keyof typeof recordKinds

export const recordNouns = Object.keys(recordKinds) as RecordNoun[]

/** Everything that a link can begin or end at. */
export type Noun = RecordNoun | TargetNoun | 'user'

export function isRecordNoun(noun: Noun): noun is RecordNoun {
  return Object.hasOwn(recordKinds, noun)
}

export interface LinkKind {
  from: Noun
  to: Noun
  /** The field of `from` in a seed: a list of aliases of `to`. */
  field: string
}

/** A link is removed with either of its ends. */
export const linkKinds = {
  owner_user: { from: 'owner', to: 'user', field: 'users' },
  group_visibility: { from: 'group', to: 'group', field: 'visibility_groups' },
  group_message_channel: { from: 'group', to: 'message_channel', field: 'message_channels' },
  group_on_call_schedule: { from: 'group', to: 'on_call_schedule', field: 'on_call_schedules' },
  group_containing_group: { from: 'group', to: 'group', field: 'containing_groups' },
  group_resource: { from: 'group', to: 'resource', field: 'resources' },
  resource_visibility: { from: 'resource', to: 'group', field: 'visibility_groups' },
  resource_message_channel: { from: 'resource', to: 'message_channel', field: 'message_channels' },
  group_tag: { from: 'group', to: 'tag', field: 'tags' },
  user_tag: { from: 'user', to: 'tag', field: 'tags' },
  resource_tag: { from: 'resource', to: 'tag', field: 'tags' },
  bundle_resource: { from: 'bundle', to: 'resource', field: 'resources' },
  bundle_group: { from: 'bundle', to: 'group', field: 'groups' },
  group_binding_group: { from: 'group_binding', to: 'group', field: 'groups' },
  idp_group_mapping: { from: 'resource', to: 'group', field: 'idp_group_mappings' },
  bundle_visibility: { from: 'bundle', to: 'group', field: 'visibility_groups' },
} as const satisfies Record<string, LinkKind>

export type LinkName = keyof typeof linkKinds

export const linkNames = Object.keys(linkKinds) as LinkName[]

/** The kinds of links that begin at a noun. */
export function linksFrom(noun: Noun): LinkName[] {
  return linkNames.filter((name) => linkKinds[name].from === noun)
}

/** The kinds of links that end at a noun. */
export function linksTo(noun: Noun): LinkName[] {
  return linkNames.filter((name) => linkKinds[name].to === noun)
}

/** Records that are removed with what one of their fields names. */
export const dependents: { noun: RecordNoun; field: string; of: Noun }[] = [
  { noun: 'remote_user', field: 'user_id', of: 'user' },
  { noun: 'delegation', field: 'delegator_user_id', of: 'user' },
  { noun: 'delegation', field: 'delegate_user_id', of: 'user' },
  { noun: 'sync_error', field: 'group_id', of: 'group' },
  { noun: 'sync_error', field: 'resource_id', of: 'resource' },
]

/** Fields that lose an id when what it names is removed: a field with one id, or with a list of them. Others keep it. */
export const pointers: { from: TargetNoun | RecordNoun; field: string; to: Noun }[] = [
  { from: 'group', field: 'group_leader_user_ids', to: 'user' },
  { from: 'group', field: 'admin_owner_id', to: 'owner' },
  { from: 'resource', field: 'admin_owner_id', to: 'owner' },
  { from: 'resource', field: 'parent_resource_id', to: 'resource' },
  { from: 'owner', field: 'source_group_id', to: 'group' },
]
