import { Type, type TObject, type TOptional, type TSchema, type TUnsafe } from '@sinclair/typebox'
import {
  isRecordNoun,
  linkKinds,
  linksFrom,
  recordKinds,
  recordNouns,
  type LinkName,
  type Noun,
  type RecordNoun,
} from '../domain/records.js'
import { linkFields, recordFields, type LinkDocuments, type RecordDocuments } from '../schemas/records.js'
import { Uuid } from '../schemas/types.js'
import { alias, Time } from './entry.js'

/** A link in a seed: the alias of what it leads to, or an object that also has the fields of the link. */
export type LinkEntry = string | Record<string, unknown>

type Kinds = typeof linkKinds

type LinkEntryOf<Name extends LinkName> =
  string | (keyof LinkDocuments[Name] extends never ? never : Record<Kinds[Name]['to'], string> & LinkDocuments[Name])

export type LinkEntries<From extends Noun> = {
  [Name in LinkName as Kinds[Name]['from'] extends From ? Kinds[Name]['field'] : never]: TOptional<
    TUnsafe<LinkEntryOf<Name>[]>
  >
}

/** The fields of a seed's entry that hold the links that begin at it. */
export function linkEntries<From extends Noun>(from: From): LinkEntries<From> {
  const fields = linksFrom(from).map((name) => {
    const { to, field } = linkKinds[name]
    const target = alias(`The alias of a ${labelOf(to)}.`)
    const own = linkFields[name]
    const entry =
      Object.keys(own).length > 0
        ? Type.Union([target, Type.Object({ [to]: target, ...seedFields(own) }, { additionalProperties: false })])
        : target
    return [field, Type.Optional(Type.Array(entry, { description: `Each a ${labelOf(to)} of this seed.` }))]
  })
  return Object.fromEntries(fields) as LinkEntries<From>
}

/** A record in a seed. What it refers to may be given by alias instead, so none of its ids is required. */
export type RecordEntry<Noun extends RecordNoun = RecordNoun> = Noun extends RecordNoun
  ? Omit<RecordDocuments[Noun], 'admin_owner_id'> & { admin_owner_id?: string }
  : never

type Sections = { [Noun in RecordNoun as (typeof recordKinds)[Noun]['section']]: TUnsafe<RecordEntry<Noun>> }

/** The schemas of the records in a seed, by section. */
export const recordEntries = Object.fromEntries(
  recordNouns.map((noun) => [recordKinds[noun].section, recordEntry(noun)]),
) as unknown as Sections

function recordEntry(noun: RecordNoun): TObject {
  const { idField } = recordKinds[noun]
  return Type.Object(
    {
      [idField]: Type.Optional(Uuid('The id; derived from the alias if left out.')),
      ...seedFields(recordFields[noun]),
      ...linkEntries(noun),
    },
    { additionalProperties: false },
  )
}

/** Dates may be relative, and what a field refers to may be given by its alias, in the field without `_id`. */
export function seedFields(fields: Record<string, TSchema>): Record<string, TSchema> {
  const entries = Object.entries(fields).flatMap(([name, schema]): [string, TSchema][] => {
    const { description = '' } = schema
    if (isDate(schema)) return [[name, Type.Optional(Time(description))]]
    const refersTo = referenceOf(schema)
    if (refersTo === undefined) return [[name, schema]]
    return [
      [name, Type.Optional(schema)],
      [aliasField(name), Type.Optional(alias(`${description} Its alias in this seed.`))],
    ]
  })
  return Object.fromEntries(entries)
}

export function isDate(schema: TSchema): boolean {
  return schema.documentedFormat === 'date-time'
}

/** What the id in a field belongs to. */
export function referenceOf(schema: TSchema): Noun | undefined {
  return schema.refersTo as Noun | undefined
}

/** `admin_owner` of `admin_owner_id`. */
export function aliasField(name: string): string {
  return name.replace(/_id$/, '')
}

export function labelOf(noun: Noun): string {
  return isRecordNoun(noun) ? recordKinds[noun].label : noun
}
