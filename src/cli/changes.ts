import type { Context } from './context.js'
import type { Change } from '../index.js'
import { print, printJson, say, table } from './print.js'
import { ask, type ServerOptions } from './server.js'

/** Prints the sum of what calls changed. */
export async function printChanges(context: Context, options: ServerOptions & { since?: string; json?: true }) {
  const { since, json } = options
  const sum = await ask(context, options, (client) => client.getChanges({ ...(since !== undefined && { since }) }))
  const { complete, results } = sum
  if (json) printJson(context, sum)
  else if (results.length === 0) say(context, 'Nothing has changed.')
  else printRows(context, results)
  if (!complete) say(context, 'The journal no longer holds all of these calls: some changes are missing.')
}

/** Returns to the state before a call, and prints what that changed. */
export async function undoCalls(context: Context, options: ServerOptions & { json?: true }, to: string) {
  const undone = await ask(context, options, (client) => client.undo(to))
  if (options.json) printJson(context, undone)
  else if (undone.results.length === 0) say(context, 'There was nothing to undo.')
  else printRows(context, undone.results)
}

function printRows(context: Context, results: Change[]) {
  const rows = results.map(({ noun, key, change, before, after }) => [
    change,
    noun,
    Object.values(key).join(' '),
    [before, after].map(writeFields).filter(Boolean).join(' -> '),
  ])
  print(context, table(context, ['change', 'noun', 'key', 'fields'], rows).join('\n'))
}

function writeFields(fields: Record<string, unknown> = {}): string {
  return Object.entries(fields)
    .map(([name, value]) => `${name}=${JSON.stringify(value)}`)
    .join(' ')
}
