import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from '@sinclair/typebox'
import type { FastifyRequest } from 'fastify'
import { liveAccess } from '../../domain/access.js'
import { accessLevelNotFound } from '../../domain/access-level.js'
import { parseTimestamp } from '../../domain/clock.js'
import { Refusal, type Problem } from '../../domain/refusal.js'
import {
  approveItem,
  chooseConfiguration,
  findObstacle,
  findReviewer,
  isApproved,
  reviewersOf,
  stagesOf,
  type RequestItem,
} from '../../domain/request.js'
import type { TargetNoun } from '../../domain/target.js'
import { CreateRequestInfo, Request, RequestStatus } from '../../schemas/request.js'
import { Enum, Uuid } from '../../schemas/types.js'
import type { Deps } from '../deps.js'
import { invalidRequest } from '../errors.js'
import { guardRefusals, refusalResponses, writeRefusals } from '../schemas.js'
import { alsoDecides, noteFilters, showDates } from './decided.js'
import { grantRequest, type StoredRequest } from './grant.js'
import { pageQuery, readCursor, writeCursor } from './paging.js'
import { peopleOf, reviewersActing } from './people.js'
import { checkIds, createRecords, listRecords } from './records.js'
import { createTarget, type TargetDetails } from './target.js'
import { createWrite } from './write.js'

const tags = ['requests']
const byId = Type.Object({ id: Uuid('The request.') })
const reads = refusalResponses(...guardRefusals, 'INVALID_REQUEST', 'ACCESS_REQUEST_NOT_FOUND')
const reviews = refusalResponses(
  ...guardRefusals,
  ...writeRefusals,
  'ACCESS_REQUEST_NOT_FOUND',
  'REQUEST_NOT_PENDING',
  'NOT_A_REVIEWER',
)
const level = Enum(['REGULAR', 'ADMIN'], {
  title: 'RequestApprovalEnum',
  description: '`REGULAR`: as a reviewer of the current stage. `ADMIN`: over the heads of the reviewers.',
})
const RequestAnswer = Type.Object({ request: Request }, { title: 'RequestAnswer', description: 'The request.' })

const listRequests = {
  operationId: 'getRequests',
  tags,
  summary: 'List requests',
  description: 'The newest first. Several filters are combined with AND.',
  querystring: Type.Object({
    start_date_filter: Type.Optional(Type.String({ description: 'Only those made at this date-time or later.' })),
    end_date_filter: Type.Optional(Type.String({ description: 'Only those made at this date-time or earlier.' })),
    requester_id: Type.Optional(Uuid('Only those of this user.')),
    target_user_id: Type.Optional(Uuid('Only those for this user.')),
    resource_id: Type.Optional(Uuid('Only those for access to this resource.')),
    group_id: Type.Optional(Uuid('Only those for access to this group.')),
    ...pageQuery,
    show_pending_only: Type.Optional(Type.Boolean({ description: 'Only those that are pending.' })),
  }),
  response: {
    200: Type.Object(
      {
        requests: Type.Array(Request),
        cursor: Type.Optional(Type.String({ description: 'The cursor of the page that follows, if there is one.' })),
      },
      { title: 'RequestList', description: 'A page of requests.', additionalProperties: false },
    ),
    ...refusalResponses(...guardRefusals, 'INVALID_REQUEST'),
  },
}

const createRequest = {
  operationId: 'createRequest',
  tags,
  summary: 'Request access',
  description:
    "The token's user requests access for themselves, another user or a group. It is granted when every item has passed " +
    'all its reviewer stages.',
  body: CreateRequestInfo,
  response: {
    200: Type.Object({ id: Type.Optional(Uuid('The request.')) }, { description: 'The id of the new request.' }),
    ...refusalResponses(...guardRefusals, ...writeRefusals, 'ACCESS_LEVEL_NOT_FOUND'),
  },
}

