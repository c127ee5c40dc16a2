import { appendFile, writeFile } from 'node:fs/promises'
import { SetupError } from '../domain/setup-error.js'
import type { ChangeSum, Coverage, JournalEntry, Sandbox, Violation } from '../index.js'
import { describeChange } from '../library/changed.js'
import { createClient } from '../library/client.js'
import type { Requirement } from './options.js'

/** What a run of `exec` did. */
interface Run {
  /** The status of the command itself. */
  status: number
  organizations: { name: string; requests: JournalEntry[]; changes: ChangeSum }[]
  coverage: Coverage
  required: (Requirement & { isMet: boolean })[]
  forbidden: readonly string[]
  violations: Violation[]
}

/** Writes each report in the form that the name of its file says, and GitHub's summary of a step if it asks for one. */
export async function writeReports(files: string[], summaryFile: string | undefined, run: Run) {
  try {
    for (const file of files) await writeFile(file, file.endsWith('.xml') ? writeJunit(run) : writeMarkdown(run))
    if (summaryFile) await appendFile(summaryFile, writeMarkdown(run))
  } catch (error) {
    throw new SetupError(`Cannot write the report: ${(error as Error).message}`)
  }
}

/** What the journals of all organizations still hold. */
export async function readOrganizations(sandbox: Sandbox): Promise<Run['organizations']> {
  const { url, fetch } = sandbox
  const listed = await createClient({ url, fetch, token: sandbox.organization().token }).listOrganizations()
  return Promise.all(
    listed.map(async ({ name }) => {
      const { token } = sandbox.organization(name === 'default' ? undefined : name.replace(/^org-/, ''))
      const client = createClient({ url, fetch, token })
      return { name, requests: await client.listRequests(), changes: await client.getChanges() }
    }),
  )
}

/** Of one organization. GitHub shows at most 1 MiB. */
const maxRows = 200

function writeMarkdown({ status, organizations, coverage, required, violations }: Run): string {
  const missed = required.filter(({ isMet }) => !isMet)
  const called = coverage.results.filter(({ statuses }) => Object.values(statuses).some((count) => count > 0))
  return [
    '# opal-sandbox',
    `The command ended with status ${status}.`,
    ...(missed.length > 0 ? ['## Required, but never met', ...missed.map((one) => `- ${nameOf(one)}`)] : []),
    ...(violations.length > 0
      ? [
          '## Forbidden, but done',
          table(
            ['rule', 'organization', 'call', 'what'],
            violations.map((one) => [
              one.rule,
              one.organization,
              `${one.request_id} ${one.operation}`,
              describeViolation(one),
            ]),
          ),
        ]
      : []),
    ...organizations.flatMap(writeOrganization),
    '## Coverage',
    called.length === 0
      ? 'Nothing was called.'
      : table(
          ['operation', 'met', 'never met'],
          called.map(({ operation, statuses }) => [
            operation,
            writeStatuses(statuses, (count) => count > 0),
            writeStatuses(statuses, (count) => count === 0),
          ]),
        ),
    '',
  ].join('\n\n')
}

function writeOrganization({ name, requests, changes }: Run['organizations'][number]): string[] {
  if (requests.length === 0) return []
  const { results, complete } = changes
  return [
    `## Calls to ${name}`,
    table(
      ['request', 'at', 'status', 'call', 'why'],
      requests.map(({ request_id, at, status, method, url, why }) => [
        ...[request_id, at, String(status ?? 'closed'), `${method} ${url}`],
        why.at(-1) ?? '',
      ]),
    ),
    `## Changes of ${name}`,
    ...(complete ? [] : ['The journal no longer holds all calls: some changes are missing.']),
    results.length === 0
      ? 'Nothing has changed.'
      : table(
          ['change'],
          results.map((one) => [describeChange(one)]),
        ),
  ]
}

function table(heading: string[], rows: string[][]): string {
  const lines = [heading, heading.map(() => '---'), ...rows.slice(0, maxRows)]
  const rest = rows.length > maxRows ? [`\n${rows.length - maxRows} more are left out.`] : []
  return [...lines.map((cells) => `| ${cells.map(escapeCell).join(' | ')} |`), ...rest].join('\n')
}

