import type { TSchema } from '@sinclair/typebox'
import type { FastifyRequest, FastifySchemaCompiler, FastifySerializerCompiler } from 'fastify'
import type { Problem } from '../domain/refusal.js'
import { createSchemaCheck, type SchemaCheck } from '../schemas/check.js'
import { createUuidNormalizer } from '../schemas/uuids.js'
import { maxProblems } from './errors.js'

/** Something is wrong with a part of a request. All that is wrong with any of them is gathered afterwards. */
export class PartInvalid extends Error {
  readonly statusCode = 400
}

type Part = 'params' | 'querystring' | 'body'

/** The order in which problems are told, and what each part is called in a message. */
const parts: [part: Part, name: string][] = [
  ['params', 'path'],
  ['querystring', 'query'],
  ['body', 'body'],
]

/** What was made of the schema of a part. */
interface PartReader {
  check: SchemaCheck
  /** Reads the text of a query string; leaves anything else as it is. */
  read: (raw: unknown) => unknown
}

/** Throws where an answer, as JSON, is not as the schema of its status says. For tests. */
export type AnswerCheck = (schema: TSchema, json: string) => void

/**
 * Stands in place of the compilers that Fastify would load at every start, ajv and fast-json-stringify, which costs 40 ms.
 * To set others afterwards does not keep it from loading them. It is never called, as others are set.
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
    const read = httpPart === 'querystring' ? createQueryReader(schema) : unchanged
    // Parameters were normalized before the guards: see catalog.ts.
    const normalize = httpPart === 'params' ? unchanged : createUuidNormalizer(schema)
    readers.set(schema, { check, read })
    return (raw: unknown) => {
      const value = read(raw)
      return check.isValid(value) ? { value: normalize(value) } : { error: new PartInvalid() }
    }
  }

  const compileSerializer: FastifySerializerCompiler<TSchema> = ({ schema }) => {
    if (!checkAnswer) return (value: unknown) => JSON.stringify(value)
    return (value: unknown) => {
      const json = JSON.stringify(value)
      checkAnswer(schema, json)
      return json
    }
  }

  return {
    compileValidator,
    compileSerializer,

    /** Everything that is wrong with a request; `unread` tells of a body that could not even be read. */
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
        const value = reader?.read(values[part])
        // A body that is missing is checked as null.
        return reader?.check.isValid(value ?? null) === false ? reader.check.problems(value, name, maxProblems) : []
      })
      return problems.slice(0, maxProblems)
    },
  }
}

function unchanged(value: unknown): unknown {
  return value
}

/** Everything in a query string is text: `page_size=10` is a number, `group_ids=a,b` a list, also if it is repeated. */
function createQueryReader(schema: TSchema) {
  const properties = Object.entries((schema.properties ?? {}) as Record<string, TSchema>)
  const integers = properties.filter(([, { type }]) => type === 'integer').map(([name]) => name)
  const lists = properties.filter(([, { type }]) => type === 'array').map(([name]) => name)

  return (raw: unknown) => {
    const query = { ...(raw as Record<string, unknown>) }
    for (const name of integers) {
      const text = query[name]
      if (typeof text === 'string' && /^[+-]?\d{1,15}$/.test(text)) query[name] = Number(text)
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