const relayRequests = {
  operationId: 'getRequestsRelay',
  tags,
  deprecated: true,
  summary: 'List requests by the pagination of Relay',
  description: 'The newest first: the first ones after a cursor, or the last ones before one.',
  querystring: Type.Object({
    first: Type.Optional(Type.Integer({ minimum: 1, maximum: 100, description: 'How many from the beginning.' })),
    after: Type.Optional(Type.String({ description: 'Only those after this cursor.' })),
    last: Type.Optional(Type.Integer({ minimum: 1, maximum: 100, description: 'How many from the end.' })),
    before: Type.Optional(Type.String({ description: 'Only those before this cursor.' })),
    status: Type.Optional(RequestStatus),
    to: Type.Optional(Uuid('Only those that this user can review.')),
    from: Type.Optional(Uuid('Only those of this user.')),
  }),
  response: {
    200: Type.Object(
      {
        edges: Type.Array(
          Type.Object(
            { node: Request, cursor: Type.String({ description: 'Its cursor.' }) },
            { title: 'RequestEdge', description: 'A request and its cursor.', additionalProperties: false },
          ),
        ),
        pageInfo: Type.Object(
          {
            hasNextPage: Type.Boolean({ description: 'Whether there are others after these.' }),
            endCursor: Type.String({ description: 'The cursor of the last one; empty if there is none.' }),
            hasPreviousPage: Type.Boolean({ description: 'Whether there are others before these.' }),
            startCursor: Type.String({ description: 'The cursor of the first one; empty if there is none.' }),
          },
          { title: 'PageInfo', description: 'What is around the page.', additionalProperties: false },
        ),
        totalCount: Type.Integer({ description: 'How many the filters select.' }),
      },
      { title: 'RequestConnection', description: 'A page of requests.', additionalProperties: false },
    ),
    ...refusalResponses(...guardRefusals, 'INVALID_REQUEST'),
  },
}

const getRequest = {
  operationId: 'getRequest',
  tags,
  summary: 'Show a request',
  description: 'With its reviewers, by item and stage.',
  params: byId,
  response: { 200: Request, ...reads },
}

const approveRequest = {
  operationId: 'approveRequest',
  tags,
  summary: 'Approve a request',
  description:
    "As the token's user: approves the current stage of every item that they may review. At the level `ADMIN`, approves all.",
  params: byId,
  body: Type.Object({ level, comment: Type.Optional(Type.String({ description: 'A comment.' })) }),
  response: { 200: RequestAnswer, ...reviews },
}

const denyRequest = {
  operationId: 'denyRequest',
  tags,
  summary: 'Deny a request',
  description: "As the token's user, who must be a reviewer of a current stage, unless the level is `ADMIN`.",
  params: byId,
  body: Type.Object({ comment: Type.String({ description: 'Why.' }), level: Type.Optional(level) }),
  response: { 200: RequestAnswer, ...reviews },
}

const listComments = {
  operationId: 'getRequestComments',
  tags,
  summary: 'List the comments of a request',
  description: 'In the order in which they were made.',
  params: byId,
  response: {
    200: Type.Object(
      {
        comments: Type.Array(
          Type.Object(
            {
              created_at: Type.String({ documentedFormat: 'date-time', description: 'When it was made.' }),
              request_id: Uuid('The request.'),
              user_id: Uuid('Who made it.'),
              user_full_name: Type.Optional(Type.String({ description: 'Their full name.' })),
              user_email: Type.Optional(Type.String({ description: 'Their email address.' })),
              comment: Type.String({ description: 'The text.' }),
            },
            { title: 'RequestComment', description: 'A comment.', additionalProperties: false },
          ),
        ),
      },
      { title: 'RequestCommentList', description: 'Comments.', additionalProperties: false },
    ),
    ...reads,
  },
}

const createComment = {
  operationId: 'createRequestComment',
  tags,
  summary: 'Comment on a request',
  description: "As the token's user.",
  params: byId,
  body: Type.Object({ comment: Type.String({ description: 'The text.' }) }),
  response: {
    200: RequestAnswer,
    ...refusalResponses(...guardRefusals, ...writeRefusals, 'ACCESS_REQUEST_NOT_FOUND'),
  },
}

type Row = StoredRequest & { request_id: string }

