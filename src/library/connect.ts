import { checkConnection, type ConnectOptions } from './options.js'
import { createOrganization, type Organization } from './organization.js'

/**
 * An organization of a sandbox that runs elsewhere, in a container say. Nothing is called before it is used. Throws a
 * TypeError that names every option that cannot be.
 *
 * ```ts
 * const opal = connect({ url: 'http://127.0.0.1:6725', token: 'org-payroll' })
 * await opal.reset()
 * ```
 */
export function connect(options: ConnectOptions): Organization {
  checkConnection(options)
  const { token = 'opal_sandbox_full_access', fetch = globalThis.fetch } = options
  const { origin } = new URL(options.url)
  const named = /^org-[^.]+/.exec(token)?.[0]
  return createOrganization({
    name: named ?? 'default',
    url: origin,
    token,
    readOnlyToken: options.readOnlyToken ?? guessReadOnly(token, named),
    fetch,
  })
}

/** As the built-in seed has it. */
function guessReadOnly(token: string, named: string | undefined): string | undefined {
  if (named !== undefined) return `${named}.read_only`
  return token === 'opal_sandbox_full_access' ? 'opal_sandbox_read_only' : undefined
}
