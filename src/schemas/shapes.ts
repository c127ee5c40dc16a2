import { readFileSync } from 'node:fs'
import { operations } from '../domain/operations.js'
import type { Problem } from '../domain/refusal.js'
import { show } from './check.js'
import { closest } from './closest.js'
import { gather, type Report } from './report.js'
import { uuidPattern } from './types.js'

/** The shape of a value, in the words of OpenAPI. `$ref` is the name of another shape. */
interface Shape {
  $ref?: string
  type?: string | string[]
  nullable?: boolean
  format?: string
  enum?: unknown[]
  minimum?: number
  maximum?: number
  properties?: Record<string, Shape>
  required?: string[]
  items?: Shape
  minItems?: number
  oneOf?: Shape[]
}

interface OperationShape {
  /** Null if the response has no body. */
  responses: Record<string, Shape | null>
}

interface ShapesFile {
  operations: Partial<Record<string, OperationShape>>
  schemas: Partial<Record<string, Shape>>
}

/** What a call can be answered with. */
export interface Answer {
  status: number
  /** Undefined for none. */
  body?: unknown
}

const maxProblems = 5

/** What Opal's newest document says about the answers of every operation. The file is read at the first use. */
export function createShapes(file: string) {
  let read: ShapesFile | undefined
  const load = () => (read ??= JSON.parse(readFileSync(file, 'utf8')) as ShapesFile)

  return {
    /**
     * Where an answer does not fit its operation. Nothing is known of errors, and of operations that have no shape. What
     * stands for a path parameter, such as `{group_id}`, fits everywhere.
     */
    problems(operation: string, { status, body }: Answer): Problem[] {
      const responses = load().operations[operation]?.responses
      if (responses === undefined || status >= 300) return []
      const problems: Problem[] = []
      const report = gather(problems, maxProblems)
      const known = successOf(responses)
      if (!(status in responses)) report('status', `is ${known} in Opal's document, not ${status}`)
      compare(report, 'body', responses[status] ?? responses[known] ?? null, body, parametersOf(operation))
      return problems
    },

    /** A small answer that fits: empty lists, and the path parameters of the call where it has their names. */
    example(operation: string): Answer {
      const responses = load().operations[operation]?.responses
      if (responses === undefined) return { status: 200, body: {} }
      const status = successOf(responses)
      const shape = responses[status] ?? null
      if (shape === null) return { status }
      return { status, body: exampleOf(resolve(shape), parametersOf(operation)) }
    },
  }

  function resolve({ $ref, ...rest }: Shape): Shape {
    return $ref === undefined ? rest : { ...resolve(load().schemas[$ref] ?? {}), ...rest }
  }

  function compare(report: Report, place: string, shape: Shape | null, value: unknown, parameters: string[]) {
    if (shape === null) {
      if (value !== undefined) report(place, 'expected none')
      return
    }
    const { nullable, enum: values, properties, required = [], items, minItems = 0, oneOf, ...rest } = resolve(shape)
    const types = [rest.type ?? (properties ? 'object' : [])].flat()
    if (typeof value === 'string' && parameters.some((name) => value.includes(`{${name}}`))) return
    if (value === null && nullable) return
    if (oneOf && !oneOf.some((one) => fits(one, value, parameters)))
      report(place, `fits none of ${oneOf.length} shapes`)
    if (value === undefined ? types.length > 0 : types.length > 0 && !types.includes(typeOf(value, types))) {
      report(place, `expected ${types.join(' or ')}, got ${show(value)}`)
      return
    }
    if (values && value !== null && !values.includes(value)) {
      report(
        place,
        `expected one of ${values.slice(0, 10).join(', ')}${values.length > 10 ? ', ...' : ''}, got ${show(value)}`,
      )
    }
    if (typeof value === 'string' && formats[rest.format ?? '']?.test(value) === false) {
      report(place, `expected ${rest.format}, got ${show(value)}`)
    }
    if (typeof value === 'number' && (value < (rest.minimum ?? value) || value > (rest.maximum ?? value))) {
      report(place, `expected ${rest.minimum ?? 'any'} to ${rest.maximum ?? 'any'}, got ${value}`)
    }
    if (Array.isArray(value)) {
      if (value.length < minItems) report(place, `expected at least ${minItems} items, got ${value.length}`)
      if (items) value.forEach((item, index) => compare(report, `${place}[${index}]`, items, item, parameters))
      return
    }
    if (typeof value !== 'object' || value === null || properties === undefined) return
    for (const name of required) if (!(name in value)) report(`${place}.${name}`, 'is required')
    for (const [name, field] of Object.entries(value)) {
      const known = Object.hasOwn(properties, name) ? properties[name] : undefined
      if (known) compare(report, `${place}.${name}`, known, field, parameters)
      else report(`${place}.${name}`, describeUnknown(name, Object.keys(properties)))
    }
  }

  function fits(shape: Shape, value: unknown, parameters: string[]): boolean {
    const problems: Problem[] = []
    compare(gather(problems, 1), '', shape, value, parameters)
    return problems.length === 0
  }

  /** Null if that is allowed, so that a page is the last one. */
  function exampleOf(shape: Shape, parameters: string[]): unknown {
    const { type, format, nullable, enum: values, minimum = 0, ...rest } = resolve(shape)
    const { properties = {}, required = [], items = {}, minItems = 0, oneOf } = rest
    const types = [type ?? 'object'].flat()
    if (nullable || types.includes('null')) return null
    if (oneOf?.[0]) return exampleOf(oneOf[0], parameters)
    if (values) return values[0]
    const [own = ''] = types
    if (own === 'array') return Array.from({ length: minItems }, () => exampleOf(items, parameters))
    if (own !== 'object') return plainExamples[format ?? own] ?? plainExamples[own] ?? minimum
    const fields = Object.entries(properties).map(([name, field]) => [name, resolve(field)] as const)
    const lists = fields.filter(([, field]) => field.type === 'array')
    const plain = fields.filter(([, field]) => !field.properties && !field.oneOf)
    // If nothing is required: the lists, or else whatever holds no other fields.
    const optional = lists.length > 0 ? lists : plain
    const chosen = required.length > 0 ? fields.filter(([name]) => required.includes(name)) : optional
    return Object.fromEntries(
      chosen.map(([name, field]) => [name, parameters.includes(name) ? `{${name}}` : exampleOf(field, parameters)]),
    )
  }
}

export type Shapes = ReturnType<typeof createShapes>

const formats: Partial<Record<string, RegExp>> = {
  uuid: new RegExp(uuidPattern),
  'date-time': /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/i,
}

/** By format or type. */
const plainExamples: Partial<Record<string, unknown>> = {
  uuid: '00000000-0000-4000-8000-000000000000',
  'date-time': '2026-01-01T00:00:00Z',
  string: 'text',
  boolean: false,
}

function successOf(responses: OperationShape['responses']): number {
  return Number(Object.keys(responses).find((status) => status.startsWith('2')) ?? 200)
}

function parametersOf(operation: string): string[] {
  const path = operations.find(({ id }) => id === operation)?.path ?? ''
  return [...path.matchAll(/\{(\w+)\}/g)].flatMap(([, name]) => name ?? [])
}

function typeOf(value: unknown, types: string[]): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'array'
  if (Number.isInteger(value) && types.includes('integer')) return 'integer'
  return typeof value
}

function describeUnknown(name: string, known: string[]): string {
  const nearest = closest(name, known)
  return nearest === undefined ? "is not in Opal's document" : `is not in Opal's document: did you mean ${nearest}?`
}
