import { pino, type DestinationStream, type Logger } from 'pino'

/** Writes to standard error: people get colours on a terminal; everything else gets JSON. */
export async function createLogger(level: string): Promise<Logger> {
  const stream: DestinationStream = process.stderr.isTTY
    ? (await import('pino-pretty')).default({ destination: 2, sync: true, ignore: 'pid,hostname' })
    : pino.destination({ fd: 2, sync: true })
  return pino({ level }, stream)
}
