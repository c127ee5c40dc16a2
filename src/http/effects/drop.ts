import type { Effect } from './effect.js'

/** Cuts the connection without an answer. */
export const drop: Effect = {
  describe: () => 'drop',
  apply: () => 'dropped',
}