export function accessRequests({ store, organizations }: Deps): FastifyPluginAsyncTypebox {
  const write = createWrite({ store, organizations })
  const records = createRecords(store, 'request')
  const { show: read } = listRecords(store, 'request')
  const targets = { group: createTarget(store, 'group'), resource: createTarget(store, 'resource') }

  return async (app) => {
    app.get('/requests', { schema: listRequests }, async (request) => {
      const { query } = request
      const { start_date_filter, end_date_filter, page_size = 200, show_pending_only } = query
      const { requester_id, target_user_id, resource_id, group_id } = query
      noteFilters(request, start_date_filter, end_date_filter, requester_id, target_user_id, resource_id, group_id)
      const [start, end] = [
        readDate('start_date_filter', start_date_filter),
        readDate('end_date_filter', end_date_filter),
      ]
      const { after } = readCursor(query.cursor)
      const found = newestFirst(request, (one, sequence) => {
        const at = Date.parse(one.created_at)
        return (
          (after === 0 || sequence < after) &&
          (start === undefined || at >= start) &&
          (end === undefined || at <= end) &&
          (requester_id === undefined || one.requester_id === requester_id) &&
          (target_user_id === undefined || one.target_user_id === target_user_id) &&
          (resource_id === undefined || one.items.some((item) => item.resource_id === resource_id)) &&
          (group_id === undefined || one.items.some((item) => item.group_id === group_id)) &&
          (show_pending_only !== true || one.status === 'PENDING')
        )
      })
      const page = found.slice(0, page_size)
      const last = page.at(-1)
      return {
        requests: page.map(({ row }) => show(request, row)),
        ...(found.length > page_size && last && { cursor: writeCursor(last.sequence) }),
      }
    })

    app.post('/requests', { schema: createRequest }, (request) =>
      write(request, () => ({ id: create(request, request.body) })),
    )

    app.get('/requests/relay', { schema: relayRequests }, async (request) => {
      const { query } = request
      const { first, last, status, to, from } = query
      const [after, before] = [readCursor(query.after).after, readCursor(query.before).after]
      const selected = newestFirst(
        request,
        (one) =>
          (status === undefined || one.status === status) &&
          (from === undefined || one.requester_id === from) &&
          (to === undefined || canReview(request, one, [to])),
      )
      const between = selected.filter(
        ({ sequence }) => (after === 0 || sequence < after) && (before === 0 || sequence > before),
      )
      const page = last === undefined ? between.slice(0, first ?? 100) : between.slice(0, first).slice(-last)
      const edges = page.map(({ row, sequence }) => ({ node: show(request, row), cursor: writeCursor(sequence) }))
      const [start, end] = [page[0]?.sequence, page.at(-1)?.sequence]
      return {
        edges,
        pageInfo: {
          hasNextPage: selected.some(({ sequence }) => end !== undefined && sequence < end),
          endCursor: edges.at(-1)?.cursor ?? '',
          hasPreviousPage: selected.some(({ sequence }) => start !== undefined && sequence > start),
          startCursor: edges[0]?.cursor ?? '',
        },
        totalCount: selected.length,
      }
    })

    app.get('/requests/:id', { schema: getRequest }, async (request) => show(request, find(request, request.params.id)))

    app.post('/requests/:id/approve', { schema: approveRequest }, (request) =>
      write(request, () => {
        const { body, params } = request
        const found = findPending(request, params.id)
        const items = body.level === 'ADMIN' ? approveAll(request, found) : approveOwn(request, found)
        return answer(request, found, items, isApproved({ items }) ? 'APPROVED' : 'PENDING', body.comment)
      }),
    )

    app.post('/requests/:id/deny', { schema: denyRequest }, (request) =>
      write(request, () => {
        const { organization, token, body, params } = request
        const found = findPending(request, params.id)
        const reviewers = reviewersActing(store, organization, token.user_id)
        if (body.level === 'ADMIN') alsoDecides(request, 'denied_by_admin')
        else if (!canReview(request, found, reviewers)) throw notAReviewer(token.user_id, found.request_id)
        const people = peopleOf(store, organization.organization_id, found.target_user_id)
        const items = itemsOf(found).map((item) => {
          const reviewer = findReviewer(item, reviewers, people, organization.now())
          return { ...item, denied_by: reviewer ?? token.user_id }
        })
        return answer(request, found, items, 'DENIED', body.comment)
      }),
    )

    app.get('/requests/:id/comments', { schema: listComments }, async (request) => {
      const { organization, params } = request
      const { request_id, comments = [] } = find(request, params.id)
      return {
        comments: comments.map((one) => {
          const user = store.users.show(organization.organization_id, one.user_id)
          const author = user && { user_full_name: user.full_name, user_email: user.email }
          return showDates(request, { request_id, ...author, ...one }, ['created_at'])
        }),
      }
    })

    app.post('/requests/:id/comments', { schema: createComment }, (request) =>
      write(request, () => {
        const found = find(request, request.params.id)
        return answer(request, found, itemsOf(found), found.status, request.body.comment)
      }),
    )
  }

  function find({ organization }: FastifyRequest, id: string): Row {
    return records.get(organization, id)
  }

  function findPending(request: FastifyRequest, id: string): Row {
    const found = find(request, id)
    if (found.status !== 'PENDING') {
      throw new Refusal('REQUEST_NOT_PENDING', `Request ${id} is ${found.status}.`, {
        hint: 'Make a new one with POST /v1/requests.',
      })
    }
    return found
  }

  function newestFirst({ organization }: FastifyRequest, matches: (one: Row, sequence: number) => boolean) {
    const { organization_id } = organization
    return store.records
      .list({ organization_id, noun: 'request', after: 0 })
      .map((one) => ({ row: read(one), sequence: one.sequence }))
      .filter(({ row, sequence }) => matches(row, sequence))
      .reverse()
  }

  function canReview({ organization }: FastifyRequest, found: Row, reviewers: string[]): boolean {
    const people = peopleOf(store, organization.organization_id, found.target_user_id)
    return itemsOf(found).some((item) => findReviewer(item, reviewers, people, organization.now()) !== undefined)
  }

  function approveAll(request: FastifyRequest, found: Row): RequestItem[] {
    alsoDecides(request, 'approved_by_admin')
    const since = request.organization.moment().text
    return itemsOf(found).map((item) => ({ ...item, current: item.stages.length, since }))
  }

  function approveOwn(request: FastifyRequest, found: Row): RequestItem[] {
    const { organization, token } = request
    const reviewers = reviewersActing(store, organization, token.user_id)
    const people = peopleOf(store, organization.organization_id, found.target_user_id)
    let hasReviewed = false as boolean
    const items = itemsOf(found).map((item) => {
      const reviewed = approveItem(item, reviewers, people, organization.moment())
      if (!reviewed) return item
      hasReviewed = true
      for (const behavior of reviewed.decided) alsoDecides(request, behavior)
      return reviewed.item
    })
    if (!hasReviewed) throw notAReviewer(token.user_id, found.request_id)
    return items
  }

  /** Stores what became of a request, and grants it if it is approved now. */
  function answer(
    request: FastifyRequest,
    found: Row,
    items: RequestItem[],
    status: NonNullable<StoredRequest['status']>,
    comment: string | undefined,
  ) {
    const { organization, token } = request
    const now = organization.moment()
    const comments = [
      ...(found.comments ?? []),
      ...(comment === undefined ? [] : [{ created_at: now.text, user_id: token.user_id, comment }]),
    ]
    const { request_id } = found
    const changes = { items, status, updated_at: now.text, ...(comments.length > 0 && { comments }) }
    const changed = records.update(organization, request_id, changes) as Row
    if (status === 'APPROVED' && found.status === 'PENDING') grant(request, changed)
    return { request: show(request, changed) }
  }

  function grant(request: FastifyRequest, row: Row) {
    const { organization } = request
    alsoDecides(request, 'request_granted')
    if (grantRequest(store, organization, row, organization.moment())) return
    throw new Refusal('REQUEST_NOT_PENDING', `Request ${row.request_id} asks for something that was deleted.`)
  }

  function create(request: FastifyRequest, body: (typeof CreateRequestInfo)['static']): string {
    const { organization, token } = request
    const { target_group_id, reason, duration_minutes, support_ticket, custom_metadata } = body
    const target_user_id = body.target_user_id ?? (target_group_id === undefined ? token.user_id : undefined)
    const now = organization.moment()
    check(request, body)
    const wishes = [
      ...body.groups.map((one, index) => ({ noun: 'group' as const, path: `body.groups[${index}]`, ...one })),
      ...body.resources.map((one, index) => ({ noun: 'resource' as const, path: `body.resources[${index}]`, ...one })),
    ]
    const items = wishes.map(({ noun, path, id = '', ...named }): RequestItem => {
      const details = targets[noun].details(organization, id)
      const access_level_remote_id = chooseLevel(request, noun, id, named)
      const configuration = chooseConfiguration(details, access_level_remote_id, (group_id) =>
        isInGroup(request, group_id, target_user_id),
      )
      const wish = { duration_minutes, reason, hasTicket: support_ticket !== undefined }
      const obstacle = findObstacle(configuration, wish)
      if (obstacle) {
        const { field, message, behavior } = obstacle
        throw invalidRequest([{ path: field === 'id' ? `${path}.id` : `body.${field}`, message }], { behavior })
      }
      if (configuration.auto_approval) alsoDecides(request, 'auto_approved')
      const stages = stagesOf(configuration, details)
      return { [`${noun}_id`]: id, access_level_remote_id, stages, current: 0, since: now.text, approved_by: [] }
    })
    const status = decideAtOnce(request, items)
    const row = records.create(organization, {
      requester_id: token.user_id,
      ...(target_user_id !== undefined && { target_user_id }),
      ...(target_group_id !== undefined && { target_group_id }),
      ...{ status, reason, duration_minutes, items, created_at: now.text, updated_at: now.text },
      ...(support_ticket && { support_ticket }),
      ...(custom_metadata && { custom_metadata }),
    }) as Row
    if (status === 'APPROVED') grant(request, row)
    return row.request_id
  }

  /** Whether nobody has to review it: auto approval, or the setting. */
  function decideAtOnce(request: FastifyRequest, items: RequestItem[]): 'PENDING' | 'APPROVED' | 'DENIED' {
    const { requests: decision } = request.organization.settings
    if (isApproved({ items })) return 'APPROVED'
    if (decision === 'manual') return 'PENDING'
    alsoDecides(request, 'requests_decided_by_setting')
    return decision === 'approve' ? 'APPROVED' : 'DENIED'
  }

  function check({ organization }: FastifyRequest, body: (typeof CreateRequestInfo)['static']) {
    const { groups, resources, target_user_id, target_group_id } = body
    const problems: Problem[] = []
    if (groups.length + resources.length === 0) {
      problems.push({ path: 'body', message: 'expected at least one group or resource, got none' })
    }
    if (target_user_id !== undefined && target_group_id !== undefined) {
      problems.push({ path: 'body', message: 'expected target_user_id or target_group_id, got both' })
    }
    resources.forEach(({ id }, index) => {
      if (id === undefined) problems.push({ path: `body.resources[${index}].id`, message: 'is required' })
    })
    if (problems.length > 0) throw invalidRequest(problems)
    if (target_user_id !== undefined) checkIds(store, organization, 'user', { 'body.target_user_id': target_user_id })
    if (target_group_id !== undefined)
      checkIds(store, organization, 'group', { 'body.target_group_id': target_group_id })
    const places = (name: string, ids: { id?: string }[]) =>
      Object.fromEntries(ids.map(({ id = '' }, index) => [`body.${name}[${index}].id`, id]))
    checkIds(store, organization, 'group', places('groups', groups))
    checkIds(store, organization, 'resource', places('resources', resources))
  }

  function chooseLevel(
    { organization }: FastifyRequest,
    noun: TargetNoun,
    id: string,
    {
      access_level_remote_id: remoteId,
      access_level_name: name,
    }: { access_level_remote_id?: string; access_level_name?: string },
  ): string {
    const levels = store[`${noun}s`].levels(organization.organization_id, id)
    if (remoteId === undefined && name) {
      const found = levels.list().find((level) => level.access_level_name === name)
      if (found) return found.access_level_remote_id
    }
    const named = remoteId ?? name ?? ''
    if (named === '' || levels.find(named) || organization.settings.unknown_access_level === 'accept') return named
    throw accessLevelNotFound(noun, named, levels.list())
  }

  function isInGroup({ organization }: FastifyRequest, group_id: string, user_id = ''): boolean {
    const { organization_id } = organization
    const found = store.groupUsers.find({ organization_id, group_id, user_id })
    const now = organization.moment()
    return found !== undefined && liveAccess(found.access, now) !== undefined
  }

  function show(request: FastifyRequest, row: Row): (typeof Request)['static'] {
    const { organization } = request
    const { organization_id } = organization
    const { request_id: id, requester_id, target_user_id, target_group_id, reason, duration_minutes } = row
    const people = peopleOf(store, organization_id, target_user_id)
    const shown = itemsOf(row).map((item) => {
      const noun: TargetNoun = item.group_id === undefined ? 'resource' : 'group'
      const item_id = item.group_id ?? item.resource_id ?? ''
      const target = store[`${noun}s`].show(organization_id, item_id)
      const { access_level_remote_id } = item
      const level = store[`${noun}s`].levels(organization_id, item_id).find(access_level_remote_id)
      return {
        noun,
        item,
        item_id,
        target,
        level: { access_level_name: level?.access_level_name ?? '', access_level_remote_id },
      }
    })
    const fields = row.custom_metadata?.map(({ name, type, value }) => ({
      field_name: name,
      field_type: type,
      field_value: type === 'BOOLEAN' ? value === 'true' : value,
    }))
    const reviewer_stages = shown.map(({ item, item_id, target, level }) => ({
      ...level,
      item_name: target?.name ?? '',
      item_id,
      stages: item.stages.map(({ operator }, index) => ({
        stage: index + 1,
        operator,
        reviewers: reviewersOf(item, index, people, organization.now()).map((id) => {
          const user = store.users.show(organization_id, id)
          return { id, ...(user && { full_name: user.full_name }), status: statusOf(item, index, id) }
        }),
      })),
    }))
    const [first] = reviewer_stages
    const shownRequest = {
      id,
      created_at: row.created_at,
      updated_at: row.updated_at,
      requester_id,
      ...(target_user_id !== undefined && { target_user_id }),
      ...(target_group_id !== undefined && { target_group_id }),
      status: row.status,
      reason,
      duration_minutes,
      requested_items_list: shown.map(({ noun, item_id, target, level }) => ({
        ...(noun === 'group' ? { group_id: item_id } : { resource_id: item_id }),
        ...level,
        ...(target && { name: target.name, ...remoteOf(noun, targets[noun].details(organization, item_id)) }),
      })),
      ...(fields && { custom_fields_responses: fields }),
      ...(first && {
        stages: {
          requestedRoleName: first.access_level_name,
          requestedItemName: first.item_name,
          stages: first.stages,
        },
      }),
      reviewer_stages,
    }
    return showDates(request, shownRequest, ['created_at', 'updated_at'])
  }
}

