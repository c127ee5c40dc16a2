import { Type, type Static, type TSchema } from '@sinclair/typebox'
import { TicketingProvider } from './request.js'
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
import { Enum, Nullable, Reference, Uuid } from './types.js'

// The fields of a resource in requests and responses. The names, types and limits are Opal's.

const closed = { additionalProperties: false }
const optional = <Schema extends TSchema>(schema: Schema) => Type.Optional(schema)

// prettier-ignore
export const resourceTypes = [
  'AWS_IAM_ROLE', 'AWS_EC2_INSTANCE', 'AWS_EKS_CLUSTER', 'AWS_RDS_POSTGRES_CLUSTER', 'AWS_RDS_POSTGRES_INSTANCE',
  'AWS_RDS_MYSQL_CLUSTER', 'AWS_RDS_MYSQL_INSTANCE', 'AWS_ACCOUNT', 'AWS_SSO_PERMISSION_SET', 'AWS_ORGANIZATIONAL_UNIT',
  'AZURE_MANAGEMENT_GROUP', 'AZURE_RESOURCE_GROUP', 'AZURE_SUBSCRIPTION', 'AZURE_VIRTUAL_MACHINE', 'AZURE_STORAGE_ACCOUNT',
  'AZURE_STORAGE_CONTAINER', 'AZURE_SQL_SERVER', 'AZURE_SQL_MANAGED_INSTANCE', 'AZURE_SQL_DATABASE',
  'AZURE_SQL_MANAGED_DATABASE', 'AZURE_USER_ASSIGNED_MANAGED_Identity', 'AZURE_ENTRA_ID_ROLE', 'AZURE_ENTERPRISE_APP',
  'CUSTOM', 'CUSTOM_CONNECTOR', 'DATABRICKS_ACCOUNT_SERVICE_PRINCIPAL', 'GCP_ORGANIZATION', 'GCP_BUCKET',
  'GCP_COMPUTE_INSTANCE', 'GCP_FOLDER', 'GCP_GKE_CLUSTER', 'GCP_PROJECT', 'GCP_CLOUD_SQL_POSTGRES_INSTANCE',
  'GCP_CLOUD_SQL_MYSQL_INSTANCE', 'GCP_BIG_QUERY_DATASET', 'GCP_BIG_QUERY_TABLE', 'GCP_SERVICE_ACCOUNT', 'GIT_HUB_REPO',
  'GIT_HUB_ORG_ROLE', 'GIT_LAB_PROJECT', 'GOOGLE_WORKSPACE_ROLE', 'MONGO_INSTANCE', 'MONGO_ATLAS_INSTANCE', 'NETSUITE_ROLE',
  'DATADOG_ROLE', 'OKTA_APP', 'OKTA_ROLE', 'OPAL_ROLE', 'OPAL_SCOPED_ROLE', 'PAGERDUTY_ROLE', 'TAILSCALE_SSH',
  'SALESFORCE_PERMISSION_SET', 'SALESFORCE_PROFILE', 'SALESFORCE_ROLE', 'SNOWFLAKE_DATABASE', 'SNOWFLAKE_SCHEMA',
  'SNOWFLAKE_TABLE', 'WORKDAY_ROLE', 'MYSQL_INSTANCE', 'MARIADB_INSTANCE', 'POSTGRES_INSTANCE', 'TELEPORT_ROLE',
  'ILEVEL_ADVANCED_ROLE', 'DATASTAX_ASTRA_ROLE', 'COUPA_ROLE', 'CURSOR_ORGANIZATION', 'OPENAI_PLATFORM_PROJECT',
  'OPENAI_PLATFORM_SERVICE_ACCOUNT', 'ANTHROPIC_WORKSPACE', 'GIT_HUB_ORG', 'ORACLE_FUSION_ROLE', 'DEVIN_ORGANIZATION',
  'DEVIN_ROLE', 'VAULT_SECRET', 'VAULT_POLICY', 'VAULT_OIDC_ROLE', 'GIT_HUB_ENTERPRISE_ROLE', 'GRAFANA_FOLDER',
  'GRAFANA_DASHBOARD', 'GRAFANA_BASIC_ROLE', 'GRAFANA_ROLE', 'CLICKHOUSE_DATABASE', 'CLICKHOUSE_TABLE', 'TWINGATE_RESOURCE',
  'ZENDESK_ROLE', 'HUBSPOT_ROLE', 'ALICLOUD_RAM_ROLE', 'ALICLOUD_ECS_INSTANCE',
] as const

