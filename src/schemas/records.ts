import { Type, type Static, type TObject, type TSchema } from '@sinclair/typebox'
import type { LinkName, RecordNoun } from '../domain/records.js'
import { ResourceAccessLevelSchema } from './access-level.js'
import { ruleFields } from './access-rule.js'
import { campaignFields } from './campaign.js'
import { templateFields } from './configuration-template.js'
import { connectionFields } from './event-stream.js'
import { delegationFields, requestFields } from './request.js'
import { VisibilityType } from './target.js'
import { Enum, Reference, Uuid } from './types.js'
import { uarFields } from './uar.js'

// The records of the API as it shows them. The names, types and limits are Opal's.

const closed = { additionalProperties: false }
const optional = <Schema extends TSchema>(schema: Schema) => Type.Optional(schema)

/** A date that is the time of the clock if a seed leaves it out. */
const Moment = (description: string) => Type.String({ documentedFormat: 'date-time', isMoment: true, description })

// prettier-ignore
const appTypes = [
  'ACTIVE_DIRECTORY', 'ANTHROPIC', 'AZURE_AD', 'AWS', 'AWS_SSO', 'CLICKHOUSE', 'COUPA', 'CURSOR', 'CUSTOM', 'CUSTOM_CONNECTOR',
  'DATABRICKS', 'DATASTAX_ASTRA', 'ALICLOUD', 'DEVIN', 'DUO', 'GCP', 'GIT_HUB', 'GIT_LAB', 'GOOGLE_GROUPS', 'GOOGLE_WORKSPACE',
  'GRAFANA', 'HUBSPOT', 'ILEVEL', 'INCIDENTIO', 'LDAP', 'MARIADB', 'MONGO', 'MONGO_ATLAS', 'MYSQL', 'NETSUITE', 'DATADOG',
  'OKTA_CIAM', 'OKTA_DIRECTORY', 'OPENAI_PLATFORM', 'OPAL', 'ORACLE_FUSION', 'PAGERDUTY', 'POSTGRES', 'ROOTLY', 'SALESFORCE',
  'SNOWFLAKE', 'SLACK', 'TABLEAU', 'TAILSCALE', 'TELEPORT', 'TWINGATE', 'VAULT', 'WORKDAY', 'ZENDESK',
] as const

export const AppType = Enum(appTypes, { title: 'AppTypeEnum', description: 'The kind of app.' })

const MessageChannelProvider = Enum(['SLACK'], {
  title: 'MessageChannelProviderEnum',
  description: 'Where the channel is.',
})

const OnCallScheduleProvider = Enum(['OPSGENIE', 'PAGER_DUTY'], {
  title: 'OnCallScheduleProviderEnum',
  description: 'Where the schedule is.',
})

export const ThirdPartyProvider = Enum(
  [
    ...['AUTH0', 'SLACK', 'GOOGLE_CHAT', 'JIRA', 'LINEAR', 'SERVICE_NOW', 'FRESH_SERVICE', 'SHORTCUT', 'PAGER_DUTY'],
    ...['OPSGENIE', 'GIT_HUB', 'GIT_LAB', 'GIT_LAB_CONNECTION', 'TELEPORT'],
  ] as const,
  { title: 'ThirdPartyProviderEnum', description: 'Where the account is.' },
)

const AppValidation = Type.Object(
  {
    key: Type.String({ description: 'Which check that is.' }),
    name: Type.Unknown({ description: 'Its name.' }),
    usage_reason: optional(Type.String({ description: 'What it is needed for.' })),
    details: optional(Type.String({ description: 'What was found.' })),
    severity: Enum(['CRITICAL', 'HIGH', 'MEDIUM', 'LOW'], {
      title: 'AppValidationSeverityEnum',
      description: 'How bad a failure is.',
    }),
    status: Enum(['SUCCESS', 'FAILED'], { title: 'AppValidationStatusEnum', description: 'Whether it passed.' }),
    updated_at: Type.String({ documentedFormat: 'date-time', description: 'When it was last made.' }),
  },
  { title: 'AppValidation', description: "A check of an app's connection.", ...closed },
)

