import { fileURLToPath } from 'node:url'
import { readSeedFile } from '../seed/file.js'
import { SeedError } from '../seed/seed-error.js'
import type { Seed } from './types.js'

/** A seed as an object, or the path or `file:` URL of a YAML or JSON file that holds one. */
export type SeedSource = Seed | string | URL

/** A document that has not been checked yet. */
export interface SeedFound {
  document: Seed
  /** Adds the line of each mistake to a SeedError; returns any other error as it is. */
  explain: (error: unknown) => Promise<unknown>
}

export async function readSeed(source: SeedSource): Promise<SeedFound> {
  if (typeof source === 'object' && !(source instanceof URL))
    return { document: source, explain: async (error) => error }
  const file = await readSeedFile(String(source).startsWith('file:') ? fileURLToPath(source) : String(source))
  return {
    document: file.document as Seed,
    explain: async (error) =>
      error instanceof SeedError ? new SeedError(error.problems, (await file.explain(error)).message) : error,
  }
}
