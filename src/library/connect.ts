import { checkConnection, type ConnectOptions } from './options.js'
import { createOrganization, type Organization } from './organization.js'

/**
 * Returns an organization of a sandbox that runs elsewhere, such as in a container. Nothing is sent before the first
 * call. Throws a TypeError that names every invalid option.
 *
 * ```ts
 * const opal = connect({ url: 'http://127.0.0.1:6725', token: 'org-payroll' })
 * await opal.reset()
 * ```
 */
export function connect(options: ConnectOptions): Organization {
  checkConnection(options)
  const { token = builtInTokens.token, fetch = globalThis.fetch } = options
  const { origin: url } = new URL(options.url)
  const name = /^org-[^.]+/.exec(token)?.[0]

  async function reach(request: Request): Promise<Response> {
    try {
      return await fetch(request)
    } catch (cause) {
      throw new Error(`Nothing answers at ${url}: is a sandbox running there?`, { cause })
    }
  }

  function readOnlyToken(): string {
    if (options.readOnlyToken !== undefined) return options.readOnlyToken
    if (name !== undefined) return `${name}.read_only`
    if (token === builtInTokens.token) return builtInTokens.readOnlyToken
    throw new Error('The READ_ONLY token that goes with this token is not known: pass it as readOnlyToken.')
  }

  return createOrganization({ name: name ?? 'default', url, token, readOnlyToken, fetch: reach })
}

/** The public tokens of the built-in seed. */
const builtInTokens = { token: 'opal_sandbox_full_access', readOnlyToken: 'opal_sandbox_read_only' }
