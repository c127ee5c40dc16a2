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
  /** The sandbox of the worker, which listens on a free port. */
  opalSandbox: Sandbox
  /** The options of `createSandbox`. */
  opalOptions: SandboxOptions
}

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
 * Options are a fixture too: `test.extend({ opalOptions: { seed: 'test/seed.yaml' } })`, or, for a whole project,
 * `provide: { opalOptions: { seed: 'test/seed.yaml' } }` in vitest's configuration.
 */
export const test = base.extend<OpalFixtures>({
  opalOptions: [{}, { scope: 'worker', injected: true }],
  opalSandbox: [
    async ({ opalOptions }, use) => {
      const sandbox = await createSandbox(opalOptions)
      await use(sandbox)
      await sandbox.close()
    },
    { scope: 'worker' },
  ],
  opal: async ({ opalSandbox, task, onTestFailed }, use) => {
    const opal = opalSandbox.newOrganization(task.name)
    onTestFailed(async () => {
      console.error(describe(opal, await opal.requests.list({ limit: maxPrinted })))
    })
    await use(opal)
  },
})

const maxPrinted = 10

function describe({ name, token, url, baseUrl }: Organization, requests: JournalEntry[]): string {
  if (requests.length === 0)
    return `No call reached ${name}: the code under test has to call ${baseUrl} with the token ${token}.`
  const page = `Open ${url}/#${name} for all of it, as long as the sandbox runs.`
  return [`The last calls to ${name}, oldest first:`, ...requests.flatMap(describeRequest), '', page].join('\n')
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
