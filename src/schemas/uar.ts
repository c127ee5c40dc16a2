import { Type, type TSchema } from '@sinclair/typebox'
import { GroupType } from './group.js'
import { ResourceType } from './resource.js'
import { DateTime, Enum, Uuid } from './types.js'

const optional = <Schema extends TSchema>(schema: Schema) => Type.Optional(schema)
const ids = (description: string) => optional(Type.Array(Uuid('An id.'), { description, maxItems: 10_000 }))

export const ReviewerAssignmentPolicy = Enum(
  ['MANUALLY', 'BY_OWNING_TEAM_ADMIN', 'BY_OWNING_TEAM_ADMIN_ALL', 'BY_MANAGER', 'BY_APPROVERS', 'BY_APPROVERS_ALL'],
  { title: 'UARReviewerAssignmentPolicyEnum', description: 'How reviewers are assigned.' },
)
const TagFilter = Type.Object(
  { key: Type.String({ description: 'The key.' }), value: optional(Type.String({ description: 'The value.' })) },
  { title: 'TagFilter', description: 'What has a tag.' },
)
const UARScope = Type.Object(
  {
    group_visibility: optional(
      Enum(['STRICT', 'VIEW_VISIBLE_AND_ASSIGNED', 'VIEW_ALL'], { description: 'What reviewers see.' }),
    ),
    users: ids('The users whose access is reviewed.'),
    filter_operator: optional(Enum(['ANY', 'ALL'], { description: 'How the filters are combined.' })),
    entities: ids('What is reviewed.'),
    apps: ids('The apps that are reviewed.'),
    admins: ids('The owners whose groups and resources are reviewed.'),
    group_types: optional(Type.Array(GroupType)),
    resource_types: optional(Type.Array(ResourceType)),
    include_group_bindings: optional(Type.Boolean()),
    tags: optional(Type.Array(TagFilter)),
    names: optional(Type.Array(Type.String())),
  },
  { title: 'UARScope', description: 'What is reviewed.' },
)

const shown = {
  name: Type.String({ description: 'The name.' }),
  reviewer_assignment_policy: ReviewerAssignmentPolicy,
  send_reviewer_assignment_notification: Type.Boolean({ description: 'Whether reviewers are notified.' }),
  time_zone: Type.String({ description: 'The time zone of the deadline.' }),
  self_review_allowed: Type.Boolean({ description: 'Whether users review their own access.' }),
}
const instantly_action_reviews = Type.Boolean({ description: 'Whether access ends as soon as it is rejected.' })
const uar_scope = optional(UARScope)
const deadline = DateTime('When it ends.')

export const uarFields = {
  ...shown,
  deadline: Type.String({ documentedFormat: 'date-time', isMoment: true, description: 'When it ends.' }),
  instantly_action_reviews,
  uar_scope,
}

export const UAR = Type.Object(
  { uar_id: Uuid('The access review.'), ...uarFields },
  { title: 'UAR', description: 'A review of access.', additionalProperties: false },
)
export const CreateUARInfo = Type.Object(
  {
    ...shown,
    deadline,
    instantly_action_reviews: optional(instantly_action_reviews),
    reminder_schedule: optional(Type.Array(Type.Integer(), { description: 'Is not kept: Opal does not show it.' })),
    reminder_include_manager: optional(Type.Boolean({ description: 'Is not kept: Opal does not show it.' })),
    uar_scope,
  },
  { title: 'CreateUARInfo', description: 'A new review of access.' },
)
