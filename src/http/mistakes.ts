import { SeedError } from '../seed/seed-error.js'
import { invalidRequest } from './errors.js'

/** Reports the mistakes of a seed as those of the request. */
export async function reportMistakes(work: () => Promise<void>) {
  try {
    await work()
  } catch (error) {
    if (error instanceof SeedError) throw invalidRequest(error.problems)
    throw error
  }
}