/** The fields of each record except for its id. */
export const recordFields = {
  app: {
    name: Type.String({ description: 'The name.' }),
    description: Type.String({ description: 'What it is for.' }),
    admin_owner_id: Reference('owner', 'The owner who administers it.'),
    app_type: AppType,
    validations: optional(Type.Array(AppValidation, { description: 'The last checks of its connection.' })),
  },
  owner: {
    name: Type.String({ description: 'The name.' }),
    description: optional(Type.String({ description: 'Who that is.' })),
    access_request_escalation_period: optional(
      Type.Integer({ description: 'After how many minutes a request is escalated to the next user.' }),
    ),
    reviewer_message_channel_id: optional(Reference('message_channel', 'Where its reviewers are notified.')),
    source_group_id: optional(Reference('group', 'The group whose members are its users.')),
  },
  message_channel: {
    third_party_provider: MessageChannelProvider,
    remote_id: Type.String({ description: 'Its id there.' }),
    name: optional(Type.String({ description: 'The name.' })),
    is_private: optional(Type.Boolean({ description: 'Whether it is private.' })),
  },
  on_call_schedule: {
    third_party_provider: OnCallScheduleProvider,
    remote_id: Type.String({ description: 'Its id there.' }),
    name: optional(Type.String({ description: 'The name.' })),
  },
  tag: {
    key: Type.String({ description: 'The key.' }),
    value: optional(Type.String({ description: 'The value.' })),
    created_at: optional(Moment('When it was created.')),
    updated_at: optional(Moment('When it was last changed.')),
    user_creator_id: optional(Reference('user', 'Who created it.')),
  },
  request: requestFields,
  delegation: delegationFields,
  remote_user: {
    user_id: Reference('user', 'The user.'),
    remote_id: Type.String({ description: "The account's id there." }),
    third_party_provider: ThirdPartyProvider,
  },
  sync_error: {
    first_seen: Moment('When it first occurred.'),
    last_seen: Moment('When it last occurred.'),
    error_message: Type.String({ description: 'What went wrong.' }),
    app_id: optional(Reference('app', 'The app that was synced.')),
    resource_id: optional(Reference('resource', 'The resource that was synced.')),
    group_id: optional(Reference('group', 'The group that was synced.')),
  },
  bundle: {
    name: Type.String({ description: 'The name.' }),
    description: optional(Type.String({ description: 'What it is for.' })),
    admin_owner_id: optional(Reference('owner', 'The owner who administers it.')),
    created_at: optional(Moment('When it was created.')),
    updated_at: optional(Moment('When it was last changed.')),
    visibility: optional(VisibilityType),
  },
  event_stream: connectionFields,
  configuration_template: templateFields,
  group_binding: {
    source_group_id: Reference('group', 'The group whose members the others have.'),
    created_by_id: Reference('user', 'Who created it.'),
    created_at: Moment('When it was created.'),
  },
  access_rule: ruleFields,
  uar: uarFields,
  campaign: campaignFields,
  session: {
    user_id: Reference('user', 'Who is connected.'),
    resource_id: Reference('resource', 'What they are connected to.'),
    access_level: ResourceAccessLevelSchema,
    expiration_date: Moment('When it ends.'),
  },
} as const satisfies Record<RecordNoun, Record<string, TSchema>>

const itemOfBundle = {
  access_level_name: optional(Type.String({ description: 'The name of the level of the access.' })),
  access_level_remote_id: optional(
    Type.String({ description: 'The level of the access; empty for the default level.' }),
  ),
}
const access = {
  access_level_remote_id: optional(Type.String({ description: 'The level of the access.' })),
  expiration_date: optional(
    Type.String({ documentedFormat: 'date-time', description: 'When the access ends; never if left out.' }),
  ),
}

/** What a link has besides its ends. One whose `expiration_date` has come is no longer there. */
export const linkFields = {
  owner_user: {},
  group_visibility: {},
  group_message_channel: {},
  group_on_call_schedule: {},
  group_containing_group: {
    ...access,
    duration_minutes: optional(
      Type.Integer({ description: 'The duration that the API shows; the access ends at `expiration_date`.' }),
    ),
  },
  group_resource: access,
  resource_visibility: {},
  resource_message_channel: {},
  group_tag: {},
  user_tag: {},
  resource_tag: {},
  bundle_resource: itemOfBundle,
  bundle_group: itemOfBundle,
  bundle_visibility: {},
  group_binding_group: {},
  idp_group_mapping: {
    alias: optional(Type.String({ description: 'The name that people see.' })),
    hidden_from_end_user: optional(Type.Boolean({ description: 'Whether people do not see it.' })),
  },
} as const satisfies Record<LinkName, Record<string, TSchema>>

export const App = Type.Object(
  { app_id: Uuid('The app.'), ...recordFields.app },
  { title: 'App', description: 'An app.', ...closed },
)
export const Owner = Type.Object(
  { owner_id: Uuid('The owner.'), ...recordFields.owner },
  { title: 'Owner', description: 'People who own or review something.', ...closed },
)
export const MessageChannel = Type.Object(
  { message_channel_id: Uuid('The channel.'), ...recordFields.message_channel },
  { title: 'MessageChannel', description: 'A channel for notifications.', ...closed },
)
export const OnCallSchedule = Type.Object(
  { on_call_schedule_id: Uuid('The schedule.'), ...recordFields.on_call_schedule },
  { title: 'OnCallSchedule', description: 'An on-call schedule.', ...closed },
)
export const Tag = Type.Object(
  { tag_id: Uuid('The tag.'), ...recordFields.tag },
  { title: 'Tag', description: 'A tag of users, groups or resources.', ...closed },
)
export const RemoteUser = Type.Object(recordFields.remote_user, {
  title: 'RemoteUser',
  description: 'An account that a user has elsewhere.',
  ...closed,
})
const { resource_id: _, group_id: __, ...syncErrorFields } = recordFields.sync_error
export const SyncError = Type.Object(syncErrorFields, {
  title: 'SyncError',
  description: 'What went wrong when Opal synced with a remote system.',
  ...closed,
})

/** The fields of each record, typed. */
export type RecordDocuments = { [Noun in RecordNoun]: Static<TObject<(typeof recordFields)[Noun]>> }

/** The fields of each kind of link, typed. */
export type LinkDocuments = { [Name in LinkName]: Static<TObject<(typeof linkFields)[Name]>> }
