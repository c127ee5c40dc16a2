import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from '@sinclair/typebox'
import { MessageChannel } from '../../schemas/records.js'
import { Uuid } from '../../schemas/types.js'
import type { Deps } from '../deps.js'
import { guardRefusals, refusalResponses, writeRefusals } from '../schemas.js'
import { createRecords } from './records.js'
import { createWrite } from './write.js'

const tags = ['message channels']
const { third_party_provider, remote_id } = MessageChannel.properties

const listMessageChannels = {
  operationId: 'get_message_channels',
  tags,
  summary: 'List message channels',
  description: 'All channels, in the order in which they were created.',
  response: {
    200: Type.Object(
      { channels: Type.Array(MessageChannel) },
      { title: 'MessageChannelList', description: 'Message channels.', additionalProperties: false },
    ),
    ...refusalResponses(...guardRefusals),
  },
}
const createMessageChannel = {
  operationId: 'create_message_channel',
  tags,
  summary: 'Create a message channel',
  description: 'The new channel has no name, since nothing asks the provider for it.',
  body: Type.Object(
    { third_party_provider, remote_id },
    { title: 'CreateMessageChannelInfo', description: 'A new message channel.' },
  ),
  response: { 200: MessageChannel, ...refusalResponses(...guardRefusals, ...writeRefusals) },
}
const getMessageChannel = {
  operationId: 'get_message_channel',
  tags,
  summary: 'Show a message channel',
  description: 'Fields without a value are left out.',
  params: Type.Object({ message_channel_id: Uuid('The channel.') }),
  response: {
    200: MessageChannel,
    ...refusalResponses(...guardRefusals, 'INVALID_REQUEST', 'MESSAGE_CHANNEL_NOT_FOUND'),
  },
}

export function messageChannels({ store, organizations }: Deps): FastifyPluginAsyncTypebox {
  const records = createRecords(store, 'message_channel')
  const write = createWrite({ store, organizations })

  return async (app) => {
    app.get('/message-channels', { schema: listMessageChannels }, async ({ organization }) => ({
      channels: records.list(organization),
    }))

    app.post('/message-channels', { schema: createMessageChannel }, (request) =>
      write(request, () => store.atomic(() => records.create(request.organization, request.body))),
    )

    app.get('/message-channels/:message_channel_id', { schema: getMessageChannel }, async ({ organization, params }) =>
      records.get(organization, params.message_channel_id),
    )
  }
}
