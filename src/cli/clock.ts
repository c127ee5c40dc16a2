import type { ClockTurned, TurnClock } from '../http/sandbox/clock.js'
import { align, describeClock, print, printJson } from './print.js'
import { ask, type ServerOptions } from './server.js'

type ClockOptions = ServerOptions & { json?: true }

export async function showClock(options: ClockOptions) {
  const state = await ask(options, (client) => client.getClock())
  if (options.json) printJson(state)
  else print(describeClock(state))
}

export async function turnClock(options: ClockOptions, change: TurnClock) {
  const turned = await ask(options, (client) => client.turnClock(change))
  if (options.json) printJson(turned)
  else print([describeClock(turned), ...align(listEvents(turned))].join('\n'))
}

/** Whose access ended, and whose propagation status changed. */
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
