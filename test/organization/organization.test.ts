import { describe, expect, test } from 'vitest'
import { defaultJournalLimits } from '../../src/organization/journal.js'
import { openOrganizations } from '../../src/organization/index.js'
import { readPackage } from '../../src/package.js'
import { loadDefaultSeed, loadSeed } from '../../src/seed/load.js'
import { openStore } from '../../src/store/index.js'
import { now } from '../helper.js'

/** Organizations whose next commit can be made to fail, as on a full disk. */
function openFailing(frozenAt: number | undefined) {
  const store = openStore(':memory:', readPackage().migrationsFolder)
  let fails = false
  const organizations = openOrganizations({
    store: {
      ...store,
      write: (work) =>
        store.write(() => {
          const value = work()
          if (!fails) return value
          throw new Error('the disk is full')
        }),
    },
    seed: loadDefaultSeed,
    realNow: () => now,
    frozenAt,
    allowNamed: true,
    maxOrganizations: 10,
    journalLimits: defaultJournalLimits,
  })
  return { organizations, organization: organizations.default, failNow: () => (fails = true) }
}

describe('if a commit fails, memory is rolled back when', () => {
  const other = loadSeed({ version: 1, settings: { re_add: 'conflict' }, clock: { frozen_at: '2030-01-01T00:00:00Z' } })

  test.each<[what: string, (opened: ReturnType<typeof openFailing>) => Promise<unknown>]>([
    [
      'the clock is moved',
      ({ organizations, organization }) =>
        organizations.change(organization, () => organizations.changeClock(organization, { advance_ms: 1000 })),
    ],
    [
      'settings are changed',
      ({ organizations, organization }) =>
        organizations.change(organization, () =>
          organizations.changeSettings(organization, { ...organization.settings, re_add: 'conflict' }),
        ),
    ],
    ['it is replaced', ({ organizations, organization }) => organizations.replaceSeed(organization, 'req-1', other)],
    ['it is reset', ({ organizations, organization }) => organizations.reset(organization, 'req-1')],
    [
      'it is restored',
      ({ organizations, organization }) =>
        organizations.restore(organization, 'req-1', () => ({ state: other.document, secrets: {} })),
    ],
  ])('%s', async (_what, work) => {
    for (const frozenAt of [undefined, now]) {
      const opened = openFailing(frozenAt)
      const { organizations, organization, failNow } = opened
      await organizations.change(organization, () => organizations.changeClock(organization, { advance_ms: 5000 }))
      organization.tokenLastUsed.set('a token', now)
      const { clock, settings, ownSeed, faults } = organization
      failNow()
      await expect(work(opened)).rejects.toThrow('the disk is full')
      expect({ clock, settings, ownSeed }).toEqual({
        clock: organization.clock,
        settings: organization.settings,
        ownSeed: organization.ownSeed,
      })
      expect([organization.faults === faults, [...organization.tokenLastUsed.keys()]]).toEqual([true, ['a token']])
    }
  })

  test('a change survives if another one in the same event loop iteration is refused', async () => {
    const { organizations, organization } = openFailing(undefined)
    const refused = organizations.change(organization, () => {
      throw new Error('refused')
    })
    const moved = organizations.change(organization, () =>
      organizations.changeClock(organization, { advance_ms: 1000 }),
    )
    await expect(refused).rejects.toThrow('refused')
    await moved
    expect(organization.now()).toBe(now + 1000)
  })
})
