import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import { readFileSync } from 'node:fs'
import { parse } from 'yaml'

interface Header {
  required?: boolean
  schema: object
}

interface Response {
  content?: Record<string, { schema: object }>
  headers?: Record<string, Header | { $ref: string }>
}

interface Operation {
  responses: Partial<Record<string, Response>>
}

interface Answer {
  method: string
  /** The route as Fastify writes it; undefined where no route took the request. */
  route: string | undefined
  status: number
  contentType: string
  body: string
}

const document = parse(readFileSync(new URL('../openapi.yaml', import.meta.url), 'utf8')) as {
  paths: Record<string, Partial<Record<string, Operation>>>
  components: { headers: Record<string, Header> }
}

/** What the body of an answer says, by its content type. */
const readers: Record<string, (body: string) => unknown> = {
  'application/json': (body) => JSON.parse(body) as unknown,
  'application/yaml': (body) => parse(body) as unknown,
  'text/markdown': (body) => body,
}

/** Those that are documented where they are sent; a fault rule may send others. */
const ownHeaders = new Set([...Object.keys(document.components.headers), 'www-authenticate'])

/** Says how the headers of an answer differ from what openapi.yaml promises; undefined where they do not. */
export function createHeaderContract(): (
  answer: Omit<Answer, 'body' | 'contentType'>,
  sent: object,
) => string | undefined {
  const ajv = new Ajv2020({ strict: false, coerceTypes: true })
  return ({ method, route, status }, sent) => {
    const path = (route ?? '').replaceAll(/:(\w+)/g, '{$1}')
    const operation = document.paths[path]?.[method.toLowerCase()]
    const documented = operation?.responses[String(status)]?.headers
    if (!documented) return undefined
    const name = `${method} ${path} ${status}`
    const values = new Map<string, unknown>(Object.entries(sent).filter(([header]) => ownHeaders.has(header)))
    for (const [header, one] of Object.entries(documented)) {
      const { required = false, schema } = '$ref' in one ? document.components.headers[header]! : one
      const value = values.get(header)
      if (value === undefined && required) return `${name}: the header ${header} is missing`
      if (value !== undefined && !ajv.validate(schema, value)) return `${name}: ${header}: ${ajv.errorsText()}`
      values.delete(header)
    }
    return values.size > 0 ? `${name}: the header ${[...values.keys()].join(', ')} is not documented` : undefined
  }
}

/** Says how an answer differs from what openapi.yaml promises; undefined where it does not. */
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
    const operation = document.paths[path]?.[method.toLowerCase()]
    if (!operation) return status >= 400 ? errorSchema : undefined
    if (!operation.responses[status]) throw new Error(`it has no response ${status}`)
    const { content } = operation.responses[status]
    if (!content) return undefined
    const mediaType = contentType.split(';', 1)[0] ?? ''
    if (!content[mediaType]) throw new Error(`content type ${contentType}`)
    return ['', 'paths', path, method.toLowerCase(), 'responses', String(status), 'content', mediaType, 'schema']
      .map((part) => encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1')))
      .join('/')
  }

  return (answer) => {
    const name = `${answer.method} ${answer.route ?? '(no route)'} ${answer.status}`
    try {
      const pointer = schemaOf(answer)
      if (pointer === undefined) return undefined
      const read = readers[answer.contentType.split(';', 1)[0] ?? '']
      if (!read) return `${name}: content type ${answer.contentType}`
      const validate = validator(pointer)
      if (validate(read(answer.body))) return undefined
      return `${name}: ${ajv.errorsText(validate.errors)} in ${answer.body}`
    } catch (error) {
      return `${name}: ${(error as Error).message}`
    }
  }
}
