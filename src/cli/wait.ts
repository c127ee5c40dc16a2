import { setTimeout as sleep } from 'node:timers/promises'
import type { Context } from './context.js'
import { createClient } from '../library/client.js'
import { SetupError } from '../domain/setup-error.js'
import { parseDurationMs } from '../schemas/duration.js'
import { print } from './print.js'
import { callDirectly } from './proxy.js'
import { checkHealth, describeFailure, throughProxy } from './server.js'

/** Time limit of one probe, and the pause until the next. */
const probeMs = 1_000
const pauseMs = 100

/** Polls the health until the sandbox is ready. */
export async function wait(context: Context, { url, timeout }: { url: string; timeout: string }) {
  callDirectly(url, process.env)
  const end = performance.now() + (parseDurationMs(timeout) ?? 0)
  for (;;) {
    const leftMs = Math.max(1, Math.min(probeMs, Math.ceil(end - performance.now())))
    const client = createClient({
      url,
      fetch: (request) => fetch(request, { signal: AbortSignal.timeout(leftMs) }),
    })
    try {
      await checkHealth(client)
      print(context, url)
      return
    } catch (error) {
      // A probe that is cut off at once would hide the last result.
      if (performance.now() + 2 * pauseMs >= end) {
        throw new SetupError(
          `No sandbox was ready at ${url} within ${timeout} (last result: ${describeFailure(error)}${throughProxy(url, context.env)}).`,
        )
      }
    }
    await sleep(pauseMs)
  }
}
