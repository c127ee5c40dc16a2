import { Type, type Static } from '@sinclair/typebox'
import { operations } from '../domain/operations.js'
import type { Met } from '../organization/journal.js'
import type { Catalog } from './catalog.js'

export const CoverageSchema = Type.Object(
  {
    results: Type.Array(
      Type.Object(
        {
          operation: Type.String({ description: 'The operation.' }),
          method: Type.String({ description: 'Its method.' }),
          path: Type.String({ description: 'Its path.' }),
          statuses: Type.Record(Type.String(), Type.Integer(), { description: 'How often each status was returned.' }),
        },
        { additionalProperties: false },
      ),
    ),
    not_simulated: Type.Array(
      Type.Object(
        {
          operation: Type.String({ description: 'The operation.' }),
          method: Type.String({ description: 'Its method.' }),
          path: Type.String({ description: 'Its path.' }),
          statuses: Type.Record(Type.String(), Type.Integer(), {
            description: 'How often each status was returned: 501, or what a rule said.',
          }),
        },
        { additionalProperties: false },
      ),
      { description: 'Operations that were called although they are not simulated.' },
    ),
    never_met: Type.Array(Type.String(), { description: 'Operation and status, such as `update_group_user 404`.' }),
    unrouted: Type.Array(
      Type.Object(
        { method: Type.String(), path: Type.String(), count: Type.Integer() },
        { additionalProperties: false },
      ),
      { description: 'Calls that matched no operation of the API, such as those of a base URL without /v1.' },
    ),
  },
  {
    title: 'Coverage',
    description: 'Which operations and statuses occurred, and which did not.',
    additionalProperties: false,
    alsoAs: 'text/markdown',
  },
)

export type CoverageReport = Static<typeof CoverageSchema>

/** Counts what occurred of all operations and statuses in openapi.yaml. */
export function measureCoverage(catalog: Catalog['operations'], met: Met): CoverageReport {
  const simulated = operations.filter((operation) => operation.simulated)
  const results = simulated.map(({ id, method, path }) => {
    const named = catalog.get(id)?.statuses ?? []
    const all = [...new Set([...named, ...met.statusesMet(id)])].sort((a, b) => a - b)
    const counts = all.map((status) => [String(status), met.timesMet(id, status)] as const)
    return { operation: id, method, path: `/v1${path}`, statuses: Object.fromEntries(counts) }
  })
  const never_met = results.flatMap(({ operation, statuses }) =>
    Object.entries(statuses).flatMap(([status, count]) => (count === 0 ? [`${operation} ${status}`] : [])),
  )
  const not_simulated = operations
    .filter(({ simulated, id }) => !simulated && met.statusesMet(id).length > 0)
    .map(({ id, method, path }) => {
      const counts = met.statusesMet(id).map((status) => [String(status), met.timesMet(id, status)] as const)
      return { operation: id, method, path: `/v1${path}`, statuses: Object.fromEntries(counts) }
    })
  return { results, not_simulated, never_met, unrouted: met.unrouted() }
}

/** As a table in Markdown. */
export function writeCoverage({ results, not_simulated, never_met, unrouted }: CoverageReport): string {
  const rows = results.map(({ operation, method, path, statuses }) => {
    const met = Object.entries(statuses).filter(([, count]) => count > 0)
    const missed = Object.entries(statuses).filter(([, count]) => count === 0)
    return `| ${operation} | ${method} ${path} | ${list(met, writeCount)} | ${list(missed, ([status]) => status)} |`
  })
  return [
    `# Coverage: ${never_met.length} never met`,
    '',
    '| operation | call | met | never met |',
    '| --- | --- | --- | --- |',
    ...rows,
    '',
    ...not_simulated.map(
      ({ operation, method, path, statuses }) =>
        `- not simulated: ${operation}, ${method} ${path}: ${list(Object.entries(statuses), writeCount)}`,
    ),
    ...unrouted.map(({ method, path, count }) => `- matched no operation: ${method} ${path} (${count})`),
    ...(unrouted.length + not_simulated.length > 0 ? [''] : []),
  ].join('\n')
}

function list<Entry>(entries: Entry[], write: (entry: Entry) => string): string {
  return entries.length === 0 ? '-' : entries.map(write).join(', ')
}

function writeCount([status, count]: [string, number]): string {
  return `${status} (${count})`
}
