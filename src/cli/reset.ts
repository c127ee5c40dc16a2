import type { Context } from './context.js'
import { describeClock, print, printJson } from './print.js'
import { ask, type ServerOptions } from './server.js'

export async function reset(context: Context, options: ServerOptions & { json?: true }) {
  const filled = await ask(context, options, (client) => client.reset())
  if (options.json) printJson(context, filled)
  else print(context, describeClock(context, filled))
}
