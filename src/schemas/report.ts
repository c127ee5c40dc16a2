import type { Problem } from '../domain/refusal.js'

/** Tells of one mistake: where, and what was expected; made only if it is still wanted. */
export type Report = (path: string, message: string | (() => string)) => void

/** Gathers the first mistakes, up to a limit. */
export function gather(problems: Problem[], limit: number, root = ''): Report {
  return (path, message) => {
    if (problems.length >= limit) return
    problems.push({ path: root + path, message: typeof message === 'string' ? message : message() })
  }
}
