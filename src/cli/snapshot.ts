import type { Context } from './context.js'
import { describeClock, print, printJson, say, table } from './print.js'
import { ask, type ServerOptions } from './server.js'

type SnapshotOptions = ServerOptions & { json?: true }

export async function saveSnapshot(context: Context, options: SnapshotOptions, name: string) {
  const snapshot = await ask(context, options, (client) => client.saveSnapshot(name))
  if (options.json) printJson(context, snapshot)
  else say(context, `Saved the snapshot ${name}.`)
}

export async function restoreSnapshot(context: Context, options: SnapshotOptions, name: string) {
  const filled = await ask(context, options, (client) => client.restoreSnapshot(name))
  if (options.json) printJson(context, filled)
  else print(context, describeClock(context, filled))
}

export async function listSnapshots(context: Context, options: SnapshotOptions) {
  const results = await ask(context, options, (client) => client.listSnapshots())
  const rows = results.map(({ name, created_at }) => [name, created_at])
  if (options.json) printJson(context, { results })
  else if (rows.length === 0) say(context, 'There are no snapshots.')
  else print(context, table(context, ['name', 'created_at'], rows).join('\n'))
}

export async function deleteSnapshot(context: Context, options: SnapshotOptions, name: string) {
  await ask(context, options, (client) => client.deleteSnapshot(name))
  say(context, `Deleted the snapshot ${name}.`)
}
