import { useLoaded } from './parts.js'

/** What the page reads in the served description of the API. */
export interface ApiDocument {
  operations: { id: string; method: string; path: string; summary: string; isSimulated: boolean }[]
  settings: Setting[]
}

export interface Setting {
  name: string
  description: string
  /** The values to choose from; undefined if it is a number or a document. */
  values: (string | null)[] | undefined
  isNumber: boolean
}

interface OpenApi {
  paths: Record<string, Record<string, { operationId?: string; summary?: string; tags?: string[] }>>
  components: { schemas: Record<string, { properties?: Record<string, Schema> }> }
}

interface Schema {
  description?: string
  type?: string
  enum?: (string | null)[]
  const?: string
  anyOf?: Schema[]
}

let document: Promise<ApiDocument> | undefined

/** Loads the document when it is first needed: it is large. */
export function useApiDocument() {
  return useLoaded(() => (document ??= load()), [])
}

async function load(): Promise<ApiDocument> {
  const answer = await fetch('/_sandbox/openapi.json')
  const { paths, components } = (await answer.json()) as OpenApi
  return {
    operations: Object.entries(paths)
      .filter(([path]) => path.startsWith('/v1'))
      .flatMap(([path, methods]) =>
        Object.entries(methods).flatMap(([method, { operationId: id, summary = '', tags = [] }]) =>
          id === undefined
            ? []
            : [{ id, method: method.toUpperCase(), path, summary, isSimulated: !tags.includes('not simulated') }],
        ),
      ),
    settings: Object.entries(components.schemas.Settings?.properties ?? {}).map(([name, schema]) => ({
      name,
      description: schema.description ?? '',
      values: valuesOf(schema),
      isNumber: schema.type === 'integer' || schema.type === 'number',
    })),
  }
}

function valuesOf({ enum: values, anyOf }: Schema): (string | null)[] | undefined {
  if (values) return values
  const constants = anyOf?.flatMap((one) => one.enum ?? one.const ?? (one.type === 'null' ? [null] : []))
  return constants && constants.length === anyOf?.length ? constants : undefined
}
