import { Type, type Static, type TSchema } from '@sinclair/typebox'
import {
  deprecated,
  ids,
  last_successful_sync,
  notification,
  RemoteInfoOf,
  RequestConfigurationList,
  requestConfigurations,
  RiskSensitivity,
  targetGiven,
  VisibilityType,
} from './target.js'
import { Enum, Nullable, Uuid } from './types.js'

// The fields of a group in requests and responses. The names, types and limits are Opal's.

const closed = { additionalProperties: false }
const optional = <Schema extends TSchema>(schema: Schema) => Type.Optional(schema)

export const groupTypes = [
  'ACTIVE_DIRECTORY_GROUP',
  'AWS_SSO_GROUP',
  'DATABRICKS_ACCOUNT_GROUP',
  'DUO_GROUP',
  'GIT_HUB_TEAM',
  'GIT_LAB_GROUP',
  'GOOGLE_GROUPS_GROUP',
  'GOOGLE_GROUPS_GKE_GROUP',
  'LDAP_GROUP',
  'OKTA_GROUP',
  'OKTA_GROUP_RULE',
  'TAILSCALE_GROUP',
  'OPAL_GROUP',
  'OPAL_ACCESS_RULE',
  'AZURE_AD_SECURITY_GROUP',
  'AZURE_AD_MICROSOFT_365_GROUP',
  'CONNECTOR_GROUP',
  'SNOWFLAKE_ROLE',
  'WORKDAY_USER_SECURITY_GROUP',
  'PAGERDUTY_ON_CALL_SCHEDULE',
  'INCIDENTIO_ON_CALL_SCHEDULE',
  'ROOTLY_ON_CALL_SCHEDULE',
  'DEVIN_GROUP',
  'GIT_HUB_ENTERPRISE_TEAM',
  'GRAFANA_TEAM',
  'CLICKHOUSE_ROLE',
  'SLACK_USER_GROUP',
  'TWINGATE_GROUP',
  'TWINGATE_GROUP_SYNCED',
  'ZENDESK_GROUP',
  'ZENDESK_ORGANIZATION',
  'HUBSPOT_TEAM',
  'TABLEAU_GROUP',
  'CONFLUENCE_GROUP',
  'JIRA_GROUP',
  'DOCUSIGN_GROUP',
  'ZOOM_GROUP',
  'LINEAR_TEAM',
  'RAMP_DEPARTMENT',
  'RAMP_LOCATION',
  'WRIKE_GROUP',
  'AXIOM_GROUP',
] as const

export const GroupType = Enum(groupTypes, { title: 'GroupTypeEnum', description: 'The kind of group.' })

const RemoteInfo = RemoteInfoOf(
  {
    active_directory_group: ['group_id'],
    tailscale_group: ['group_id'],
    twingate_group: ['group_id'],
    twingate_group_synced: ['group_id'],
    aws_sso_group: ['group_id'],
    databricks_account_group: ['group_id'],
    connector_group: ['group_id'],
    github_team: ['team_slug', 'team_id?', 'org_name?'],
    github_enterprise_team: ['team_slug'],
    gitlab_group: ['group_id'],
    google_group: ['group_id'],
    ldap_group: ['group_id'],
    okta_group: ['group_id'],
    duo_group: ['group_id'],
    azure_ad_security_group: ['group_id'],
    azure_ad_microsoft_365_group: ['group_id'],
    snowflake_role: ['role_id'],
    okta_group_rule: ['rule_id'],
    workday_user_security_group: ['group_id'],
    pagerduty_on_call_schedule: ['schedule_id'],
    incidentio_on_call_schedule: ['schedule_id'],
    rootly_on_call_schedule: ['schedule_id'],
    devin_group: ['group_name'],
    clickhouse_role: ['role_id'],
    grafana_team: ['team_id'],
    zendesk_group: ['group_id'],
    slack_user_group: ['group_id'],
    zendesk_organization: ['organization_id'],
    hubspot_team: ['team_id'],
    tableau_group: ['group_id'],
    confluence_group: ['group_id'],
    jira_group: ['group_id'],
    docusign_group: ['group_id'],
    docusign_signing_group: ['signing_group_id'],
    zoom_group: ['group_id'],
    linear_team: ['team_id'],
    ramp_department: ['department_id'],
    ramp_location: ['location_id'],
    wrike_group: ['group_id'],
    axiom_group: ['group_id'],
  },
  { title: 'GroupRemoteInfo', description: 'Identifies the group in the remote system.' },
  { 'github_team.team_id': Type.String(deprecated) },
)

/** Fields that can only be set when a group is created. */
const createOnly = {
  app_id: Uuid('The app that the group belongs to.'),
  remote_info: optional(RemoteInfo),
  metadata: optional(Type.String({ description: 'Free text, formerly used for the remote system.', ...deprecated })),
}

