import { Kind, Type, type TSchema } from '@sinclair/typebox'

// The building blocks of all schemas. Some keywords are ours: `title` makes a schema a component of openapi.yaml,
// `expects` is how a message names what was expected, `expectsNames` how it names the keys that an object may have,
// `isSecret` keeps the value out of messages, and what begins with `documented` stands in the published schemas for what is checked here.

export const uuidPattern = '^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$'

export const Uuid = (description: string) =>
  Type.String({
    documentedFormat: 'uuid',
    pattern: uuidPattern,
    expects: 'a UUID',
    description,
  })

/** For answers only: a union with null would make the document clumsy. */
export const Nullable = (schema: TSchema) =>
  Type.Unsafe<string | null>({ ...schema, type: [schema.type as string, 'null'] })

/** One of several words: checked as a union, published as an enum. */
export const Enum = <const Value extends string>(values: readonly Value[], options: object = {}) =>
  Type.Union(
    values.map((value) => Type.Literal(value)),
    { ...options, documentedEnum: values },
  )

/** A value that JSON Schema has no words for, such as a Date. Never for what is published. */
export const Checked = (expects: string, isMet: (value: unknown) => boolean) =>
  Type.Unsafe<unknown>({ [Kind]: 'Checked', expects, isMet })
