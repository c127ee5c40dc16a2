import { Type, type Static, type TSchema } from '@sinclair/typebox'
import { Enum, Nullable, References, Uuid } from './types.js'

// The fields of a group in requests and responses. The names, types and limits are Opal's.

const closed = { additionalProperties: false }
const deprecated = { deprecated: true }
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

const riskSensitivities = ['UNKNOWN', 'CRITICAL', 'HIGH', 'MEDIUM', 'LOW', 'NONE'] as const

export const GroupType = Enum(groupTypes, { title: 'GroupTypeEnum', description: 'The kind of group.' })

const RiskSensitivity = Enum(riskSensitivities, {
  title: 'RiskSensitivityEnum',
  description: 'How risky access to the group is.',
})

export const VisibilityType = Enum(['GLOBAL', 'LIMITED'], {
  title: 'VisibilityTypeEnum',
  description: 'Who can see the group: everybody, or only the members of some groups.',
})

const uuids = (description: string) => Type.Array(Uuid('An id.'), { description, maxItems: 10_000 })

/** The fields that identify a group in each remote system: the required one, then the optional ones. */
const remoteInfoFields: Record<string, [required: string, ...optional: string[]]> = {
  active_directory_group: ['group_id'],
  tailscale_group: ['group_id'],
  twingate_group: ['group_id'],
  twingate_group_synced: ['group_id'],
  aws_sso_group: ['group_id'],
  databricks_account_group: ['group_id'],
  connector_group: ['group_id'],
  github_team: ['team_slug', 'team_id', 'org_name'],
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
}

const RemoteInfo = Type.Object(
  Object.fromEntries(
    Object.entries(remoteInfoFields).map(([system, [required, ...others]]) => [
      system,
      optional(
        Type.Object({
          [required]: Type.String(),
          ...Object.fromEntries(
            others.map((name) => [name, optional(Type.String(name === 'team_id' ? deprecated : {}))]),
          ),
        }),
      ),
    ]),
  ),
  { title: 'GroupRemoteInfo', description: 'Identifies the group in the remote system.' },
)

const Condition = Type.Object(
  {
    group_ids: optional(uuids('Groups to whose members it applies.')),
    role_remote_ids: optional(Type.Array(Type.String(), { description: 'Levels to which it applies.' })),
  },
  { title: 'Condition', description: 'To whom a request configuration applies.' },
)

const Escalation = Type.Object(
  {
    delay_minutes: Type.Integer({ minimum: 1, maximum: 1440 }),
    owner_ids: optional(References('owner', 'Owners to whom the review is escalated.')),
    user_ids: optional(References('user', 'Users to whom the review is escalated.')),
  },
  { title: 'ReviewerStageEscalation', description: 'To whom a review is escalated, and after how long.' },
)

export const ReviewerStageSchema = Type.Object(
  {
    require_manager_approval: Type.Boolean(),
    require_admin_approval: optional(Type.Boolean()),
    operator: Enum(['AND', 'OR']),
    owner_ids: References('owner', 'Owners who review.'),
    service_user_ids: optional(uuids('Service users who review.')),
    escalation: optional(Escalation),
    stage: optional(Type.Integer({ description: 'The number of the stage; Opal shows it without documenting it.' })),
  },
  { title: 'ReviewerStage', description: 'One stage of review.' },
)

const RequestConfiguration = Type.Object(
  {
    // Null is for requests alone: it is never stored.
    condition: optional(
      Type.Unsafe<Static<typeof Condition>>(Type.Union([Condition, Type.Null()], { documentedNullable: true })),
    ),
    allow_requests: Type.Boolean(),
    auto_approval: Type.Boolean(),
    require_mfa_to_request: Type.Boolean(),
    max_duration_minutes: optional(Type.Integer()),
    recommended_duration_minutes: optional(Type.Integer()),
    require_support_ticket: Type.Boolean(),
    extensions_duration_in_minutes: optional(Type.Integer()),
    request_template_id: optional(Uuid('A request template.')),
    reviewer_stages: optional(Type.Array(ReviewerStageSchema)),
    priority: Type.Integer(),
    organization_id: optional(Uuid('The organization; Opal shows it without documenting it.')),
    reason_optional: optional(Type.Union([Type.Boolean(), Type.Null()], { documentedNullable: true })),
  },
  { title: 'RequestConfiguration', description: 'How access to the group is requested.' },
)

export const requestConfigurations = Type.Array(RequestConfiguration, { description: 'How access is requested.' })
export const RequestConfigurationList = Type.Object(
  { request_configurations: requestConfigurations },
  { title: 'CreateRequestConfigurationInfoList', description: 'How access is requested.' },
)

const notification = Type.String({
  maxLength: 800,
  description: 'The notification that is sent when access is requested.',
})
export const notificationOrNull = Type.Union([notification, Type.Null()], { documentedNullable: true })

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
  group_leader_user_ids: optional(uuids('Users who lead the group.')),
  extensions_duration_in_minutes: optional(Type.Integer(deprecated)),
  request_configurations: optional(requestConfigurations),
}

const given = {
  match_remote_name: optional(Type.Boolean({ description: 'Whether the name follows the remote system.' })),
  match_remote_description: optional(
    Type.Boolean({ description: 'Whether the description follows the remote system.' }),
  ),
  custom_request_notification: optional(notificationOrNull),
  risk_sensitivity_override: optional(RiskSensitivity),
}

export const CreateGroupInfo = Type.Object(
  {
    name: Type.String({ description: "The group's name.", examples: ['Platform'] }),
    description: optional(Type.String({ description: 'What the group is for.' })),
    group_type: GroupType,
    ...createOnly,
    handle: optional(Type.String({ description: 'The handle in the remote system.' })),
    team_id: optional(Type.String({ description: 'The team in the remote system.' })),
    initial_user_ids: optional(uuids('Users who are added to the group.')),
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
    last_successful_sync: optional(
      Type.Object(
        {
          id: Uuid('The synchronization.'),
          completed_at: Type.String({
            pattern: '^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d+)?(Z|[+-]\\d\\d:\\d\\d)$',
            documentedFormat: 'date-time',
            expects: 'a date-time such as 2026-01-01T00:00:00Z',
            description: 'When it completed.',
          }),
        },
        { title: 'SyncTask', description: 'A synchronization with the remote system.', readOnly: true, ...closed },
      ),
    ),
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

/** The fields of an update that a configuration template governs. */
export const governedFields = [
  'request_configurations',
  'request_configuration_list',
  'max_duration',
  'recommended_duration',
  'require_manager_approval',
  'require_support_ticket',
  'require_mfa_to_approve',
  'require_mfa_to_request',
  'auto_approval',
  'request_template_id',
  'is_requestable',
  'extensions_duration_in_minutes',
] as const satisfies (keyof UpdateGroupInfo)[]

export type Group = Static<typeof Group>
export type VisibilityType = Static<typeof VisibilityType>
export type ReviewerStageSchema = Static<typeof ReviewerStageSchema>
export type CreateGroupInfo = Static<typeof CreateGroupInfo>
export type UpdateGroupInfo = Static<typeof UpdateGroupInfo>
