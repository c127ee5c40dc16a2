import { expect, test } from 'vitest'
import type { ResolvedFaultRule } from '../../src/domain/fault.js'
import { matchesFault } from '../../src/organization/faults.js'

const target = { operation: 'update_group_user', method: 'PUT', group_id: 'g', user_id: 'u' }
const nothing = { operation: undefined, method: 'GET', group_id: undefined, user_id: undefined }
const rule = (match: Partial<ResolvedFaultRule>): ResolvedFaultRule => ({
  times: 1,
  skip: 0,
  phase: 'before',
  effect: {},
  ...match,
})

test.each<[match: Partial<ResolvedFaultRule>, of: typeof target | typeof nothing, matches: boolean]>([
  [{}, target, true],
  [{}, nothing, true],
  [{ operation: 'update_group_user' }, target, true],
  [{ operation: 'add_group_user' }, target, false],
  [{ operation: 'update_group_user' }, nothing, false],
  [{ method: 'PUT' }, target, true],
  [{ method: 'GET' }, target, false],
  [{ method: 'GET' }, nothing, true],
  [{ group_id: 'g' }, target, true],
  [{ group_id: 'u' }, target, false],
  [{ group_id: 'g' }, nothing, false],
  [{ user_id: 'u' }, target, true],
  [{ user_id: 'g' }, target, false],
  [{ user_id: 'u' }, nothing, false],
  [target, target, true],
  [{ ...target, method: 'POST' }, target, false],
  [{ ...target, operation: 'getGroups' }, target, false],
  [{ ...target, group_id: 'x' }, target, false],
  [{ ...target, user_id: 'x' }, target, false],
  [{ times: 'forever', skip: 9, phase: 'after' }, target, true],
])('a rule for %j matches %j: %s', (match, of, matches) => {
  expect(matchesFault(rule(match), of)).toBe(matches)
})
