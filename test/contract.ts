import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import { readFileSync } from 'node:fs'
import { parse } from 'yaml'
import type { BehaviorId } from '../src/domain/behaviors.js'

interface Reference {
  $ref: string
}

interface Header {
  required?: boolean
  schema: object
}

interface Response {
  content?: Record<string, { schema: object }>
  headers?: Record<string, Header | Reference>
}

interface Operation {
  responses: Partial<Record<string, Response | Reference>>
}

interface Answer {
  method: string
  /** The route in Fastify's notation; undefined if no route matched. */
  route: string | undefined
  status: number
  contentType: string
  body: string
  /** The ids of the behaviors that decided: settings can choose other forms than openapi.yaml describes. */
  decided: readonly BehaviorId[]
}

const document = parse(readFileSync(new URL('../openapi.yaml', import.meta.url), 'utf8')) as {
  paths: Record<string, Partial<Record<string, Operation>>>
  components: { headers: Record<string, Header>; responses: Record<string, Response> }
}

/** Follows a reference to a component. */
function resolve<Value extends object>(one: Value | Reference, components: Record<string, Value>): Value {
  return '$ref' in one ? components[one.$ref.split('/').at(-1)!]! : one
}

/** The response in openapi.yaml, and the JSON pointer to it; undefined if it does not have the status. */
function findResponse(path: string, method: string, status: number) {
  const one = document.paths[path]?.[method]?.responses[status]
  if (!one) return undefined
  const pointer = '$ref' in one ? one.$ref.slice(1) : pointerTo('paths', path, method, 'responses', String(status))
  return { pointer, ...resolve(one, document.components.responses) }
}

function pointerTo(...parts: string[]): string {
  return parts.map((part) => `/${encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1'))}`).join('')
}

/** Parsers of response bodies by content type. */
const readers: Record<string, (body: string) => unknown> = {
  'application/json': (body) => JSON.parse(body) as unknown,
  'application/yaml': (body) => parse(body) as unknown,
  'text/markdown': (body) => body,
}

/** Headers that must be documented wherever they are sent; a fault rule may send others. */
const ownHeaders = new Set([...Object.keys(document.components.headers), 'www-authenticate'])

/** Creates a check that returns how the headers of a response differ from openapi.yaml, or undefined. */
export function createHeaderContract(): (
  answer: Omit<Answer, 'body' | 'contentType' | 'decided'>,
  sent: object,
) => string | undefined {
  const ajv = new Ajv2020({ strict: false, coerceTypes: true })
  return ({ method, route, status }, sent) => {
    const path = (route ?? '').replaceAll(/:(\w+)/g, '{$1}')
    const documented = findResponse(path, method.toLowerCase(), status)?.headers
    if (!documented) return undefined
    const name = `${method} ${path} ${status}`
    const values = new Map<string, unknown>(Object.entries(sent).filter(([header]) => ownHeaders.has(header)))
    for (const [header, one] of Object.entries(documented)) {
      const { required = false, schema } = resolve(one, document.components.headers)
      const value = values.get(header)
      if (value === undefined && required) return `${name}: the header ${header} is missing`
      if (value !== undefined && !ajv.validate(schema, value)) return `${name}: ${header}: ${ajv.errorsText()}`
      values.delete(header)
    }
    return values.size > 0 ? `${name}: the header ${[...values.keys()].join(', ')} is not documented` : undefined
  }
}

interface Shown {
  access_level?: unknown
  propagation_status?: unknown
  results?: Shown[]
}

/** Undoes what settings chose, and no more than that. Throws if it does not have the form that they choose. */
function asByDefault(body: unknown, decided: readonly BehaviorId[]): unknown {
  const isDecided = (id: BehaviorId) => decided.includes(id)
  if (isDecided('error_body_of_2024')) {
    const { Message, ...others } = body as Record<string, unknown>
    if (Object.keys(others).length > 0) throw new Error(`an error of 2024 has only Message`)
    return { code: 'INTERNAL_ERROR', message: Message, request_id: '' }
  }
  if (isDecided('timestamps_in_microseconds') && /T[\d:]{8}\.(\d*0|\d{7,})?Z"/.test(JSON.stringify(body))) {
    throw new Error('a date has trailing zeros or too many digits')
  }
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return body
  const { results, ...shown } = body as Shown
  if (results) return { ...shown, results: results.map((one) => asByDefault(one, decided)) }
  if (isDecided('default_level_null') && shown.access_level === null) delete shown.access_level
  if (isDecided('default_level_null') || isDecided('default_level_absent')) {
    shown.access_level ??= { access_level_name: '', access_level_remote_id: '' }
  }
  if (isDecided('synced_status_null') && shown.propagation_status === null) delete shown.propagation_status
  return shown
}

/** Creates a check that returns how a response differs from openapi.yaml, or undefined. */
export function createContract(): (answer: Answer) => string | undefined {
  const ajv = new Ajv2020({ strict: false, allErrors: true })
  addFormats.default(ajv)
  ajv.addSchema(document, 'openapi')
  const validators = new Map<string, ValidateFunction>()

  function validator(pointer: string): ValidateFunction {
    const known = validators.get(pointer) ?? ajv.compile({ $ref: `openapi#${pointer}` })
    validators.set(pointer, known)
    return known
  }

  function schemaOf({ method, route, status, contentType }: Answer): string | undefined {
    const errorSchema = '/components/schemas/Error'
    const path = (route ?? '').replaceAll(/:(\w+)/g, '{$1}')
    if (!document.paths[path]?.[method.toLowerCase()]) return status >= 400 ? errorSchema : undefined
    const response = findResponse(path, method.toLowerCase(), status)
    if (!response) throw new Error(`it has no response ${status}`)
    const { content, pointer } = response
    if (!content) return undefined
    if (contentType.startsWith('application/json;')) throw new Error(`content type ${contentType}`)
    const mediaType = contentType.split(';', 1)[0] ?? ''
    if (!content[mediaType]) throw new Error(`content type ${contentType}`)
    return pointer + pointerTo('content', mediaType, 'schema')
  }

  return (answer) => {
    const name = `${answer.method} ${answer.route ?? '(no route)'} ${answer.status}`
    try {
      const pointer = schemaOf(answer)
      if (pointer === undefined) return undefined
      const read = readers[answer.contentType.split(';', 1)[0] ?? '']
      if (!read) return `${name}: content type ${answer.contentType}`
      const validate = validator(pointer)
      if (validate(asByDefault(read(answer.body), answer.decided))) return undefined
      return `${name}: ${ajv.errorsText(validate.errors)} in ${answer.body}`
    } catch (error) {
      return `${name}: ${(error as Error).message}`
    }
  }
}
