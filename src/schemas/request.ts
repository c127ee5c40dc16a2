import { Type, type TSchema } from '@sinclair/typebox'
import { Enum, Reference, Uuid } from './types.js'

// The fields of access requests and delegations in requests, responses and seeds. The names, types and limits are Opal's.

const closed = { additionalProperties: false }
const optional = <Schema extends TSchema>(schema: Schema) => Type.Optional(schema)

/** A date that is the time of the clock if a seed leaves it out. */
const Moment = (description: string) => Type.String({ documentedFormat: 'date-time', isMoment: true, description })
const DateTime = (description: string) => Type.String({ documentedFormat: 'date-time', description })

export const RequestStatus = Enum(['PENDING', 'APPROVED', 'DENIED', 'CANCELED'], {
  title: 'RequestStatusEnum',
  description: 'How far the request is.',
})

export const TicketingProvider = Enum(['JIRA', 'LINEAR', 'SERVICE_NOW'], {
  title: 'TicketingProviderEnum',
  description: 'Where tickets are.',
})

const CustomFieldType = Enum(['SHORT_TEXT', 'LONG_TEXT', 'BOOLEAN', 'MULTI_CHOICE'], {
  title: 'RequestTemplateCustomFieldTypeEnum',
  description: 'The kind of field.',
})

const SupportTicket = Type.Object(
  {
    ticketing_provider: TicketingProvider,
    remote_id: Type.String({ description: "The ticket's id there." }),
    identifier: Type.String({ description: 'What people call the ticket.' }),
    url: Type.String({ description: 'Where it is shown.' }),
  },
  { description: 'A ticket that is about the request.' },
)

const level = {
  access_level_remote_id: optional(Type.String({ description: 'The level; the default level if left out or empty.' })),
}

export const CreateRequestInfo = Type.Object(
  {
    resources: Type.Array(
      Type.Object({
        id: optional(Reference('resource', 'The resource.')),
        ...level,
        access_level_name: optional(
          Type.String({ description: 'The name of the level, if its id is not given.', deprecated: true }),
        ),
      }),
      { description: 'Resources.', maxItems: 10_000 },
    ),
    groups: Type.Array(
      Type.Object({
        id: Reference('group', 'The group.'),
        ...level,
        access_level_name: optional(Type.String({ description: 'The name of the level, if its id is not given.' })),
      }),
      { description: 'Groups.', maxItems: 10_000 },
    ),
    target_user_id: optional(Reference('user', "Who gets the access; the token's user if left out.")),
    target_group_id: optional(Reference('group', 'The group that gets the access.')),
    reason: Type.String({ description: 'Why.', examples: ['On call this week'] }),
    support_ticket: optional(SupportTicket),
    duration_minutes: Type.Integer({
      minimum: -1,
      description: 'How many minutes the access lasts from the approval; 0 and -1 never end.',
      examples: [60],
    }),
    custom_metadata: optional(
      Type.Array(
        Type.Object({
          name: Type.String({ description: 'Which field.' }),
          type: CustomFieldType,
          value: Type.String({ description: 'Its value.' }),
        }),
        { description: 'Answers to the fields of a request template.', maxItems: 10_000 },
      ),
    ),
  },
  { title: 'CreateRequestInfo', description: 'What is requested, for whom and why.' },
)

const Reviewer = Type.Object(
  {
    id: Uuid('The reviewer.'),
    full_name: optional(Type.String({ description: 'The full name.' })),
    status: Enum(['PENDING', 'APPROVED', 'REJECTED'], { description: 'What they decided.' }),
  },
  { title: 'RequestReviewer', description: 'A reviewer.', ...closed },
)

const RequestStage = Type.Object(
  {
    stage: Type.Integer({ description: 'Its number, from 1.' }),
    operator: Enum(['AND', 'OR'], { title: 'ReviewStageOperator', description: 'Whether all must approve, or one.' }),
    reviewers: Type.Array(Reviewer, { description: 'Who reviews it.' }),
  },
  { title: 'RequestStage', description: 'A stage of review.', ...closed },
)

