import type { Readable, Writable } from 'node:stream'
import { WriteStream } from 'node:tty'

/** Where a command reads and writes. The process is one. */
export interface Streams {
  stdin: Readable & { isTTY?: boolean }
  stdout: Output
  stderr: Output
}

export interface Output extends Writable {
  isTTY?: boolean
  columns?: number
  fd?: number
}

/** Everything a command sees of its environment. */
export interface Context extends Streams {
  env: NodeJS.ProcessEnv
  /** The exit status if nothing is thrown. */
  exitCode: number
}

/** On a terminal, unless the environment decides: FORCE_COLOR, NO_COLOR and what else Node knows. */
export function hasColors({ isTTY = false }: Output, env: NodeJS.ProcessEnv): boolean {
  return (isTTY || env.FORCE_COLOR !== undefined) && WriteStream.prototype.getColorDepth(env) > 2
}
