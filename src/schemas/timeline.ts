import { Type } from '@sinclair/typebox'
import { propagationStatuses, type PropagationStatusName, type PropagationTimeline } from '../domain/propagation.js'
import { show } from './check.js'
import { formatDuration, parseDurationMs } from './duration.js'
import type { Report } from './report.js'
import { Enum } from './types.js'

const closed = { additionalProperties: false }

export const Duration = (description: string) =>
  Type.String({ expects: 'a duration such as 5s, 61m or 1h30m', description, examples: ['5s'] })

export const TimelineSchema = Type.Array(
  Type.Object(
    {
      status: Enum(propagationStatuses, { description: 'The propagation status.' }),
      for: Type.Optional(Duration('How long the status lasts; the last one lasts forever.')),
    },
    closed,
  ),
  {
    title: 'Timeline',
    minItems: 1,
    maxItems: 100,
    description: 'The statuses that a change goes through as it propagates to the remote system.',
    examples: [[{ status: 'PENDING', for: '5s' }, { status: 'SUCCESS' }]],
  },
)

export interface StepDocument {
  status: PropagationStatusName
  for?: string
}

/** Converts a timeline to its stored form: JSON with milliseconds. */
export function readTimeline(report: Report, path: string, steps: StepDocument[] | null | undefined): string | null {
  if (!steps) return null
  const timeline: PropagationTimeline = steps.map((step, index) => {
    const isLast = index === steps.length - 1
    const place = `${path}[${index}].for`
    if (step.for === undefined) {
      if (!isLast) report(place, 'is required: how long this status lasts, such as 5s')
      return { status: step.status }
    }
    if (isLast) report(place, 'is not allowed here: the last status lasts forever')
    return { status: step.status, for_ms: readDuration(report, place, step.for) }
  })
  return JSON.stringify(timeline)
}

export function writeTimeline(kept: string): StepDocument[] {
  return (JSON.parse(kept) as PropagationTimeline).map(({ status, for_ms }) => ({
    status,
    ...(for_ms !== undefined && { for: formatDuration(for_ms) }),
  }))
}

export function readDuration(report: Report, path: string, text: string): number {
  const ms = parseDurationMs(text)
  if (ms === undefined) report(path, `expected a duration such as 5s, 61m or 1h30m, got ${show(text)}`)
  return ms ?? 0
}
