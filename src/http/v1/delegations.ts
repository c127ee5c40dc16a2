import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from '@sinclair/typebox'
import type { FastifyRequest } from 'fastify'
import { formatTimestamp, parseTimestamp } from '../../domain/clock.js'
import { delegationFields } from '../../schemas/request.js'
import { Nullable, Uuid } from '../../schemas/types.js'
import type { Deps } from '../deps.js'
import { invalidRequest } from '../errors.js'
import { guardRefusals, NoContent, refusalResponses, writeRefusals } from '../schemas.js'
import { noteFilters, showDates } from './decided.js'
import { pageQuery } from './paging.js'
import { checkIds, createRecords } from './records.js'
import { createWrite } from './write.js'

const tags = ['delegations']
const byId = Type.Object({ delegation_id: Uuid('The delegation.') })
const { delegator_user_id, delegate_user_id, start_time, end_time, reason } = delegationFields

const Delegation = Type.Object(
  { id: Uuid('The delegation.'), ...delegationFields },
  { title: 'Delegation', description: 'Reviews that somebody makes for another.', additionalProperties: false },
)

const listDelegations = {
  operationId: 'getDelegations',
  tags,
  summary: 'List delegations',
  description: 'In the order in which they were created, also those that have not begun or have ended.',
  querystring: Type.Object({
    delegator_user_id: Type.Optional(Uuid('Only those of the reviews of this user.')),
    delegate_user_id: Type.Optional(Uuid('Only those to this user.')),
    ...pageQuery,
  }),
  response: {
    200: Type.Object(
      {
        results: Type.Array(Delegation),
        next: Nullable(Type.String({ description: 'The cursor of the page that follows; null on the last one.' })),
        previous: Nullable(Type.String({ description: 'The cursor that led to this page; null on the first one.' })),
        total_count: Type.Integer({ description: 'How many the filters select.' }),
      },
      { title: 'PaginatedDelegationsList', description: 'A page of delegations.', additionalProperties: false },
    ),
    ...refusalResponses(...guardRefusals, 'INVALID_REQUEST'),
  },
}
const createDelegation = {
  operationId: 'createDelegation',
  tags,
  summary: 'Create a delegation',
  description: 'From the start to the end, the delegate can review what the delegator can.',
  body: Type.Object(
    { delegator_user_id, delegate_user_id, start_time, end_time, reason },
    { title: 'CreateDelegationRequest', description: 'A new delegation.' },
  ),
  response: { 200: Delegation, ...refusalResponses(...guardRefusals, ...writeRefusals) },
}
const getDelegation = {
  operationId: 'getDelegation',
  tags,
  summary: 'Show a delegation',
  description: 'As it was created.',
  params: byId,
  response: { 200: Delegation, ...refusalResponses(...guardRefusals, 'INVALID_REQUEST', 'DELEGATION_NOT_FOUND') },
}
const deleteDelegation = {
  operationId: 'deleteDelegation',
  tags,
  summary: 'Delete a delegation',
  description: 'Reviews that were made stay.',
  params: byId,
  response: {
    200: NoContent('The delegation is gone; the body is empty.'),
    ...refusalResponses(...guardRefusals, ...writeRefusals, 'DELEGATION_NOT_FOUND'),
  },
}

export function delegations({ store, organizations }: Deps): FastifyPluginAsyncTypebox {
  const write = createWrite({ store, organizations })
  const records = createRecords(store, 'delegation')
  type Item = ReturnType<typeof records.get>

  return async (app) => {
    app.get('/delegations', { schema: listDelegations }, async (request) => {
      const { organization, query } = request
      const { delegator_user_id: delegator, delegate_user_id: delegate } = query
      noteFilters(request, delegator, delegate)
      const matches = (one: Item) =>
        (delegator === undefined || one.delegator_user_id === delegator) &&
        (delegate === undefined || one.delegate_user_id === delegate)
      const page = records.page(organization, query, matches)
      const total_count = records.list(organization, matches).length
      return { ...page, results: page.results.map((one) => show(request, one)), total_count }
    })

    app.post('/delegations', { schema: createDelegation }, (request) =>
      write(request, () => {
        const { organization, body } = request
        const { delegator_user_id, delegate_user_id } = body
        const [start, end] = [readDate('start_time', body.start_time), readDate('end_time', body.end_time)]
        if (end <= start)
          throw invalidRequest([{ path: 'body.end_time', message: 'expected a moment after start_time' }])
        if (delegator_user_id === delegate_user_id) {
          throw invalidRequest([{ path: 'body.delegate_user_id', message: 'expected another user than the delegator' }])
        }
        const ids = { 'body.delegator_user_id': delegator_user_id, 'body.delegate_user_id': delegate_user_id }
        checkIds(store, organization, 'user', ids)
        const now = organization.moment().text
        const times = { start_time: formatTimestamp(start), end_time: formatTimestamp(end) }
        return show(request, records.create(organization, { ...body, ...times, created_at: now, updated_at: now }))
      }),
    )

    app.get('/delegations/:delegation_id', { schema: getDelegation }, async (request) =>
      show(request, records.get(request.organization, request.params.delegation_id)),
    )

    app.delete('/delegations/:delegation_id', { schema: deleteDelegation }, async (request, reply) => {
      await write(request, () => {
        records.remove(request.organization, request.params.delegation_id)
      })
      return reply.send(undefined)
    })
  }

  function show(request: FastifyRequest, { delegation_id: id, ...fields }: Item) {
    return showDates(request, { id, ...fields }, ['start_time', 'end_time', 'created_at', 'updated_at'])
  }
}

function readDate(name: string, text: string): number {
  const at = parseTimestamp(text)
  if (at === undefined) {
    throw invalidRequest([{ path: `body.${name}`, message: 'expected a date-time such as 2026-01-01T00:00:00Z' }])
  }
  return at
}
