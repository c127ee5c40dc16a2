import { Type, type Static, type TObject, type TSchema } from '@sinclair/typebox'
import type { FastifyInstance, FastifyReply, FastifyRequest, FastifySchema } from 'fastify'
import { formatTimestamp, parseDate } from '../../domain/clock.js'
import { recordKinds, type RecordNoun } from '../../domain/records.js'
import { recordFields, type RecordDocuments } from '../../schemas/records.js'
import { Uuid } from '../../schemas/types.js'
import { isDate, referenceOf } from '../../seed/record-entries.js'
import type { Deps } from '../deps.js'
import { invalidRequest } from '../errors.js'
import { guardRefusals, NoContent, refusalResponses, writeRefusals } from '../schemas.js'
import { showDates } from './decided.js'
import type { PageQuery } from './paging.js'
import { checkIds, createRecords, type Shown } from './records.js'
import { createWrite } from './write.js'

interface Kept<Noun extends RecordNoun, Item extends object> {
  noun: Noun
  tags: string[]
  /** The record in responses. */
  Item: TSchema
  show: (request: FastifyRequest, record: Shown<Noun>) => Item
}

interface List<Query extends TObject> {
  query: Query
  response: TSchema
  answer: (request: FastifyRequest, query: Static<Query>) => object
}

interface Creation<Noun extends RecordNoun, Body extends TSchema> {
  status: 200 | 201
  body: Body
  read: (request: FastifyRequest, body: Static<Body>) => RecordDocuments[Noun]
  /** Keeps the links of the new record. */
  link?: (request: FastifyRequest, record: Shown<Noun>, body: Static<Body>) => void
}

interface Update<Noun extends RecordNoun, Body extends TSchema> {
  method: 'PUT' | 'POST'
  summary: string
  body?: Body
  /** Returns what changes. */
  read: (request: FastifyRequest, body: Static<Body>, record: Shown<Noun>) => Partial<RecordDocuments[Noun]>
}

