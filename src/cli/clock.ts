import type { ClockTurned, TurnClock } from '../index.js'
import type { Context } from './context.js'
import { align, describeClock, print, printJson } from './print.js'
import { ask, type ServerOptions } from './server.js'

type ClockOptions = ServerOptions & { json?: true }

export async function printClock(context: Context, options: ClockOptions) {
  const state = await ask(context, options, (client) => client.getClock())
  if (options.json) printJson(context, state)
  else print(context, describeClock(context, state))
}

export async function turnClock(context: Context, options: ClockOptions, change: TurnClock) {
  const turned = await ask(context, options, (client) => client.turnClock(change))
  if (options.json) printJson(context, turned)
  else print(context, [describeClock(context, turned), ...align(listEvents(turned))].join('\n'))
}

/** Expired access and settled propagation statuses. */
function listEvents({ expired, settled }: ClockTurned): string[][] {
  return [
    ...expired.map(({ email, group_name, expiration_date }) => ['expired', email, group_name, expiration_date ?? '']),
    ...settled.map(({ email, group_name, propagation_status }) => [
      'settled',
      email,
      group_name,
      propagation_status?.status ?? '',
    ]),
  ]
}
