import axe from 'axe-core'
import type { Page } from 'playwright-core'
import { describe, expect, test } from 'vitest'
import { createClient } from '../../src/library/client.js'
import { accessPath, at, hasBrowser, send, useBrowser } from './browser.js'

const { visit } = useBrowser()

const client = createClient({ url: 'http://127.0.0.1', fetch })

const views = ['calls', 'access', 'state', 'faults', 'coverage', 'saved', 'settings']

/** Opens a view of an organization, and waits until it shows the present. */
async function open(page: Page, url: string, place = '#default/calls') {
  await page.goto(`${url}/${place}`)
  await page.getByText('live', { exact: true }).waitFor()
}

/** Those of a list; the options of a select have the same role. */
const rows = (page: Page) => page.locator('[role=listbox] > [role=option]')

describe.runIf(hasBrowser)('the calls', () => {
  test('show the call that works now as long as there is none', async () => {
    const { sandbox, page } = await visit()
    await open(page, sandbox.url)
    const { curl } = (await (await fetch(sandbox.url)).json()) as { curl: string }
    expect(await page.locator('.empty pre').textContent()).toBe(curl)
  })

  test('are on the page within a second, with names, status and basis', async () => {
    const { sandbox, page } = await visit()
    const opal = sandbox.organization()
    await open(page, sandbox.url)
    await page.evaluate(() => {
      new MutationObserver(() => {
        if (document.querySelector('[role=option]')) document.body.dataset.seen ??= String(Date.now())
      }).observe(document.body, { childList: true, subtree: true })
    })
    const sentAt = Date.now()
    await send(opal, 'PUT', accessPath(opal, 'api', 'jake'), { duration_minutes: 60, durationMinutes: 1 })
    const row = rows(page).first()
    expect(await row.innerText()).toMatch(
      /PUT\s+\/groups\/API Group\/users\/Jake Barnes\s+1 ignored\s+1 change\s+\w+\s+200/,
    )
    expect(Number(await page.locator('body').getAttribute('data-seen')) - sentAt).toBeLessThan(1_000)
  })

  test('can be found by operation, status and text', async () => {
    const { sandbox, page } = await visit()
    const opal = sandbox.organization()
    await send(opal, 'GET', '/groups')
    await send(opal, 'GET', `/groups/${opal.id('okta')}`)
    await send(opal, 'PUT', accessPath(opal, 'plain', 'ada'), { duration_minutes: 60 })
    await open(page, sandbox.url)
    const found = rows(page)
    const texts = async () => (await found.allInnerTexts()).map((text) => text.split(/\s+/).slice(-1)[0])
    await found.nth(2).waitFor()
    await page.getByLabel('Status').selectOption('4xx')
    expect(await texts()).toEqual(['404'])
    await page.getByLabel('Status').selectOption('')
    await page.getByLabel('Operation').selectOption('getGroup')
    expect(await texts()).toEqual(['200'])
    await page.getByLabel('Operation').selectOption('')
    await page.getByLabel('Search calls').fill('Announcements')
    expect(await texts()).toEqual(['404'])
  })

  test('open to the reason, the changes, the request and the answer that the journal has', async () => {
    const { sandbox, page } = await visit()
    const opal = sandbox.organization()
    const { id } = await send(opal, 'PUT', accessPath(opal, 'api', 'jake'), { duration_minutes: 60 })
    await open(page, sandbox.url)
    await rows(page).click()
    const [entry] = await opal.requests.list()
    const detail = page.getByLabel('The call', { exact: true })
    const steps = detail.locator('.why li')
    expect((await steps.allInnerTexts()).map((text) => text.split('decided')[0]?.trim())).toEqual(entry?.why)
    expect(await steps.last().getAttribute('class')).toContain('decides')
    expect(await detail.locator('.facts').first().innerText()).toContain(
      `${entry?.operation ?? ''} · 2026-01-15 09:30:00`,
    )
    expect(await detail.locator('.changes').innerText()).toContain('2026-01-15T10:30:00.000Z')
    const shown = (await detail.locator('pre').allInnerTexts()).map((text) => JSON.parse(text) as unknown)
    expect(shown).toEqual([{ duration_minutes: 60 }, entry?.answer])
    expect(page.url()).toBe(`${sandbox.url}/#default/calls/${id}`)
  })

  test('can be sent again, with the answer and its headers', async () => {
    const { sandbox, page } = await visit()
    const opal = sandbox.organization('again')
    await send(opal, 'PUT', accessPath(opal, 'api', 'jake'), { duration_minutes: 60 })
    await open(page, sandbox.url, '#org-again/calls')
    await rows(page).click()
    await page.getByRole('button', { name: 'Send again' }).click()
    const card = page.locator('.card')
    await card.getByText('Sent again').waitFor()
    const [first, second] = await opal.requests.list()
    expect([first?.status, second?.status, second?.body]).toEqual([200, 200, { duration_minutes: 60 }])
    await card.locator('summary').click()
    expect(await card.innerText()).toContain(second?.request_id)
    expect(await card.innerText()).toContain('x-opal-sandbox-basis')
  })

  test('become a fault rule, and a stub if they are not simulated', async () => {
    const { sandbox, page } = await visit({ seed: { version: 1 } })
    const opal = sandbox.organization()
    expect((await send(opal, 'GET', '/opal-scripts')).status).toBe(501)
    await open(page, sandbox.url)
    await rows(page).click()
    await page.getByRole('button', { name: 'Stub it' }).click()
    await page.getByRole('button', { name: 'Add rule' }).click()
    await page.getByText('every time').waitFor()
    expect(await opal.faults.list()).toMatchObject([
      { operation: 'getOpalScripts', times: 'forever', effect: { status: 200 } },
    ])
    expect((await send(opal, 'GET', '/opal-scripts')).status).toBe(200)
  })

  test('are copied as curl', async () => {
    const { sandbox, page } = await visit({}, { permissions: ['clipboard-read', 'clipboard-write'] })
    const opal = sandbox.organization('copy')
    await send(opal, 'PUT', accessPath(opal, 'api', 'jake'), { duration_minutes: 60 })
    await open(page, sandbox.url, '#org-copy/calls')
    await rows(page).click()
    await page.getByRole('button', { name: 'Copy as curl' }).click()
    await page.getByRole('button', { name: 'Copied' }).waitFor()
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(
      [
        `curl -X PUT '${opal.baseUrl}${accessPath(opal, 'api', 'jake')}'`,
        `  -H 'Authorization: Bearer org-copy'`,
        `  -H 'Content-Type: application/json'`,
        `  -d '{"duration_minutes":60}'`,
      ].join(' \\\n'),
    )
  })
})

