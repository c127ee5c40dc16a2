import { afterEach, describe, expect, test, vi } from 'vitest'
import { created, groupUser, put } from './created.js'

afterEach(() => vi.useRealTimers())

/** All that vitest replaces, but `nextTick`, without which Node's own streams stop. */
const toFake = ['setTimeout', 'setInterval', 'setImmediate', 'clearTimeout', 'clearInterval', 'clearImmediate'] as const
const all = { toFake: [...toFake, 'Date', 'performance'] as const }

describe.each([true, false])('while a test has replaced the timers, a sandbox with listen: %s', (listen) => {
  test('answers writes, faults and waits, and closes', async () => {
    const sandbox = await created({ listen })
    const opal = sandbox.organization('timers')
    vi.useFakeTimers({ toFake: [...all.toFake] })
    const call = async () => (await sandbox.fetch(opal.baseUrl + groupUser, put(opal.token))).status
    await opal.fault({ operation: 'update_group_user', effect: { delay: '5ms' } })
    expect(await Promise.all([call(), call()])).toEqual([200, 200])
    await expect(opal.requests.waitFor({ count: 3, timeout: '20ms' })).rejects.toThrow('WAIT_TIMEOUT')
    await opal.clock.advance('61m')
    expect(await call()).toBe(404)
    await sandbox.close()
  })

  test('is created, and keeps real time', async () => {
    vi.useFakeTimers({ toFake: [...all.toFake], now: new Date('2001-01-01T00:00:00Z') })
    const sandbox = await created({ listen })
    const shown = await sandbox.organization().clock.now()
    vi.useRealTimers()
    expect(Math.abs(shown.getTime() - Date.now())).toBeLessThan(60_000)
  })
})
