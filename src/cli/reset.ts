import { describeClock, print, printJson } from './print.js'
import { ask, type ServerOptions } from './server.js'

export async function reset(options: ServerOptions & { json?: true }) {
  const filled = await ask(options, (client) => client.reset())
  if (options.json) printJson(filled)
  else print(describeClock(filled))
}
