import { onTestFinished } from 'vitest'
import { createSandbox, type SandboxOptions } from '../../src/index.js'
import { ids } from '../helper.js'

/** A sandbox that closes itself when the test ends. */
export async function created(options: SandboxOptions = {}) {
  const sandbox = await createSandbox(options)
  onTestFinished(() => sandbox.close())
  return sandbox
}

/** The path of Jake's access to the API group, below a base URL. */
export const groupUser = `/groups/${ids.apiGroup}/users/${ids.jake}`

/** The options of a PUT that gives access. */
export function put(token: string, duration_minutes: unknown = 60) {
  return {
    method: 'PUT',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ duration_minutes }),
  }
}

/** The error that was thrown, in a form to compare. */
export async function thrown(work: () => unknown) {
  try {
    await work()
  } catch (error) {
    const { name, message, cause } = error as Error
    return { name, message, ...(cause !== undefined && { cause: (cause as Error).message }) }
  }
  throw new Error('nothing was thrown')
}
