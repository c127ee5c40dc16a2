import { writeHar, type Har } from '../schemas/har.js'
import { relations } from './probe.js'
import { createRedactor, origin } from './redact.js'
import { behaviorsOf, exitCodeOf, settingsOf, type Comparison, type VerifyOutcome, type Verdict } from './run.js'

/** A report, without any data of the organization. `start --measured` reads it. */
export interface VerifyReport {
  version: 1
  tool: string
  target: string
  date: string
  level: string
  /** Whether it was a sandbox that was asked, and not Opal. */
  is_sandbox: boolean
  calls: number
  result: 'agrees' | 'differs' | 'could not ask'
  readings: ReportedReading[]
  shapes: ReportedComparison[]
  values: ReportedComparison[]
  troubles: string[]
  /** The settings of a sandbox that does the same. */
  settings: Record<string, string | number>
  /** The behaviors that were seen. */
  behaviors: string[]
}

interface ReportedReading {
  probe: string
  asks: string
  level: string
  verdict: Verdict
  reading?: string
  expected: string
  saw: string
  setting?: string
  settles: string[]
  calls: number
}

interface ReportedComparison {
  what: string
  compared: number
  problems: string[]
}

/** Messages of an API can be long. */
const maxLength = 200

const results = ['agrees', 'could not ask', 'differs'] as const

export function createReport(outcome: VerifyOutcome, version: string, date: string) {
  const redactor = createRedactor(outcome.own)
  // First, so that names in messages are known by then.
  const har = createTape(outcome, version)
  const report: VerifyReport = {
    version: 1,
    tool: `opal-sandbox ${version}`,
    target: origin(new URL(outcome.target)),
    date,
    level: outcome.level,
    is_sandbox: outcome.isSandbox,
    calls: outcome.calls,
    result: results[exitCodeOf(outcome)],
    readings: outcome.findings.map(({ probe, verdict, reading, expected, saw, calls }) => ({
      probe: probe.name,
      asks: probe.asks,
      level: probe.level,
      verdict,
      ...(reading !== undefined && { reading }),
      expected,
      saw: redactor.sentence(saw).slice(0, maxLength),
      ...(probe.setting !== undefined && { setting: probe.setting }),
      settles: [...new Set(Object.values(probe.readings).flat())],
      calls,
    })),
    shapes: [...outcome.shapes].map(([what, comparison]) => reportComparison(what, comparison)),
    values: [...outcome.values].map(([what, comparison]) => reportComparison(relations[what], comparison)),
    troubles: outcome.troubles.map(redactor.sentence),
    settings: settingsOf(outcome),
    behaviors: behaviorsOf(outcome),
  }
  return { report, har }

  function reportComparison(what: string, { count, problems }: Comparison): ReportedComparison {
    return { what, compared: count, problems: problems.map(redactor.sentence) }
  }

  function createTape({ tape }: VerifyOutcome, version: string): Har {
    const calls = tape.map(({ method, template, params, query, body, startedAt, durationMs, answer }) => ({
      startedAt,
      durationMs,
      method,
      url: `${origin(new URL(outcome.target))}/v1${redactor.path(template, params, query)}`,
      headers: body ? { 'content-type': body.type } : {},
      ...(body && { body: redactor.body(body.content) }),
      ...(answer && {
        answer: {
          status: answer.status,
          headers: redactor.headers(answer.headers),
          text: redactor.body(answer.text),
        },
      }),
    }))
    return writeHar(calls, version)
  }
}

/** A report as Markdown. */
export function writeMarkdown(report: VerifyReport): string {
  const { tool, target, date, level, calls, result, readings, shapes, values, troubles, settings } = report
  const cell = (text: string) => text.replaceAll('|', '\\|').replaceAll(/\s+/g, ' ')
  const table = (rows: string[][]) => rows.map((row) => `| ${row.map(cell).join(' | ')} |`).join('\n')
  const comparisons = (rows: ReportedComparison[]) =>
    table([
      ['what', 'compared', 'problems'],
      ['---', '---', '---'],
      ...rows.map(({ what, compared, problems }) => [what, String(compared), problems.join('; ') || 'none']),
    ])
  return [
    `# ${target}: ${result}`,
    `${tool}, ${date}, level ${level}, ${calls} calls.`,
    ...troubles.map((trouble) => `**${trouble}**`),
    '## Readings',
    table([
      ['probe', 'verdict', 'reading', 'expected', 'came', 'setting'],
      ['---', '---', '---', '---', '---', '---'],
      ...readings.map(({ probe, verdict, reading = '', expected, saw, setting = '' }) => [
        ...[probe, verdict, reading, expected, saw, setting],
      ]),
    ]),
    '## Shapes',
    comparisons(shapes),
    '## Values',
    comparisons(values),
    '## Settings',
    Object.entries(settings)
      .map(([name, value]) => `- \`${name}: ${value}\``)
      .join('\n'),
  ]
    .join('\n\n')
    .concat('\n')
}

/** A report as JUnit XML: a test case for each reading and each comparison. */
export function writeJunit({ target, date, readings, shapes, values, troubles }: VerifyReport): string {
  const cases = [
    ...readings.map(({ probe, verdict, reading = 'none', expected, saw }) => ({
      suite: 'readings',
      name: probe,
      ...(verdict === 'differs' && { failure: `expected ${expected}, read ${reading}: ${saw}` }),
      ...(verdict === 'instrument' && { error: saw }),
      ...(verdict === 'not asked' && { skipped: saw }),
    })),
    ...Object.entries({ shapes, values }).flatMap(([suite, rows]) =>
      rows.map(({ what, problems }) => ({
        suite,
        name: what,
        ...(problems.length > 0 && { failure: problems.join('\n') }),
      })),
    ),
    ...troubles.map((trouble) => ({ suite: 'run', name: 'the run is complete', error: trouble })),
  ]
  const count = (kind: 'failure' | 'error' | 'skipped') => cases.filter((one) => kind in one).length
  const lines = cases.map(({ suite, name, ...outcome }) => {
    const open = `    <testcase classname="${escapeXml(suite)}" name="${escapeXml(name)}"`
    const [kind, message] = Object.entries(outcome)[0] ?? []
    if (kind === undefined) return `${open}/>`
    return `${open}><${kind} message="${escapeXml(String(message))}"/></testcase>`
  })
  const attributes = `tests="${cases.length}" failures="${count('failure')}" errors="${count('error')}" skipped="${count('skipped')}"`
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<testsuites>',
    `  <testsuite name="opal-sandbox verify ${escapeXml(target)}" timestamp="${date}" ${attributes}>`,
    ...lines,
    '  </testsuite>',
    '</testsuites>',
    '',
  ].join('\n')
}

function escapeXml(text: string): string {
  return text
    .replaceAll(/[^\t\n\u0020-\ud7ff\ue000-\ufffd]/g, '')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll('\n', '&#10;')
}
