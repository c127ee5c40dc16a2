import { Type, type TSchema } from '@sinclair/typebox'
import { Enum, Uuid } from './types.js'

const optional = <Schema extends TSchema>(schema: Schema) => Type.Optional(schema)
const texts = (description: string) => optional(Type.Array(Type.String(), { description }))
const ids = (description: string) => Type.Array(Uuid('An id.'), { description, maxItems: 10_000 })

// prettier-ignore
const itemTypes = [
  'USER', 'SERVICE_USER', 'ACTIVE_DIRECTORY_GROUP', 'AWS_SSO_GROUP', 'DUO_GROUP', 'GIT_HUB_TEAM', 'GIT_LAB_GROUP',
  'GOOGLE_GROUPS_GROUP', 'GOOGLE_GROUPS_GKE_GROUP', 'LDAP_GROUP', 'OKTA_GROUP', 'OKTA_GROUP_RULE', 'TAILSCALE_GROUP',
  'TWINGATE_GROUP', 'TWINGATE_GROUP_SYNCED', 'OPAL_GROUP', 'OPAL_ACCESS_RULE', 'AZURE_AD_SECURITY_GROUP',
  'AZURE_AD_MICROSOFT_365_GROUP', 'CONNECTOR_GROUP', 'SNOWFLAKE_ROLE', 'WORKDAY_USER_SECURITY_GROUP',
  'DATABRICKS_ACCOUNT_GROUP', 'AWS_IAM_ROLE', 'AWS_EC2_INSTANCE', 'AWS_EKS_CLUSTER', 'AWS_RDS_POSTGRES_INSTANCE',
  'AWS_RDS_POSTGRES_CLUSTER', 'AWS_RDS_MYSQL_INSTANCE', 'AWS_RDS_MYSQL_CLUSTER', 'AWS_ACCOUNT',
  'AWS_SSO_PERMISSION_SET', 'AZURE_MANAGEMENT_GROUP', 'AZURE_RESOURCE_GROUP', 'AZURE_SUBSCRIPTION',
  'AZURE_VIRTUAL_MACHINE', 'AZURE_STORAGE_ACCOUNT', 'AZURE_STORAGE_CONTAINER', 'AZURE_SQL_SERVER',
  'AZURE_SQL_MANAGED_INSTANCE', 'AZURE_SQL_DATABASE', 'AZURE_SQL_MANAGED_DATABASE',
  'AZURE_USER_ASSIGNED_MANAGED_Identity', 'AZURE_ENTRA_ID_ROLE', 'AZURE_ENTERPRISE_APP', 'CUSTOM', 'CUSTOM_CONNECTOR',
  'GCP_ORGANIZATION', 'GCP_BUCKET', 'GCP_COMPUTE_INSTANCE', 'GCP_BIG_QUERY_DATASET', 'GCP_BIG_QUERY_TABLE',
  'GCP_FOLDER', 'GCP_GKE_CLUSTER', 'GCP_PROJECT', 'GCP_CLOUD_SQL_POSTGRES_INSTANCE', 'GCP_CLOUD_SQL_MYSQL_INSTANCE',
  'GCP_SERVICE_ACCOUNT', 'GIT_HUB_REPO', 'GIT_HUB_ORG_ROLE', 'GIT_LAB_PROJECT', 'GOOGLE_WORKSPACE_ROLE',
  'MONGO_INSTANCE', 'MONGO_ATLAS_INSTANCE', 'OKTA_APP', 'OKTA_ROLE', 'OPAL_ROLE', 'OPAL_SCOPED_ROLE',
  'PAGERDUTY_ROLE', 'TAILSCALE_SSH', 'TWINGATE_RESOURCE', 'SALESFORCE_PERMISSION_SET', 'SALESFORCE_PROFILE',
  'SALESFORCE_ROLE', 'SNOWFLAKE_DATABASE', 'SNOWFLAKE_SCHEMA', 'SNOWFLAKE_TABLE', 'WORKDAY_ROLE', 'MYSQL_INSTANCE',
  'MARIADB_INSTANCE', 'POSTGRES_INSTANCE', 'TELEPORT_ROLE', 'DATABRICKS_ACCOUNT_SERVICE_PRINCIPAL',
  'ILEVEL_ADVANCED_ROLE',
] as const

