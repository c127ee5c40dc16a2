import { Type, type Static, type TSchema } from '@sinclair/typebox'
import { Enum, References, Uuid } from './types.js'

// The fields that groups and resources have in common. The names, types and limits are Opal's.

const closed = { additionalProperties: false }
export const deprecated = { deprecated: true }
const optional = <Schema extends TSchema>(schema: Schema) => Type.Optional(schema)

const riskSensitivities = ['UNKNOWN', 'CRITICAL', 'HIGH', 'MEDIUM', 'LOW', 'NONE'] as const

export const RiskSensitivity = Enum(riskSensitivities, {
  title: 'RiskSensitivityEnum',
  description: 'How risky the access is.',
})

export const VisibilityType = Enum(['GLOBAL', 'LIMITED'], {
  title: 'VisibilityTypeEnum',
  description: 'Who can see it: everybody, or only the members of some groups.',
})

export const ids = (description: string) => Type.Array(Uuid('An id.'), { description, maxItems: 10_000 })

/** What identifies a target in each remote system: names of fields, optional ones with a question mark. */
export function RemoteInfoOf(
  systems: Record<string, string[]>,
  options: { title: string; description: string },
  /** The schemas of fields that are no plain text, by system and name. */
  special: Record<string, TSchema> = {},
) {
  return Type.Object(
    Object.fromEntries(
      Object.entries(systems).map(([system, names]) => {
        const fields = names.map((name): [string, TSchema] => {
          const bare = name.replace('?', '')
          const schema = special[`${system}.${bare}`] ?? Type.String()
          return [bare, bare === name ? schema : optional(schema)]
        })
        return [system, optional(Type.Object(Object.fromEntries(fields)))]
      }),
    ),
    options,
  )
}

const Condition = Type.Object(
  {
    group_ids: optional(ids('Groups to whose members it applies.')),
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
    service_user_ids: optional(ids('Service users who review.')),
    escalation: optional(Escalation),
    stage: optional(Type.Integer({ description: 'The number of the stage; Opal shows it without documenting it.' })),
  },
  { title: 'ReviewerStage', description: 'One stage of review.' },
)

const RequestConfigurationSchema = Type.Object(
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
  { title: 'RequestConfiguration', description: 'How access is requested.' },
)

export const requestConfigurations = Type.Array(RequestConfigurationSchema, { description: 'How access is requested.' })
export const RequestConfigurationList = Type.Object(
  { request_configurations: requestConfigurations },
  { title: 'CreateRequestConfigurationInfoList', description: 'How access is requested.' },
)

export const notification = Type.String({
  maxLength: 800,
  description: 'The notification that is sent when access is requested.',
})
export const notificationOrNull = Type.Union([notification, Type.Null()], { documentedNullable: true })

/** What can be given when a target is created, and later. */
export const targetGiven = {
  custom_request_notification: optional(notificationOrNull),
  risk_sensitivity_override: optional(RiskSensitivity),
}

/** A target's last synchronization with the remote system. */
export const last_successful_sync = optional(
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
)

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
] as const

export type VisibilityType = Static<typeof VisibilityType>
export type ReviewerStageSchema = Static<typeof ReviewerStageSchema>
export type RequestConfigurationSchema = Static<typeof RequestConfigurationSchema>
