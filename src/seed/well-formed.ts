import type { TObject, TSchema } from '@sinclair/typebox'
import { createSchemaCheck } from '../schemas/check.js'
import { entries, SeedDocument } from './schema.js'

/** Placeholders for malformed users, groups, resources and records, so that references to them still resolve. */
const malformedUser = { email: '', full_name: '' }
export const malformedRecord: Record<string, unknown> = {}
export const malformedTargets = {
  groups: { name: '', group_type: 'OPAL_GROUP' as const },
  resources: { name: '' },
}

/**
 * Returns a malformed seed without its malformed parts: with holes in lists, and placeholders for users, groups, resources
 * and records.
 * Returns undefined if so much is wrong that checking the rest is pointless.
 */
export function wellFormed(document: unknown): SeedDocument | undefined {
  if (!isRecord(document)) return undefined
  const seed: Record<string, unknown> = { ...document, version: 1 }
  for (const [section, schema] of Object.entries(entries.byAlias)) {
    if (seed[section] === undefined) continue
    if (!isRecord(seed[section])) return undefined
    const { isValid } = createSchemaCheck(schema)
    seed[section] = Object.fromEntries(
      Object.entries(seed[section]).flatMap(([alias, entry]): [string, unknown][] => {
        if (isValid(entry)) return [[alias, entry]]
        if (section === 'users') return [[alias, { ...malformedUser, email: alias }]]
        if (section === 'groups' || section === 'resources') return [[alias, malformedTargets[section]]]
        return section === 'tokens' ? [] : [[alias, malformedRecord]]
      }),
    )
  }
  for (const [section, schema] of Object.entries(entries.listed)) {
    const list: unknown = seed[section]
    if (list === undefined) continue
    if (!Array.isArray(list)) return undefined
    const { isValid } = createSchemaCheck(schema)
    const copy: unknown[] = [...(list as unknown[])]
    list.forEach((entry, index) => {
      if (!isValid(entry)) Reflect.deleteProperty(copy, index)
    })
    seed[section] = copy
  }
  const { byAlias, listed } = entries
  const others = Object.entries(seed).filter(([name]) => !Object.hasOwn(byAlias, name) && !Object.hasOwn(listed, name))
  for (const [name, value] of others) {
    const parts = ownProperty(SeedDocument, name) as TObject | undefined
    if (isRecord(value) && parts?.properties) {
      seed[name] = Object.fromEntries(
        Object.entries(value).filter(([key, part]) => {
          const schema = ownProperty(parts, key)
          return schema !== undefined && createSchemaCheck(schema).isValid(part)
        }),
      )
    } else if (!parts || !createSchemaCheck(parts).isValid(value)) {
      Reflect.deleteProperty(seed, name)
    }
  }
  return seed as unknown as SeedDocument
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The schema of a property; undefined for names such as `constructor`, which every object inherits. */
function ownProperty({ properties }: TObject, name: string): TSchema | undefined {
  return Object.hasOwn(properties, name) ? properties[name] : undefined
}
