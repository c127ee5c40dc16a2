import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from '@sinclair/typebox'
import { OnCallSchedule } from '../../schemas/records.js'
import { Uuid } from '../../schemas/types.js'
import type { Deps } from '../deps.js'
import { guardRefusals, refusalResponses, writeRefusals } from '../schemas.js'
import { createRecords } from './records.js'
import { createWrite } from './write.js'

const tags = ['on-call schedules']
const { third_party_provider, remote_id } = OnCallSchedule.properties

const listOnCallSchedules = {
  operationId: 'get_on_call_schedules',
  tags,
  summary: 'List on-call schedules',
  description: 'All schedules, in the order in which they were created.',
  response: {
    200: Type.Object(
      { on_call_schedules: Type.Array(OnCallSchedule) },
      { title: 'OnCallScheduleList', description: 'On-call schedules.', additionalProperties: false },
    ),
    ...refusalResponses(...guardRefusals),
  },
}
const createOnCallSchedule = {
  operationId: 'create_on_call_schedule',
  tags,
  summary: 'Create an on-call schedule',
  description: 'The new schedule has no name, since nothing asks the provider for it.',
  body: Type.Object(
    { third_party_provider, remote_id },
    { title: 'CreateOnCallScheduleInfo', description: 'A new on-call schedule.' },
  ),
  response: { 200: OnCallSchedule, ...refusalResponses(...guardRefusals, ...writeRefusals) },
}
const getOnCallSchedule = {
  operationId: 'get_on_call_schedule',
  tags,
  summary: 'Show an on-call schedule',
  description: 'Fields without a value are left out.',
  params: Type.Object({ on_call_schedule_id: Uuid('The schedule.') }),
  response: {
    200: OnCallSchedule,
    ...refusalResponses(...guardRefusals, 'INVALID_REQUEST', 'ON_CALL_SCHEDULE_NOT_FOUND'),
  },
}

export function onCallSchedules({ store, organizations }: Deps): FastifyPluginAsyncTypebox {
  const records = createRecords(store, 'on_call_schedule')
  const write = createWrite({ store, organizations })

  return async (app) => {
    app.get('/on-call-schedules', { schema: listOnCallSchedules }, async ({ organization }) => ({
      on_call_schedules: records.list(organization),
    }))

    app.post('/on-call-schedules', { schema: createOnCallSchedule }, (request) =>
      write(request, () => store.atomic(() => records.create(request.organization, request.body))),
    )

    app.get(
      '/on-call-schedules/:on_call_schedule_id',
      { schema: getOnCallSchedule },
      async ({ organization, params }) => records.get(organization, params.on_call_schedule_id),
    )
  }
}
