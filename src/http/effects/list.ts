import type { FaultEffect } from '../../domain/fault.js'
import { delay } from './delay.js'
import { drop } from './drop.js'
import type { Effect } from './effect.js'
import { hang } from './hang.js'
import { status } from './status.js'
import { truncate } from './truncate.js'

/** By the field of a rule that selects each. */
const effects = { status, delay_ms: delay, drop, truncate, hang } satisfies Partial<Record<keyof FaultEffect, Effect>>

/** The effect of a rule; the schema ensures that it has exactly one. */
export function effectOf(rule: FaultEffect): Effect {
  for (const [field, effect] of Object.entries(effects)) if (field in rule) return effect
  throw new Error(`No effect is named in ${JSON.stringify(rule)}`)
}

/** In a word or two, for messages: `status 503`, `drop`. */
export function describeEffect(rule: FaultEffect): string {
  return effectOf(rule).describe(rule)
}
