import { existsSync } from 'node:fs'
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core'
import { afterAll, beforeAll, expect, onTestFinished } from 'vitest'
import { createSandbox, type SandboxOptions, type SeededOrganization } from '../../src/index.js'

/** Debian's, unless another one is named. */
const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium'

/** Whether tests in a browser can run on this machine. Says so if they cannot. */
export const hasBrowser = existsSync(executablePath)
if (!hasBrowser) console.warn(`Not run: the tests in a browser, since there is no ${executablePath}.`)

export const at = '2026-01-15T09:30:00.000Z'

/** One browser for the tests of a file. Opens pages that fail the test if the browser reports anything. */
export function useBrowser() {
  let browser: Browser | undefined

  beforeAll(async () => {
    if (!hasBrowser) return
    browser = await chromium.launch({
      executablePath,
      args: [
        ...['--headless', '--no-sandbox', '--disable-gpu', '--disable-background-networking', '--no-first-run'],
        ...['--disable-component-update', '--disable-sync', '--disable-quic'],
      ],
    })
  })
  afterAll(async () => browser?.close())

  /** A sandbox, and a page that is not open yet. Its clock is frozen unless `now` says otherwise. */
  async function visit(options: SandboxOptions = {}, context: BrowserContextOptions = {}) {
    if (!browser) throw new Error('There is no browser')
    const sandbox = await createSandbox({ now: at, ...options })
    const opened = await browser.newContext({ viewport: { width: 1440, height: 900 }, ...context })
    const page = await opened.newPage()
    const reports = watch(page, sandbox.url)
    onTestFinished(async () => {
      await opened.close()
      await sandbox.close()
      expect(reports).toEqual([])
    })
    return { sandbox, page, reports }
  }

  return { visit }
}

/** Errors, violations of the policy and requests to other hosts. */
function watch(page: Page, url: string): string[] {
  const reports: string[] = []
  page.on('console', (message) => {
    if (message.type() === 'error') reports.push(message.text())
  })
  page.on('pageerror', (error) => reports.push(String(error)))
  page.on('request', (request) => {
    if (!request.url().startsWith(url) && !/^(data|blob):/.test(request.url()))
      reports.push(`asked for ${request.url()}`)
  })
  return reports
}

/** Calls the API as the code under test would. */
export async function send({ baseUrl, token }: SeededOrganization, method: string, path: string, body?: object) {
  const headers = { authorization: `Bearer ${token}`, ...(body && { 'content-type': 'application/json' }) }
  const answer = await fetch(baseUrl + path, { method, headers, ...(body && { body: JSON.stringify(body) }) })
  return { status: answer.status, id: answer.headers.get('x-opal-sandbox-request-id') ?? '', text: await answer.text() }
}

/** The path of a user's access to a group, by their aliases. */
export function accessPath({ id }: SeededOrganization, group: string, user: string): string {
  return `/groups/${id(group)}/users/${id(user)}`
}