/** Fields that can be set on an existing group. */
const updatable = {
  admin_owner_id: optional(Uuid('The owner who administers the group.')),
  max_duration: optional(Type.Integer(deprecated)),
  recommended_duration: optional(Type.Integer(deprecated)),
  require_manager_approval: optional(Type.Boolean(deprecated)),
  require_support_ticket: optional(Type.Boolean(deprecated)),
  require_mfa_to_approve: optional(Type.Boolean()),
  require_mfa_to_request: optional(Type.Boolean(deprecated)),
  auto_approval: optional(Type.Boolean(deprecated)),
  configuration_template_id: optional(Uuid('A configuration template.')),
  request_template_id: optional({ ...Uuid('A request template.'), ...deprecated }),
  is_requestable: optional(Type.Boolean(deprecated)),
  group_leader_user_ids: optional(ids('Users who lead the group.')),
  extensions_duration_in_minutes: optional(Type.Integer(deprecated)),
  request_configurations: optional(requestConfigurations),
}

const given = {
  match_remote_name: optional(Type.Boolean({ description: 'Whether the name follows the remote system.' })),
  match_remote_description: optional(
    Type.Boolean({ description: 'Whether the description follows the remote system.' }),
  ),
  ...targetGiven,
}

export const CreateGroupInfo = Type.Object(
  {
    name: Type.String({ description: "The group's name.", examples: ['Platform'] }),
    description: optional(Type.String({ description: 'What the group is for.' })),
    group_type: GroupType,
    ...createOnly,
    handle: optional(Type.String({ description: 'The handle in the remote system.' })),
    team_id: optional(Type.String({ description: 'The team in the remote system.' })),
    initial_user_ids: optional(ids('Users who are added to the group.')),
    remote_group_id: optional(Type.String({ description: "The group's id in the remote system.", ...deprecated })),
    ...given,
  },
  {
    title: 'CreateGroupInfo',
    description: 'A new group.',
    examples: [{ name: 'Platform', group_type: 'OKTA_GROUP', app_id: '0e000000-0000-4000-8000-000000000002' }],
  },
)

export const UpdateGroupInfo = Type.Object(
  {
    group_id: Uuid('The group.'),
    name: optional(Type.String({ description: "The group's name." })),
    description: optional(Type.String({ description: 'What the group is for.' })),
    folder_id: optional({ ...Uuid('A folder.'), ...deprecated }),
    ...updatable,
    configuration_template_id: optional(
      Type.Union([Uuid('A configuration template; null or "" to unlink it.'), Type.Null(), Type.Literal('')], {
        documentedNullable: true,
      }),
    ),
    request_configuration_list: optional({ ...RequestConfigurationList, ...deprecated }),
    ...given,
  },
  { title: 'UpdateGroupInfo', description: 'A group and the fields to change.' },
)

export const UpdateGroupInfoList = Type.Object(
  { groups: Type.Array(UpdateGroupInfo) },
  {
    title: 'UpdateGroupInfoList',
    description: 'Groups and the fields to change.',
    examples: [{ groups: [{ group_id: '1b978423-db0a-4037-a4cf-f79c60cb67b3', name: 'API Group' }] }],
  },
)

export const Group = Type.Object(
  {
    group_id: Uuid('The group.'),
    name: Type.String({ description: "The group's name." }),
    description: Type.String({ description: 'What the group is for.' }),
    group_type: GroupType,
    ...createOnly,
    app_id: optional(createOnly.app_id),
    remote_id: optional(Type.String({ description: "The group's id in the remote system." })),
    remote_name: optional(Type.String({ description: "The group's name in the remote system." })),
    ...updatable,
    request_configuration_list: optional({ ...requestConfigurations, ...deprecated }),
    group_binding_id: optional(Uuid('The binding that the group is part of.')),
    ...given,
    custom_request_notification: optional(Nullable(notification)),
    risk_sensitivity: optional({ ...RiskSensitivity, readOnly: true }),
    last_successful_sync,
  },
  {
    title: 'Group',
    description: 'A group. Fields without a value are left out.',
    ...closed,
    examples: [
      {
        group_id: '1b978423-db0a-4037-a4cf-f79c60cb67b3',
        name: 'API Group',
        description: "Group required to request API's",
        group_type: 'AWS_SSO_GROUP',
        risk_sensitivity: 'UNKNOWN',
      },
    ],
  },
)

const { group_id, name, description, group_type, request_configuration_list, risk_sensitivity, ...shown } =
  Group.properties

/** The group fields of a seed that have no column of their own: everything that is shown or stored. */
export const groupDetails = Type.Partial(
  Type.Object({
    ...shown,
    ...given,
    folder_id: UpdateGroupInfo.properties.folder_id,
    handle: CreateGroupInfo.properties.handle,
    team_id: CreateGroupInfo.properties.team_id,
    visibility: {
      ...VisibilityType,
      description: 'Who can see it; `LIMITED` if it has `visibility_groups`, else `GLOBAL`, if left out.',
    },
  }),
).properties

export type Group = Static<typeof Group>
export type CreateGroupInfo = Static<typeof CreateGroupInfo>
export type UpdateGroupInfo = Static<typeof UpdateGroupInfo>
