import { createHash } from 'node:crypto'
import { isInRange, readClock, type Timestamp } from '../domain/clock.js'
import type { Problem } from '../domain/refusal.js'
import { createSchemaCheck } from '../schemas/check.js'
import { gather } from '../schemas/report.js'
import { findTextProblems } from '../schemas/text.js'
import { createUuidNormalizer } from '../schemas/uuids.js'
import { addMagic, builtIn } from './built-in.js'
import { resolveSeed, type Resolution } from './resolve.js'
import { withoutSecrets } from './secrets.js'
import { SeedDocument } from './schema.js'
import { SeedError } from './seed-error.js'
import { wellFormed } from './well-formed.js'

/** A checked and resolved seed, which can be applied to any organization at any time. */
export interface ResolvedSeed extends Resolution {
  /** The document that it was loaded from. */
  document: SeedDocument
  /** The same for equal documents. */
  digest: string
}

const maxProblems = 20

/** A test checks the built-in seed against the schema; compiling it here would be 5 % of a start. */
export function loadDefaultSeed(): ResolvedSeed {
  return resolve(builtIn, [], 'seed')
}

const normalizeUuids = createUuidNormalizer(SeedDocument)

/**
 * Checks a seed (parsed YAML, JSON, or an object) and resolves its aliases. Throws a SeedError that lists its problems;
 * the path of each one begins with `root`.
 */
export function loadSeed(given: unknown, root = 'seed'): ResolvedSeed {
  const document = withoutShared(given)
  const textProblems = findTextProblems(document, root, maxProblems)
  if (textProblems.length > 0) throw new SeedError(textProblems)
  const check = createSchemaCheck(SeedDocument)
  return resolve(document, check.isValid(document) ? [] : check.problems(document, root, maxProblems), root)
}

/** Throws a SeedError that lists `problems`, which the schema found, and those of the resolution. */
function resolve(document: unknown, problems: Problem[], root: string): ResolvedSeed {
  const report = gather(problems, maxProblems, `${root}.`)
  // The well-formed part is resolved anyway, so that one error lists both violations of the schema and contradictions.
  const readable = problems.length === 0 ? (document as SeedDocument) : wellFormed(document)
  const resolution = readable && resolveSeed(report, addMagic(report, normalizeUuids(readable)))
  if (problems.length > 0 || !resolution) throw new SeedError(problems)
  // Without secrets: another --secrets is not another seed.
  const digest = createHash('sha256')
    .update(JSON.stringify(withoutSecrets(document as SeedDocument)))
    .digest('hex')
  return { ...resolution, document: document as SeedDocument, digest }
}

/** Removes top-level keys that begin with `x-`: they only hold blocks that YAML repeats elsewhere. */
function withoutShared(document: unknown): unknown {
  if (typeof document !== 'object' || document === null || Array.isArray(document)) return document
  if (!Object.keys(document).some((name) => name.startsWith('x-'))) return document
  return Object.fromEntries(Object.entries(document).filter(([name]) => !name.startsWith('x-')))
}

/** Throws a SeedError if the clock of a seed would start outside the range of a clock. */
export function checkStart({ clock }: ResolvedSeed, realNow: Timestamp) {
  if (isInRange(readClock(clock, realNow))) return
  throw new SeedError([
    { path: 'seed.clock.offset_ms', message: 'leads outside the range from 1970 to 9998-12-31T17:59:59Z' },
  ])
}
