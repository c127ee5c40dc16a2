// Node cannot see the named exports of this CommonJS module.
import ajvModule, { type ValidateFunction } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import type { OrganizationSettings } from '../domain/settings.js'
import type { ApiAnswer } from './call.js'
import { isRow, type JsonObject } from './survey.js'

type Display = Pick<OrganizationSettings, 'default_access_level' | 'propagation_of_synced'>

/** Compares the successful answers of an API with an OpenAPI document, 3.0 or 3.1. */
export interface ShapeJudge {
  /** What the document is called in a report. */
  name: string
  /** What is wrong with an answer. Undefined if the document does not say what it should be. */
  problems: (answer: ApiAnswer) => string[] | undefined
}

/** `display` is how the document shows what settings can change; openapi.yaml describes the default settings. */
export function createShapeJudge(name: string, document: unknown, display?: Display): ShapeJudge {
  const ajv = new ajvModule.Ajv2020({ strict: false, validateSchema: false, logger: false })
  addFormats.default(ajv)
  ajv.addSchema(document as object, 'document')
  const paths = isRow(document) && isRow(document.paths) ? document.paths : {}
  const byTemplate = new Map(Object.keys(paths).map((path) => [withoutNames(path.replace(/^\/v1(?=\/)/, '')), path]))
  const checks = new Map<string, ValidateFunction>()

  function checkOf(pointer: string): ValidateFunction {
    const known = checks.get(pointer) ?? ajv.compile({ $ref: `document#${pointer}` })
    checks.set(pointer, known)
    return known
  }

  return {
    name,
    problems({ method, template, status, json }) {
      if (status >= 300) return undefined
      const path = byTemplate.get(withoutNames(template))
      const place = ['paths', path ?? '', method.toLowerCase(), 'responses']
      const responses = path === undefined ? undefined : lookUp(document, place)
      if (!isRow(responses)) return undefined
      const known = Object.keys(responses).filter((one) => one.startsWith('2'))
      if (!known.includes(String(status))) return [`the status is ${status}, not ${known.join(' or ')}`]
      const response = follow(document, [...place, String(status)])
      const content = lookUp(document, [...response, 'content'])
      const type = isRow(content) ? Object.keys(content).find((one) => one.startsWith('application/json')) : undefined
      if (type === undefined) return json === undefined ? [] : ['it has a body, and should have none']
      if (json === undefined) return ['it has no body']
      const check = checkOf(pointerTo([...response, 'content', type, 'schema']))
      if (check(display ? asByDefault(json, display) : json)) return []
      const problems = (check.errors ?? []).map(({ instancePath, message = '', params }) => {
        const extra = 'additionalProperty' in params ? `: ${String(params.additionalProperty)}` : ''
        return `${instancePath.replaceAll(/\/\d+(?=\/|$)/g, '/*')} ${message}${extra}`.trim()
      })
      return [...new Set(problems)]
    },
  }
}

/** The parameters of a path can have other names in another document. */
const withoutNames = (path: string) => path.replaceAll(/\{\w+\}/g, '{}')

function pointerTo(keys: string[]): string {
  return keys.map((key) => `/${encodeURIComponent(key.replaceAll('~', '~0').replaceAll('/', '~1'))}`).join('')
}

/** The keys of a value of the document, or of the component that it refers to. */
function follow(document: unknown, keys: string[]): string[] {
  const value = lookUp(document, keys)
  const { $ref } = isRow(value) ? value : {}
  return typeof $ref === 'string' && $ref.startsWith('#/') ? $ref.slice(2).split('/') : keys
}

/** Undefined if it does not exist. */
function lookUp(document: unknown, keys: string[]): unknown {
  return keys.reduce<unknown>(
    (value, key) => (isRow(value) && Object.hasOwn(value, key) ? value[key] : undefined),
    document,
  )
}

/** Undoes what settings choose, and no more than that. */
function asByDefault(json: unknown, display: Display): unknown {
  if (!isRow(json)) return json
  if (!Array.isArray(json.results)) return withDefaults(json, display)
  return { ...json, results: json.results.map((row) => (isRow(row) ? withDefaults(row, display) : (row as unknown))) }
}

function withDefaults(row: JsonObject, { default_access_level, propagation_of_synced }: Display): JsonObject {
  if (!('user_id' in row && 'expiration_date' in row)) return row
  const { access_level, propagation_status, ...others } = row
  const absent = default_access_level === 'null' ? null : undefined
  const isDefaultLevel = default_access_level !== 'object' && access_level === absent
  const isSynced = propagation_of_synced === 'null' && propagation_status === null
  return {
    ...others,
    ...(isDefaultLevel
      ? { access_level: { access_level_name: '', access_level_remote_id: '' } }
      : 'access_level' in row && { access_level }),
    ...('propagation_status' in row && !isSynced && { propagation_status }),
  }
}
