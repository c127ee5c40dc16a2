import { pino, type DestinationStream, type Logger } from 'pino'
import type { PrettyOptions } from 'pino-pretty'
import { createLogStream } from '../sandbox.js'
import { hasColors, type Context, type Output } from './context.js'

export interface LogOptions {
  logLevel: string
  /** Log errors only, whatever the level. */
  quiet?: boolean
}

/** Logs to standard error, given or opened: one short line per call on a terminal, JSON otherwise. */
export async function createLogger(
  { stderr, env }: Context,
  { logLevel, quiet }: LogOptions,
  unblocked = openUnblocked(stderr),
): Promise<Logger> {
  const level = quiet && !['fatal', 'silent'].includes(logLevel) ? 'error' : logLevel
  return pino({ level }, stderr.isTTY ? await prettify(stderr, env) : unblocked)
}

/** Standard error that blocks nothing, even if nobody reads it. */
export function openUnblocked(stderr: Output): DestinationStream {
  const { fd, isTTY } = stderr
  return fd === undefined || isTTY ? stderr : createLogStream(fd)
}

async function prettify(stderr: Output, env: NodeJS.ProcessEnv): Promise<DestinationStream> {
  const { default: pretty } = await import('pino-pretty')
  return pretty({ ...forPeople, destination: stderr.fd ?? stderr, colorize: hasColors(stderr, env) })
}

const forPeople: PrettyOptions = {
  sync: true,
  ignore: 'pid,hostname',
  // Errors are shown all the same.
  hideObject: true,
  messageFormat: ({ msg, id, method, route, path, status, code, cut, duration_ms }) =>
    method === undefined
      ? String(msg)
      : [id, method, route ?? path ?? '-', status, code, cut && 'cut', `${String(duration_ms)} ms`]
          .filter(Boolean)
          .join(' '),
}
