import type { Change } from './types.js'

/** A change in one line: `updated group_user ...: expiration_date null -> "2026-01-01T01:00:00.000Z"`. */
export function describeChange({ noun, key, change, before = {}, after = {} }: Change): string {
  const name = [change, noun, ...Object.values(key)].join(' ')
  if (change !== 'updated') return `${name}: ${writeFields(change === 'created' ? after : before)}`
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
