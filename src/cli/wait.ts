import { setTimeout as sleep } from 'node:timers/promises'
import type { Context } from './context.js'
import { createClient } from '../library/client.js'
import { SetupError } from '../domain/setup-error.js'
import { parseDurationMs } from '../schemas/duration.js'
import { print } from './print.js'
import { checkHealth, describeFailure, throughProxy } from './server.js'

/** How long one question may take, and how long it is until the next. */
const probeMs = 1_000
const pauseMs = 100

/** Asks for the health until the answer is good. */
export async function wait(context: Context, { url, timeout }: { url: string; timeout: string }) {
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
      if (performance.now() + pauseMs >= end) {
        throw new SetupError(
          `No sandbox was ready at ${url} within ${timeout} (at last: ${describeFailure(error)}${throughProxy(url, context.env)}).`,
        )
      }
    }
    await sleep(pauseMs)
  }
}
