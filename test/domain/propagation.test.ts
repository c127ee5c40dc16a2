import { expect, test } from 'vitest'
import {
  propagationStatusAt,
  propagationStatuses,
  type PropagationStatusName,
  type PropagationTimeline,
} from '../../src/domain/propagation.js'

const pushedAt = Date.parse('2022-01-23T03:56:07.000Z')

const steps: PropagationTimeline = [
  { status: 'PENDING', for_ms: 5000 },
  { status: 'ERR_REMOTE_THROTTLE', for_ms: 1 },
  { status: 'PENDING_TICKET_CREATION', for_ms: 0 },
  { status: 'SUCCESS' },
]

test.each<[timeline: PropagationTimeline, since: number, status: PropagationStatusName]>([
  [steps, -1_000_000_000, 'PENDING'],
  [steps, -1, 'PENDING'],
  [steps, 0, 'PENDING'],
  [steps, 4999, 'PENDING'],
  [steps, 5000, 'ERR_REMOTE_THROTTLE'],
  [steps, 5001, 'SUCCESS'],
  [steps, 1_000_000_000_000, 'SUCCESS'],
  [[{ status: 'ERR_TIMEOUT' }], -1, 'ERR_TIMEOUT'],
  [[{ status: 'ERR_TIMEOUT' }], 0, 'ERR_TIMEOUT'],
  [[{ status: 'ERR_TIMEOUT' }], 1, 'ERR_TIMEOUT'],
  [[{ status: 'PENDING', for_ms: 0 }, { status: 'ERR_UNKNOWN' }], 0, 'ERR_UNKNOWN'],
])('the timeline %j, %i ms after the push, is at %s', (timeline, since, status) => {
  expect(propagationStatusAt(timeline, pushedAt, pushedAt + since)).toBe(status)
})

test('there are 23 distinct statuses', () => {
  expect(new Set(propagationStatuses).size).toBe(23)
  expect(propagationStatuses).toHaveLength(23)
})
