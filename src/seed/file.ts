import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
// As a whole: an old Node has no getSystemErrorMessage, and must get as far as being told that it is too old.
import util from 'node:util'
import type { Node, Pair } from 'yaml'
import { SetupError } from '../domain/setup-error.js'
import type { SeedError } from './seed-error.js'

/** Reads a seed from a YAML or JSON file. Throws a SetupError that says where it cannot be read. */
export async function readSeedFile(file: string) {
  const path = resolve(file)
  const text = readText(path)
  const { parseDocument, LineCounter, isMap, isSeq, isScalar } = await import('yaml')
  const lines = new LineCounter()
  const parsed = parseDocument(text, { lineCounter: lines, prettyErrors: false })
  const [mistake] = parsed.errors
  if (mistake) {
    const { line } = lines.linePos(mistake.pos[0])
    throw new SetupError(`The seed ${path} is neither YAML nor JSON: line ${line}: ${mistake.message}`)
  }

  /** The line of `seed.groups.prod.name`, or of the nearest thing around it that stands in the file. */
  function lineOf(problemPath: string): number {
    let node: unknown = parsed.contents
    let offset = 0
    for (const part of problemPath
      .split(/[.[\]]+/)
      .filter(Boolean)
      .slice(1)) {
      if (isMap(node)) {
        const pair = (node.items as Pair<Node, Node | null>[]).find(
          ({ key }) => isScalar(key) && String(key.value) === part,
        )
        if (!pair) break
        offset = pair.key.range?.[0] ?? offset
        node = pair.value
      } else if (isSeq(node)) {
        node = node.items[Number(part)]
        offset = (node as Node | undefined)?.range?.[0] ?? offset
      } else break
    }
    return lines.linePos(offset).line
  }

  return {
    document: readDocument(path, () => parsed.toJS()),

    /** What is wrong with the seed, a line for each problem. */
    explain({ problems }: SeedError): SetupError {
      const found = problems.map(({ path: place, message }) => {
        const key = place.replace(/^seed\.?/, '')
        return inOneLine(`${path}:${lineOf(place)} ${key === '' ? 'the seed' : key} ${message}`)
      })
      const count = found.length === 1 ? '' : ` ${found.length} problems:`
      return new SetupError(`The seed is not valid.${count}${found.length === 1 ? ' ' : '\n  '}${found.join('\n  ')}`)
    },
  }
}

/** Only now it shows whether an alias names an anchor, or so many that it would fill the memory. */
function readDocument(path: string, read: () => unknown): unknown {
  try {
    return read()
  } catch (error) {
    throw new SetupError(`The seed ${path} is neither YAML nor JSON: ${(error as Error).message}`)
  }
}

/** Names are the seed's own words, and may hold anything. */
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

/** What the system says about a file, without its codes and the path that the reader knows already. */
export function explainSystemError(error: unknown): string {
  const { errno, message } = error as NodeJS.ErrnoException
  return errno === undefined ? message : util.getSystemErrorMessage(errno)
}
