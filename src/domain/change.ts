import { linkNames, recordNouns, type LinkName, type RecordNoun } from './records.js'
import type { TargetNoun } from './target.js'

// What a call changed, row by row, as stored. Columns become fields when a change is shown.

export type ChangedNoun =
  | TargetNoun
  | `${TargetNoun}_user`
  | 'access_level'
  | 'resource_access_level'
  | 'user'
  | 'token'
  | 'clock'
  | 'settings'
  | 'counter'
  | RecordNoun
  | LinkName

type Value = string | number | null

/** Columns of a row by name. */
export type Row = Readonly<Record<string, unknown>>

/** A row before and after a change; undefined if it did not exist. Columns that are the same may be in both. */
export interface RowChange {
  noun: ChangedNoun
  key: Row
  before: Row | undefined
  after: Row | undefined
}

/** What one job changed. Jobs are numbered in the order in which they ran. */
export interface Changes {
  number: number
  rows: readonly RowChange[]
}

/** Reports a change to the running job. */
export type ReportChange = (
  noun: ChangedNoun,
  key: object,
  before: object | undefined,
  after: object | undefined,
) => void

interface Layout {
  key: readonly string[]
  /** The columns that changes hold, besides the key. */
  columns: readonly string[]
}

const record: Layout = { key: ['id'], columns: ['sequence', 'alias', 'document'] }
const accessColumns = ['access_level_remote_id', 'expiration_date', 'pushed_at', 'propagation', 'sequence']
const link: Layout = { key: ['from_id', 'to_id'], columns: ['sequence', 'document'] }

/** Rows that others refer to come first. */
export const layouts = {
  clock: { key: [], columns: ['clock'] },
  settings: { key: [], columns: ['settings'] },
  counter: { key: [], columns: ['next_sequence'] },
  user: {
    key: ['user_id'],
    columns: [
      ...['sequence', 'alias', 'email', 'full_name', 'first_name', 'last_name', 'position', 'hr_idp_status'],
      ...['manager_id', 'propagation'],
    ],
  },
  group: {
    key: ['group_id'],
    columns: ['sequence', 'alias', 'name', 'description', 'group_type', 'details', 'propagation'],
  },
  access_level: { key: ['group_id', 'access_level_remote_id'], columns: ['access_level_name', 'sequence'] },
  group_user: { key: ['group_id', 'user_id'], columns: accessColumns },
  resource: {
    key: ['resource_id'],
    columns: ['sequence', 'alias', 'name', 'description', 'resource_type', 'details', 'propagation'],
  },
  resource_access_level: {
    key: ['resource_id', 'access_level_remote_id'],
    columns: ['access_level_name', 'sequence'],
  },
  resource_user: { key: ['resource_id', 'user_id'], columns: accessColumns },
  token: { key: ['token_id'], columns: ['revoked_at'] },
  ...(Object.fromEntries(recordNouns.map((noun) => [noun, record])) as Record<RecordNoun, Layout>),
  ...(Object.fromEntries(linkNames.map((kind) => [kind, link])) as Record<LinkName, Layout>),
} as const satisfies Record<ChangedNoun, Layout>

export const changedNouns = Object.keys(layouts) as ChangedNoun[]

/** The counter only matters for what goes back to an earlier state. */
export const shownNouns = changedNouns.filter((noun) => noun !== 'counter')

export type ShownNoun = (typeof shownNouns)[number]

const update = 0
const creation = 1
const removal = 2

/**
 * Writes changes as one JSON array: the number, then for each row its noun, its key, how it changed, and the values: of
 * an update the index, the value before and the value after of each column that differs, otherwise those of all columns.
 */
export function encodeChanges({ number, rows }: Changes): string {
  let text = `[${number}`
  for (const { noun, key, before, after } of rows) {
    const layout: Layout = layouts[noun]
    text += `,["${noun}"`
    for (const name of layout.key) text += `,${encode(key[name])}`
    text += `,${before ? (after ? update : removal) : creation}`
    const { columns } = layout
    for (let index = 0; index < columns.length; index++) {
      const name = columns[index] ?? ''
      if (!before || !after) text += `,${encode((before ?? after)?.[name])}`
      else if (before[name] !== after[name]) text += `,${index},${encode(before[name])},${encode(after[name])}`
    }
    text += ']'
  }
  return `${text}]`
}

function encode(value: unknown): string {
  return JSON.stringify(value ?? null)
}

export function decodeChanges(text: string): Changes {
  const [number, ...rows] = JSON.parse(text) as [number, ...[ChangedNoun, ...Value[]][]]
  return { number, rows: rows.map(decodeRow) }
}

function decodeRow([noun, ...values]: [ChangedNoun, ...Value[]]): RowChange {
  const { key, columns }: Layout = layouts[noun]
  const rest = values.slice(key.length + 1)
  const change = { noun, key: pick(key, values), before: undefined, after: undefined }
  if (values[key.length] === creation) return { ...change, after: pick(columns, rest) }
  if (values[key.length] === removal) return { ...change, before: pick(columns, rest) }
  const [before, after]: Record<string, Value>[] = [{}, {}]
  for (let index = 0; index < rest.length; index += 3) {
    const name = columns[Number(rest[index])] ?? ''
    Object.assign(before ?? {}, { [name]: rest[index + 1] })
    Object.assign(after ?? {}, { [name]: rest[index + 2] })
  }
  return { ...change, before, after }
}

function pick(names: readonly string[], values: Value[]): Row {
  return Object.fromEntries(names.map((name, index) => [name, values[index] ?? null]))
}

/**
 * Sums changes in the order of their jobs: one change for each row, from its first state to its last, in the order in
 * which the rows were first changed. Leaves out what ended as it began.
 */
export function sumChanges(all: readonly Changes[]): RowChange[] {
  const sums = new Map<string, RowChange>()
  for (const { rows } of [...all].sort((a, b) => a.number - b.number)) {
    for (const change of rows) {
      const id = JSON.stringify([change.noun, ...layouts[change.noun].key.map((name) => change.key[name])])
      const earlier = sums.get(id)
      sums.set(id, earlier ? join(earlier, change) : change)
    }
  }
  return [...sums.values()].flatMap(onlyDifferences)
}

/** Only the columns of the key: a store function may report it as a whole row. */
export function keyOf({ noun, key }: RowChange): Row {
  return Object.fromEntries(layouts[noun].key.map((name) => [name, key[name]]))
}

/** Leads back from the state after changes to the one before. */
export function invertChanges(rows: readonly RowChange[]): RowChange[] {
  return rows.map(({ before, after, ...change }) => ({ ...change, before: after, after: before }))
}

/** An update holds only some columns; the others are as the changes around it have them. */
function join(first: RowChange, second: RowChange): RowChange {
  return {
    ...first,
    before: first.before && { ...second.before, ...first.before },
    after: second.after && { ...first.after, ...second.after },
  }
}

function onlyDifferences(change: RowChange): RowChange[] {
  const { before, after } = change
  if (!before || !after) return before || after ? [change] : []
  const names = Object.keys(after).filter((name) => before[name] !== after[name])
  if (names.length === 0) return []
  const only = (row: Row) => Object.fromEntries(names.map((name) => [name, row[name]]))
  return [{ ...change, before: only(before), after: only(after) }]
}