export const ResourceType = Enum(resourceTypes, { title: 'ResourceTypeEnum', description: 'The kind of resource.' })

// prettier-ignore
const remoteInfoFields: Record<string, string[]> = {
  databricks_account_service_principal: ['application_id', 'resource_id'],
  azure_subscription: ['resource_id'],
  azure_resource_group: ['resource_id'],
  azure_management_group: ['resource_id'],
  azure_virtual_machine: ['resource_id'],
  azure_storage_account: ['resource_id'],
  azure_storage_container: ['resource_id'],
  azure_sql_server: ['resource_id'],
  azure_sql_database: ['resource_id'],
  azure_sql_managed_instance: ['resource_id'],
  azure_sql_managed_database: ['resource_id'],
  azure_user_assigned_managed_identity: ['resource_id'],
  azure_enterprise_app: ['resource_id'],
  azure_entra_id_role: ['resource_id'],
  aws_organizational_unit: ['parent_id?', 'organizational_unit_id'],
  aws_account: ['account_id', 'organizational_unit_id?'],
  aws_permission_set: ['arn', 'account_id'],
  aws_iam_role: ['arn', 'account_id?'],
  aws_ec2_instance: ['instance_id', 'region', 'account_id?'],
  aws_rds_cluster: ['cluster_id', 'region', 'resource_id', 'account_id', 'database_name', 'engine'],
  aws_rds_instance: ['instance_id', 'region', 'resource_id', 'account_id?'],
  aws_eks_cluster: ['arn', 'account_id?'],
  custom_connector: ['remote_resource_id', 'can_have_usage_events'],
  gcp_organization: ['organization_id'],
  gcp_bucket: ['bucket_id'],
  gcp_compute_instance: ['instance_id', 'project_id', 'zone'],
  gcp_big_query_dataset: ['project_id', 'dataset_id'],
  gcp_big_query_table: ['project_id', 'dataset_id', 'table_id'],
  gcp_folder: ['folder_id'],
  gcp_gke_cluster: ['cluster_name'],
  gcp_project: ['project_id'],
  gcp_sql_instance: ['instance_id', 'project_id'],
  gcp_service_account: ['email', 'service_account_id', 'project_id'],
  google_workspace_role: ['role_id'],
  github_repo: ['repo_id?', 'repo_name', 'org_name?'],
  github_org_role: ['role_id', 'org_name?'],
  github_org: ['org_name'],
  github_enterprise_role: ['role_id'],
  gitlab_project: ['project_id'],
  okta_app: ['app_id'],
  okta_standard_role: ['role_type'],
  okta_custom_role: ['role_id'],
  snowflake_database: ['database_name'],
  snowflake_schema: ['database_name', 'schema_name'],
  snowflake_table: ['database_name', 'schema_name', 'table_name'],
  ilevel_advanced_role: ['role_name'],
  tailscale_ssh: ['tag_name'],
  twingate_resource: ['resource_id'],
  pagerduty_role: ['role_name'],
  workday_role: ['role_id'],
  salesforce_permission_set: ['permission_set_id'],
  salesforce_profile: ['profile_id', 'user_license_id'],
  salesforce_role: ['role_id'],
  teleport_role: ['role_name'],
  datastax_astra_role: ['role_id'],
  coupa_role: ['role_id'],
  cursor_organization: ['org_id'],
  openai_platform_project: ['project_id'],
  openai_platform_service_account: ['project_id', 'service_account_id'],
  anthropic_workspace: ['workspace_id'],
  oracle_fusion_role: ['role_id'],
  devin_organization: ['org_id'],
  devin_role: ['role_id'],
  netsuite_role: ['role_id'],
  datadog_role: ['role_id'],
  clickhouse_database: ['database_name'],
  clickhouse_table: ['database_name', 'table_name'],
  grafana_folder: ['folder_uid'],
  grafana_dashboard: ['dashboard_uid'],
  grafana_role: ['role_uid'],
  zendesk_role: ['role_id'],
  hubspot_role: ['role_id'],
  alicloud_ram_role: ['role_arn'],
  alicloud_ecs_instance: ['instance_id'],
}

