import type { Database, Statement } from 'better-sqlite3'
import {
  changedNouns,
  layouts,
  type ChangedNoun,
  type ReportChange,
  type Row,
  type RowChange,
} from '../domain/change.js'
import { linkNames, recordNouns } from '../domain/records.js'

interface Place {
  table: string
  /** The column that names the noun, if several share the table. */
  nounColumn?: 'noun' | 'kind'
}

const places: Partial<Record<ChangedNoun, Place>> = {
  counter: { table: 'organizations' },
  user: { table: 'users' },
  group: { table: 'groups' },
  access_level: { table: 'access_levels' },
  group_user: { table: 'group_users' },
  resource: { table: 'resources' },
  resource_access_level: { table: 'resource_access_levels' },
  resource_user: { table: 'resource_users' },
  token: { table: 'tokens' },
  ...Object.fromEntries(recordNouns.map((noun) => [noun, { table: 'records', nounColumn: 'noun' }])),
  ...Object.fromEntries(linkNames.map((kind) => [kind, { table: 'links', nounColumn: 'kind' }])),
}

/** Applies changes to rows of every kind as they were recorded: undo has no rules of its own. */
export function createRows(db: Database, report: ReportChange) {
  /** Prepared when first needed, as a start needs none of them. */
  const prepared = new Map<ChangedNoun, ReturnType<typeof prepare>>()

  function prepare(noun: ChangedNoun) {
    const place = places[noun]
    if (!place) throw new Error(`There are no rows of ${noun}`)
    const { table, nounColumn } = place
    const { key, columns }: { key: readonly string[]; columns: readonly string[] } = layouts[noun]
    const named = ['organization_id', ...(nounColumn ? [nounColumn] : []), ...key]
    const where = named.map((name) => `${name} = @${name}`).join(' AND ')
    const all = [...named, ...columns]
    const one = (sql: string): Statement<Row, Row> => db.prepare<Row, Row>(sql)
    return {
      named: nounColumn ? { [nounColumn]: noun } : {},
      find: one(`SELECT ${columns.join(', ')} FROM ${table} WHERE ${where}`),
      remove: one(`DELETE FROM ${table} WHERE ${where}`),
      insert: one(`INSERT INTO ${table} (${all.join(', ')}) VALUES (${all.map((name) => `@${name}`).join(', ')})`),
      update: one(`UPDATE ${table} SET ${columns.map((name) => `${name} = @${name}`).join(', ')} WHERE ${where}`),
    }
  }

  function statementsOf(noun: ChangedNoun) {
    const known = prepared.get(noun) ?? prepare(noun)
    prepared.set(noun, known)
    return known
  }

  function open(organization_id: number, { noun, key }: RowChange) {
    const { named, ...statements } = statementsOf(noun)
    const id = { organization_id, ...named, ...key }
    return { id, ...statements, current: statements.find.get(id) }
  }

  return {
    /** Whether the rows are as they were before the changes. */
    match(organization_id: number, changes: readonly RowChange[]): boolean {
      return changes.every((change) => {
        const { current } = open(organization_id, change)
        const { before } = change
        if (!before || !current) return !before && !current
        return Object.entries(before).every(([name, value]) => current[name] === value)
      })
    },

    /** Makes the changes, of which there is one for each row. Must be called inside `atomic`. */
    apply(organization_id: number, changes: readonly RowChange[]) {
      const inOrder = [...changes].sort((a, b) => changedNouns.indexOf(a.noun) - changedNouns.indexOf(b.noun))
      for (const change of inOrder.toReversed()) {
        if (change.after) continue
        const { id, remove, current } = open(organization_id, change)
        remove.run(id)
        report(change.noun, change.key, current, undefined)
      }
      const kept = inOrder.filter(({ after }) => after)
      // Two rows may swap their numbers, which are unique.
      for (const change of kept) {
        if (!change.before || change.after?.sequence === undefined) continue
        const { id, update, current } = open(organization_id, change)
        update.run({ ...id, ...current, sequence: -Number(current?.sequence) })
      }
      for (const change of kept) {
        const { id, insert, update, current } = open(organization_id, change)
        const row = { ...current, ...change.after }
        if (change.before) update.run({ ...id, ...row })
        else insert.run({ ...id, ...row })
        report(change.noun, change.key, change.before && { ...current, ...change.before }, row)
      }
    },
  }
}