describe.runIf(hasBrowser)('access over time', () => {
  test('shows who has lost access at the playhead, and advances the clock to it by keyboard alone', async () => {
    const { sandbox, page } = await visit()
    const opal = sandbox.organization()
    await send(opal, 'PUT', accessPath(opal, 'api', 'jake'), { duration_minutes: 60 })
    await open(page, sandbox.url, '#default/access')
    const slider = page.getByRole('slider')
    await slider.focus()
    expect(await slider.getAttribute('aria-valuetext')).toBe('now')
    await page.keyboard.press('End')
    expect(await page.locator('.preview').innerText()).toContain('1 has lost access: Jake Barnes (API Group).')
    await page.getByRole('button', { name: 'Advance the clock to here' }).press('Enter')
    await page.getByText('Jake Barnes lost access to API Group').waitFor()
    expect((await opal.clock.now()).getTime()).toBeGreaterThan(Date.parse(at) + 3_600_000)
    const { status } = await send(opal, 'PUT', accessPath(opal, 'api', 'jake'), { duration_minutes: 60 })
    expect(status).toBe(404)
  })

  test('advances to the next expiry, and says what settled', async () => {
    const { sandbox, page } = await visit()
    const opal = sandbox.organization()
    await send(opal, 'PUT', accessPath(opal, 'okta', 'jake'), { duration_minutes: 60 })
    await open(page, sandbox.url, '#default/access')
    await page.locator('.ends b').getByText('PENDING', { exact: true }).first().waitFor()
    await page.getByRole('main').getByRole('button', { name: '+1 m' }).click()
    await page.getByText('Access of Jake Barnes to Okta Engineering is now SUCCESS').waitFor()
    await page.getByRole('button', { name: 'Next expiry' }).click()
    await page.getByText('Jake Barnes lost access to Okta Engineering').waitFor()
    expect((await opal.clock.now()).toISOString()).toBe('2026-01-15T10:30:00.000Z')
  })

  test('follows a clock that something else moves', async () => {
    const { sandbox, page } = await visit()
    const opal = sandbox.organization()
    await open(page, sandbox.url, '#default/access')
    await opal.clock.advance('1d')
    await page.getByRole('region', { name: 'Clock' }).getByText('2026-01-16 09:30:00').waitFor()
  })

  test('as a table has what the API says', async () => {
    const { sandbox, page } = await visit()
    const opal = sandbox.organization()
    await send(opal, 'POST', accessPath(opal, 'gitlab', 'noor'), { duration_minutes: 45, access_level_remote_id: '30' })
    await open(page, sandbox.url, '#default/access')
    await page.getByRole('button', { name: 'Table' }).click()
    await page.getByLabel('Search people and groups').fill('gitlab')
    const { text } = await send(opal, 'GET', `/groups/${opal.id('gitlab')}/users`)
    const { results } = JSON.parse(text) as {
      results: {
        full_name: string
        expiration_date: string | null
        access_level: { access_level_name: string }
        propagation_status: { status: string }
      }[]
    }
    const cells = (await rows(page).allInnerTexts()).map((row) => row.split('\n').filter(Boolean))
    expect(cells.map(([, name, level, ends, status]) => [name, level, ends, status])).toEqual(
      results.map(({ full_name, access_level, expiration_date, propagation_status }) => [
        full_name,
        access_level.access_level_name,
        expiration_date === null ? 'does not end' : '2026-01-15 10:15:00, in 45m',
        propagation_status.status,
      ]),
    )
  })
})

