import { readFile } from 'node:fs/promises'

/** The copies of openapi.yaml that are served: relative to this server, read and parsed at most once. */
export function createServedOpenapi(file: string) {
  let yaml: Promise<string> | undefined
  let json: Promise<string> | undefined
  let json30: Promise<string> | undefined

  const readYaml = () => (yaml ??= readServed(file))
  return {
    yaml: readYaml,
    json: () => (json ??= readYaml().then(toJson)),
    json30: () => (json30 ??= readYaml().then(toJson30)),
  }
}

async function readServed(file: string): Promise<string> {
  const text = await readFile(file, 'utf8')
  return text.replace(/^servers:\n(?:[ -].*\n)+/m, 'servers:\n  - url: /\n    description: This server.\n')
}

async function toJson(text: string): Promise<string> {
  const { parse } = await import('yaml')
  return JSON.stringify(parse(text))
}

async function toJson30(text: string): Promise<string> {
  const [{ parse }, { toOpenapi30 }] = await Promise.all([import('yaml'), import('./openapi-3.0.js')])
  return JSON.stringify(toOpenapi30(parse(text) as Record<string, unknown>))
}
