import { matchesFault, type ResolvedFaultRule, type FaultTarget } from '../domain/fault.js'
import { clearTimeout, setTimeout } from '../globals.js'
import type { FaultRow } from '../store/faults.js'

/** A fault rule with its counts. */
export interface ActiveFault {
  fault_id: string
  sequence: number
  rule: ResolvedFaultRule
  /** How many calls it has affected. */
  hits: number
  /** How many calls have matched, skipped ones included. */
  matched: number
  /** Ends the hold of each call that it holds. */
  releases: Set<(outcome: HoldOutcome) => void>
}

/** How a hold ends: the call goes on, its client has disconnected, or its organization is gone. */
export type HoldOutcome = 'goes on' | 'client gone' | 'outlived'

/** The fault rules of one organization. Counted in memory at the match, so that parallel calls cannot exceed `times`. */
export function createFaults(rows: FaultRow[]) {
  let faults = rows.map(createFault)

  return {
    list: (): readonly ActiveFault[] => faults,

    /** Replaces the rules. Those that stay keep their counts; calls held by the others go on. */
    follow(rows: FaultRow[]) {
      const before = new Map(faults.map((fault) => [fault.sequence, fault]))
      faults = rows.map((row) => before.get(row.sequence) ?? createFault(row))
      for (const { sequence } of faults) before.delete(sequence)
      for (const gone of before.values()) release(gone, 'goes on')
    },

    /** Ends every hold. */
    releaseAll(outcome: HoldOutcome) {
      for (const fault of faults) release(fault, outcome)
    },

    /** The first rule that applies to this call; counts the hit. */
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

    /** Waits until the time is over, the rule is deleted, all holds are ended, or `closing` reports that the client is gone. */
    hold(fault: ActiveFault, ms: number | undefined, closing: AbortSignal): Promise<HoldOutcome> {
      if (closing.aborted) return Promise.resolve('client gone')
      return new Promise((resolve) => {
        const letGo = (outcome: HoldOutcome) => {
          clearTimeout(timer)
          closing.removeEventListener('abort', giveUp)
          fault.releases.delete(letGo)
          resolve(outcome)
        }
        const giveUp = () => letGo('client gone')
        // Longer than the longest timer means no end.
        const timer = ms === undefined || ms > 0x7fffffff ? undefined : setTimeout(letGo, ms, 'goes on')
        fault.releases.add(letGo)
        closing.addEventListener('abort', giveUp)
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
  for (const letGo of releases) letGo(outcome)
}

export function nameFault(sequence: number): string {
  return `fault-${sequence}`
}

/** The sequence number of the rule with this id; undefined if it is not a rule id. */
export function sequenceOfFault(fault_id: string): number | undefined {
  const sequence = Number(/^fault-([1-9]\d{0,14})$/.exec(fault_id)?.[1])
  return Number.isNaN(sequence) ? undefined : sequence
}
