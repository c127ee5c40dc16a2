import type { RefusalCode } from '../domain/refusal.js'
import { rules, type Basis, type Rule } from '../domain/rule.js'
import { refusals } from './errors.js'

/** How we know that a response is right. The first of several rules is the least certain one. */
export function basisOf(code: RefusalCode | undefined, [rule]: readonly Rule[]): Basis {
  if (code !== undefined) return refusals[code].basis
  return rule === undefined ? 'documented' : rules[rule].basis
}
