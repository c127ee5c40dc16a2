import { readSeedFile } from '../seed/file.js'
import { giveSecrets } from '../seed/given-secrets.js'
import { builtIn } from '../seed/built-in.js'
import { loadSeed } from '../seed/load.js'
import type { SeedDocument } from '../seed/schema.js'
import { SeedError } from '../seed/seed-error.js'

/** The seed that the options of a start name, with the secrets that they give; no document is the built-in one. */
export async function readGivenSeed({ seed, secrets }: { seed?: string; secrets?: string }) {
  const file = seed === undefined ? undefined : await readSeedFile(seed)

  /** Adds to a SeedError where in the file each mistake is; returns any other error as it is. */
  async function explain(error: unknown): Promise<unknown> {
    return error instanceof SeedError && file ? file.explain(error) : error
  }

  if (secrets === undefined) return { document: file?.document, explain }
  try {
    // Mistakes of the seed are told of first.
    if (file) loadSeed(file.document)
    return { document: giveSecrets(file ? (file.document as SeedDocument) : builtIn, secrets), explain }
  } catch (error) {
    throw await explain(error)
  }
}
