import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from '@sinclair/typebox'
import type { FastifyRequest } from 'fastify'
import { formatTimestamp, parseDate } from '../../domain/clock.js'
import { nameOf, type LoggedEvent } from '../../domain/events.js'
import { recordNouns } from '../../domain/records.js'
import { Refusal } from '../../domain/refusal.js'
import { Uuid } from '../../schemas/types.js'
import type { Store } from '../../store/index.js'
import type { ListedUser } from '../../store/users.js'
import { showKey } from '../changes.js'
import type { Deps } from '../deps.js'
import { invalidRequest } from '../errors.js'
import { guardRefusals, refusalResponses } from '../schemas.js'
import { alsoDecides, noteFilters, showDates } from './decided.js'
import { pageQuery, PageOf, unknownCursor } from './paging.js'

const tags = ['events']

const SubEvent = Type.Object(
  { sub_event_type: Type.String({ description: 'The type of the event.' }) },
  {
    title: 'SubEvent',
    description: 'What the event is about: ids such as `group_id` and `user_id`, and names such as `group_name`.',
    additionalProperties: true,
  },
)

const Event = Type.Object(
  {
    event_id: Uuid('The event.'),
    actor_user_id: Uuid('The user of the token; the nil UUID if access expired.'),
    actor_name: Type.String({ description: "The user's full name; empty if the user was deleted." }),
    actor_email: Type.Optional(Type.String({ description: "The user's email address." })),
    event_type: Type.String({ description: 'What happened.', examples: ['GROUP_USERS_EXPIRED'] }),
    created_at: Type.String({ format: 'date-time', description: 'When it happened.' }),
    actor_ip_address: Type.Optional(Type.String({ description: 'Always left out.' })),
    api_token_name: Type.Optional(Type.String({ description: "The token's label." })),
    api_token_preview: Type.Optional(
      Type.String({
        description: 'Tells tokens with the same label apart. It is made from the id, not from the secret.',
      }),
    ),
    sub_events: Type.Optional(Type.Array(SubEvent, { description: 'One for each object.' })),
  },
  { title: 'Event', description: 'Something that happened.', additionalProperties: false },
)

const date = (description: string) =>
  Type.Optional(Type.String({ expects: 'a date, or a date-time with a zone', description, examples: ['2022-01-01'] }))

const listEvents = {
  operationId: 'events',
  tags,
  summary: 'List events',
  description:
    'What calls changed, and access that has expired, newest first. A reset, a new seed and a restored snapshot begin ' +
    'anew. Several filters are combined with AND.',
  querystring: Type.Object({
    start_date_filter: date('Only what happened then or later.'),
    end_date_filter: date('Only what happened then or earlier.'),
    actor_filter: Type.Optional(Uuid('Only what this user did.')),
    object_filter: Type.Optional(Uuid('Only what is about the object with this id.')),
    event_type_filter: Type.Optional(
      Type.String({ description: 'Only events of this type.', examples: ['GROUP_USERS_EXPIRED'] }),
    ),
    api_token_filter: Type.Optional(
      Type.String({ description: 'Only what was done with this token: its name, a colon, and its preview.' }),
    ),
    ...pageQuery,
  }),
  response: {
    200: PageOf(Event, { title: 'PaginatedEventList', description: 'A page of events.' }),
    ...refusalResponses(...guardRefusals, 'INVALID_REQUEST'),
  },
}

const getEvent = {
  operationId: 'getEvent',
  tags,
  summary: 'Show an event',
  description: 'Fields without a value are left out.',
  params: Type.Object({ event_id: Uuid('The event.') }),
  response: { 200: Event, ...refusalResponses(...guardRefusals, 'INVALID_REQUEST', 'EVENT_NOT_FOUND') },
}

/** Nobody ends access that expires. Opal does not say whom it shows, and the field is required. */
const nobody = { actor_user_id: '00000000-0000-0000-0000-000000000000', actor_name: 'Opal' }

export function events({ store }: Deps): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get('/events', { schema: listEvents }, async (request) => {
      const { organization, query } = request
      const { start_date_filter, end_date_filter, actor_filter, object_filter, event_type_filter, api_token_filter } =
        query
      noteFilters(
        request,
        start_date_filter,
        end_date_filter,
        actor_filter,
        object_filter,
        event_type_filter,
        api_token_filter,
      )
      const start = readDate(request, 'start_date_filter', start_date_filter)
      const end = readDate(request, 'end_date_filter', end_date_filter)
      if (api_token_filter !== undefined) alsoDecides(request, 'event_token_filter')
      const display = createDisplay(store, request)
      const actor = actor_filter === nobody.actor_user_id ? undefined : actor_filter
      const found = organization.events
        .list(organization.moment().text, object_filter ?? actor)
        .filter(
          (event) =>
            (start === undefined || event.created_at >= start) &&
            (end === undefined || event.created_at <= end) &&
            (event_type_filter === undefined || event.event_type === event_type_filter) &&
            (actor_filter === undefined || event.actor?.user_id === actor) &&
            (object_filter === undefined || display.isAbout(event, object_filter)) &&
            (api_token_filter === undefined || display.tokenOf(event) === api_token_filter),
        )
      const page = readEvents(query, found.reverse())
      return { ...page, results: page.results.map((event) => display.show(event)) }
    })

    app.get('/events/:event_id', { schema: getEvent }, async (request) => {
      const { organization, params } = request
      const event = organization.events
        .list(organization.moment().text)
        .find(({ event_id }) => event_id === params.event_id)
      if (!event) {
        throw new Refusal('EVENT_NOT_FOUND', `There is no event ${params.event_id}.`, {
          hint: 'GET /v1/events lists the events.',
        })
      }
      return createDisplay(store, request).show(event)
    })
  }
}