function escapeCell(text: string): string {
  return text
    .replaceAll(/[\\|*_`~[\]]/g, '\\$&')
    .replaceAll('<', '&lt;')
    .replaceAll(/\p{Cc}+/gu, ' ')
}

function writeStatuses(statuses: Record<string, number>, isShown: (count: number) => boolean): string {
  const shown = Object.entries(statuses).filter(([, count]) => isShown(count))
  return shown.map(([status, count]) => (count > 0 ? `${status} (${count})` : status)).join(', ') || '-'
}

interface TestCase {
  name: string
  classname: string
  seconds?: number
  failure?: string | undefined
  output?: string
}

/** In the form of JUnit, which CI servers show: what was required and forbidden can fail, calls cannot. */
function writeJunit({ status, organizations, required, forbidden, violations }: Run): string {
  const rules = [...new Set([...forbidden, ...violations.map(({ rule }) => rule)])]
  const suites: [name: string, cases: TestCase[]][] = [
    ['command', [testCase('command', 'ends with status 0', status !== 0 && `It ended with status ${status}.`)]],
    ['required', required.map((one) => testCase('required', nameOf(one), !one.isMet && 'It was never met.'))],
    [
      'forbidden',
      rules.map((rule) => {
        const broken = violations.filter((one) => one.rule === rule).map(describeWithCall)
        return testCase('forbidden', rule, broken.length > 0 && broken.join('\n'))
      }),
    ],
    ...organizations.map(({ name, requests }): [string, TestCase[]] => [
      `calls to ${name}`,
      requests.map(({ request_id, operation = 'none', method, url, status, duration_ms, why, changes = [] }) => ({
        name: `${request_id} ${method} ${url}: ${status ?? 'closed'}`,
        classname: operation,
        seconds: duration_ms / 1000,
        output: [...why, ...changes.map(describeChange)].join('\n'),
      })),
    ]),
  ]
  const shown = suites.filter(([, cases]) => cases.length > 0)
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="opal-sandbox">\n${shown.map(writeSuite).join('')}</testsuites>\n`
}

function testCase(classname: string, name: string, failure: string | false): TestCase {
  return { classname, name, failure: failure === false ? undefined : failure }
}

function writeSuite([name, cases]: [string, TestCase[]]): string {
  const failures = cases.filter(({ failure }) => failure !== undefined).length
  const attributes = `name="${escapeXml(name)}" tests="${cases.length}" failures="${failures}"`
  return `  <testsuite ${attributes}>\n${cases.map(writeCase).join('')}  </testsuite>\n`
}

function writeCase({ name, classname, seconds = 0, failure, output }: TestCase): string {
  const attributes = `classname="${escapeXml(classname)}" name="${escapeXml(name)}" time="${seconds.toFixed(3)}"`
  const children = [
    ...(failure === undefined ? [] : [`<failure message="${escapeXml(failure)}"/>`]),
    ...(output === undefined ? [] : [`<system-out>${escapeXml(output)}</system-out>`]),
  ]
  return `    <testcase ${attributes}>${children.join('')}</testcase>\n`
}

/** XML has no way to write control characters and lone surrogates. */
function escapeXml(text: string): string {
  return text
    .toWellFormed()
    .replaceAll(/(?![\t\n])\p{Cc}|[\ufffe\uffff]/gu, '\ufffd')
    .replaceAll(/[<>&"\t\n]/g, (character) => `&#${character.charCodeAt(0)};`)
}

function nameOf({ operation, status }: Requirement): string {
  return `${operation} ${status}`
}

function describeViolation({ noun, key, message }: Violation): string {
  return `${message}: ${[noun, ...Object.values(key)].join(' ')}`
}

/** A violation with its call. */
export function describeWithCall(violation: Violation): string {
  return `${violation.request_id} ${violation.operation} ${describeViolation(violation)}`
}
