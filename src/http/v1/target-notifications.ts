import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from '@sinclair/typebox'
import type { TargetNoun } from '../../domain/target.js'
import { MessageChannel, OnCallSchedule } from '../../schemas/records.js'
import { Reference, References } from '../../schemas/types.js'
import type { Deps } from '../deps.js'
import { createLinks } from './links.js'
import { createRecords } from './records.js'
import { createTarget } from './target.js'
import { createWrite } from './write.js'

const MessageChannelList = Type.Object(
  { channels: Type.Array(MessageChannel) },
  { title: 'MessageChannelList', description: 'Message channels.', additionalProperties: false },
)
const MessageChannelIDList = Type.Object(
  { message_channel_ids: References('message_channel', 'The channels, in order.') },
  { title: 'MessageChannelIDList', description: 'Message channels, in order.' },
)
const OnCallScheduleList = Type.Object(
  { on_call_schedules: Type.Array(OnCallSchedule) },
  { title: 'OnCallScheduleList', description: 'On-call schedules.', additionalProperties: false },
)
const OnCallScheduleIDList = Type.Object(
  { on_call_schedule_ids: References('on_call_schedule', 'The schedules, in order.') },
  { title: 'OnCallScheduleIDList', description: 'On-call schedules, in order.' },
)

/** The channels that Opal notifies of what happens to a group or a resource. */
export function targetMessageChannels({ store, organizations }: Deps, noun: TargetNoun): FastifyPluginAsyncTypebox {
  const write = createWrite({ store, organizations })
  const target = createTarget(store, noun)
  const channels = createRecords(store, 'message_channel')
  const channelsOf = createLinks(store, `${noun}_message_channel`)
  const { tags, params, path } = target

  const getMessageChannels = {
    operationId: `get_${noun}_message_channels`,
    tags,
    summary: `List the message channels of a ${noun}`,
    description: 'In the order in which they were set.',
    params,
    response: { 200: MessageChannelList, ...target.reads },
  }
  const setMessageChannels = {
    operationId: `set_${noun}_message_channels`,
    tags,
    summary: `Replace the message channels of a ${noun}`,
    description: 'In the given order. Returns their ids.',
    params,
    body: MessageChannelIDList,
    response: {
      200: Type.Array(Reference('message_channel', 'A message channel.'), { description: 'The ids of the channels.' }),
      ...target.writes,
    },
  }

  return async (app) => {
    app.get(`${path}/message-channels`, { schema: getMessageChannels }, async (request) => {
      const { organization } = request
      const id = target.idOf(request)
      target.check(organization, id)
      return { channels: channelsOf.ids(organization, id).map((id) => channels.get(organization, id)) }
    })

    app.put(`${path}/message-channels`, { schema: setMessageChannels }, (request) =>
      write(request, () => {
        const { organization, body } = request
        const id = target.idOf(request)
        target.check(organization, id)
        return channelsOf.set(organization, id, body.message_channel_ids, 'body.message_channel_ids')
      }),
    )
  }
}

/** The schedules of the people whom Opal notifies of what happens to a group. */
export function groupOnCallSchedules({ store, organizations }: Deps): FastifyPluginAsyncTypebox {
  const write = createWrite({ store, organizations })
  const target = createTarget(store, 'group')
  const schedules = createRecords(store, 'on_call_schedule')
  const schedulesOf = createLinks(store, 'group_on_call_schedule')
  const { tags, params, path } = target

  const getOnCallSchedules = {
    operationId: 'get_group_on_call_schedules',
    tags,
    summary: 'List the on-call schedules of a group',
    description: 'In the order in which they were set.',
    params,
    response: { 200: OnCallScheduleList, ...target.reads },
  }
  const setOnCallSchedules = {
    operationId: 'set_group_on_call_schedules',
    tags,
    summary: 'Replace the on-call schedules of a group',
    description: 'In the given order. Returns their ids.',
    params,
    body: OnCallScheduleIDList,
    response: {
      200: Type.Array(Reference('on_call_schedule', 'A schedule.'), { description: 'The ids of the schedules.' }),
      ...target.writes,
    },
  }

  return async (app) => {
    app.get(`${path}/on-call-schedules`, { schema: getOnCallSchedules }, async (request) => {
      const { organization } = request
      const id = target.idOf(request)
      target.check(organization, id)
      return { on_call_schedules: schedulesOf.ids(organization, id).map((id) => schedules.get(organization, id)) }
    })

    app.put(`${path}/on-call-schedules`, { schema: setOnCallSchedules }, (request) =>
      write(request, () => {
        const { organization, body } = request
        const id = target.idOf(request)
        target.check(organization, id)
        return schedulesOf.set(organization, id, body.on_call_schedule_ids, 'body.on_call_schedule_ids')
      }),
    )
  }
}
