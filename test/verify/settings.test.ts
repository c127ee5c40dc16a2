import { readFileSync, existsSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { behaviors } from '../../src/domain/behaviors.js'
import { isRefusalCode } from '../../src/domain/refusal.js'
import { defaultSettings, switches, type OrganizationSettings } from '../../src/domain/settings.js'
import { refusals } from '../../src/http/errors.js'
import { behaviorsOf, exitCodeOf, notAsked, probes, readCalls, settingsOf } from '../../src/verify/run.js'
import { runningSandbox, verifyTarget } from './verifying.js'

const flips: Partial<OrganizationSettings>[] = [
  ...Object.entries(switches).flatMap(([name, [, ...others]]) => others.map((value) => ({ [name]: value }))),
  { max_duration_minutes: 153_722_867 },
]
const allFlipped = flips.reduce((all, flip) => ({ ...all, ...flip }), {})
const cases: [string, Partial<OrganizationSettings>][] = [
  ['the default settings', {}],
  ...flips.map((flip): [string, Partial<OrganizationSettings>] => [JSON.stringify(flip), flip]),
  ['every setting flipped', allFlipped],
]

const askedSettings = new Set(probes.flatMap(({ setting }) => setting ?? []))
const asked = (settings: Partial<OrganizationSettings>) =>
  Object.fromEntries(Object.entries(settings).filter(([name]) => askedSettings.has(name as keyof typeof settings)))

describe('a sandbox with', () => {
  test.each(cases)('%s is read as it is, and nothing is left behind', async (_, flip) => {
    const settings = { ...defaultSettings, ...flip }
    const { target, agent } = await runningSandbox(flip)
    const outcome = await verifyTarget(target)
    const differing = outcome.findings.filter(({ reading, expected }) => reading !== expected)
    expect(settingsOf(outcome)).toEqual(asked(settings))
    expect(outcome.findings.filter(({ probe, calls }) => calls > probe.calls)).toEqual([])
    expect(outcome.findings.filter(({ verdict }) => !['agrees', 'differs'].includes(verdict))).toEqual([])
    expect(differing.filter(({ probe }) => probe.expects(settings) === probe.expects(defaultSettings))).toEqual([])
    expect(exitCodeOf(outcome)).toBe(Object.keys(asked(flip)).length === 0 ? 0 : 2)
    expect(outcome.troubles).toEqual([])
    expect(existsSync(outcome.ledgerFile)).toBe(false)
    expect((await agent.get('/_sandbox/changes')).body).toMatchObject({ results: [] })
  })

  test.each(cases)('%s agrees if that is what is expected', async (_, flip) => {
    const { target } = await runningSandbox(flip)
    const outcome = await verifyTarget(target, { settings: { ...defaultSettings, ...flip } })
    expect(outcome.findings.filter(({ verdict }) => verdict !== 'agrees')).toEqual([])
    expect([...outcome.shapes, ...outcome.values].filter(([, { problems }]) => problems.length > 0)).toEqual([])
    expect(exitCodeOf(outcome)).toBe(0)
  })

  test('the default settings, at the level read: at most 20 calls, and only GETs', async () => {
    const { target } = await runningSandbox()
    const outcome = await verifyTarget(target, { level: 'read' })
    expect(outcome.findings.map(({ verdict }) => verdict)).toEqual(outcome.findings.map(() => 'agrees'))
    expect([exitCodeOf(outcome), outcome.calls]).toEqual([0, readCalls])
    expect(readCalls).toBeLessThanOrEqual(20)
    expect(new Set(outcome.tape.map(({ method }) => method))).toEqual(new Set(['GET']))
  })
})

describe('the list of probes', () => {
  test('names as many calls as each probe makes at most', async () => {
    const made = new Map<string, number>()
    for (const flip of [{}, { max_duration_minutes: 153_722_867 }, { negative_duration: 'reject' }]) {
      const { findings } = await verifyTarget((await runningSandbox(flip)).target)
      for (const { probe, calls } of findings) made.set(probe.name, Math.max(made.get(probe.name) ?? 0, calls))
    }
    expect(Object.fromEntries(made)).toEqual(Object.fromEntries(probes.map(({ name, calls }) => [name, calls])))
  })

  test('names every setting, or why it is not asked', () => {
    expect([...askedSettings, ...Object.keys(notAsked)].sort()).toEqual(
      // Limits are kept with the settings, and are none.
      Object.keys(defaultSettings)
        .filter((name) => name !== 'forbid')
        .sort(),
    )
  })

  test('expects the statuses of our own refusals', () => {
    const statuses = probes.flatMap(({ name, readings }) =>
      Object.entries(readings).flatMap(([reading, ids]) =>
        /^\d{3}$/.test(reading)
          ? ids.map((id) => [name, reading, isRefusalCode(id) ? String(refusals[id].status) : reading])
          : [],
      ),
    )
    expect(statuses.filter(([, reading, own]) => reading !== own)).toEqual([])
    expect(statuses.length).toBeGreaterThan(10)
  })

  test('has every expected reading among the readings', () => {
    const others = probes.filter(({ expects, readings }) => !(expects(defaultSettings) in readings))
    expect(others).toEqual([])
  })
})

describe('the behaviors that a run confirms', () => {
  test('decided calls of that run', async () => {
    const { target, agent } = await runningSandbox()
    const outcome = await verifyTarget(target)
    const { body } = (await agent.get('/_sandbox/requests')) as {
      body: { results: { why: string[]; rule?: string }[] }
    }
    const decided = body.results.flatMap(({ why, rule }) => [...why, rule])
    const others = behaviorsOf(outcome).filter((id) => !decided.includes(id) && !decided.includes(behaviors[id].means))
    expect(others).toEqual([])
  })
})

test('measured.json knows nothing better than the tables of behaviors', () => {
  const { behaviors: seen } = JSON.parse(readFileSync(new URL('../../measured.json', import.meta.url), 'utf8')) as {
    behaviors: Record<string, string>
  }
  expect(unmeasured(seen)).toEqual([])
  expect(unmeasured({ re_add: '2026-01-01', TOKEN_MISSING: '2026-01-01', default_level_absent: '2026-01-01' })).toEqual(
    ['re_add', 'TOKEN_MISSING'],
  )
})

/** Behaviors that were seen, of which the table still says that they were not. */
function unmeasured(seen: Record<string, string>): string[] {
  const table: Record<string, { basis: string }> = behaviors
  return Object.keys(seen).filter((id) => table[id]?.basis !== 'measured')
}
