import { describe, expect, onTestFinished, test } from 'vitest'
import { createSandbox, type SandboxOptions } from '../../src/index.js'
import { ids } from '../helper.js'

const at = '2022-01-23T03:56:07.000Z'
const path = `/groups/${ids.apiGroup}/users/${ids.jake}`

/** A sandbox that closes itself when the test ends. */
async function created(options: SandboxOptions = {}) {
  const sandbox = await createSandbox(options)
  onTestFinished(() => sandbox.close())
  return sandbox
}

function put(token: string, duration_minutes = 60) {
  return {
    method: 'PUT',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ duration_minutes }),
  }
}

describe('a sandbox', () => {
  test('listens on a free port, and is told of by an environment', async () => {
    const { url, baseUrl, env } = await created()
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:[1-9]\d*$/)
    expect(baseUrl).toBe(`${url}/v1`)
    expect(env).toEqual({
      OPAL_BASE_URL: baseUrl,
      OPAL_SANDBOX_URL: url,
      OPAL_AUTH_TOKEN: 'opal_sandbox_full_access',
      OPALMCP_BEARER_AUTH: 'opal_sandbox_full_access',
    })
    expect((await fetch(baseUrl + path, put(env.OPAL_AUTH_TOKEN))).status).toBe(200)
  })

  test.each([at, new Date(at)])('begins with a clock that stands still at %o', async (now) => {
    const { organization } = await created({ now, listen: false })
    expect(await organization().clock.now()).toEqual(new Date(at))
    expect(await organization('x').clock.now()).toEqual(new Date(at))
  })
})