/** What registers the routes of a noun that is kept as it is given. */
export function recordRoutes<Noun extends RecordNoun, Item extends object>(
  app: Pick<FastifyInstance, 'route'>,
  { store, organizations }: Deps,
  { noun, tags, Item, show }: Kept<Noun, Item>,
) {
  const { idField, label } = recordKinds[noun]
  const one = `${/^[aeiou]/i.test(label) ? 'an' : 'a'} ${label}`
  const records = createRecords(store, noun)
  const write = createWrite({ store, organizations })
  const byId = Type.Object({ [idField]: Uuid(`The ${label}.`) })
  const found = refusalResponses(...guardRefusals, 'INVALID_REQUEST', 'RECORD_NOT_FOUND')
  const changed = refusalResponses(...guardRefusals, ...writeRefusals, 'RECORD_NOT_FOUND')
  const fields: Record<string, TSchema> = recordFields[noun]
  const dates = Object.entries(fields).flatMap(([name, schema]) => (isDate(schema) ? [name] : []))

  type Handler = (request: FastifyRequest, reply: FastifyReply) => Promise<unknown>
  const route = (method: 'GET' | 'POST' | 'PUT' | 'DELETE', url: string, schema: FastifySchema, handler: Handler) =>
    app.route({ method, url, schema, handler })
  const idOf = ({ params }: FastifyRequest) => (params as Record<string, string>)[idField] ?? ''
  const shown = (request: FastifyRequest, record: Shown<Noun>): Item =>
    show(request, showDates(request, record as Record<string, string>, dates) as Shown<Noun>)

  /** Rejects ids that name nothing. */
  function checkReferences({ organization }: FastifyRequest, document: object) {
    for (const [name, value] of Object.entries(document) as [string, string | string[] | undefined][]) {
      const schema = fields[name]
      const refersTo = schema && referenceOf((schema.items as TSchema | undefined) ?? schema)
      if (!refersTo || value === undefined) continue
      const ids = Array.isArray(value)
        ? value.map((id, index) => [`body.${name}[${index}]`, id])
        : [[`body.${name}`, value]]
      checkIds(store, organization, refersTo, Object.fromEntries(ids) as Record<string, string>)
    }
  }

  return {
    records,
    write,
    byId,
    idOf,
    refusals: { found, changed },

    all: (request: FastifyRequest, matches?: (record: Shown<Noun>) => boolean) =>
      records.list(request.organization, matches).map((record) => shown(request, record)),

    page(request: FastifyRequest, query: PageQuery, matches?: (record: Shown<Noun>) => boolean) {
      const { results, ...page } = records.page(request.organization, query, matches)
      return { ...page, results: results.map((record) => shown(request, record)) }
    },

    list<Query extends TObject>(operationId: string, path: string, { query, response, answer }: List<Query>) {
      const schema = {
        operationId,
        tags,
        summary: `List ${label}s`,
        description: 'In the order in which they were created.',
        querystring: query,
        response: { 200: response, ...refusalResponses(...guardRefusals, 'INVALID_REQUEST') },
      }
      route('GET', path, schema, async (request) => answer(request, request.query as Static<Query>))
    },

    create<Body extends TSchema>(
      operationId: string,
      path: string,
      { status, body, read, link = () => undefined }: Creation<Noun, Body>,
    ) {
      const schema = {
        operationId,
        tags,
        summary: `Create ${one}`,
        description: `Keeps it as it is given: what ${one} does is not simulated.`,
        body,
        response: { [status]: Item, ...refusalResponses(...guardRefusals, ...writeRefusals) },
      }
      route('POST', path, schema, (request, reply) => {
        void reply.status(status)
        return write(request, () =>
          store.atomic(() => {
            const body = request.body as Static<Body>
            const document = read(request, body)
            checkReferences(request, document)
            const record = records.create(request.organization, document)
            link(request, record, body)
            return shown(request, record)
          }),
        )
      })
    },

    get(operationId: string, path: string) {
      const schema = {
        operationId,
        tags,
        summary: `Show ${one}`,
        description: 'Fields without a value are left out.',
        params: byId,
        response: { 200: Item, ...found },
      }
      route('GET', path, schema, async (request) => shown(request, records.get(request.organization, idOf(request))))
    },

    update<Body extends TSchema>(
      operationId: string,
      path: string,
      { method, summary, body, read }: Update<Noun, Body>,
    ) {
      const isInPath = path.includes(`:${idField}`)
      const schema = {
        operationId,
        tags,
        summary,
        description: `Changes what is given: what ${one} does is not simulated.`,
        ...(isInPath && { params: byId }),
        ...(body && { body }),
        response: { 200: Item, ...changed },
      }
      route(method, path, schema, (request) =>
        write(request, () =>
          store.atomic(() => {
            const { organization } = request
            const body = request.body as Static<Body>
            const id = isInPath ? idOf(request) : ((body as Record<string, string>)[idField] ?? '')
            const changes = read(request, body, records.get(organization, id))
            checkReferences(request, changes)
            return shown(request, records.update(organization, id, changes))
          }),
        ),
      )
    },

    remove(operationId: string, path: string) {
      const schema = {
        operationId,
        tags,
        summary: `Delete ${one}`,
        description: 'What refers to it stays as it is.',
        params: byId,
        response: { 200: NoContent(`The ${label} is gone; the body is empty.`), ...changed },
      }
      route('DELETE', path, schema, async (request, reply) => {
        await write(request, () => {
          store.atomic(() => {
            records.remove(request.organization, idOf(request))
          })
        })
        return reply.send(undefined)
      })
    },
  }
}

/** Returns a date-time of a body in the format of the API. */
export function readDate(path: string, text: string): string {
  const at = parseDate(text)
  if (at === undefined) throw invalidRequest([{ path, message: `expected a date-time, got ${JSON.stringify(text)}` }])
  return formatTimestamp(at)
}

/** The given fields alone: a field that is left out does not change, and null removes it. */
export function given<Fields extends object>(fields: Fields) {
  const entries = Object.entries(fields).filter(([, value]) => value !== undefined)
  type Given = { [Name in keyof Fields]: Exclude<Fields[Name], null | undefined> }
  return Object.fromEntries(entries.map(([name, value]) => [name, value ?? undefined])) as Given
}