/** A day is its first moment in UTC. */
function readDate(request: FastifyRequest, name: string, text: string | undefined): string | undefined {
  if (text === undefined) return undefined
  alsoDecides(request, 'event_dates')
  const at = parseDate(/^\d{4}-\d\d-\d\d$/.test(text) ? `${text}T00:00:00Z` : text)
  if (at !== undefined) return formatTimestamp(at)
  const got = JSON.stringify(text.slice(0, 100))
  throw invalidRequest([
    { path: `query.${name}`, message: `expected a date such as 2022-01-01, or a date-time with a zone, got ${got}` },
  ])
}

/** A cursor is a position, so that events that happen between two pages neither repeat nor hide others. */
function readEvents(
  { cursor = '', page_size = 200 }: { cursor?: string; page_size?: number },
  newestFirst: LoggedEvent[],
) {
  const before = Buffer.from(cursor, 'base64url').toString('latin1')
  const isWritten = /^[\dT:.Z-]{24} [01] [\da-f]{12} [\da-f]{4}$/.test(before) && writeCursor(before) === cursor
  if (cursor !== '' && !isWritten) throw unknownCursor()
  const rest = cursor === '' ? newestFirst : newestFirst.filter(({ position }) => position < before)
  const results = rest.slice(0, page_size)
  const last = results.at(-1)
  return {
    results,
    next: rest.length > page_size && last ? writeCursor(last.position) : null,
    previous: cursor === '' ? null : cursor,
  }
}

function writeCursor(position: string): string {
  return Buffer.from(position).toString('base64url')
}

/** Looks up every name once for a call. */
function createDisplay(store: Store, request: FastifyRequest) {
  const { organization_id } = request.organization
  const names = new Map<string, string | undefined>()
  const users = new Map<string, ListedUser | undefined>()
  let tokens: Map<string, string> | undefined

  function userOf(user_id: string) {
    if (!users.has(user_id)) users.set(user_id, store.users.show(organization_id, user_id))
    return users.get(user_id)
  }

  function labelOf(token_id: string): string {
    tokens ??= new Map(store.tokens.export(organization_id).map((token) => [token.token_id, token.token_label]))
    return tokens.get(token_id) ?? ''
  }

  function findName(noun: string, id: string): string | undefined {
    const key = `${noun} ${id}`
    if (!names.has(key)) names.set(key, lookUp(noun, id))
    return names.get(key)
  }

  function lookUp(noun: string, id: string): string | undefined {
    if (noun === 'user') return userOf(id)?.full_name
    if (noun === 'token') return labelOf(id)
    const record = recordNouns.find((one) => one === noun)
    const row = record ? store.records.find(organization_id, record, id) : store.groups.show(organization_id, id)
    return row && nameOf({ ...row })
  }

  /** Its ids, and a name for each that has one. */
  function showObject({ noun, key, name }: LoggedEvent['objects'][number]) {
    const ids = Object.entries(showKey(noun, key))
    return Object.fromEntries(
      ids.flatMap(([field, id]): [string, string][] => {
        const [, word] = /^(\w+)_id$/.exec(field) ?? []
        if (word === undefined || field === 'access_level_remote_id') return [[field, id]]
        const found = (ids.length === 1 ? name : undefined) ?? findName(word.replace(/^\w+_group$/, 'group'), id)
        return found === undefined
          ? [[field, id]]
          : [
              [field, id],
              [`${word}_name`, found],
            ]
      }),
    )
  }

  const preview = (token_id: string) => '*'.repeat(26) + token_id.slice(-5)

  return {
    isAbout: ({ objects }: LoggedEvent, id: string): boolean =>
      objects.some(({ noun, key }) => Object.values(showKey(noun, key)).includes(id)),

    tokenOf: ({ actor }: LoggedEvent): string | undefined =>
      actor && `${labelOf(actor.token_id)}:${preview(actor.token_id)}`,

    show({ event_id, event_type, created_at, actor, objects }: LoggedEvent) {
      if (!actor) alsoDecides(request, 'expiration_event')
      const user = actor && userOf(actor.user_id)
      return showDates(
        request,
        {
          event_id,
          ...(actor ? { actor_user_id: actor.user_id, actor_name: user?.full_name ?? '' } : nobody),
          ...(user && { actor_email: user.email }),
          event_type,
          created_at,
          ...(actor && { api_token_name: labelOf(actor.token_id), api_token_preview: preview(actor.token_id) }),
          sub_events: objects.map((object) => ({ sub_event_type: event_type, ...showObject(object) })),
        },
        ['created_at'],
      )
    },
  }
}
