import { SetupError } from '../domain/setup-error.js'
import { ClientError } from '../library/client.js'
import type { JournalEntry, RequestFilter } from '../index.js'
import { parseDurationMs } from '../schemas/duration.js'
import type { Context } from './context.js'
import { describeChange } from '../library/changed.js'
import { forShell } from './hints.js'
import { align, escapeLine, paint, print, printJson, say } from './print.js'
import { ask, type ServerOptions } from './server.js'

interface RequestsOptions extends ServerOptions, Filter {
  limit?: number
  wait?: number
  timeout?: string
  why?: true
  follow?: true
  json?: true
}

interface Filter {
  operation?: string
  status?: number
  groupId?: string
  userId?: string
  since?: string
}

/** Lists calls, at once or as soon as there are enough. */
export async function printRequests(context: Context, options: RequestsOptions) {
  const { limit, wait: count, timeout, why, json } = options
  if (timeout !== undefined && count === undefined) throw new SetupError('--timeout needs --wait.')
  const filter = readFilter(options)
  if (options.follow) {
    await follow(context, options, filter)
    return
  }
  const results = await ask(
    context,
    options,
    (client) =>
      count === undefined
        ? client.listRequests({ ...filter, ...(limit !== undefined && { limit }) })
        : client.waitForRequests({ ...filter, count, ...(timeout !== undefined && { timeout }) }),
    parseDurationMs(timeout ?? (count === undefined ? '' : '5s')) ?? 0,
  )
  if (json) printJson(context, { results })
  else if (results.length === 0) say(context, 'No matching calls.')
  else print(context, writeRequests(context, results, why === true))
}

const followMs = 240_000

/** Prints calls as they come, until the reader or a signal stops it. With --json, each is one line. */
async function follow(context: Context, options: RequestsOptions, filter: RequestFilter) {
  const { limit = 10, why, json } = options
  let results = await ask(context, options, (client) => client.listRequests({ ...filter, limit }))
  let since = filter.since
  while (!context.stdout.destroyed) {
    if (json) print(context, results.map((entry) => JSON.stringify(entry)).join('\n'))
    else if (results.length > 0) print(context, writeRequests(context, results, why === true))
    since = results.at(-1)?.request_id ?? since
    const next = { ...filter, ...(since !== undefined && { since }), count: 1, timeout: `${followMs}ms` }
    results = await ask(
      context,
      options,
      async (client) => {
        try {
          return await client.waitForRequests(next)
        } catch (error) {
          const code = error instanceof ClientError ? error.body?.code : undefined
          // A reset also empties the journal.
          if (code === 'WAIT_ENDED') since = undefined
          if (code === 'WAIT_ENDED' || code === 'WAIT_TIMEOUT') return []
          throw error
        }
      },
      followMs,
    )
  }
}

/** The control plane rejects unknown values. */
function readFilter({ operation, status, groupId, userId, since }: Filter): RequestFilter {
  return {
    ...(operation !== undefined && { operation: operation as RequestFilter['operation'] }),
    ...(status !== undefined && { status }),
    ...(groupId !== undefined && { group_id: groupId }),
    ...(userId !== undefined && { user_id: userId }),
    ...(since !== undefined && { since }),
  }
}

function writeRequests(context: Context, results: JournalEntry[], why: boolean): string {
  const [heading = '', ...lines] = align([
    ['request_id', 'at', 'status', 'ms', 'operation', 'call'],
    ...results.map(({ request_id, at, status, duration_ms, operation = '-', method, url }) => [
      request_id,
      at,
      String(status ?? 'closed'),
      String(duration_ms),
      operation,
      `${method} ${url}`,
    ]),
  ])
  return [
    paint(context, 'bold', heading),
    ...lines.flatMap((line, index) => {
      const record = results[index]
      return record && why
        ? [line, ...explain(record).map((step) => paint(context, 'dim', `  ${escapeLine(step)}`))]
        : [line]
    }),
  ].join('\n')
}

/** The steps that led to the response, and everything else worth knowing. */
function explain({ why, rule, basis, fault, ignored, hint, changes = [], changes_cut }: JournalEntry): string[] {
  return [
    ...why,
    ...changes.map(describeChange),
    ...(changes_cut ? ['changed more than the journal keeps'] : []),
    ...(rule === undefined ? [] : [`rule: ${rule} (${basis})`]),
    ...(fault ? [`fault: ${fault.fault_id}, ${fault.effect}, ${fault.phase}`] : []),
    ...(ignored ? [`ignored: ${ignored.join(', ')}`] : []),
    ...(hint === undefined ? [] : [`hint: ${forShell(hint)}`]),
  ]
}
