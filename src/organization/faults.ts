import type { FaultTarget, ResolvedFaultRule } from '../domain/fault.js'
import { clearTimeout, setTimeout } from '../globals.js'
import type { FaultRow } from '../store/faults.js'

/** A fault rule in force. */
export interface ActiveFault {
  fault_id: string
  sequence: number
  rule: ResolvedFaultRule
  /** How many calls it has affected. */
  hits: number
  /** How many calls have matched, including those that it let through. */
  matched: number
  /** Callbacks that release the calls that it holds. */
  releases: Set<(outcome: HoldOutcome) => void>
}

/** What happens to a held call: it continues, its client has disconnected, or its organization was reset or removed. */
export type HoldOutcome = 'continue' | 'disconnected' | 'reset'

/** The fault rules of one organization. Counted in memory when matched, so that parallel calls cannot overspend. */
export function createFaults(rows: FaultRow[]) {
  let faults = rows.map(createFault)

  return {
    list: (): readonly ActiveFault[] => faults,

    /** Replaces the rules. Those that stay keep their counts; calls held by the others continue. */
    follow(rows: FaultRow[]) {
      const before = new Map(faults.map((fault) => [fault.sequence, fault]))
      faults = rows.map((row) => before.get(row.sequence) ?? createFault(row))
      for (const { sequence } of faults) before.delete(sequence)
      for (const gone of before.values()) release(gone, 'continue')
    },

    /** Releases every held call. */
    releaseAll(outcome: HoldOutcome) {
      for (const fault of faults) release(fault, outcome)
    },

    /** Returns the first rule that applies to this call, and counts it. */
    meet(phase: ResolvedFaultRule['phase'], target: FaultTarget): ActiveFault | undefined {
      for (const fault of faults) {
        const { rule } = fault
        if (rule.phase !== phase || !matchesFault(rule, target)) continue
        if (rule.times !== 'forever' && fault.hits >= rule.times) continue
        if (++fault.matched <= rule.skip) continue
        fault.hits++
        return fault
      }
      return undefined
    },

    /** Waits until the time is over, the rule is deleted, the call is released, or `closing` reports a disconnect. */
    hold(fault: ActiveFault, ms: number | undefined, closing: AbortSignal): Promise<HoldOutcome> {
      if (closing.aborted) return Promise.resolve('disconnected')
      return new Promise((resolve) => {
        const settle = (outcome: HoldOutcome) => {
          clearTimeout(timer)
          closing.removeEventListener('abort', onAbort)
          fault.releases.delete(settle)
          resolve(outcome)
        }
        const onAbort = () => settle('disconnected')
        // A timer cannot run longer than 24.8 days, which is as good as forever.
        const timer = ms === undefined || ms > 0x7fffffff ? undefined : setTimeout(settle, ms, 'continue')
        fault.releases.add(settle)
        closing.addEventListener('abort', onAbort)
      })
    },
  }
}

export type Faults = ReturnType<typeof createFaults>

function createFault({ sequence, rule }: FaultRow): ActiveFault {
  return {
    fault_id: nameFault(sequence),
    sequence,
    rule: JSON.parse(rule) as ResolvedFaultRule,
    hits: 0,
    matched: 0,
    releases: new Set(),
  }
}

function release({ releases }: ActiveFault, outcome: HoldOutcome) {
  for (const settle of releases) settle(outcome)
}

export function nameFault(sequence: number): string {
  return `fault-${sequence}`
}

/** Returns the sequence number in the id of a rule, or undefined if the id is malformed. */
export function sequenceOfFault(fault_id: string): number | undefined {
  const sequence = Number(/^fault-([1-9]\d{0,14})$/.exec(fault_id)?.[1])
  return Number.isNaN(sequence) ? undefined : sequence
}

/** What a rule leaves out matches every call. */
export function matchesFault(rule: ResolvedFaultRule, target: FaultTarget): boolean {
  return (
    (rule.user_id === undefined || rule.user_id === target.user_id) &&
    (rule.group_id === undefined || rule.group_id === target.group_id) &&
    (rule.operation === undefined || rule.operation === target.operation) &&
    (rule.method === undefined || rule.method === target.method)
  )
}
