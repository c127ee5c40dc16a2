import { TypeRegistry, type TSchema } from '@sinclair/typebox'
import { TypeCompiler, type TypeCheck } from '@sinclair/typebox/compiler'
import { ValueErrorType, type ValueError } from '@sinclair/typebox/errors'
import { closest } from './closest.js'
import type { Problem } from '../domain/refusal.js'

/** By the schema that they check. It never changes, so all sandboxes of a process can share what was compiled of it. */
const compiledChecks = new WeakMap<TSchema, TypeCheck<TSchema>>()

interface CheckedSchema extends TSchema {
  isMet: (value: unknown) => boolean
}

/** A check that is compiled when it is first used, so that a start pays for none. */
export function createSchemaCheck(schema: TSchema) {
  let compiled: TypeCheck<TSchema> | undefined

  function compile(): TypeCheck<TSchema> {
    if (compiled) return compiled
    TypeRegistry.Set<CheckedSchema>('Checked', ({ isMet }, value) => isMet(value))
    compiled = compiledChecks.get(schema) ?? TypeCompiler.Compile(schema)
    compiledChecks.set(schema, compiled)
    return compiled
  }

  return {
    isValid: (value: unknown): boolean => compile().Check(value),

    /** What is wrong with `value`, at most one problem a place and `limit` in all; paths begin with `root`. */
    problems(value: unknown, root: string, limit: number): Problem[] {
      const problems = new Map<string, Problem>()
      for (const error of flatten(compile().Errors(value))) {
        for (const pointer of placesOf(error, value)) {
          const path = root + toDottedPath(pointer)
          if (!problems.has(path)) problems.set(path, { path, message: explain(error) })
        }
        if (problems.size >= limit) break
      }
      return [...problems.values()].slice(0, limit)
    },
  }
}

export type SchemaCheck = ReturnType<typeof createSchemaCheck>

/** An object or a list that fails a union is told what is wrong with it as such, not that it is none of the others. */
function* flatten(errors: Iterable<ValueError>): Generator<ValueError> {
  for (const error of errors) {
    const branches = (error.schema.anyOf ?? []) as TSchema[]
    const own = Array.isArray(error.value) ? 'array' : error.value === null ? 'null' : typeof error.value
    const isNested = own === 'array' || own === 'object'
    const nested = isNested ? error.errors[branches.findIndex(({ type }) => type === own)] : undefined
    if (nested) yield* flatten(nested)
    else yield error
  }
}

/** Where an error is. Of the names that a record does not allow, TypeBox tells of the first alone. */
function placesOf({ type, schema, path }: ValueError, root: unknown): string[] {
  const [pattern] = Object.keys((schema.patternProperties ?? {}) as object)
  if (type !== ValueErrorType.ObjectAdditionalProperties || pattern === undefined) return [path]
  const around = path.slice(0, path.lastIndexOf('/'))
  const record = readPointer(around).reduce((node, part) => (node as Record<string, unknown>)[part], root)
  const allowed = new RegExp(pattern)
  const others = Object.keys(record as object).filter((name) => !allowed.test(name))
  return others.map((name) => `${around}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`)
}

function readPointer(pointer: string): string[] {
  return pointer
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
}

/** `/groups/0/name` becomes `.groups[0].name`. */
function toDottedPath(pointer: string): string {
  return readPointer(pointer)
    .map((part) => (/^\d+$/.test(part) ? `[${part}]` : `.${part}`))
    .join('')
}

function explain({ type, schema, value, path }: ValueError): string {
  if (type === ValueErrorType.ObjectRequiredProperty || value === undefined) {
    return `is required: expected ${describe(schema)}`
  }
  if (type === ValueErrorType.ObjectAdditionalProperties) {
    const known = Object.keys((schema as { properties?: object }).properties ?? {})
    const name = path.slice(path.lastIndexOf('/') + 1)
    const nearest = closest(name, known)
    if (nearest !== undefined) return `is not known: did you mean ${nearest}?`
    if (known.length > 0) return `is not known: expected one of ${known.join(', ')}`
    return `is not a name that is allowed here: expected ${String(schema.expectsNames)}`
  }
  if (schema.isSecret)
    return `expected ${describe(schema)}, got ${typeof value === 'string' ? 'another text' : show(value)}`
  const nearest = typeof value === 'string' ? closest(value, words(schema)) : undefined
  if (nearest !== undefined) return `${show(value)} is not known: did you mean ${nearest}?`
  // What is wrong with a list itself is its length.
  const came = Array.isArray(value) && schema.type === 'array' ? count(value.length, 'item') : show(value)
  return `expected ${describe(schema)}, got ${came}`
}

/** The words of an enum. */
function words(schema: TSchema): string[] {
  return ((schema.anyOf ?? []) as TSchema[]).flatMap((branch) =>
    typeof branch.const === 'string' ? [branch.const] : [],
  )
}

const articles: Record<string, string> = {
  integer: 'an integer',
  number: 'a number',
  string: 'a string',
  boolean: 'true or false',
  object: 'an object',
  array: 'a list',
  null: 'null',
}

/** What a schema asks for, in words. */
function describe(schema: TSchema): string {
  if (schema.const !== undefined) return JSON.stringify(schema.const)
  const branches = (schema.anyOf ?? []) as TSchema[]
  if (branches.length > 0) {
    const words = branches.map(describe)
    return words.every((word) => word.startsWith('"')) ? `one of ${words.join(', ')}` : words.join(' or ')
  }
  if (typeof schema.expects === 'string') return schema.expects
  const word = articles[schema.type as string] ?? 'another value'
  const unit = schema.type === 'array' ? 'item' : 'character'
  const limits = [
    limit('at least', schema.minimum),
    limit('at most', schema.maximum),
    limit('at least', schema.minLength ?? schema.minItems, unit),
    limit('at most', schema.maxLength ?? schema.maxItems, unit),
    schema.pattern === undefined ? '' : `matching ${String(schema.pattern)}`,
  ].filter(Boolean)
  return limits.length > 0 ? `${word}, ${limits.join(' and ')}` : word
}

function limit(words: string, value: unknown, unit?: string): string {
  if (typeof value !== 'number') return ''
  return `${words} ${unit === undefined ? value : count(value, unit)}`
}

function count(number: number, unit: string): string {
  if (number === 0) return 'none'
  return `${number} ${unit}${number === 1 ? '' : 's'}`
}

/** The value as it came, short enough for a message. */
export function show(value: unknown): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'object') return 'an object'
  // JSON has no word for the infinity that 1e400 is read as.
  if (typeof value === 'number') return String(value)
  const text = value === undefined ? 'nothing' : JSON.stringify(value)
  const short = text.length > 100 ? `${text.slice(0, 100)}...` : text
  return typeof value === 'string' ? `the string ${short}` : short
}
