import { describe, expect, test } from 'vitest'
import { requestId, sandbox, told } from '../helper.js'

const browser = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8'
const files = ['/', '/_sandbox/ui/page.js', '/_sandbox/ui/page.css']

/** What a browser asks for. */
async function get(url: string, { ui = true, ...headers }: { ui?: boolean } & Record<string, string | boolean> = {}) {
  const { app } = await sandbox({ ui })
  return app.inject({
    url,
    headers: { host: 'localhost:6725', accept: browser, ...(headers as Record<string, string>) },
  })
}

describe('the page', () => {
  test.each([
    ['/', 'text/html; charset=utf-8'],
    ['/_sandbox/ui/page.js', 'text/javascript; charset=utf-8'],
    ['/_sandbox/ui/page.css', 'text/css; charset=utf-8'],
    ['/_sandbox/docs', 'text/html; charset=utf-8'],
    ['/_sandbox/ui/docs.js', 'text/javascript; charset=utf-8'],
    ['/_sandbox/ui/swagger-ui-bundle.js', 'text/javascript; charset=utf-8'],
    ['/_sandbox/ui/swagger-ui.css', 'text/css; charset=utf-8'],
  ])('has %s as %s, without a token and under one strict policy', async (url, type) => {
    const { statusCode, headers } = await get(url)
    expect([statusCode, headers['content-type'], headers['content-security-policy']]).toEqual([
      200,
      type,
      "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
    ])
  })

  test.each(files)('sends %s again only if it has changed', async (url) => {
    const { etag = '' } = (await get(url)).headers
    expect(etag).toMatch(/^"[\w-]{22}"$/)
    const { statusCode, body } = await get(url, { 'if-none-match': etag })
    expect([statusCode, body]).toEqual([304, ''])
    expect((await get(url, { 'if-none-match': '"other"' })).statusCode).toBe(200)
  })

  test.each(files)('answers to no foreign name: %s', async (url) => {
    expect((await get(url, { host: 'evil.example' })).statusCode).toBe(403)
  })

  test('depends on what the caller accepts', async () => {
    const answer = await get('/', { accept: 'application/json' })
    expect([answer.headers['content-type'], answer.headers.vary]).toEqual(['application/json', 'accept'])
    expect((await get('/')).headers.vary).toBe('accept')
  })

  test('has no scripts or styles of others, and none inline', async () => {
    const { body } = await get('/')
    const loaded = [...body.matchAll(/(?:src|href)="([^"]*)"/g)].map(([, url = '']) =>
      url.replace(/^(data:\w+).*/, '$1'),
    )
    expect(loaded.sort()).toEqual(['/_sandbox/ui/page.css', '/_sandbox/ui/page.js', 'data:image'])
    expect(/<script(?! type="module" src=)|<style|\son\w+=/.exec(body)).toBe(null)
  })

  test('has no other files', async () => {
    const { statusCode, body } = await get('/_sandbox/ui/constructor')
    expect(told({ status: statusCode, body: JSON.parse(body) as unknown })).toMatchObject({
      status: 404,
      body: { code: 'ROUTE_NOT_FOUND', request_id: requestId },
    })
  })

  test('can be turned off: browsers get the JSON of programs', async () => {
    const answers = files.map(async (url) => {
      const { statusCode, headers } = await get(url, { ui: false })
      return [statusCode, headers['content-type']]
    })
    expect(await Promise.all(answers)).toEqual([
      [200, 'application/json'],
      [404, 'application/json'],
      [404, 'application/json'],
    ])
  })
})
