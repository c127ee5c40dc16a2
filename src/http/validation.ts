import type { TSchema } from '@sinclair/typebox'
import type { FastifyRequest, FastifySchemaCompiler, FastifySerializerCompiler } from 'fastify'
import type { Problem } from '../domain/refusal.js'
import { createSchemaCheck, type SchemaCheck } from '../schemas/check.js'
import { createUuidNormalizer } from '../schemas/uuids.js'
import { maxProblems } from './errors.js'

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
  read: (raw: unknown) => unknown
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
    const read = httpPart === 'querystring' ? createQueryReader(schema) : unchanged
    // catalog.ts has normalized parameters before the guards.
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
        const value = reader?.read(values[part])
        // A missing body is checked as null.
        return reader?.check.isValid(value ?? null) === false ? reader.check.problems(value, name, maxProblems) : []
      })
      return problems.slice(0, maxProblems)
    },
  }
}

function unchanged(value: unknown): unknown {
  return value
}

/** Coerces the text of a query string: `page_size=10` to a number, `group_ids=a,b` and repeated ones to a list. */
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