const RemoteInfo = RemoteInfoOf(
  remoteInfoFields,
  { title: 'ResourceRemoteInfo', description: 'Identifies the resource in the remote system.' },
  {
    'aws_rds_cluster.engine': Enum(['MYSQL', 'POSTGRESQL'], { title: 'RDSEngineEnum', description: 'The engine.' }),
    'custom_connector.can_have_usage_events': Type.Boolean(),
    'github_repo.repo_id': Type.String(deprecated),
  },
)

export const TicketPropagation = Type.Object(
  {
    enabled_on_grant: Type.Boolean(),
    enabled_on_revocation: Type.Boolean(),
    ticket_provider: optional(TicketingProvider),
    ticket_project_id: optional(Type.String()),
  },
  { title: 'TicketPropagationConfiguration', description: 'Whether changes of access are made by tickets.' },
)

export const ScopedRolePermissionSchema = Type.Object(
  {
    target_ids: optional(ids('What it is about.')),
    target_type: Enum(['RESOURCE', 'CONNECTION', 'GROUP', 'BUNDLE', 'USER', 'ACCESS_REVIEW', 'OWNER'], {
      title: 'RolePermissionTargetTypeEnum',
      description: 'The kind of what it is about.',
    }),
    permission_name: Enum(
      [
        'READ',
        'READ_ASSIGNMENTS',
        'CREATE',
        'IMPORT',
        'EXPORT',
        'SYNC',
        'DELETE',
        'READ_SETTINGS',
        'EDIT_TAGS',
        'EDIT_SETTINGS',
        'EDIT_SYNC_SETTINGS',
        'EDIT_ASSIGNMENTS',
        'EDIT_REQUEST_CONFIGURATIONS',
        'EDIT_EVENT_STREAM',
        'ASSIGN_UAR_REVIEWERS',
        'SEND_REMINDERS',
        'STOP',
        'REQUEST_ON_BEHALF',
        'RESET_MFA',
      ],
      { title: 'RolePermissionNameEnum', description: 'What it permits.' },
    ),
    allow_all: Type.Boolean({ description: 'Whether it is about all of that kind.' }),
  },
  { title: 'ScopedRolePermission', description: 'What a role permits in Opal.' },
)

/** Fields that can only be set when a resource is created. */
const createOnly = {
  remote_info: optional(RemoteInfo),
  metadata: optional(Type.String({ description: 'Free text, formerly used for the remote system.', ...deprecated })),
}

/** Fields that can be set on an existing resource. Those that `UpdateResourceInfo` deprecates are in `formerly`. */
const updatable = {
  admin_owner_id: optional(Reference('owner', 'The owner who administers the resource.')),
  require_mfa_to_approve: optional(Type.Boolean()),
  require_mfa_to_connect: optional(Type.Boolean()),
  configuration_template_id: optional(Uuid('A configuration template.')),
  ticket_propagation: optional(TicketPropagation),
  request_configurations: optional(requestConfigurations),
}

const formerly = {
  max_duration: optional(Type.Integer(deprecated)),
  recommended_duration: optional(Type.Integer(deprecated)),
  require_manager_approval: optional(Type.Boolean(deprecated)),
  require_support_ticket: optional(Type.Boolean(deprecated)),
  require_mfa_to_request: optional(Type.Boolean(deprecated)),
  auto_approval: optional(Type.Boolean(deprecated)),
  request_template_id: optional({ ...Uuid('A request template.'), ...deprecated }),
  is_requestable: optional(Type.Boolean(deprecated)),
  extensions_duration_in_minutes: optional(Type.Integer(deprecated)),
}

