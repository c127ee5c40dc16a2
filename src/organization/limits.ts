import type { Changes } from '../domain/change.js'
import { countGrants, findBreaches, type LimitViolation } from '../domain/limit.js'
import { parseLimit } from '../schemas/limit.js'
import type { OpenOrganization } from './organization.js'

/** Violations in memory: of each organization, and of all. The first ones say the most. */
const maxKept = 1_000

/** Holds what calls change against the limits of all organizations, `forbid`, and those of their seeds. */
export function createLimits(forbid: readonly string[]) {
  const all: LimitViolation[] = []

  return {
    /** Since the start, over all organizations, removed ones included. */
    violations: (): readonly LimitViolation[] => all,

    /** For a call under /v1, once what it changed is committed. */
    checkLimits(
      organization: OpenOrganization,
      { request_id, operation }: { request_id: string; operation: string },
      changes: Changes,
    ) {
      const { name, settings, violations, grants } = organization
      if (forbid.length + settings.forbid.length === 0) return
      for (const rule of new Set([...forbid, ...settings.forbid])) {
        const limit = parseLimit(rule)
        const breaches = limit ? findBreaches(limit, changes, organization.now(), grants) : []
        const found = breaches.map((breach) => ({ organization: name, request_id, operation, rule, ...breach }))
        for (const list of [violations, all]) list.push(...found.slice(0, maxKept - list.length))
      }
      organization.grants += countGrants(changes)
    },
  }
}