describe.runIf(hasBrowser)('never met', () => {
  test('counts what the coverage counts, and marks the rest of a called operation', async () => {
    const { sandbox, page } = await visit()
    const opal = sandbox.organization()
    await send(opal, 'PUT', accessPath(opal, 'api', 'jake'), { duration_minutes: 60 })
    await send(opal, 'PUT', accessPath(opal, 'plain', 'ada'), { duration_minutes: 60 })
    await send(opal, 'GET', '/opal-scripts')
    await send(opal, 'GET', '/nothing')
    await open(page, sandbox.url, '#default/coverage')
    const { results, never_met } = await opal.coverage()
    const row = page.getByRole('row', { name: /^update_group_user/ })
    await row.waitFor()
    const statuses = results.find(({ operation }) => operation === 'update_group_user')?.statuses ?? {}
    const met = Object.values(statuses).filter((count) => count > 0)
    expect(await row.locator('.met').allInnerTexts()).toEqual(met.map(String))
    expect(await row.locator('.unmet.marked').count()).toBe(
      never_met.filter((name) => name.startsWith('update_group_user ')).length,
    )
    expect(await page.getByText('/v1/opal-scripts').count()).toBe(1)
    expect(await page.getByText('/v1/nothing').count()).toBe(1)
  })
})

describe.runIf(hasBrowser)('fault rules', () => {
  test('are added by recipe and by form, counted, and removed', async () => {
    const { sandbox, page } = await visit({
      seed: { version: 1, users: { ada: { email: 'a@b.c', full_name: 'Ada' } } },
    })
    const opal = sandbox.organization()
    await open(page, sandbox.url, '#default/faults')
    await page.getByRole('button', { name: '429 once' }).click()
    await page.getByText('once', { exact: false }).nth(1).waitFor()
    expect((await send(opal, 'GET', '/users')).status).toBe(429)
    await page.getByText('hits, used up').waitFor()
    await page.getByRole('button', { name: 'New rule' }).click()
    const form = page.getByRole('form', { name: 'New rule' })
    await form.getByLabel('Operation').selectOption('getUsers')
    await form.getByRole('spinbutton', { name: 'Status' }).fill('500')
    await form.getByLabel('Times').fill('2')
    await page.getByRole('button', { name: 'Add rule' }).click()
    await page.getByText('2 times').waitFor()
    expect((await opal.faults.list()).slice(1)).toMatchObject([
      { operation: 'getUsers', times: 2, effect: { status: 500 } },
    ])
    await page
      .getByRole('button', { name: /^Remove/ })
      .last()
      .click()
    await page.getByText('2 times').waitFor({ state: 'detached' })
    expect(await opal.faults.list()).toHaveLength(1)
  })
})

