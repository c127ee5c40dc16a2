import { keyOf, type ChangedNoun, type Changes, type Row, type RowChange, type ShownNoun } from './change.js'
import type { Timestamp } from './clock.js'
import { linkKinds } from './records.js'
import { targetNouns } from './target.js'

/** What calls may not change. A call that does is answered as always, and is a violation. */
export type Limit =
  | { rule: 'indefinite-access' }
  | { rule: 'longer-than'; ms: number }
  | { rule: 'level'; access_level_remote_id: string }
  | { rule: 'outside-groups'; group_ids: readonly string[] }
  | { rule: 'more-than'; grants: number }

export const limitForms = [
  'indefinite-access',
  'longer-than=8h',
  'level=<remote id>',
  'outside-groups=<alias or id>,...',
  'more-than=<n>-grants',
]

/** A row that a call may not have changed so, and why in words that follow the name of the call. */
export interface Breach {
  noun: ShownNoun
  key: Row
  message: string
}

/** What a call changed against a limit. */
export interface LimitViolation extends Breach {
  /** The organization's name. */
  organization: string
  request_id: string
  operation: string
  /** The limit, as it was given. */
  rule: string
}

/** What in the changes of a call at `at` breaks a limit. `grantsBefore` is how many grants earlier calls gave. */
export function findBreaches(limit: Limit, { rows }: Changes, at: Timestamp, grantsBefore: number): Breach[] {
  let grants = grantsBefore
  return rows.flatMap((change) => {
    if (change.noun === 'counter') return []
    if (isGrant(change)) grants++
    const message = explainBreach(limit, change, at, grants)
    return message === undefined ? [] : [{ noun: change.noun, key: keyOf(change), message }]
  })
}

export function countGrants({ rows }: Changes): number {
  return rows.filter(isGrant).length
}

function isAccess(noun: ChangedNoun): boolean {
  return targetNouns.some((target) => noun === `${target}_user`)
}

/** Access that replaces access that has expired is a new grant, with a new place in the order of creation. */
function isGrant({ noun, before, after }: RowChange): boolean {
  return isAccess(noun) && after !== undefined && (!before || before.sequence !== after.sequence)
}

function explainBreach(limit: Limit, change: RowChange, at: Timestamp, grants: number): string | undefined {
  const { noun, before, after = {} } = change
  if (limit.rule === 'outside-groups') {
    const group_id = groupOf(change)
    const isOutside = group_id !== undefined && !limit.group_ids.includes(group_id)
    return isOutside ? 'changes a group that is not among them' : undefined
  }
  if (!isAccess(noun)) return undefined
  // Columns that are the same before and after were not changed.
  const isChanged = (name: string) => name in after && (!before || before[name] !== after[name])
  const ends = after.expiration_date as string | null | undefined
  switch (limit.rule) {
    case 'indefinite-access':
      return isChanged('expiration_date') && ends === null ? 'gives access that never ends' : undefined
    case 'longer-than':
      if (!isChanged('expiration_date') || ends === undefined) return undefined
      if (ends === null) return 'gives access that never ends'
      return Date.parse(ends) - at > limit.ms ? `gives access until ${ends}` : undefined
    case 'level':
      // Also if access at this level only got another end.
      if (after.access_level_remote_id !== limit.access_level_remote_id) return undefined
      return Object.keys(after).some(isChanged) ? 'gives access at this level' : undefined
    case 'more-than':
      return isGrant(change) && grants > limit.grants ? `is grant number ${grants}` : undefined
  }
}

/** The group that a change belongs to. */
function groupOf({ noun, key }: RowChange): string | undefined {
  const isFromGroup = noun in linkKinds && linkKinds[noun as keyof typeof linkKinds].from === 'group'
  const id = isFromGroup ? key.from_id : key.group_id
  return typeof id === 'string' ? id : undefined
}
