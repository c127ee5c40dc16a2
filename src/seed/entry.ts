import { Type } from '@sinclair/typebox'

// What the entries of a seed are made of.

/** A name within a seed. JavaScript would move a name that consists of digits to the front of its object. */
export const aliasPattern = '^(?!\\d+$)[a-z0-9_-]{1,64}$'
export const anAlias = 'an alias of 1 to 64 characters a-z 0-9 _ -, not only digits'

export const alias = (description: string) =>
  Type.String({
    pattern: aliasPattern,
    expects: anAlias,
    description,
  })

export const Time = (description: string) =>
  Type.String({
    expects: 'a date-time such as 2026-01-01T00:00:00Z, or a relative one such as +60m or -1h',
    description: `${description} Absolute, or relative to the clock when the seed is applied.`,
    examples: ['+60m'],
  })
