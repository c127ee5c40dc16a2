import { test as base } from 'vitest'
import {
  createSandbox,
  type ErrorBody,
  type JournalEntry,
  type Organization,
  type Sandbox,
  type SandboxOptions,
} from './index.js'

declare module 'vitest' {
  // For `provide` in a configuration file.
  interface ProvidedContext {
    opalOptions: SandboxOptions
  }
}

/** What `test` brings beside vitest's own fixtures. */
export interface OpalFixtures {
  /** An organization of this test alone, so that tests may run at once and none needs a reset. */
  opal: Organization
  /** The sandbox that it is in, which listens on a free port: one for all tests of a worker. */
  opalSandbox: Sandbox
  /** How the sandbox is created, as for `createSandbox`. */
  opalOptions: SandboxOptions
}

/**
 * vitest's `test` with a fixture `opal`: an organization of the test's own, on a sandbox that the tests of a worker
 * share. Where a test fails, the last calls that it made (up to ten) are printed with what led to their answers.
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
    const opal = opalSandbox.organization(nameAfter(task.name))
    onTestFailed(async () => {
      console.error(describe(opal, await opal.requests.list({ limit: maxPrinted })))
    })
    await use(opal)
  },
})

const maxPrinted = 10

/** A name that can be told, and that no other test has: neither one of the same name nor this one when it is tried again. */
function nameAfter(test: string): string {
  const words = test.toLowerCase().match(/[a-z0-9]+/g) ?? []
  return [...words.join('-').slice(0, 50).split('-'), crypto.randomUUID().slice(0, 8)].filter(Boolean).join('-')
}

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
    // Of a call that succeeded, what decided is enough.
    `  ${status ?? 'cut off'}: ${(status !== undefined && status < 300 ? why.slice(-1) : why).join(', ')}`,
    ...problemsOf(entry).map(({ path, message }) => `  ${path} ${message}`),
    ...(ignored ? [`  without effect: ${ignored.join(', ')}`] : []),
    ...(hint === undefined ? [] : [`  hint: ${hint}`]),
  ]
}

/** Each thing that was wrong with the call. */
function problemsOf({ rule, answer, answer_cut }: JournalEntry) {
  return rule === 'INVALID_REQUEST' && !answer_cut ? ((answer as ErrorBody).errors ?? []) : []
}

function shorten(body: unknown): string {
  const text = JSON.stringify(body)
  return text.length > 200 ? `${text.slice(0, 200)}...` : text
}
