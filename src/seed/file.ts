import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
// As a whole: an old Node lacks getSystemErrorMessage, and must get as far as the message that it is too old.
import util from 'node:util'
import { SetupError } from '../domain/setup-error.js'
import type { SeedError } from './seed-error.js'
import { createLineSearch, parseYaml, type ParsedYaml } from './yaml.js'

/** Above this length, mistakes are reported without line numbers: the YAML parser would take many seconds. */
const maxLengthForLines = 1024 * 1024

/** Reads a seed from a YAML or JSON file. Throws a SetupError if the file cannot be read or parsed. */
export async function readSeedFile(file: string) {
  const path = resolve(file)
  const text = readText(path)
  const { value } = parseJson(text) ?? (await parse(path, text))
  return {
    document: value,

    /** Lists the problems of the seed, one per line. */
    async explain({ problems }: SeedError): Promise<SetupError> {
      const lineOf = text.length > maxLengthForLines ? undefined : createLineSearch(await parse(path, text))
      const found = problems.map(({ path: place, message }) => {
        const key = place.replace(/^seed\.?/, '')
        const line = lineOf ? `:${lineOf(place)}` : ''
        return inOneLine(`${path}${line} ${key === '' ? 'the seed' : key} ${message}`)
      })
      const count = found.length === 1 ? '' : ` ${found.length} problems:`
      return new SetupError(`The seed is not valid.${count}${found.length === 1 ? ' ' : '\n  '}${found.join('\n  ')}`)
    },
  }
}

/** Returns undefined if the text is not JSON, which is parsed a hundred times faster than YAML. */
function parseJson(text: string): { value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) as unknown }
  } catch {
    return undefined
  }
}

async function parse(path: string, text: string): Promise<ParsedYaml> {
  try {
    return await parseYaml(text)
  } catch (error) {
    throw new SetupError(`The seed ${path} is neither YAML nor JSON: ${(error as Error).message}`)
  }
}

/** Escapes control characters, since names in a seed can contain anything. */
function inOneLine(text: string): string {
  return text.replaceAll(/[\u0000-\u001f\u007f]/g, (character) => JSON.stringify(character).slice(1, -1))
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    throw new SetupError(`Cannot read the seed ${path}: ${explainSystemError(error)}.`)
  }
}

/** Returns the system's message about a file, without its codes and the path, which the reader already knows. */
export function explainSystemError(error: unknown): string {
  const { errno, message } = error as NodeJS.ErrnoException
  return errno === undefined ? message : util.getSystemErrorMessage(errno)
}
