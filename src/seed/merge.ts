import type { SeedDocument, FragmentDocument } from './schema.js'

type Entries = Record<string, object>

/** Adds a fragment to the document of an organization. Entries with an alias that exists get the given fields. */
export function mergeSeeds(document: SeedDocument, fragment: FragmentDocument): SeedDocument {
  const { group_users = [], faults = [], settings, clock, ...sections } = fragment
  const isGiven = (one: { group: string; user: string }) =>
    group_users.some(({ group, user }) => group === one.group && user === one.user)
  const merged = Object.entries(sections).map(([name, section]) => {
    const own = (document as Record<string, unknown>)[name]
    return [name, typeof section === 'object' ? mergeEntries((own ?? {}) as Entries, section as Entries) : section]
  })
  return {
    ...document,
    ...(Object.fromEntries(merged) as Partial<SeedDocument>),
    group_users: [...(document.group_users ?? []).filter((one) => !isGiven(one)), ...group_users],
    faults: [...(document.faults ?? []), ...faults],
    settings: { ...document.settings, ...settings },
    ...(clock && { clock }),
  }
}

function mergeEntries(own: Entries, given: Entries): Entries {
  return {
    ...own,
    ...Object.fromEntries(Object.entries(given).map(([alias, one]) => [alias, { ...own[alias], ...one }])),
  }
}
