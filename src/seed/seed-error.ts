import type { Problem } from '../domain/refusal.js'

/** The problems of a seed, each with its path. Such a seed is not applied at all. */
export class SeedError extends Error {
  override readonly name = 'SeedError'
  readonly problems: Problem[]

  constructor(problems: Problem[], message = problems.map(({ path, message }) => `${path} ${message}`).join('; ')) {
    super(message)
    this.problems = problems
  }
}
