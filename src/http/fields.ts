import type { FastifyReply, FastifyRequest } from 'fastify'
import { closest } from '../schemas/closest.js'
import type { Problem, Refusal } from '../domain/refusal.js'
import type { Fields } from './catalog.js'
import { invalidRequest, maxProblems } from './errors.js'
import { PartInvalid } from './validation.js'

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
export function noteFields(request: FastifyRequest, reply: FastifyReply) {
  const { described, body, query } = request
  if (!described) return
  const unknown: UnknownField[] = []
  findUnknown(unknown, 'body', body, described.bodyFields)
  findUnknown(unknown, 'query', query, described.queryFields)
  if (unknown.length === 0) return
  request.unknown = unknown
  if (isRejecting(request)) throw new PartInvalid()
  removeUnknown(body, described.bodyFields)
  request.ignored = unknown.slice(0, maxNames).map(words)
  void reply.header(header, describe(request.ignored))
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
