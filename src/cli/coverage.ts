import { writeCoverage } from '../http/coverage.js'
import { print, printJson } from './print.js'
import { ask, type ServerOptions } from './server.js'

export async function coverage(options: ServerOptions & { json?: true }) {
  const measured = await ask(options, (client) => client.getCoverage())
  if (options.json) printJson(measured)
  else print(writeCoverage(measured))
}
