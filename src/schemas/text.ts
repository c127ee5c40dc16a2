import type { Problem } from '../domain/refusal.js'

/** JSON.parse accepts any depth, but JSON.stringify overflows the stack at a few thousand levels. */
export const maxDepth = 1_000

const unstorable = /\0|\p{Surrogate}/u

/**
 * Finds text that SQLite and JSON would not preserve: NUL characters, which end a string in many comparisons, and lone
 * surrogates, which UTF-8 cannot encode. Also finds values that are nested too deeply or contain themselves.
 */
export function findTextProblems(value: unknown, root: string, limit: number): Problem[] {
  const problems: Problem[] = []
  const report = (path: string, message: string) => {
    if (problems.length < limit) problems.push({ path, message })
  }

  /** Returns false if the value is nested too deeply. */
  function visit(value: unknown, path: string, depth: number): boolean {
    if (typeof value === 'string') {
      if (unstorable.test(value)) report(path, 'expected text without NUL characters or lone surrogates')
      return true
    }
    if (typeof value !== 'object' || value === null) return true
    if (depth === maxDepth) return false
    if (Array.isArray(value)) return value.every((item, index) => visit(item, `${path}[${index}]`, depth + 1))
    const names = Object.keys(value)
    if (names.some((name) => unstorable.test(name))) {
      report(path, 'expected names without NUL characters or lone surrogates')
      return true
    }
    return names.every((name) => visit((value as Record<string, unknown>)[name], `${path}.${name}`, depth + 1))
  }

  if (!visit(value, root, 0)) return [{ path: root, message: `is nested more than ${maxDepth} levels deep` }]
  return problems
}
