import type { Document, LineCounter, Node } from 'yaml'

/** A parsed YAML document. JSON is YAML, too. */
export interface ParsedYaml {
  /** It may contain itself, by a YAML alias. */
  value: unknown
  document: Document
  lines: LineCounter
  /** The module, which is only imported if there is YAML to parse. */
  yaml: typeof import('yaml')
}

/** Throws an Error whose message names the line of the first mistake. */
export async function parseYaml(text: string): Promise<ParsedYaml> {
  const yaml = await import('yaml')
  const { isScalar, LineCounter, parseDocument, visit } = yaml
  const lines = new LineCounter()
  // The parser's own check for repeated keys is quadratic.
  const options = { lineCounter: lines, merge: true, prettyErrors: false, uniqueKeys: false }
  const document = withoutStackTraces(() => parseDocument(text, options))
  const [mistake] = document.errors
  if (mistake) throw at(mistake.pos[0], mistake.message)
  visit(document, {
    Map(_, { items }) {
      const keys = new Set<unknown>()
      for (const { key } of items) {
        if (!isScalar(key)) continue
        if (keys.has(key.value)) throw at(key.range?.[0] ?? 0, `the key ${String(key.value)} occurs twice in one map`)
        keys.add(key.value)
      }
    },
  })
  return { value: document.toJS() as unknown, document, lines, yaml }

  function at(offset: number, message: string): Error {
    return new Error(`line ${lines.linePos(offset).line}: ${message}`)
  }
}

/** Returns a function that finds the line of `seed.groups.prod.name`, or of its nearest ancestor in the file. */
export function createLineSearch({ document, lines, yaml: { isMap, isScalar, isSeq } }: ParsedYaml) {
  /** The node at a path of the document. In a map it is the key, since the value may begin a line further down. */
  function nodeAt(keys: string[]) {
    const parent = document.getIn(keys.slice(0, -1), true)
    const last = keys.at(-1)
    if (isSeq<Node>(parent)) return parent.items[Number(last)]
    const pairs = isMap<Node>(parent) ? parent.items : []
    return pairs.find(({ key }) => isScalar(key) && String(key.value) === last)?.key
  }

  return (problemPath: string): number => {
    const [, ...keys] = problemPath.split(/[.[\]]+/).filter(Boolean)
    for (; keys.length > 0; keys.pop()) {
      const range = nodeAt(keys)?.range
      if (range) return lines.linePos(range[0]).line
    }
    return 1
  }
}

/** Returns text that `parseYaml` parses back: a key named `<<` is quoted, since it would be a merge key otherwise. */
export async function writeYaml(value: unknown): Promise<string> {
  const { Document, visit } = await import('yaml')
  const document = new Document(value)
  visit(document, {
    Scalar(place, node) {
      if (place === 'key' && node.value === '<<') node.type = 'QUOTE_DOUBLE'
    },
  })
  return document.toString()
}

/** The parser creates an Error for every mistake. With stack traces, a million commas would take many seconds. */
function withoutStackTraces<T>(work: () => T): T {
  const { stackTraceLimit } = Error
  Error.stackTraceLimit = 0
  try {
    return work()
  } finally {
    Error.stackTraceLimit = stackTraceLimit
  }
}
