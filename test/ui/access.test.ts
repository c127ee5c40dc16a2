import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { propagationStatuses, propagationStatusAt, type PropagationTimeline } from '../../src/domain/propagation.js'
import { formatDuration } from '../../src/schemas/duration.js'
import { happenings, nextEnd, statusAt, type Grant } from '../../src/ui/access.js'
import { readRoute, writeRoute } from '../../src/ui/route.js'
import { createScale, writeDistance } from '../../src/ui/time.js'

const grant: Grant = {
  key: 'g/u',
  group_id: 'g',
  group_name: 'Group',
  user_id: 'u',
  user_name: 'User',
  email: 'user@company.dev',
  level: '',
  level_id: '',
  endsAt: 10_000,
  pushedAt: 0,
  timeline: [{ status: 'PENDING', for: '5s' }, { status: 'SUCCESS' }],
}

describe('the page computes access as the sandbox does', () => {
  test('the propagation status at any time', () => {
    const step = fc.record({ status: fc.constantFrom(...propagationStatuses), for_ms: fc.nat(10_000_000) })
    const last = fc.record({ status: fc.constantFrom(...propagationStatuses) })
    fc.assert(
      fc.property(fc.array(step, { maxLength: 5 }), last, fc.integer({ min: -1e6, max: 6e7 }), (steps, end, at) => {
        const timeline: PropagationTimeline = [...steps, end]
        const written = timeline.map(({ status, for_ms }) => ({
          status,
          ...(for_ms !== undefined && { for: formatDuration(for_ms) }),
        }))
        expect(statusAt({ ...grant, timeline: written }, at)).toBe(propagationStatusAt(timeline, 0, at))
      }),
    )
  })

  test('access that was found in the remote system has no status', () => {
    expect(statusAt({ ...grant, pushedAt: undefined }, 1)).toBe(undefined)
  })

  test.each([
    [0, 4_999, []],
    [0, 5_000, ['Access of User to Group is now SUCCESS']],
    [5_000, 9_999, []],
    [5_000, 10_000, ['User lost access to Group']],
    [0, 20_000, ['Access of User to Group is now SUCCESS', 'User lost access to Group']],
    [10_000, 20_000, []],
    [20_000, 0, []],
  ])('what happens from %i to %i', (from, to, texts) => {
    expect(happenings([grant], from, to).map(({ text }) => text)).toEqual(texts)
  })

  test('the next end is that of access that has not ended yet', () => {
    const grants = [grant, { ...grant, endsAt: 20_000 }, { ...grant, endsAt: Infinity }]
    expect([0, 10_000, 20_000].map((now) => nextEnd(grants, now))).toEqual([10_000, 20_000, undefined])
  })
})

test('a scale shows its whole length, and what it reads at a position is there', () => {
  fc.assert(
    fc.property(fc.nat(4e10), fc.double({ min: 0, max: 1, noNaN: true }), (lastMs, position) => {
      const scale = createScale(lastMs)
      expect(scale.position(lastMs)).toBeLessThanOrEqual(1)
      expect(Math.abs(scale.position(scale.at(position)) - position)).toBeLessThan(0.01)
    }),
  )
})

test.each([
  [250, '250 ms'],
  [61_000, '1m 1s'],
  [3_600_000, '1h'],
  [90_061_000, '1d 1h'],
  [86_460_000, '1d'],
])('%i ms is %s', (ms, text) => {
  expect(writeDistance(ms)).toBe(text)
})

test.each([
  ['', { organization: 'default', view: 'calls', path: [] }],
  ['#org-a', { organization: 'org-a', view: 'calls', path: [] }],
  ['#org-a/state/groups/1', { organization: 'org-a', view: 'state', path: ['groups', '1'] }],
  ['#opal_sandbox_full_access/access', { organization: 'default', view: 'access', path: [] }],
  ['#org-A/%zz', { organization: 'default', view: 'calls', path: [] }],
])('the address %s is a place', (hash, route) => {
  expect(readRoute(hash)).toEqual(route)
  expect(readRoute(writeRoute(readRoute(hash)))).toEqual(route)
})
