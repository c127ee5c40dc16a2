import { isDeepStrictEqual } from 'node:util'
import { expect, test as base } from 'vitest'
import {
  createSandbox,
  type ChangeRange,
  type ErrorBody,
  type ExpectedChange,
  type JournalEntry,
  type Organization,
  type Sandbox,
  type SandboxOptions,
  type SeededOrganization,
} from './index.js'
import { alignChanges, describeChange, shorten } from './library/changed.js'

declare module 'vitest' {
  // For `provide` in a configuration file.
  interface ProvidedContext {
    opalOptions: SandboxOptions
  }

  interface Matchers<T> {
    /**
     * Passes if the calls to an organization changed exactly these rows, in any order. An expected change names as much as
     * matters. Moves of the clock and settings only count if the list names them.
     *
     * ```ts
     * await expect(opal).toHaveChanged([{ noun: 'group_user', change: 'updated', after: { expiration_date: null } }])
     * ```
     */
    toHaveChanged: (
      expected: readonly ExpectedChange[],
      range?: ChangeRange,
    ) => T extends Organization ? Promise<void> : never
  }
}

expect.extend({
  async toHaveChanged({ changes }: Organization, expected: readonly ExpectedChange[], range?: ChangeRange) {
    const actual = alignChanges(await changes(range), expected, (a, b) => this.equals(a, b))
    return {
      pass: this.equals(actual, expected),
      actual,
      expected,
      message: () =>
        this.isNot ? 'the calls changed just that' : 'the calls changed other rows, or changed them otherwise',
    }
  },
})

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

function describe({ name, token, url, baseUrl }: Organization, requests: JournalEntry[]): string {
  if (requests.every(({ url }) => url.startsWith('/_sandbox/')))
    return `No call reached ${name}: the code under test has to call ${baseUrl} with the token ${token}.`
  const page = `Open ${url}/#${name} for all of it, as long as the sandbox runs.`
  return [`The last calls to ${name}, oldest first:`, ...requests.flatMap(describeRequest), '', page].join('\n')
}

function describeRequest(entry: JournalEntry): string[] {
  const { method, url, body, status, why, hint, ignored } = entry
  return [
    '',
    `${method} ${url}${body === undefined ? '' : ` ${shorten(JSON.stringify(body))}`}`,
    // For a call that succeeded, the deciding step is enough.
    `  ${status ?? 'cut off'}: ${(status !== undefined && status < 300 ? why.slice(-1) : why).join(', ')}`,
    ...problemsOf(entry).map(({ path, message }) => `  ${path} ${message}`),
    ...(entry.changes ?? []).map((change) => `  ${describeChange(change)}`),
    ...(ignored ? [`  without effect: ${ignored.join(', ')}`] : []),
    ...(hint === undefined ? [] : [`  hint: ${hint}`]),
  ]
}

/** Every problem of the call. */
function problemsOf({ rule, answer, answer_cut }: JournalEntry) {
  return rule === 'INVALID_REQUEST' && !answer_cut ? ((answer as ErrorBody).errors ?? []) : []
}
