import { pino, type DestinationStream, type Logger } from 'pino'
import type { PrettyOptions } from 'pino-pretty'

/** Writes to standard error: people get one short line a call on a terminal; everything else gets JSON. */
export async function createLogger(level: string): Promise<Logger> {
  const stream: DestinationStream = process.stderr.isTTY
    ? (await import('pino-pretty')).default(forPeople)
    : pino.destination({ fd: 2, sync: true })
  return pino({ level }, stream)
}

const forPeople: PrettyOptions = {
  destination: 2,
  sync: true,
  ignore: 'pid,hostname',
  // An error is shown all the same.
  hideObject: true,
  messageFormat: ({ msg, id, method, route, status, code, cut, duration_ms }) =>
    method === undefined
      ? String(msg)
      : [id, method, route ?? '-', status, code, cut && 'cut', `${String(duration_ms)} ms`].filter(Boolean).join(' '),
}
