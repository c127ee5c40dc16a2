import type { Change } from './types.js'

/** A change in one line: `updated group_user ...: expiration_date null -> "2026-01-01T01:00:00.000Z"`. */
export function describeChange({ noun, key, change, before = {}, after = {} }: Change): string {
  const name = [change, noun, ...Object.values(key)].join(' ')
  if (change !== 'updated') {
    const fields = writeFields(change === 'created' ? after : before)
    return fields === '' ? name : `${name}: ${fields}`
  }
  const fields = Object.keys({ ...before, ...after })
  return `${name}: ${fields.map((field) => `${field} ${show(before[field])} -> ${show(after[field])}`).join(', ')}`
}

function writeFields(fields: Record<string, unknown>): string {
  return Object.entries(fields)
    .map(([name, value]) => `${name} ${show(value)}`)
    .join(', ')
}

function show(value: unknown): string {
  return value === undefined ? 'nothing' : shorten(JSON.stringify(value))
}

const maxShown = 200

export function shorten(text: string): string {
  return text.length > maxShown ? `${text.slice(0, maxShown)}...` : text
}

/** A change that is expected. What is left out can be anything; `key`, `before` and `after` may have some of their fields. */
export interface ExpectedChange {
  noun: Change['noun']
  key?: Record<string, unknown>
  change?: Change['change']
  before?: Record<string, unknown>
  after?: Record<string, unknown>
}

type Equals = (actual: unknown, expected: unknown) => boolean

/**
 * Changes in the form and order of what is expected: each with only the fields that its counterpart names. Those without a
 * counterpart come last, as they are. Moves of the clock and settings, which tests change themselves, only count if the
 * list names them.
 */
export function alignChanges(
  changes: readonly Change[],
  expected: readonly ExpectedChange[],
  equals: Equals,
): object[] {
  const nouns = new Set(expected.map(({ noun }) => noun))
  const rest = changes.filter(({ noun }) => (noun !== 'clock' && noun !== 'settings') || nouns.has(noun))
  const aligned = expected.flatMap((one) => {
    const best = rest
      .filter(({ noun }) => noun === one.noun)
      .map((change) => ({ change, score: similarity(change, one, equals) }))
      .reduce<{ change: Change; score: number } | undefined>((a, b) => (a && a.score >= b.score ? a : b), undefined)
    if (!best) return []
    rest.splice(rest.indexOf(best.change), 1)
    return [pickAs(best.change, one)]
  })
  return [...aligned, ...rest]
}

/** How much of what is expected a change has. The ids of its row count most. */
function similarity(change: Change, { noun: _, key = {}, ...others }: ExpectedChange, equals: Equals): number {
  const shown = pickAs(change, { noun: change.noun, ...others })
  const ids = Object.keys(key).filter((name) => equals(change.key[name], key[name]))
  const parts = (['change', 'before', 'after'] as const).filter((name) => equals(shown[name], others[name]))
  return 10 * ids.length + parts.length
}

function pickAs(change: Change, { key, before, after, ...expected }: ExpectedChange): ExpectedChange {
  const pick = (fields: Record<string, unknown> | undefined, like: Record<string, unknown>) =>
    fields && Object.fromEntries(Object.keys(like).flatMap((name) => (name in fields ? [[name, fields[name]]] : [])))
  const parts = {
    ...(key && { key: pick(change.key, key) }),
    ...(expected.change !== undefined && { change: change.change }),
    ...(before && { before: pick(change.before, before) }),
    ...(after && { after: pick(change.after, after) }),
  }
  const present = Object.entries(parts).filter(([, value]) => value !== undefined)
  return { noun: change.noun, ...(Object.fromEntries(present) as Omit<ExpectedChange, 'noun'>) }
}
