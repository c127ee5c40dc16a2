import type { Document, LineCounter } from 'yaml'

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
