import type { RefusalCode } from '../domain/refusal.js'
import { rules, type Basis, type Rule } from '../domain/rule.js'
import { refusals } from './errors.js'

/** How the behavior behind an answer is known. Of several rules the first is the least certain. */
export function basisOf(code: RefusalCode | undefined, [rule]: readonly Rule[]): Basis {
  if (code !== undefined) return refusals[code].basis
  return rule === undefined ? 'documented' : rules[rule].basis
}
