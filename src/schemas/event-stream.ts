import { Type, type Static } from '@sinclair/typebox'
import { DateTime, Enum, Uuid } from './types.js'

const closed = { additionalProperties: false }
const ConnectionType = Enum(['WEBHOOK'], { title: 'EventStreamConnectionTypeEnum', description: 'Where events go.' })

const ApiKey = Type.Object(
  {
    id: Uuid('The credential.'),
    name: Type.String({ description: 'The name of the header or parameter.' }),
    value: Type.String({ description: 'Its value.' }),
    location: Enum(['HEADER', 'QUERY_PARAM'], { title: 'WebhookApiKeyLocationEnum', description: 'Where it is sent.' }),
  },
  { title: 'WebhookApiKeyCredential', description: 'A key that is sent with each event.' },
)
const Hmac = Type.Object(
  {
    id: Uuid('The credential.'),
    secret: Type.String({ description: 'What events are signed with.' }),
    created_at: DateTime('When it was created.'),
  },
  { title: 'WebhookHmacCredential', description: 'A secret that events are signed with.' },
)
/** Null is for requests alone: it is never stored. */
const HmacOrNull = Type.Unsafe<Static<typeof Hmac>>(Type.Union([Hmac, Type.Null()], { documentedNullable: true }))

export const WebhookCredentialsSchema = Type.Object(
  {
    auth_type: Enum(['NONE', 'API_KEY', 'HMAC'], {
      title: 'WebhookAuthTypeEnum',
      description: 'The kind of credentials.',
    }),
    api_key_credentials: Type.Optional(Type.Array(ApiKey)),
    hmac_credential_1: Type.Optional(HmacOrNull),
    hmac_credential_2: Type.Optional(HmacOrNull),
  },
  { title: 'WebhookCredentials', description: 'How the receiver knows that an event is from Opal.' },
)

const name = Type.String({ description: 'The name.' })
const webhook_url = Type.Optional(Type.String({ description: 'Where events are posted.' }))
const credentials = Type.Optional(WebhookCredentialsSchema)

export const connectionFields = {
  name,
  connection_type: ConnectionType,
  enabled: Type.Boolean({ description: 'Whether events are sent.' }),
  webhook_url,
  credentials,
}

export const EventStream = Type.Object(
  {
    event_stream_id: Uuid('The event stream.'),
    connection: Type.Object(connectionFields, {
      title: 'EventStreamConnection',
      description: 'Where events go, and how.',
      ...closed,
    }),
  },
  { title: 'EventStream', description: 'What sends events to a receiver. Here, nothing is sent.', ...closed },
)
export const CreateEventStreamInfo = Type.Object(
  { name, connection_type: ConnectionType, webhook_url, credentials },
  { title: 'CreateEventStreamInfo', description: 'A new event stream.' },
)
export const UpdateEventStreamInfo = Type.Object(
  { name: Type.Optional(name), enabled: Type.Optional(connectionFields.enabled), webhook_url, credentials },
  { title: 'UpdateEventStreamInfo', description: 'The fields to change.' },
)
