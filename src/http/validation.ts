import type { TSchema } from '@sinclair/typebox'
import type { FastifyReply, FastifyRequest, FastifySchemaCompiler, FastifySerializerCompiler } from 'fastify'
import { findDurationProblem } from '../domain/access.js'
import type { Problem, Refusal } from '../domain/refusal.js'
import { createSchemaCheck, type SchemaCheck } from '../schemas/check.js'
import { defaultSettings } from '../domain/settings.js'
import type { OpenOrganization } from '../organization/organization.js'
import { closest } from '../schemas/closest.js'
import { findTextProblems } from '../schemas/text.js'
import { createUuidNormalizer } from '../schemas/uuids.js'
import type { Fields } from './catalog.js'
import { invalidRequest, maxProblems } from './errors.js'

/** A part of the request is invalid. The problems of all parts are collected afterwards. */
export class PartInvalid extends Error {
  readonly statusCode = 400
}

type Part = 'params' | 'querystring' | 'body'

/** The order in which problems are reported, and what messages call each part. */
const parts: [part: Part, name: string][] = [
  ['params', 'path'],
  ['querystring', 'query'],
  ['body', 'body'],
]

/** Compiled from the schema of a part. */
interface PartReader {
  check: SchemaCheck
  /** Reads the text of a query string; leaves anything else as it is. */
  read: ((raw: unknown) => unknown) | undefined
}

/** Throws if a response, as JSON, does not match the schema of its status. For tests. */
export type AnswerCheck = (schema: TSchema, json: string) => void

/**
 * Replaces the compilers that Fastify would otherwise load at every start, ajv and fast-json-stringify, which takes 40 ms;
 * setting ours afterwards does not prevent that. Never called, since ours are set.
 */
export const notLoaded = {
  buildValidator: (): never => {
    throw new Error('The compiler of validators was not set')
  },
  buildSerializer: (): never => {
    throw new Error('The compiler of serializers was not set')
  },
}

/**
 * Checks requests with TypeBox itself, compiled at first use, and serializes with JSON.stringify. Only query strings are
 * coerced. UUIDs are in lower case once they are checked.
 */
export function createValidation(checkAnswer?: AnswerCheck) {
  const readers = new WeakMap<object, PartReader>()

  const compileValidator: FastifySchemaCompiler<TSchema> = ({ schema, httpPart }) => {
    const check = createSchemaCheck(schema)
    const read = httpPart === 'querystring' ? createQueryReader(schema) : undefined
    // catalog.ts has normalized parameters before the guards.
    const normalize = httpPart === 'params' ? undefined : createUuidNormalizer(schema)
    readers.set(schema, { check, read })
    let isValid: ((value: unknown) => boolean) | undefined
    return (raw: unknown) => {
      const value = read ? read(raw) : raw
      isValid ??= check.compile()
      if (!isValid(value)) return { error: new PartInvalid() }
      // What the organization stores, its export must hold.
      if (httpPart === 'body' && findTextProblems(value, httpPart, 1).length > 0) return { error: new PartInvalid() }
      return { value: normalize ? normalize(value) : value }
    }
  }

  // One function for all: each route has a dozen statuses.
  const stringify = (value: unknown) => JSON.stringify(value)

  const compileSerializer: FastifySerializerCompiler<TSchema> = ({ schema }) => {
    if (!checkAnswer) return stringify
    return (value: unknown) => {
      const json = JSON.stringify(value)
      checkAnswer(schema, json)
      return json
    }
  }

  return {
    compileValidator,
    compileSerializer,

    /** Everything that is wrong with a request; `unread` describes a body that could not be parsed. */
    problems(request: FastifyRequest, unread: Problem[] = []): Problem[] {
      const schema = request.routeOptions.schema ?? {}
      const values: Record<Part, unknown> = {
        params: request.params,
        querystring: request.query,
        body: request.body,
      }
      const problems = parts.flatMap(([part, name]) => {
        if (part === 'body' && unread.length > 0) return unread
        const reader = readers.get((schema[part] as object | undefined) ?? {})
        const value = reader?.read ? reader.read(values[part]) : values[part]
        // A missing body is checked as null.
        const isInvalid = reader?.check.isValid(value ?? null) === false
        return [
          ...(isInvalid ? reader.check.problems(value, name, maxProblems) : []),
          ...(part === 'body' && !isInvalid ? findTextProblems(value, name, maxProblems) : []),
          ...durationProblems(request, part, value),
        ]
      })
      const { settings } = (request.organization as OpenOrganization | undefined) ?? { settings: defaultSettings }
      return problems.slice(0, maxProblems).map(({ path, message }) => ({
        path,
        message: message.replace('{max_duration_minutes}', String(settings.max_duration_minutes)),
      }))
    },
  }
}

/** The maximum of a duration is a setting. The handlers check it; with other problems it is reported here. */
function durationProblems({ organization, described }: FastifyRequest, part: Part, value: unknown): Problem[] {
  const fields = { body: described?.bodyFields, querystring: described?.queryFields, params: null }[part]
  if (part === 'params' || !fields?.has('duration_minutes')) return []
  const { duration_minutes } = (value ?? {}) as { duration_minutes?: unknown }
  if (!Number.isInteger(duration_minutes)) return []
  const place = part === 'body' ? 'body' : 'query'
  const problem = findDurationProblem(Number(duration_minutes), organization.settings, place)
  return problem ? [problem] : []
}

