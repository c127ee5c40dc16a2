import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from '@sinclair/typebox'
import { MessageChannel, OnCallSchedule } from '../../schemas/records.js'
import { Reference, References, Uuid } from '../../schemas/types.js'
import type { Deps } from '../deps.js'
import { guardRefusals, refusalResponses, writeRefusals } from '../schemas.js'
import { getGroup } from './group.js'
import { createLinks } from './links.js'
import { createRecords } from './records.js'
import { createWrite } from './write.js'

const tags = ['groups']
const params = Type.Object({ group_id: Uuid('The group.') })
const reads = refusalResponses(...guardRefusals, 'INVALID_REQUEST', 'GROUP_NOT_FOUND')
const writes = refusalResponses(...guardRefusals, ...writeRefusals, 'GROUP_NOT_FOUND')

const getMessageChannels = {
  operationId: 'get_group_message_channels',
  tags,
  summary: 'List the message channels of a group',
  description: 'In the order in which they were set.',
  params,
  response: {
    200: Type.Object(
      { channels: Type.Array(MessageChannel) },
      { title: 'MessageChannelList', description: 'Message channels.', additionalProperties: false },
    ),
    ...reads,
  },
}
const setMessageChannels = {
  operationId: 'set_group_message_channels',
  tags,
  summary: 'Replace the message channels of a group',
  description: 'In the given order. Returns their ids.',
  params,
  body: Type.Object(
    { message_channel_ids: References('message_channel', 'The channels, in order.') },
    { title: 'MessageChannelIDList', description: 'Message channels, in order.' },
  ),
  response: {
    200: Type.Array(Reference('message_channel', 'A message channel.'), { description: 'The ids of the channels.' }),
    ...writes,
  },
}
const getOnCallSchedules = {
  operationId: 'get_group_on_call_schedules',
  tags,
  summary: 'List the on-call schedules of a group',
  description: 'In the order in which they were set.',
  params,
  response: {
    200: Type.Object(
      { on_call_schedules: Type.Array(OnCallSchedule) },
      { title: 'OnCallScheduleList', description: 'On-call schedules.', additionalProperties: false },
    ),
    ...reads,
  },
}
const setOnCallSchedules = {
  operationId: 'set_group_on_call_schedules',
  tags,
  summary: 'Replace the on-call schedules of a group',
  description: 'In the given order. Returns their ids.',
  params,
  body: Type.Object(
    { on_call_schedule_ids: References('on_call_schedule', 'The schedules, in order.') },
    { title: 'OnCallScheduleIDList', description: 'On-call schedules, in order.' },
  ),
  response: {
    200: Type.Array(Reference('on_call_schedule', 'A schedule.'), { description: 'The ids of the schedules.' }),
    ...writes,
  },
}

/** Whom Opal notifies of what happens to a group. */
export function groupNotifications({ store, organizations }: Deps): FastifyPluginAsyncTypebox {
  const write = createWrite({ store, organizations })
  const channels = createRecords(store, 'message_channel')
  const channelsOf = createLinks(store, 'group_message_channel')
  const schedules = createRecords(store, 'on_call_schedule')
  const schedulesOf = createLinks(store, 'group_on_call_schedule')

  return async (app) => {
    app.get('/groups/:group_id/message-channels', { schema: getMessageChannels }, async ({ organization, params }) => {
      getGroup(store, organization, params.group_id)
      return { channels: channelsOf.ids(organization, params.group_id).map((id) => channels.get(organization, id)) }
    })

    app.put('/groups/:group_id/message-channels', { schema: setMessageChannels }, (request) =>
      write(request, () => {
        const { organization, params, body } = request
        getGroup(store, organization, params.group_id)
        return channelsOf.set(organization, params.group_id, body.message_channel_ids, 'body.message_channel_ids')
      }),
    )

    app.get('/groups/:group_id/on-call-schedules', { schema: getOnCallSchedules }, async ({ organization, params }) => {
      getGroup(store, organization, params.group_id)
      const ids = schedulesOf.ids(organization, params.group_id)
      return { on_call_schedules: ids.map((id) => schedules.get(organization, id)) }
    })

    app.put('/groups/:group_id/on-call-schedules', { schema: setOnCallSchedules }, (request) =>
      write(request, () => {
        const { organization, params, body } = request
        getGroup(store, organization, params.group_id)
        return schedulesOf.set(organization, params.group_id, body.on_call_schedule_ids, 'body.on_call_schedule_ids')
      }),
    )
  }
}
