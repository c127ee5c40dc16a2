import type { Database } from 'better-sqlite3'
import { pointers, type Noun } from '../domain/records.js'
import type { TargetNoun } from '../domain/target.js'
import type { prepareLinks } from './links.js'
import type { prepareRecords, ListedRecord } from './records.js'
import type { prepareTargets } from './targets.js'

interface Nouns {
  groups: ReturnType<typeof prepareTargets<'group'>>
  resources: ReturnType<typeof prepareTargets<'resource'>>
  links: ReturnType<typeof prepareLinks>
  records: ReturnType<typeof prepareRecords>
}

interface Mention {
  organization_id: number
  /** An id in quotes, since a text that mentions it refers to nothing. */
  value: string
}

/** What refers to what, across all nouns. */
export function prepareReferences(db: Database, { groups, resources, links, records }: Nouns) {
  const find = db
    .prepare<Mention, string>(
      `SELECT 'group ' || name FROM groups WHERE organization_id = @organization_id AND instr(details, @value) > 0
       UNION ALL
       SELECT 'resource ' || name FROM resources WHERE organization_id = @organization_id AND instr(details, @value) > 0
       UNION ALL
       SELECT replace(noun, '_', ' ') || ' ' || coalesce(document ->> 'name', alias) FROM records
       WHERE organization_id = @organization_id AND instr(document, @value) > 0
       LIMIT 1`,
    )
    .pluck()
  const targetsThatMention = (noun: TargetNoun) =>
    db.prepare<Mention, { id: string; details: string }>(
      `SELECT ${noun}_id AS id, details FROM ${noun}s
       WHERE organization_id = @organization_id AND instr(details, @value) > 0`,
    )
  const targets = { group: groups, resource: resources }
  const thatMention = { group: targetsThatMention('group'), resource: targetsThatMention('resource') }
  const recordsThatMention = db.prepare<Mention & { noun: string }, ListedRecord>(
    `SELECT id, sequence, alias, document FROM records
     WHERE organization_id = @organization_id AND noun = @noun AND instr(document, @value) > 0`,
  )

  function clearPointers(organization_id: number, noun: Noun, id: string) {
    const mention = { organization_id, value: JSON.stringify(id) }
    for (const { from, field, to } of pointers) {
      if (to !== noun) continue
      if (from === 'group' || from === 'resource') {
        for (const row of thatMention[from].all(mention)) {
          targets[from].update(organization_id, row.id, { details: without(row.details, field, id) })
        }
      } else {
        for (const row of recordsThatMention.all({ ...mention, noun: from })) {
          records.update(organization_id, from, row.id, without(row.document, field, id))
        }
      }
    }
  }

  return {
    /** What has this id in one of its fields: a group, a resource or a record, such as "group Platform"; undefined if nothing. */
    find: (organization_id: number, id: string): string | undefined =>
      find.get({ organization_id, value: JSON.stringify(id) }),

    /** Removes what points to something that is removed, or from it. */
    remove(organization_id: number, noun: Noun, id: string) {
      links.removeAll(organization_id, noun, id)
      records.removeDependents(organization_id, noun, id)
      clearPointers(organization_id, noun, id)
    },
  }
}

/** A JSON object without an id in one of its fields, which is an id or a list of ids. */
function without(document: string, field: string, id: string): string {
  const { [field]: value, ...rest } = JSON.parse(document) as Record<string, unknown>
  if (Array.isArray(value)) return JSON.stringify({ ...rest, [field]: value.filter((item) => item !== id) })
  return JSON.stringify(value === undefined || value === id ? rest : { ...rest, [field]: value })
}
