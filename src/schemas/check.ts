import { TypeRegistry, type TSchema } from '@sinclair/typebox'
import { TypeCompiler, type TypeCheck } from '@sinclair/typebox/compiler'
import { ValueErrorType, type ValueError } from '@sinclair/typebox/errors'
import { closest } from './closest.js'
import type { Problem } from '../domain/refusal.js'

/** Compiled checks by schema. Schemas never change, so all sandboxes of a process can share them. */
const compiledChecks = new WeakMap<TSchema, TypeCheck<TSchema>>()

interface CheckedSchema extends TSchema {
  isMet: (value: unknown) => boolean
}

/** Creates a check that is compiled at its first use, so that the start does not pay for it. */
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

    /** The compiled check itself. */
    compile(): (value: unknown) => boolean {
      const check = compile()
      return check.Check.bind(check)
    },

    /** Lists what is wrong with `value`: at most one problem per path and `limit` in all. Paths begin with `root`. */
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

/** If an object or a list fails a union, yields the errors of the branch for its type, not those of the union. */
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

/** The pointers of an error. Of the names that a record does not allow, TypeBox reports only the first. */
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
    return `is not an allowed name: expected ${String(schema.expectsNames)}`
  }
  if (schema.isSecret)
    return `expected ${describe(schema)}, got ${typeof value === 'string' ? 'a different string' : show(value)}`
  const nearest = typeof value === 'string' ? closest(value, words(schema)) : undefined
  if (nearest !== undefined) return `${show(value)} is not known: did you mean ${nearest}?`
  // If a list itself fails, its length is wrong.
  const came = Array.isArray(value) && schema.type === 'array' ? count(value.length, 'item') : show(value)
  return `expected ${describe(schema)}, got ${came}`
}

/** The values of an enum. */
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

/** Describes what a schema expects. */
function describe(schema: TSchema): string {
  if (schema.const !== undefined) return JSON.stringify(schema.const)
  if (typeof schema.expects === 'string') return schema.expects
  const branches = (schema.anyOf ?? []) as TSchema[]
  if (branches.length > 0) {
    const words = branches.map(describe)
    return words.every((word) => word.startsWith('"')) ? `one of ${words.join(', ')}` : words.join(' or ')
  }
  const word = articles[schema.type as string] ?? 'a different value'
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

/** Returns the value as received, shortened for a message. */
export function show(value: unknown): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'object') return 'an object'
  // JSON.stringify would turn Infinity, as which 1e400 is parsed, into null.
  if (typeof value === 'number') return String(value)
  const text = value === undefined ? 'nothing' : JSON.stringify(value)
  const short = text.length > 100 ? `${text.slice(0, 100)}...` : text
  return typeof value === 'string' ? `the string ${short}` : short
}
