import type { Context } from './context.js'
import { print, printJson } from './print.js'
import { ask, type ServerOptions } from './server.js'

export async function coverage(context: Context, options: ServerOptions & { json?: true }) {
  if (options.json) printJson(context, await ask(context, options, (client) => client.getCoverage()))
  else print(context, await ask(context, options, (client) => client.getCoverageTable()))
}
