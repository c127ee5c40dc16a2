import type { Problem } from '../domain/refusal.js'

/** Everything that is wrong with a seed, each with its place. Nothing of such a seed is applied. */
export class SeedError extends Error {
  override readonly name = 'SeedError'
  readonly problems: Problem[]

  constructor(problems: Problem[], message = problems.map(({ path, message }) => `${path} ${message}`).join('; ')) {
    super(message)
    this.problems = problems
  }
}
