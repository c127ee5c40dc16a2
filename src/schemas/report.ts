import type { Problem } from '../domain/refusal.js'

/** Reports one mistake: its path, and what was expected. A function is only called if the message is needed. */
export type Report = (path: string, message: string | (() => string)) => void

/** Collects the first mistakes, up to a limit. */
export function gather(problems: Problem[], limit: number, root = ''): Report {
  return (path, message) => {
    if (problems.length >= limit) return
    problems.push({ path: root + path, message: typeof message === 'string' ? message : message() })
  }
}
