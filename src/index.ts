// Loaded at once, since a test may have replaced the globals when it calls createSandbox.
import './globals.js'
import type { Sandbox } from './library/create-sandbox.js'
import type { AliasOf } from './library/ids.js'
import type { SandboxOptions } from './library/options.js'
import type { SeedSource } from './library/seed-source.js'
import { explainOldNode } from './node-version.js'

export type { ExpectedChange } from './library/changed.js'
export { ClientError, type ChangeRange, type RequestFilter } from './library/client.js'
export { connect } from './library/connect.js'
export type { Sandbox, SeededOrganization } from './library/create-sandbox.js'
export type { AliasOf } from './library/ids.js'
export type { ConnectOptions, SandboxLogger, SandboxOptions } from './library/options.js'
export type {
  DurationInput,
  Environment,
  FaultHandle,
  FaultRuleWithDurations,
  Organization,
  OrganizationClock,
} from './library/organization.js'
export type { SeedSource } from './library/seed-source.js'
export { SeedError } from './seed/seed-error.js'
export type * from './library/types.js'

/**
 * Starts a sandbox in this process and returns it once it listens. Rejects with a TypeError that names every invalid
 * option, with a `SeedError` that names every mistake of the seed, and with an Error if Node is too old; nothing stays
 * open then.
 *
 * ```ts
 * const sandbox = await createSandbox({ now: '2026-01-01T00:00:00Z' })
 * const { baseUrl, token, clock } = sandbox.organization()
 * // ... point the code under test at baseUrl and token, let it give access for an hour ...
 * await clock.advance('61m')
 * await sandbox.close()
 * ```
 */
export async function createSandbox<S extends SeedSource = SeedSource>(
  options: SandboxOptions & { seed?: S | undefined } = {},
): Promise<Sandbox<AliasOf<S>>> {
  const explanation = explainOldNode()
  if (explanation !== undefined) throw new Error(`opal-sandbox: ${explanation}`)
  // An old Node cannot even load this module: names that it imports are missing there.
  const { startSandbox } = await import('./library/create-sandbox.js')
  return startSandbox(options)
}
