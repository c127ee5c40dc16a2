import type { TSchema } from '@sinclair/typebox'
import { uuidPattern } from './types.js'

type Normalize = (value: unknown) => unknown

const upperCase = /[A-F]/
const uuid = new RegExp(uuidPattern)

/**
 * Creates a function that lower-cases the UUIDs of a value, wherever the schema has one. It returns a copy if something
 * changes, otherwise the value itself. The schema is read at the first call.
 */
export function createUuidNormalizer(schema: TSchema): <Value>(value: Value) => Value {
  let normalize: Normalize | undefined
  return <Value>(value: Value) => {
    normalize ??= normalizerOf(schema) ?? ((unchanged) => unchanged)
    return normalize(value) as Value
  }
}

/** Undefined if the schema has no UUID. */
function normalizerOf(schema: TSchema): Normalize | undefined {
  if (schema.documentedFormat === 'uuid') return lowerCase
  if (schema.items) return ofItems(schema.items as TSchema)
  if (schema.properties) return ofProperties(schema.properties as Record<string, TSchema>)
  if (schema.patternProperties) return ofRecord(Object.values(schema.patternProperties as Record<string, TSchema>))
  return ofBranches((schema.anyOf ?? []) as TSchema[])
}

function lowerCase(value: unknown): unknown {
  return typeof value === 'string' && upperCase.test(value) && uuid.test(value) ? value.toLowerCase() : value
}

function ofItems(schema: TSchema): Normalize | undefined {
  const normalize = normalizerOf(schema)
  if (!normalize) return undefined
  return (value) => {
    if (!Array.isArray(value)) return value
    const items = value as unknown[]
    const normalized = items.map(normalize)
    return normalized.some((item, index) => item !== items[index]) ? normalized : items
  }
}

function ofProperties(properties: Record<string, TSchema>): Normalize | undefined {
  const fields = Object.entries(properties).flatMap(([name, schema]) => {
    const normalize = normalizerOf(schema)
    return normalize ? [{ name, normalize }] : []
  })
  if (fields.length === 0) return undefined
  return (value) => {
    if (!isObject(value)) return value
    let copy: Record<string, unknown> | undefined
    for (const { name, normalize } of fields) {
      const field = value[name]
      const normalized = normalize(field)
      if (normalized !== field) (copy ??= { ...value })[name] = normalized
    }
    return copy ?? value
  }
}

function ofRecord([schema]: TSchema[]): Normalize | undefined {
  const normalize = schema && normalizerOf(schema)
  if (!normalize) return undefined
  return (value) => {
    if (!isObject(value)) return value
    // Assigning would not set a field named `__proto__`.
    return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, normalize(field)]))
  }
}

/** Each branch returns values that do not have its shape unchanged. */
function ofBranches(schemas: TSchema[]): Normalize | undefined {
  const branches = schemas.flatMap((schema) => normalizerOf(schema) ?? [])
  if (branches.length === 0) return undefined
  return (value) => branches.reduce((normalized, normalize) => normalize(normalized), value)
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
