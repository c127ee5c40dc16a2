import { isDeepStrictEqual } from 'node:util'
import { test as base } from 'vitest'
import {
  createSandbox,
  type Change,
  type ErrorBody,
  type JournalEntry,
  type Organization,
  type Sandbox,
  type SandboxOptions,
  type SeededOrganization,
} from './index.js'

declare module 'vitest' {
  // For `provide` in a configuration file.
  interface ProvidedContext {
    opalOptions: SandboxOptions
  }
}

/** The fixtures that `test` adds to vitest's own. */
export interface OpalFixtures {
  /** An organization of this test alone, so that tests can run in parallel and none needs a reset. */
  opal: SeededOrganization
  /** The sandbox, which listens on a free port. The tests of a worker share it. */
  opalSandbox: Sandbox
  /** The options of `createSandbox`. */
  opalOptions: SandboxOptions
}

interface WorkerFixtures {
  /** Returns the worker's sandbox with these options. */
  openOpalSandbox: (options: SandboxOptions) => Promise<Sandbox>
}

const worker = base.extend<WorkerFixtures>({
  openOpalSandbox: [
    // Vitest reads from the pattern which fixtures this one needs.
    async ({}, use) => {
      const opened: { options: SandboxOptions; sandbox: Promise<Sandbox> }[] = []
      await use((options) => {
        const same = opened.find((one) => isDeepStrictEqual(one.options, options))
        if (same) return same.sandbox
        const sandbox = createSandbox(options)
        opened.push({ options, sandbox })
        return sandbox
      })
      // The tests have already reported a sandbox that did not start.
      const outcomes = await Promise.allSettled(opened.map(({ sandbox }) => sandbox))
      const started = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []))
      await Promise.all(started.map((sandbox) => sandbox.close()))
    },
    { scope: 'worker' },
  ],
})

/**
 * vitest's `test` with a fixture `opal`: an organization of the test's own, on a sandbox that the tests of a worker
 * share. If a test fails, its last calls (up to ten) are printed with the reasons for their answers and what they changed.
 *
 * ```ts
 * import { test } from 'opal-sandbox/vitest'
 *
 * test('access ends after an hour', async ({ opal }) => {
 *   await giveAccess({ baseUrl: opal.baseUrl, token: opal.token, minutes: 60 })
 *   const { expired } = await opal.clock.advance('61m')
 *   expect(expired).toHaveLength(1)
 * })
 * ```
 *
 * `opalTest` makes one with options; `provide: { opalOptions: { seed: 'test/seed.yaml' } }` in vitest's configuration
 * sets those of a whole project.
 */
export const test = opalTest()

/**
 * Like `test`, with options of `createSandbox` for the tests that use it, instead of those of the configuration:
 *
 * ```ts
 * const test = opalTest({ now: '2026-01-01T00:00:00Z' })
 * ```
 */
export function opalTest(options?: SandboxOptions) {
  return worker.extend<OpalFixtures>({
    opalOptions: options ?? [{}, { scope: 'worker', injected: true }],
    // Of the test and not of the worker: vitest 3 keeps a worker's fixtures by name, whatever their options are.
    opalSandbox: async ({ opalOptions, openOpalSandbox }, use) => use(await openOpalSandbox(opalOptions)),
    opal: async ({ opalSandbox, task, onTestFailed }, use) => {
      const opal = opalSandbox.newOrganization(task.name)
      onTestFailed(async () => {
        console.error(describe(opal, await opal.requests.list({ limit: maxPrinted })))
      })
      await use(opal)
    },
  })
}

const maxPrinted = 10

function describe({ name, token, baseUrl }: Organization, requests: JournalEntry[]): string {
  if (requests.length === 0)
    return `No call reached ${name}: the code under test has to call ${baseUrl} with the token ${token}.`
  return [`The last calls to ${name}, oldest first:`, ...requests.flatMap(describeRequest)].join('\n')
}

function describeRequest(entry: JournalEntry): string[] {
  const { method, url, body, status, why, hint, ignored } = entry
  return [
    '',
    `${method} ${url}${body === undefined ? '' : ` ${shorten(body)}`}`,
    // For a call that succeeded, the deciding step is enough.
    `  ${status ?? 'cut off'}: ${(status !== undefined && status < 300 ? why.slice(-1) : why).join(', ')}`,
    ...problemsOf(entry).map(({ path, message }) => `  ${path} ${message}`),
    ...(entry.changes ?? []).map((change) => `  ${describeChange(change)}`),
    ...(ignored ? [`  without effect: ${ignored.join(', ')}`] : []),
    ...(hint === undefined ? [] : [`  hint: ${hint}`]),
  ]
}

function describeChange({ noun, key, change, before = {}, after = {} }: Change): string {
  const name = [noun, ...Object.values(key)].join(' ')
  if (change !== 'updated') return `${change} ${name} ${shorten(change === 'created' ? after : before)}`
  const fields = Object.keys({ ...before, ...after })
  const show = (value: unknown) => (value === undefined ? 'nothing' : shorten(value))
  return `${change} ${name}: ${fields.map((field) => `${field} ${show(before[field])} -> ${show(after[field])}`).join(', ')}`
}

/** Every problem of the call. */
function problemsOf({ rule, answer, answer_cut }: JournalEntry) {
  return rule === 'INVALID_REQUEST' && !answer_cut ? ((answer as ErrorBody).errors ?? []) : []
}

function shorten(body: unknown): string {
  const text = JSON.stringify(body)
  return text.length > 200 ? `${text.slice(0, 200)}...` : text
}
