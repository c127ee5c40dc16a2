import { Kind, Type, type TSchema } from '@sinclair/typebox'
import type { Noun } from '../domain/records.js'

// The building blocks of all schemas. Some keywords are our own: `title` makes a schema a component of openapi.yaml;
// `expects` describes the expected value in messages, and `expectsNames` the expected keys of an object; `isSecret`
// keeps the value out of messages; what begins with `documented` replaces, in published schemas, what is checked here.

export const uuidPattern = '^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$'

export const Uuid = (description: string) =>
  Type.String({
    documentedFormat: 'uuid',
    pattern: uuidPattern,
    expects: 'a UUID',
    description,
  })

/** The id of something else in the organization. A seed names it by its alias, in the field without `_id`. */
export const Reference = (refersTo: Noun, description: string) => ({ ...Uuid(description), refersTo: refersTo })

/** Ids of others, in order. The limit keeps one call from holding up the rest. */
export const References = (refersTo: Noun, description: string) =>
  Type.Array(Reference(refersTo, 'An id.'), { description, maxItems: 10_000 })

/** A date-time of a request that is kept as it is given. */
export const DateTime = (description: string) =>
  Type.String({
    documentedFormat: 'date-time',
    pattern: '^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d+)?(Z|[+-]\\d\\d:\\d\\d)$',
    expects: 'a date-time such as 2026-01-01T00:00:00Z',
    description,
    examples: ['2026-01-01T00:00:00Z'],
  })

/** For responses only. A union with null would clutter the document. */
export const Nullable = (schema: TSchema) =>
  Type.Unsafe<string | null>({ ...schema, type: [schema.type as string, 'null'] })

/** One of several values: checked as a union, published as an enum. */
export const Enum = <const Value extends string>(values: readonly Value[], options: object = {}) =>
  Type.Union(
    values.map((value) => Type.Literal(value)),
    { ...options, documentedEnum: values },
  )

/** A value that JSON Schema has no words for, such as a Date. Never for what is published. */
export const Checked = (expects: string, isMet: (value: unknown) => boolean) =>
  Type.Unsafe<unknown>({ [Kind]: 'Checked', expects, isMet })
