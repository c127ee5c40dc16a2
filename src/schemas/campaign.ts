import { Type, type Static, type TSchema } from '@sinclair/typebox'
import { AccessQuery } from './access-query.js'
import { DateTime, Enum, Uuid } from './types.js'
import { ReviewerAssignmentPolicy } from './uar.js'

const closed = { additionalProperties: false }
const optional = <Schema extends TSchema>(schema: Schema) => Type.Optional(schema)
/** Null is for requests alone: it is never stored. */
const orNull = <Schema extends TSchema>(schema: Schema) =>
  optional(Type.Unsafe<Static<Schema>>(Type.Union([schema, Type.Null()], { documentedNullable: true })))
const dateOrNull = (description: string) => orNull(DateTime(description))

export const CampaignStatus = Enum(['DRAFT', 'ONGOING', 'COMPLETED', 'STOPPED', 'ENDED'], {
  title: 'CampaignStatusEnum',
  description: 'Whether it has started and ended.',
})

/** What a campaign always has, and what it has if that is left out. */
const always = {
  allow_self_review: Type.Boolean(),
  send_reviewer_assignment_notification: Type.Boolean(),
  allow_reviewer_reassignment: Type.Boolean(),
  timezone: Type.String({ description: 'The time zone of its dates.' }),
  revoke_on: Enum(['ACTION', 'END', 'NONE'], {
    title: 'CampaignRevokeOnEnum',
    description: 'When rejected access ends.',
  }),
  reminder_include_manager: Type.Boolean(),
  require_reason_on_denial: Type.Boolean(),
  hide_ai_suggestions: Type.Boolean(),
  group_asset_visibility_policy: Enum(['STRICT', 'VIEW_VISIBLE_AND_ASSIGNED', 'VIEW_ALL'], {
    title: 'CampaignGroupAssetVisibilityPolicyEnum',
    description: 'What reviewers see of groups.',
  }),
}
const defaults = {
  allow_self_review: false,
  send_reviewer_assignment_notification: false,
  allow_reviewer_reassignment: false,
  timezone: 'UTC',
  revoke_on: 'NONE',
  reminder_include_manager: false,
  require_reason_on_denial: false,
  hide_ai_suggestions: false,
  group_asset_visibility_policy: 'STRICT',
} as const
export const configurationDefaults = {
  ...defaults,
  reviewer_assignment_policy: 'MANUALLY',
  is_template: false,
} as const

const sometimes = {
  start_date: dateOrNull('When it starts.'),
  end_date: dateOrNull('When it ends.'),
  reminder_schedule: optional(Type.Array(Type.Integer())),
  custom_start_message: orNull(Type.String()),
  cron_expression: orNull(Type.String()),
  recurring_duration_days: orNull(Type.Integer()),
}
const changeable = { ...Type.Partial(Type.Object(always)).properties, ...sometimes }

const CampaignConfiguration = Type.Object(
  {
    configuration_id: Uuid('The configuration.'),
    created_at: DateTime('When it was created.'),
    updated_at: DateTime('When it was last changed.'),
    query: optional(AccessQuery),
    reviewer_assignment_policy: ReviewerAssignmentPolicy,
    ...always,
    is_template: Type.Boolean(),
    ...sometimes,
    next_scheduled_run: dateOrNull('Never shown: nothing runs.'),
    last_scheduled_run: dateOrNull('Never shown: nothing runs.'),
  },
  { title: 'CampaignConfiguration', description: 'What a campaign is about.', ...closed },
)

const at = (description: string) => optional(Type.String({ documentedFormat: 'date-time', description }))
const moment = (description: string) => Type.String({ documentedFormat: 'date-time', isMoment: true, description })
const user = (description: string) => ({ ...Uuid(description), refersTo: 'user' as const })

export const campaignFields = {
  name: Type.String({ description: 'The name.' }),
  status: CampaignStatus,
  is_template: Type.Boolean({ description: 'Whether it is a template for others.' }),
  created_at: moment('When it was created.'),
  updated_at: moment('When it was last changed.'),
  created_by_user_id: user('Who created it.'),
  configuration: optional(CampaignConfiguration),
  started_at: at('When it was started.'),
  started_by_user_id: optional(user('Who started it.')),
  stopped_at: at('When it was stopped.'),
  stopped_by_user_id: optional(user('Who stopped it.')),
  ended_at: at('When it was ended.'),
  ended_by_user_id: optional(user('Who ended it.')),
}

export const Campaign = Type.Object(
  { campaign_id: Uuid('The campaign.'), ...campaignFields },
  { title: 'Campaign', description: 'A campaign of access reviews.', ...closed },
)
export const CreateCampaignInfo = Type.Object(
  {
    name: campaignFields.name,
    configuration: Type.Object(
      {
        query: AccessQuery,
        reviewer_assignment_policy: optional(ReviewerAssignmentPolicy),
        ...changeable,
        is_template: optional(Type.Boolean()),
        excluded_role_assignment_ids: optional(
          Type.Array(Uuid('An id.'), { description: 'Is not kept: Opal does not show it.', maxItems: 10_000 }),
        ),
      },
      { title: 'CreateCampaignConfigurationInfo', description: 'What a new campaign is about.' },
    ),
  },
  { title: 'CreateCampaignInfo', description: 'A new campaign.' },
)
export const UpdateCampaignInfo = Type.Object(
  {
    name: optional(campaignFields.name),
    configuration: optional(
      Type.Object(changeable, { title: 'UpdateCampaignConfigurationInfo', description: 'The fields to change.' }),
    ),
  },
  { title: 'UpdateCampaignInfo', description: 'The fields to change.' },
)
export const StopCampaignRequest = Type.Object(
  { revoke_unreviewed: optional(Type.Boolean({ default: false, description: 'Has no effect.' })) },
  { title: 'StopCampaignRequest', description: 'How a campaign is stopped.' },
)
