import { readFileSync } from 'node:fs'
import { isBehavior, type Measured } from '../domain/behaviors.js'
import { SetupError } from '../domain/setup-error.js'
import { builtIn } from '../seed/built-in.js'
import { explainSystemError } from '../seed/file.js'
import type { SeedDocument } from '../seed/schema.js'

/** What a report of `verify` says about the real API. */
interface MeasuredReport {
  measured: Measured
  /** Adds the settings that were found to a seed, which may have others itself. No document means the built-in seed. */
  addTo: (document: unknown) => unknown
}

export function readMeasured(file: string): MeasuredReport {
  const { version, is_sandbox, date, settings, behaviors } = parse(file)
  const isReport =
    version === 1 &&
    typeof date === 'string' &&
    isRecord(settings) &&
    Array.isArray(behaviors) &&
    is_sandbox !== undefined
  if (!isReport) throw new SetupError(`${file} is not a report of opal-sandbox verify.`)
  if (is_sandbox !== false) {
    throw new SetupError(`${file} is about a sandbox. Only a report about the real API tells how that behaves.`)
  }
  const day = date.slice(0, 10)
  return {
    // A later version may know more behaviors.
    measured: new Map(behaviors.map(String).flatMap((id) => (isBehavior(id) ? [[id, day] as const] : []))),
    addTo(document) {
      const seed = document ?? builtIn
      // A mistake in the seed is reported when it is loaded.
      if (!isRecord(seed)) return seed
      const own = (seed as Partial<SeedDocument>).settings
      return { ...seed, settings: { ...settings, ...own } }
    },
  }
}

function parse(file: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(readFileSync(file, 'utf8'))
    return isRecord(value) ? value : {}
  } catch (error) {
    throw new SetupError(`Cannot read the report ${file}: ${explainSystemError(error)}.`)
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
