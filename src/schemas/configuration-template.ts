import { Type, type TSchema } from '@sinclair/typebox'
import { TicketPropagation } from './resource.js'
import { notificationOrNull, RequestConfigurationList, requestConfigurations } from './target.js'
import { Reference, References, Uuid } from './types.js'
import { VisibilityInfoSchema } from './visibility.js'

const optional = <Schema extends TSchema>(schema: Schema) => Type.Optional(schema)

const required = {
  name: Type.String({ description: 'The name.' }),
  admin_owner_id: Reference('owner', 'The owner who administers it.'),
  visibility: VisibilityInfoSchema,
  require_mfa_to_approve: Type.Boolean(),
  require_mfa_to_connect: Type.Boolean(),
}
const others = {
  linked_audit_message_channel_ids: optional(References('message_channel', 'Where changes are posted.')),
  member_oncall_schedule_ids: optional(References('on_call_schedule', 'Whose members have access.')),
  break_glass_user_ids: optional(References('user', 'Who has access in an emergency.')),
  ticket_propagation: optional(TicketPropagation),
}
const given = {
  ...others,
  request_configurations: optional(requestConfigurations),
  request_configuration_list: optional({ ...RequestConfigurationList, deprecated: true }),
  custom_request_notification: optional(notificationOrNull),
}

export const templateFields = {
  ...required,
  ...others,
  request_configurations: given.request_configurations,
  custom_request_notification: optional(Type.String({ maxLength: 800, description: 'What is sent on a request.' })),
}

export const ConfigurationTemplate = Type.Object(
  {
    configuration_template_id: Type.Optional(Uuid('The template.')),
    ...Type.Partial(Type.Object(required)).properties,
    ...others,
    request_configuration_id: optional(Uuid('Never shown: Opal does not say what it is.')),
    custom_request_notification: given.custom_request_notification,
  },
  { title: 'ConfigurationTemplate', description: 'Settings for groups and resources.', additionalProperties: false },
)
export const CreateConfigurationTemplateInfo = Type.Object(
  { ...required, ...given },
  { title: 'CreateConfigurationTemplateInfo', description: 'A new template.' },
)
export const UpdateConfigurationTemplateInfo = Type.Object(
  {
    configuration_template_id: Uuid('The template.'),
    ...Type.Partial(Type.Object(required)).properties,
    ...given,
  },
  { title: 'UpdateConfigurationTemplateInfo', description: 'The fields to change.' },
)