/** Coerces the text of a query string: `page_size=10` to a number, `group_ids=a,b` and repeated ones to a list. */
function createQueryReader(schema: TSchema) {
  const properties = Object.entries((schema.properties ?? {}) as Record<string, TSchema>)
  const integers = properties.filter(([, { type }]) => type === 'integer').map(([name]) => name)
  const booleans = properties.filter(([, { type }]) => type === 'boolean').map(([name]) => name)
  const lists = properties.filter(([, { type }]) => type === 'array').map(([name]) => name)

  return (raw: unknown) => {
    const query = { ...(raw as Record<string, unknown>) }
    for (const name of integers) {
      const text = query[name]
      if (typeof text === 'string' && /^[+-]?\d{1,15}$/.test(text)) query[name] = Number(text)
    }
    for (const name of booleans) {
      if (query[name] === 'true' || query[name] === 'false') query[name] = query[name] === 'true'
    }
    for (const name of lists) {
      const text = query[name]
      const texts = (text === undefined ? [] : [text].flat()) as string[]
      if (text !== undefined) query[name] = texts.flatMap((part) => part.split(',').filter(Boolean))
    }
    return query
  }
}

export type Validation = ReturnType<typeof createValidation>

const header = 'x-opal-sandbox-ignored'
const maxNames = 10
const maxHeaderBytes = 1024
/** A name can be as long as a body; no more of it is quoted. */
const maxNameLength = 200

/** A field or parameter that the operation does not have. */
export interface UnknownField {
  path: string
  nearest: string | undefined
}

/**
 * Opal's schemas allow fields that they do not name, so a misspelt one is accepted and does nothing. It is removed from
 * the body and reported in a header; with the setting `unknown_fields: reject` the call is rejected. Runs before
 * validation, since a misspelt field also shows up as a missing one.
 */
export function noteFields(request: FastifyRequest, reply: FastifyReply, done: () => void) {
  const { described, body, query } = request
  const unknown: UnknownField[] = []
  if (described) {
    findUnknown(unknown, 'body', body, described.bodyFields)
    findUnknown(unknown, 'query', query, described.queryFields)
  }
  if (unknown.length > 0) note(request, reply, unknown)
  done()
}

function note(request: FastifyRequest, reply: FastifyReply, unknown: UnknownField[]) {
  const { described, body } = request
  request.unknown = unknown
  if (isRejecting(request)) throw new PartInvalid()
  removeUnknown(body, described?.bodyFields ?? null)
  request.ignored = unknown.slice(0, maxNames).map(words)
  void reply.header(header, describe(request.ignored))
}

/** For a request that is rejected for the fields that were going to be ignored. */
export function forgetIgnored(request: FastifyRequest, reply: FastifyReply) {
  request.ignored = undefined
  void reply.removeHeader(header)
}

/** The refusal of an invalid request, with its unknown fields. */
export function invalidFields(request: FastifyRequest, problems: Problem[]): Refusal {
  const { unknown = [] } = request
  if (unknown.length > 0 && isRejecting(request)) {
    const refused = unknown.map(({ path, nearest }) => ({
      path,
      message: nearest === undefined ? 'is not known' : `is not known: did you mean ${nearest}?`,
    }))
    return invalidRequest([...problems, ...refused].slice(0, maxProblems), {
      hint: 'The setting unknown_fields is "reject" in this organization.',
      behavior: 'fields_rejected',
    })
  }
  const misspelt = unknown.filter(({ nearest }) => nearest !== undefined).slice(0, maxNames)
  if (misspelt.length === 0) return invalidRequest(problems)
  return invalidRequest(problems, { hint: `Not known here: ${misspelt.map(words).join(' ')}` })
}

function isRejecting({ organization }: FastifyRequest): boolean {
  return organization.settings.unknown_fields === 'reject'
}

/** No more than are reported: there may be thousands. */
function findUnknown(unknown: UnknownField[], place: string, value: unknown, known: Fields | null) {
  if (!known || typeof value !== 'object' || value === null || Array.isArray(value)) return
  for (const name in value) {
    if (unknown.length === maxProblems) return
    const inside = known.get(name)
    if (inside === null) continue
    if (inside === undefined) {
      const short = name.length > maxNameLength ? `${name.slice(0, maxNameLength)}...` : name
      unknown.push({ path: `${place}.${short}`, nearest: closest(name, [...known.keys()]) })
      continue
    }
    const field = value[name as keyof typeof value] as unknown
    if (Array.isArray(field)) {
      field.forEach((item, index) => findUnknown(unknown, `${place}.${name}[${index}]`, item, inside))
    } else {
      findUnknown(unknown, `${place}.${name}`, field, inside)
    }
  }
}

/**
 * Removes what `findUnknown` finds. TypeBox's Value.Clean keeps `constructor`, `toString` and `__proto__`, since it looks
 * for names in the whole prototype chain of a schema's properties.
 */
function removeUnknown(value: unknown, known: Fields | null) {
  if (!known || typeof value !== 'object' || value === null) return
  if (Array.isArray(value)) {
    for (const item of value) removeUnknown(item, known)
    return
  }
  const fields = value as Record<string, unknown>
  for (const name of Object.keys(fields)) {
    const inside = known.get(name)
    if (inside === undefined) Reflect.deleteProperty(fields, name)
    else removeUnknown(fields[name], inside)
  }
}

function words({ path, nearest }: UnknownField): string {
  return nearest === undefined ? path : `${path}; did you mean ${nearest}?`
}

/** Percent-encoded, since a header field can carry neither a line break nor most of Unicode. */
function describe(ignored: string[]): string {
  let text = ''
  for (const name of ignored) {
    const part = `${text === '' ? '' : ', '}${encodeURI(name.toWellFormed()).replaceAll(/%(?:20|5B|5D)/g, decodeURI)}`
    if (text.length + part.length > maxHeaderBytes) break
    text += part
  }
  return text
}
