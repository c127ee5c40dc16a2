import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from '@sinclair/typebox'
import { CreateEventStreamInfo, EventStream, UpdateEventStreamInfo } from '../../schemas/event-stream.js'
import type { Deps } from '../deps.js'
import { given, recordRoutes } from './record-routes.js'

const EventStreamList = Type.Object(
  { event_streams: Type.Array(EventStream) },
  { title: 'EventStreamList', description: 'Event streams.', additionalProperties: false },
)

/** No event is sent. */
export function eventStreams(deps: Deps): FastifyPluginAsyncTypebox {
  return async (app) => {
    const routes = recordRoutes(app, deps, {
      noun: 'event_stream',
      tags: ['event streams'],
      Item: EventStream,
      show: (_, { event_stream_id, ...connection }) => ({ event_stream_id, connection }),
    })

    routes.list('getEventStreams', '/event-streams', {
      query: Type.Object({}),
      response: EventStreamList,
      answer: (request) => ({ event_streams: routes.all(request) }),
    })
    routes.create('createEventStream', '/event-streams', {
      status: 200,
      body: CreateEventStreamInfo,
      read: (_, { credentials, ...body }) => ({
        ...body,
        enabled: true,
        ...(credentials && { credentials: given(credentials) }),
      }),
    })
    routes.update('updateEventStream', '/event-streams/:event_stream_id', {
      method: 'PUT',
      summary: 'Change an event stream',
      body: UpdateEventStreamInfo,
      read: (_, { credentials, ...body }) => given({ ...body, credentials: credentials && given(credentials) }),
    })
    routes.remove('deleteEventStream', '/event-streams/:event_stream_id')
  }
}