export const CreateResourceInfo = Type.Object(
  {
    name: Type.String({ description: "The resource's name.", examples: ['Warehouse'] }),
    description: optional(Type.String({ description: 'What it is for.' })),
    resource_type: ResourceType,
    app_id: Uuid('The app that it belongs to.'),
    ...createOnly,
    remote_resource_id: optional(
      Type.String({ description: "The resource's id in the remote system.", ...deprecated }),
    ),
    ...targetGiven,
  },
  {
    title: 'CreateResourceInfo',
    description: 'A new resource.',
    examples: [{ name: 'Warehouse', resource_type: 'CUSTOM', app_id: '0e000000-0000-4000-8000-000000000001' }],
  },
)

export const UpdateResourceInfo = Type.Object(
  {
    resource_id: Uuid('The resource.'),
    name: optional(Type.String({ description: "The resource's name." })),
    description: optional(Type.String({ description: 'What it is for.' })),
    folder_id: optional({ ...Uuid('A folder.'), ...deprecated }),
    ...updatable,
    ...formerly,
    configuration_template_id: optional(
      Type.Union([Uuid('A configuration template; null or "" to unlink it.'), Type.Null(), Type.Literal('')], {
        documentedSchema: Uuid('A configuration template; null or "" to unlink it.'),
      }),
    ),
    parent_resource_id: optional(
      Type.Union([Reference('resource', 'The resource that it is part of; null for none.'), Type.Null()], {
        documentedNullable: true,
      }),
    ),
    request_configuration_list: optional({ ...RequestConfigurationList, ...deprecated }),
    ...targetGiven,
  },
  { title: 'UpdateResourceInfo', description: 'A resource and the fields to change.' },
)

export const UpdateResourceInfoList = Type.Object(
  { resources: Type.Array(UpdateResourceInfo) },
  {
    title: 'UpdateResourceInfoList',
    description: 'Resources and the fields to change.',
    examples: [{ resources: [{ resource_id: '0a100000-0000-4000-8000-000000000001', name: 'Warehouse' }] }],
  },
)

/** Fields that are stored and shown alike. */
const shown = {
  app_id: optional(Reference('app', 'The app that it belongs to.')),
  remote_resource_id: optional(Type.String({ description: "The resource's id in the remote system." })),
  remote_resource_name: optional(Type.String({ description: "The resource's name in the remote system." })),
  parent_resource_id: optional(Reference('resource', 'The resource that it is part of.')),
  ...createOnly,
  ...updatable,
  ...formerly,
  last_successful_sync,
}

export const Resource = Type.Object(
  {
    resource_id: Uuid('The resource.'),
    name: Type.String({ description: "The resource's name." }),
    description: Type.String({ description: 'What it is for.' }),
    resource_type: ResourceType,
    ...shown,
    request_configuration_list: optional({ ...requestConfigurations, ...deprecated }),
    custom_request_notification: optional(Nullable(notification)),
    risk_sensitivity_override: targetGiven.risk_sensitivity_override,
    risk_sensitivity: optional({ ...RiskSensitivity, readOnly: true }),
    ancestor_resource_ids: optional(ids('Its parent, the parent of that, and so on.')),
    descendant_resource_ids: optional(ids('What is part of it, directly or not.')),
  },
  {
    title: 'Resource',
    description: 'A resource. Fields without a value are left out.',
    ...closed,
    examples: [
      {
        resource_id: '0a100000-0000-4000-8000-000000000001',
        name: 'Warehouse',
        description: 'The analytics database',
        resource_type: 'AWS_RDS_POSTGRES_INSTANCE',
        risk_sensitivity: 'UNKNOWN',
      },
    ],
  },
)

/** The fields of a seed's resource that have no column. */
export const resourceDetails = {
  ...shown,
  ...targetGiven,
  folder_id: UpdateResourceInfo.properties.folder_id,
  visibility: optional({
    ...VisibilityType,
    description: 'Who can see it; `LIMITED` if it has `visibility_groups`, else `GLOBAL`, if left out.',
  }),
  scoped_role_permissions: optional(Type.Array(ScopedRolePermissionSchema, { description: 'What the role permits.' })),
}

export type Resource = Static<typeof Resource>
export type ResourceDetails = Static<ReturnType<typeof Type.Object<typeof resourceDetails>>>
export type UpdateResourceInfo = Static<typeof UpdateResourceInfo>
