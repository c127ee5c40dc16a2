import type { Effect } from './effect.js'

/** Cuts the connection without a response. */
export const drop: Effect = {
  describe: () => 'drop',
  apply: () => 'dropped',
}
