import { createHash } from 'node:crypto'
import { isInRange, readClock, type Timestamp } from '../domain/clock.js'
import { createSchemaCheck } from '../schemas/check.js'
import { gather } from '../schemas/report.js'
import { findTextProblems } from '../schemas/text.js'
import { createUuidNormalizer } from '../schemas/uuids.js'
import { addMagic, builtIn } from './built-in.js'
import { resolveSeed, type Resolution } from './resolve.js'
import { SeedDocument } from './schema.js'
import { SeedError } from './seed-error.js'
import { wellFormed } from './well-formed.js'

/** A seed that was checked and resolved, ready to be applied to any organization at any time. */
export interface ResolvedSeed extends Resolution {
  /** The document that it was made from. */
  document: SeedDocument
  /** The same for two seeds that are the same document. */
  digest: string
}

const maxProblems = 20

export function loadDefaultSeed(): ResolvedSeed {
  return loadSeed(builtIn)
}

/**
 * Checks a seed (parsed YAML, JSON, or an object) and resolves its aliases. Throws a SeedError that lists everything that
 * is wrong with it; the path of each problem begins with `root`.
 */
export function loadSeed(given: unknown, root = 'seed'): ResolvedSeed {
  const document = withoutShared(given)
  const textProblems = findTextProblems(document, root, maxProblems)
  if (textProblems.length > 0) throw new SeedError(textProblems)
  const check = createSchemaCheck(SeedDocument)
  const problems = check.isValid(document) ? [] : check.problems(document, root, maxProblems)
  const report = gather(problems, maxProblems, `${root}.`)
  // The well-formed part is resolved all the same, so that one error lists problems of form and of sense.
  const readable = problems.length === 0 ? (document as SeedDocument) : wellFormed(document)
  const normalizeUuids = createUuidNormalizer(SeedDocument)
  const resolution = readable && resolveSeed(report, addMagic(report, normalizeUuids(readable)))
  if (problems.length > 0 || !resolution) throw new SeedError(problems)
  const digest = createHash('sha256').update(JSON.stringify(document)).digest('hex')
  return { ...resolution, document: document as SeedDocument, digest }
}

/** Top-level keys that begin with `x-` hold blocks for YAML to repeat elsewhere; here they mean nothing. */
function withoutShared(document: unknown): unknown {
  if (typeof document !== 'object' || document === null || Array.isArray(document)) return document
  if (!Object.keys(document).some((name) => name.startsWith('x-'))) return document
  return Object.fromEntries(Object.entries(document).filter(([name]) => !name.startsWith('x-')))
}

/** Throws a SeedError if the clock of a seed would start outside of the years that a clock can show. */
export function checkStart({ clock }: ResolvedSeed, realNow: Timestamp) {
  if (isInRange(readClock(clock, realNow))) return
  throw new SeedError([{ path: 'seed.clock.offset_ms', message: 'leads outside the years 1970 to 9998' }])
}