export const Request = Type.Object(
  {
    id: Uuid('The request.'),
    created_at: DateTime('When it was made.'),
    updated_at: DateTime('When it was last changed.'),
    requester_id: Uuid('Who made it.'),
    target_user_id: optional(Uuid('Who gets the access.')),
    target_group_id: optional(Uuid('The group that gets the access.')),
    status: RequestStatus,
    reason: Type.String({ description: 'Why.' }),
    duration_minutes: optional(Type.Integer({ description: 'As it was requested.' })),
    requested_items_list: optional(
      Type.Array(
        Type.Object(
          {
            resource_id: optional(Uuid('The resource.')),
            group_id: optional(Uuid('The group.')),
            access_level_name: optional(Type.String({ description: "The level's name." })),
            access_level_remote_id: optional(Type.String({ description: "The level's id in the remote system." })),
            name: optional(Type.String({ description: 'The name.' })),
            remote_id: optional(Type.String({ description: 'The id in the remote system.' })),
            remote_name: optional(Type.String({ description: 'The name in the remote system.' })),
          },
          { title: 'RequestedItem', description: 'A group or a resource.', ...closed },
        ),
        { description: 'What is requested.' },
      ),
    ),
    custom_fields_responses: optional(
      Type.Array(
        Type.Object(
          {
            field_name: Type.String({ description: 'Which field.' }),
            field_type: CustomFieldType,
            field_value: Type.Union([Type.String(), Type.Boolean()], {
              documentedSchema: Type.Unsafe({
                oneOf: [{ type: 'string' }, { type: 'boolean' }],
                description: 'Its value.',
              }),
            }),
          },
          { title: 'RequestCustomFieldResponse', description: 'An answer to a field of a template.', ...closed },
        ),
        { description: 'Answers to the fields of a request template.' },
      ),
    ),
    stages: optional(
      Type.Object(
        {
          requestedRoleName: optional(Type.String({ description: "The level's name." })),
          requestedItemName: Type.String({ description: 'The name of the group or resource.' }),
          stages: Type.Array(RequestStage, { description: 'Its stages, in order.' }),
        },
        { title: 'RequestItemStages', description: 'Who reviews the first item.', deprecated: true, ...closed },
      ),
    ),
    reviewer_stages: optional(
      Type.Array(
        Type.Object(
          {
            access_level_name: optional(Type.String({ description: "The level's name." })),
            access_level_remote_id: optional(Type.String({ description: "The level's id in the remote system." })),
            item_name: Type.String({ description: 'The name of the group or resource.' }),
            item_id: Uuid('The group or resource.'),
            stages: Type.Array(RequestStage, { description: 'Its stages, in order.' }),
          },
          { title: 'RequestReviewerStages', description: 'Who reviews one item.', ...closed },
        ),
        { description: 'Who reviews, by item.' },
      ),
    ),
  },
  { title: 'Request', description: 'An access request. Fields without a value are left out.', ...closed },
)

const StoredStage = Type.Object({
  operator: Enum(['AND', 'OR']),
  require_manager_approval: Type.Boolean(),
  require_admin_approval: optional(Type.Boolean()),
  owner_ids: Type.Array(Uuid('An owner.')),
  service_user_ids: optional(Type.Array(Uuid('A user.'))),
  escalation: optional(
    Type.Object({
      delay_minutes: Type.Integer(),
      owner_ids: optional(Type.Array(Uuid('An owner.'))),
      user_ids: optional(Type.Array(Uuid('A user.'))),
    }),
  ),
})

/** A request as it is stored, and as it stands in a seed. */
export const requestFields = {
  requester_id: Reference('user', 'Who made it.'),
  target_user_id: optional(Reference('user', 'Who gets the access.')),
  target_group_id: optional(Reference('group', 'The group that gets the access.')),
  status: RequestStatus,
  reason: Type.String({ description: 'Why.' }),
  duration_minutes: Type.Integer({
    minimum: -1,
    description: 'How many minutes the access lasts; 0 and -1 never end.',
  }),
  created_at: Moment('When it was made.'),
  updated_at: Moment('When it was last changed.'),
  decides_at: optional(DateTime('When it is decided without a reviewer.')),
  decision: optional(Enum(['approve', 'deny'], { description: 'How it is decided then.' })),
  items: Type.Array(
    Type.Object({
      group_id: optional(Uuid('The group.')),
      resource_id: optional(Uuid('The resource.')),
      access_level_remote_id: Type.String({ description: 'The level.' }),
      stages: Type.Array(StoredStage, { description: 'Its reviewer stages.' }),
      current: Type.Integer({ minimum: 0, description: 'The index of the stage that is being reviewed.' }),
      since: Type.String({ description: 'When that stage began.' }),
      approved_by: Type.Array(Type.Array(Uuid('A reviewer.')), { description: 'By stage, who approved.' }),
      denied_by: optional(Uuid('Who denied it.')),
    }),
    { description: 'What is requested.' },
  ),
  comments: optional(
    Type.Array(
      Type.Object({
        created_at: Type.String({ description: 'When it was made.' }),
        user_id: Uuid('Who made it.'),
        comment: Type.String({ description: 'The text.' }),
      }),
      { description: 'Comments, in order.' },
    ),
  ),
  support_ticket: optional(SupportTicket),
  custom_metadata: CreateRequestInfo.properties.custom_metadata,
}

export const delegationFields = {
  delegator_user_id: Reference('user', 'Whose reviews are delegated.'),
  delegate_user_id: Reference('user', 'Who reviews for them.'),
  start_time: DateTime('When it begins.'),
  end_time: DateTime('When it ends.'),
  reason: Type.String({ description: 'Why.' }),
  created_at: Moment('When it was created.'),
  updated_at: Moment('When it was last changed.'),
}
