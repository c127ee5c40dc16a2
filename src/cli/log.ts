import { pino, type DestinationStream, type Logger } from 'pino'
import type { PrettyOptions } from 'pino-pretty'
import { createLogStream } from '../sandbox.js'
import { hasColors, type Context, type Output } from './context.js'

export interface LogOptions {
  logLevel: string
  /** Log errors only, whatever the level. */
  quiet?: boolean
}

/** Logs to standard error: one short line per call on a terminal, JSON otherwise. */
export async function createLogger({ stderr, env }: Context, { logLevel, quiet }: LogOptions): Promise<Logger> {
  const level = quiet && !['fatal', 'silent'].includes(logLevel) ? 'error' : logLevel
  return pino({ level }, await chooseDestination(stderr, env))
}

async function chooseDestination(stderr: Output, env: NodeJS.ProcessEnv): Promise<DestinationStream> {
  const { fd, isTTY } = stderr
  if (fd === undefined) return stderr
  if (!isTTY) return createLogStream(fd)
  return (await import('pino-pretty')).default({ ...forPeople, destination: fd, colorize: hasColors(stderr, env) })
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
