import { readSeedFile } from '../seed/file.js'
import { giveSecrets, hashesOf } from '../seed/given-secrets.js'
import { builtIn } from '../seed/built-in.js'
import { loadSeed } from '../seed/load.js'
import type { SeedDocument } from '../seed/schema.js'
import { SeedError } from '../seed/seed-error.js'

/** Reads the seed that the options name, and adds the given secrets. No document means the built-in seed. */
export async function readGivenSeed(
  { seed, secrets }: { seed?: string; secrets?: string },
  onStep: (step: string) => void,
) {
  if (seed !== undefined) onStep(`reading the seed ${seed}`)
  const file = seed === undefined ? undefined : await readSeedFile(seed)

  /** Adds to a SeedError where in the file each mistake is; returns any other error as it is. */
  async function explain(error: unknown): Promise<unknown> {
    return error instanceof SeedError && file ? file.explain(error) : error
  }

  if (secrets === undefined) return { document: file?.document, secrets, explain }
  try {
    // Report mistakes in the seed first.
    if (file) loadSeed(file.document)
    const document = giveSecrets(file ? (file.document as SeedDocument) : builtIn, secrets)
    return { document, secrets: hashesOf(document), explain }
  } catch (error) {
    throw await explain(error)
  }
}