describe.runIf(hasBrowser)('the state', () => {
  test('grants, extends and revokes access through the API', async () => {
    const { sandbox, page } = await visit()
    const opal = sandbox.organization()
    await open(page, sandbox.url, '#default/state/groups')
    await rows(page).filter({ hasText: 'Announcements' }).click()
    await page.getByLabel('Person').fill('noor@company.dev')
    await page.getByRole('button', { name: 'Grant access' }).click()
    const line = page.locator('.grants-of li', { hasText: 'Noor Haddad' })
    await line.getByText('ends 2026-01-15 10:30:00').waitFor()
    await line.getByRole('button', { name: '+1 h' }).click()
    await line.getByText('ends 2026-01-15 11:30:00').waitFor()
    await line.getByRole('button', { name: 'Revoke' }).click()
    await line.getByRole('button', { name: 'Revoke it?' }).click()
    await line.waitFor({ state: 'detached' })
    const calls = await opal.requests.list()
    expect(calls.map(({ operation, status }) => [operation, status])).toEqual([
      ['add_group_user', 200],
      ['update_group_user', 200],
      ['delete_group_user', 200],
    ])
  })

  test('has every user by name, alias and id', async () => {
    const { sandbox, page } = await visit()
    const opal = sandbox.organization()
    await open(page, sandbox.url, '#default/state/users')
    await page.getByLabel('Search', { exact: true }).fill(opal.id('noor'))
    await rows(page).click()
    const facts = page.locator('dl.facts')
    expect(await facts.innerText()).toContain(opal.id('noor'))
    expect(await facts.innerText()).toContain('noor@company.dev')
  })

  test('is saved, compared and restored', async () => {
    const { sandbox, page } = await visit()
    const opal = sandbox.organization()
    await open(page, sandbox.url, '#default/saved')
    await page.getByLabel('Name of the snapshot').fill('before')
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByText('before', { exact: true }).waitFor()
    await send(opal, 'DELETE', accessPath(opal, 'api', 'jake'))
    await page.getByRole('button', { name: 'Compare' }).click()
    await page.locator('.card .changes').waitFor()
    expect(await page.locator('.card').innerText()).toContain('expiration_date')
    await page.getByRole('button', { name: 'Restore' }).click()
    await page.getByRole('button', { name: 'Replace the state?' }).click()
    await page.getByRole('button', { name: 'Restore' }).waitFor()
    await expect.poll(async () => (await send(opal, 'GET', `/groups/${opal.id('api')}/users`)).text).toContain('Jake')
  })

  test('is replaced by a seed, whose mistakes are named', async () => {
    const { sandbox, page, reports } = await visit()
    const opal = sandbox.organization()
    await open(page, sandbox.url, '#default/saved')
    const editor = page.getByLabel('Seed', { exact: true })
    await expect.poll(() => editor.inputValue()).toContain('frozen_at')
    const apply = async (text: string) => {
      await editor.fill(text)
      await page.getByRole('button', { name: 'Apply' }).click()
      await page.getByRole('button', { name: 'Replace everything?' }).click()
    }
    await apply('version: 1\nusers:\n  ada:\n    full_name: Ada\n')
    await page.getByText('line 3').waitFor()
    // The browser reports each response with an error status.
    expect(reports.splice(0)).toEqual([expect.stringContaining('400 (Bad Request)')])
    await apply('version: 1\nusers:\n  ada:\n    email: ada@company.dev\n    full_name: Ada\n')
    await expect.poll(async () => Object.keys((await opal.seed()).users ?? {})).toEqual(['ada'])
  })

  test.runIf('undo' in client)('goes back to before the last change, after a second click', async () => {
    const { sandbox, page } = await visit()
    const opal = sandbox.organization()
    await send(opal, 'DELETE', accessPath(opal, 'api', 'jake'))
    await open(page, sandbox.url, '#default/state/groups')
    await page.getByRole('button', { name: 'Undo' }).click()
    await page.getByRole('button', { name: 'Undo the last change?' }).click()
    await expect.poll(async () => (await send(opal, 'GET', `/groups/${opal.id('api')}/users`)).text).toContain('Jake')
  })

  test('has settings with what each decides', async () => {
    const { sandbox, page } = await visit()
    const opal = sandbox.organization()
    await open(page, sandbox.url, '#default/settings')
    await page.getByText('What a POST does if the user already has access.').waitFor()
    await page.getByLabel('re_add').selectOption('conflict')
    await expect.poll(async () => (await opal.settings.get()).re_add).toBe('conflict')
  })
})

