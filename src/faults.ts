import { matchesFault, type FaultRule, type FaultTarget } from './domain/fault.js'

/** A fault rule at work. */
export interface Fault {
  fault_id: string
  sequence: number
  rule: FaultRule
  /** How many calls it has met. */
  hits: number
  /** How many calls have matched, those that it let pass among them. */
  matched: number
  /** What lets go of the calls that it holds back. */
  releases: Set<() => void>
}

/** The fault rules of one organization. Counted in memory at the match, so that parallel calls cannot overspend. */
export function createFaults(rules: { sequence: number; rule: FaultRule }[]) {
  let faults = rules.map(({ sequence, rule }) => createFault(sequence, rule))

  function release(fault: Fault) {
    for (const letGo of fault.releases) letGo()
    fault.releases.clear()
  }

  return {
    list: (): readonly Fault[] => faults,

    add(sequence: number, rule: FaultRule): Fault {
      const fault = createFault(sequence, rule)
      faults.push(fault)
      return fault
    },

    /** Lets go of what they hold back. Answers those that are gone. */
    remove(isGone: (fault: Fault) => boolean): Fault[] {
      const gone = faults.filter(isGone)
      faults = faults.filter((fault) => !isGone(fault))
      gone.forEach(release)
      return gone
    },

    releaseAll() {
      faults.forEach(release)
    },

    /** The first rule that meets this call; it is counted as met. */
    meet(phase: FaultRule['phase'], target: FaultTarget): Fault | undefined {
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

    /** Waits until the time is over, the rule is gone, the organization begins again, or `closing` gives the call up. */
    hold(fault: Fault, ms: number | undefined, closing?: AbortSignal): Promise<void> {
      return new Promise((resolve) => {
        const letGo = () => {
          clearTimeout(timer)
          closing?.removeEventListener('abort', letGo)
          fault.releases.delete(letGo)
          resolve()
        }
        // Longer than the longest timer is as good as for ever.
        const timer = ms === undefined || ms > 0x7fffffff ? undefined : setTimeout(letGo, ms)
        fault.releases.add(letGo)
        closing?.addEventListener('abort', letGo)
      })
    },
  }
}

export type Faults = ReturnType<typeof createFaults>

function createFault(sequence: number, rule: FaultRule): Fault {
  return { fault_id: `fault-${sequence}`, sequence, rule, hits: 0, matched: 0, releases: new Set() }
}
