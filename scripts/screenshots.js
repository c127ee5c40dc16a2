// Takes the pictures of the page for README and docs, in both color schemes and at two widths. Needs Chromium:
// `apt-get install chromium`, or name another one in CHROMIUM.
import { mkdir } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { chromium } from 'playwright-core'
import { createSandbox } from '../dist/index.js'

const { values } = parseArgs({ options: { out: { type: 'string', default: 'docs/images' }, all: { type: 'boolean' } } })
const views = ['calls', 'access', 'state', 'faults', 'coverage', 'saved', 'settings']
const sizes = { wide: { width: 1600, height: 900 }, narrow: { width: 360, height: 740 } }
/** Those that the docs show. */
const shown = [
  ['calls', 'wide'],
  ['access', 'wide'],
]

const sandbox = await createSandbox({ now: '2026-01-15T09:30:00Z' })
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update'],
})
try {
  await mkdir(values.out, { recursive: true })
  const opal = sandbox.organization('payroll')
  const opened = await makeCalls(opal)
  for (const colorScheme of ['light', 'dark']) {
    for (const [size, viewport] of Object.entries(sizes)) {
      const context = await browser.newContext({ viewport, colorScheme, deviceScaleFactor: size === 'wide' ? 1 : 2 })
      const page = await context.newPage()
      for (const view of views) {
        if (!values.all && !shown.some(([name, at]) => name === view && at === size)) continue
        await page.goto(`${sandbox.url}/#${opal.name}/${view}${size === 'wide' ? (opened[view] ?? '') : ''}`)
        await page.reload()
        await page.getByText('live', { exact: true }).waitFor()
        await page.waitForTimeout(500)
        if (view === 'access') {
          await page.getByRole('slider').focus()
          for (let step = 0; step < 5; step++) await page.keyboard.press('PageUp')
        }
        await page.screenshot({ path: `${values.out}/${view}-${size}-${colorScheme}.png` })
      }
      await context.close()
    }
  }
} finally {
  await browser.close()
  await sandbox.close()
}

/** A little history. Returns what to open in some views. */
async function makeCalls(opal) {
  const call = async (method, path, body) => {
    const answer = await fetch(opal.baseUrl + path, {
      method,
      headers: { authorization: `Bearer ${opal.token}`, ...(body && { 'content-type': 'application/json' }) },
      ...(body && { body: JSON.stringify(body) }),
    })
    return answer.headers.get('x-opal-sandbox-request-id')
  }
  const access = (group, user) => `/groups/${sandbox.organization().id(group)}/users/${sandbox.organization().id(user)}`
  await call('GET', '/groups')
  await call('GET', '/users?page_size=50')
  await call('POST', access('gitlab', 'noor'), { duration_minutes: 45, access_level_remote_id: '30' })
  await call('PUT', access('okta', 'jake'), { duration_minutes: 480 })
  await call('PUT', access('api', 'brett'), { duration_minutes: 10_080, durationMinutes: 5 })
  await call('GET', '/opal-scripts')
  await opal.fault({ operation: 'update_group_user', times: 2, effect: { status: 503 } })
  await opal.fault({ operation: 'getUsers', times: 'forever', effect: { delay: '150ms' } })
  const updated = await call('PUT', access('api', 'jake'), { duration_minutes: 60, access_level_remote_id: 'admin' })
  await call('PUT', access('plain', 'ada'), { duration_minutes: 60 })
  await call('PUT', access('plain', 'ada'), { duration_minutes: 60 })
  await opal.clock.advance('5m')
  const changed = await call('PUT', access('api', 'jake'), { duration_minutes: 90 })
  await call('DELETE', access('plain', 'brett'))
  await call('GET', '/groups/not-a-uuid/users')
  await opal.snapshot('before-the-audit')
  return { calls: `/${changed ?? updated}`, state: `/groups/${sandbox.organization().id('api')}` }
}