describe.runIf(hasBrowser)('organizations', () => {
  test('are listed with the latest first, and opened', async () => {
    const { sandbox, page } = await visit()
    for (const name of ['first', 'second']) await send(sandbox.organization(name), 'GET', '/users')
    await open(page, sandbox.url)
    await page.locator('.switch summary').click()
    await page.locator('.choices li').nth(1).waitFor()
    const names = (await page.locator('.choices li bdi').allInnerTexts()).slice(0, 2)
    expect(names).toEqual(['org-second', 'org-first'])
    await page.locator('.choices').getByRole('button', { name: 'org-first' }).click()
    await rows(page).filter({ hasText: 'users' }).waitFor()
    expect(page.url()).toBe(`${sandbox.url}/#org-first/calls`)
  })

  test('off loopback need a token, which stays in the tab', async () => {
    const { sandbox, page, reports } = await visit({ host: '0.0.0.0' })
    await page.goto(sandbox.url)
    await page.getByText('Enter a token of it').waitFor()
    await page.getByLabel('Token').fill('opal_sandbox_full_access')
    await page.getByRole('button', { name: 'Open' }).click()
    await page.getByText('live', { exact: true }).waitFor()
    expect(page.url()).not.toContain('opal_sandbox')
    expect(await page.evaluate(() => [localStorage.length, document.cookie])).toEqual([0, ''])
    expect(reports.splice(0).every((text) => text.includes('401 (Unauthorized)'))).toBe(true)
  })

  test('with secrets of their own are asked for a token before a call', async () => {
    const secret = 'a-secret-of-this-test'
    const { sandbox, page } = await visit({
      seed: {
        version: 1,
        tokens: { own: { access_level: 'FULL_ACCESS', secret } },
        users: { ada: { email: 'ada@company.dev', full_name: 'Ada' } },
        groups: { api: { name: 'API', group_type: 'OPAL_GROUP' } },
      },
    })
    await open(page, sandbox.url, '#default/state/groups')
    await rows(page).click()
    await page.getByLabel('Person').fill('ada@company.dev')
    await page.getByRole('button', { name: 'Grant access' }).click()
    await page.getByRole('dialog').getByLabel('Token').fill(secret)
    await page.getByRole('dialog').getByRole('button', { name: 'Open' }).click()
    await page.getByText('live', { exact: true }).waitFor()
    await page.getByLabel('Person').fill('ada@company.dev')
    await page.getByRole('button', { name: 'Grant access' }).click()
    await page.locator('.grants-of').getByText('Ada').waitFor()
  })
})