function itemsOf({ items }: StoredRequest): RequestItem[] {
  return items
}

function statusOf({ approved_by, denied_by, current }: RequestItem, index: number, id: string) {
  if (approved_by[index]?.includes(id)) return 'APPROVED' as const
  return index === current && denied_by === id ? ('REJECTED' as const) : ('PENDING' as const)
}

function remoteOf(noun: TargetNoun, details: TargetDetails & RemoteFields) {
  const [remote_id, remote_name] =
    noun === 'group'
      ? [details.remote_id, details.remote_name]
      : [details.remote_resource_id, details.remote_resource_name]
  return { ...(remote_id !== undefined && { remote_id }), ...(remote_name !== undefined && { remote_name }) }
}

interface RemoteFields {
  remote_id?: string
  remote_name?: string
  remote_resource_id?: string
  remote_resource_name?: string
}

function readDate(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  const at = parseTimestamp(text)
  if (at === undefined) {
    throw invalidRequest([{ path: `query.${name}`, message: 'expected a date-time such as 2026-01-01T00:00:00Z' }])
  }
  return at
}

function notAReviewer(user_id: string, id: string): Refusal {
  return new Refusal('NOT_A_REVIEWER', `User ${user_id} reviews no current stage of request ${id}.`, {
    hint: 'Use the token of a reviewer, or the level ADMIN. GET /v1/requests/{id} lists the reviewers.',
  })
}