const NameFilter = Type.Object(
  {
    stringMatchType: Enum(['CONTAINS', 'EQUALS', 'STARTS_WITH', 'ENDS_WITH'], {
      title: 'StringMatchType',
      description: 'How the name is compared.',
    }),
    string: Type.String({ description: 'What it is compared with.' }),
  },
  { title: 'EntityNameFilter', description: 'Selects by name.' },
)
const EntityTagFilter = Type.Object(
  {
    key: Type.String({ description: 'The key.' }),
    value: optional(Type.String({ description: 'The value.' })),
    connectionId: optional(Uuid('The app that the tag is from.')),
  },
  { title: 'EntityTagFilter', description: 'Selects by tag.' },
)
const IdpStatusFilter = Type.Object(
  {
    statuses: optional(
      Type.Array(
        Enum(['ACTIVE', 'SUSPENDED', 'DEPROVISIONED', 'DELETED', 'NOT_FOUND'], {
          title: 'UserHrIdpStatusEnum',
          description: "The user's status in the HR identity provider.",
        }),
      ),
    ),
    not: optional(Type.Boolean({ description: 'Selects the others.' })),
  },
  { title: 'IdpStatusFilter', description: 'Selects users by their status.' },
)
const EntityAdminFilter = Type.Object(
  { ownerIDs: ids('The owners.'), not: optional(Type.Boolean({ description: 'Selects the others.' })) },
  { title: 'EntityAdminFilter', description: 'Selects by owner.' },
)

/** A filter can hold others; they are kept, but not checked. */
const anything = (documented: object) =>
  Type.Record(Type.String(), Type.Unknown(), { documentedSchema: { type: 'object', ...documented } })
const NestedFilters = anything({ title: 'AccessEntityFilters' })
const AccessEntityFilters = Type.Object(
  {
    entityTypes: optional(Type.Array(Enum(['RESOURCE', 'GROUP', 'USER']))),
    entityItemTypes: optional(
      Type.Array(Enum(itemTypes, { title: 'EntityItemTypeEnum', description: 'The kind of user, group or resource.' })),
    ),
    entityName: optional(NameFilter),
    entityTag: optional(EntityTagFilter),
    hrIdpStatus: optional(IdpStatusFilter),
    entityAdminOwner: optional(EntityAdminFilter),
    entityIDs: optional(ids('What is selected.')),
    importedFromApp: optional(ids('The apps that it is from.')),
    roleRemoteIds: texts('The levels.'),
    roleNames: texts('The names of the levels.'),
    allOf: optional(Type.Array(NestedFilters)),
    anyOf: optional(Type.Array(NestedFilters)),
    not: optional(anything({})),
  },
  { title: 'AccessEntityFilters', description: 'Selects users, groups and resources.' },
)
const AccessRelationshipFilters = Type.Object(
  { isAccessibleBy: optional(AccessEntityFilters), hasAccessTo: optional(AccessEntityFilters) },
  { title: 'AccessRelationshipFilters', description: 'Selects by access.' },
)

/** What is kept of a campaign's query. Nothing runs it. */
export const AccessQuery = Type.Object(
  {
    principalFilter: optional(AccessEntityFilters),
    entitlementFilter: optional(AccessEntityFilters),
    principalAccessFilters: optional(AccessRelationshipFilters),
    entitlementAccessFilters: optional(AccessRelationshipFilters),
    accessLevelRemoteIds: texts('The levels.'),
    accessLevelNames: texts('The names of the levels.'),
    edgeFilter: optional(
      Type.Object(
        {
          directOnly: optional(Type.Boolean({ description: 'Only direct access.' })),
          accessDurationType: optional(Enum(['EXPIRING_ONLY', 'PERMANENT_ONLY'])),
        },
        { title: 'OpalAccessPathEdgeFilter', description: 'Selects by the kind of access.' },
      ),
    ),
  },
  { title: 'OpalAccessPathQueryBody', description: 'Selects access.' },
)