describe.runIf(hasBrowser)('the page', () => {
  const markup = `<img src=x onerror="alert(1)"> 👩‍🚀 \u202eاسم`

  test('shows names with markup, emoji and right-to-left text as text', async () => {
    const { sandbox, page } = await visit({
      seed: {
        version: 1,
        users: { odd: { email: 'odd@company.dev', full_name: markup } },
        groups: { odd: { name: markup, description: markup, group_type: 'OPAL_GROUP' } },
        group_users: [{ group: 'odd', user: 'odd' }],
      },
    })
    const opal = sandbox.organization()
    const { seed } = { seed: await opal.seed() }
    await send(opal, 'GET', `/groups/${seed.groups?.odd?.group_id ?? ''}/users`)
    for (const place of ['calls', 'access', `state/groups/${seed.groups?.odd?.group_id ?? ''}`]) {
      await open(page, sandbox.url, `#default/${place}`)
      await page.reload()
      await page.getByText(markup).first().waitFor()
      expect(await page.locator('main img').count()).toBe(0)
    }
  })

  for (const colorScheme of ['light', 'dark'] as const) {
    for (const width of [360, 1600]) {
      test(`has no violations of accessibility, and does not scroll sideways: ${colorScheme}, ${width} px`, async () => {
        const { sandbox, page } = await visit({}, { colorScheme, viewport: { width, height: 800 } })
        const opal = sandbox.organization()
        const { id } = await send(opal, 'PUT', accessPath(opal, 'api', 'jake'), { duration_minutes: 60 })
        await send(opal, 'PUT', accessPath(opal, 'plain', 'ada'), { duration_minutes: 60 })
        await send(opal, 'PUT', accessPath(opal, 'okta', 'jake'), { duration_minutes: 60 })
        await send(opal, 'GET', '/opal-scripts')
        await opal.snapshot('one')
        const places = [...views, `calls/${id}`, `state/groups/${opal.id('api')}`, 'faults/new']
        await open(page, sandbox.url)
        const found: unknown[] = []
        for (const place of places) {
          await page.evaluate((hash) => (location.hash = hash), `default/${place}`)
          await page.locator('main :is(.title, h2)').filter({ visible: true }).first().waitFor()
          found.push(...(await violations(page)).map((violation) => ({ place, ...violation })))
          const excess = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
          if (excess > 0) found.push({ place, excess })
        }
        expect(found).toEqual([])
      })
    }
  }

  test('stays quick with 10,000 grants and 1,000 calls', async () => {
    const people = Array.from({ length: 100 }, (_, index) => `user${index}`)
    const groups = Array.from({ length: 100 }, (_, index) => `group${index}`)
    const { sandbox, page } = await visit({
      seed: {
        version: 1,
        users: Object.fromEntries(people.map((name) => [name, { email: `${name}@company.dev`, full_name: name }])),
        groups: Object.fromEntries(groups.map((name) => [name, { name, group_type: 'OPAL_GROUP' as const }])),
        group_users: groups.flatMap((group, row) =>
          people.map((user, column) => ({ group, user, expires_at: `+${row * 60 + column + 1}m` })),
        ),
      },
    })
    const opal = sandbox.organization()
    for (let round = 0; round < 100; round++) {
      await Promise.all(Array.from({ length: 10 }, () => send(opal, 'GET', '/users?page_size=1')))
    }
    await open(page, sandbox.url, '#default/access')
    await page.getByText('10000 live').waitFor()
    await page.evaluate(() => {
      const times: number[] = []
      Object.assign(window, { longTasks: times })
      new PerformanceObserver((list) => times.push(...list.getEntries().map(({ duration }) => duration))).observe({
        entryTypes: ['longtask'],
      })
    })
    await page.getByRole('slider').focus()
    for (const key of ['PageUp', 'PageUp', 'ArrowRight', 'End', 'Home']) await page.keyboard.press(key)
    await page.getByRole('listbox', { name: 'Access' }).focus()
    for (const key of ['End', 'PageUp', 'Home', 'PageDown']) await page.keyboard.press(key)
    await page.getByLabel('Search people and groups').fill('group7')
    await page.evaluate(() => (location.hash = 'default/calls'))
    await rows(page).first().waitFor()
    await page.getByRole('listbox', { name: 'Calls' }).focus()
    for (const key of ['End', 'PageUp', 'Home', 'PageDown', 'Enter']) await page.keyboard.press(key)
    await page.getByLabel('The call', { exact: true }).waitFor()
    expect(await rows(page).count()).toBeLessThan(60)
    const longTasks = await page.evaluate(() => (window as unknown as { longTasks: number[] }).longTasks)
    expect(longTasks.filter((duration) => duration > 100)).toEqual([])
  })
})

describe.runIf(hasBrowser)('the reference', () => {
  test('calls this server with the built-in token, offline and under the policy', async () => {
    const { sandbox, page } = await visit()
    await page.goto(`${sandbox.url}/_sandbox/docs`)
    await page.locator('#operations-tag-users').click()
    await page.locator('#operations-users-getUsers .opblock-summary-control').click()
    await page.getByRole('button', { name: 'Execute' }).click()
    await page.locator('.live-responses-table').waitFor()
    const [entry] = await sandbox.organization().requests.list()
    expect([entry?.operation, entry?.status]).toEqual(['getUsers', 200])
  })
})

async function violations(page: Page) {
  // As a function of the page, since the policy allows no inline script.
  await page.evaluate(axe.source)
  return page.evaluate(async () => {
    const { axe } = window as unknown as { axe: typeof import('axe-core') }
    // The rule takes links that are scrolled out of a list of views for links that skip to content.
    const { violations } = await axe.run({ rules: { 'skip-link': { enabled: false } } })
    return violations.map(({ id, nodes }) => ({
      id,
      nodes: nodes.map(({ html, failureSummary }) => [html, failureSummary]),
    }))
  })
}
