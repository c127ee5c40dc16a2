import { OptionalKind, type TSchema } from '@sinclair/typebox'
import {
  isRecordNoun,
  linkKinds,
  linkNames,
  linksFrom,
  recordKinds,
  recordNouns,
  type LinkName,
  type Noun,
  type RecordNoun,
} from '../domain/records.js'
import type { Report } from '../schemas/report.js'
import { linkFields, recordFields } from '../schemas/records.js'
import type { Store } from '../store/index.js'
import { deriveId } from './ids.js'
import { createIdLookup, reportRepeated, type IdLookup } from './lookup.js'
import { aliasField, isDate, labelOf, referenceOf, type LinkEntry } from './record-entries.js'
import type { SeedDocument } from './schema.js'
import { atStart, readTime, type SeedTime } from './time.js'
import { malformedRecord } from './well-formed.js'

/** The fields that are written as they are, and those that depend on the time at which the seed is applied. */
interface Contents {
  document: Record<string, unknown>
  times: Record<string, SeedTime>
}

export interface ResolvedRecord extends Contents {
  noun: RecordNoun
  id: string
  alias: string
}

export interface ResolvedLink extends Contents {
  kind: LinkName
  from_id: string
  to_id: string
}

interface Neighbors {
  users: { alias: string; user_id: string }[]
  groups: { alias: string; group_id: string }[]
  resources: { alias: string; resource_id: string }[]
}

type Aliases = Record<Noun, { alias: string; id: string }[]>
export type Lookups = Record<Noun, IdLookup>

/** The aliases of everything that fields and links can refer to, and what finds their ids. */
export function createLookups(report: Report, document: SeedDocument, { users, groups, resources }: Neighbors) {
  const aliases: Aliases = {
    user: users.map(({ alias, user_id }) => ({ alias, id: user_id })),
    group: groups.map(({ alias, group_id }) => ({ alias, id: group_id })),
    resource: resources.map(({ alias, resource_id }) => ({ alias, id: resource_id })),
    ...(Object.fromEntries(recordNouns.map((noun) => [noun, idsOf(noun, document)])) as Record<RecordNoun, never[]>),
  }
  const lookups = Object.fromEntries(
    Object.entries(aliases).map(([noun, entries]) => [noun, createIdLookup(report, labelOf(noun as Noun), entries)]),
  ) as Lookups
  return { aliases, lookups }
}

/** Resolves the aliases of the records of a seed, and of all links. */
export function resolveRecords(
  report: Report,
  document: SeedDocument,
  { aliases, lookups }: ReturnType<typeof createLookups>,
) {
  const records = recordNouns.flatMap((noun): ResolvedRecord[] => {
    const { section, idField } = recordKinds[noun]
    reportRepeated(report, idField, aliases[noun], ({ alias, id }) => [`${section}.${alias}`, id])
    return aliases[noun].map(({ alias, id }) => {
      const entry = entryOf(document, section, alias)
      if (entry === malformedRecord) return { noun, id, alias, document: {}, times: {} }
      const contents = readContents(report, `${section}.${alias}`, entry, recordFields[noun], lookups)
      return { noun, id, alias, ...contents }
    })
  })

  const links = linkNames.flatMap((kind): ResolvedLink[] => {
    const { from, to, field } = linkKinds[kind]
    const section = sectionOf(from)
    return aliases[from].flatMap(({ alias, id }) => {
      const entries = (entryOf(document, section, alias)[field] ?? []) as LinkEntry[]
      const path = `${section}.${alias}.${field}`
      const targets = entries.map((entry) => (typeof entry === 'string' ? entry : String(entry[to])))
      reportRepeated(report, labelOf(to), targets, (target, index) => [`${path}[${index}]`, target])
      return entries.map((entry, index) => {
        const own = typeof entry === 'string' ? {} : entry
        const contents = readContents(report, `${path}[${index}]`, own, linkFields[kind], lookups)
        return { kind, from_id: id, to_id: lookups[to](`${path}[${index}]`, targets[index] ?? ''), ...contents }
      })
    })
  })
  return { records, links }
}

function idsOf(noun: RecordNoun, document: SeedDocument) {
  const { section, idField } = recordKinds[noun]
  return Object.entries(document[section] ?? {}).map(([alias, entry]) => ({
    alias,
    id: ((entry as Record<string, unknown>)[idField] as string | undefined) ?? deriveId(noun, alias),
  }))
}

function entryOf(
  document: SeedDocument,
  section: ReturnType<typeof sectionOf>,
  alias: string,
): Record<string, unknown> {
  return document[section]?.[alias] ?? {}
}

function sectionOf(noun: Noun) {
  return isRecordNoun(noun) ? recordKinds[noun].section : (`${noun}s` as const)
}

export function readContents(
  report: Report,
  path: string,
  entry: Record<string, unknown>,
  fields: Record<string, TSchema>,
  lookups: Record<Noun, IdLookup>,
): Contents {
  const document: Record<string, unknown> = {}
  const times: Record<string, SeedTime> = {}
  for (const [name, schema] of Object.entries(fields)) {
    const value = entry[name]
    const refersTo = referenceOf(schema)
    const alias = refersTo && (entry[aliasField(name)] as string | undefined)
    if (refersTo && alias !== undefined && value === undefined) {
      document[name] = lookups[refersTo](`${path}.${aliasField(name)}`, alias)
    } else if (alias !== undefined) {
      report(path, `expected ${aliasField(name)} or ${name}, got both`)
    } else if (isDate(schema)) {
      if (typeof value === 'string') times[name] = readTime(report, `${path}.${name}`, value)
      else if (schema.isMoment === true) times[name] = atStart
    } else if (value !== undefined) {
      document[name] = value
    } else if (refersTo && !(OptionalKind in schema)) {
      report(path, `expected ${aliasField(name)}, the alias of an entry of this seed, or ${name}; got neither`)
    }
  }
  return { document, times }
}

/** The fields of an entry that are not links. */
export function withoutLinks(noun: Noun, entry: Record<string, unknown>): Record<string, unknown> {
  const fields = new Set<string>(linksFrom(noun).map((name) => linkKinds[name].field))
  return Object.fromEntries(Object.entries(entry).filter(([name]) => !fields.has(name)))
}

/** Writes the records and the links of an organization in the form of a seed. */
export function createRecordExport(store: Store, organization_id: number, { users, groups, resources }: Neighbors) {
  const rows = Object.fromEntries(
    recordNouns.map((noun) => [noun, store.records.list({ organization_id, noun, after: 0 })]),
  ) as Record<RecordNoun, ReturnType<Store['records']['list']>>
  const aliases = {
    user: new Map(users.map(({ user_id, alias }) => [user_id, alias])),
    group: new Map(groups.map(({ group_id, alias }) => [group_id, alias])),
    resource: new Map(resources.map(({ resource_id, alias }) => [resource_id, alias])),
    ...Object.fromEntries(recordNouns.map((noun) => [noun, new Map(rows[noun].map(({ id, alias }) => [id, alias]))])),
  } as Record<Noun, Map<string, string>>

  /** By kind and beginning. */
  const links = new Map<string, LinkEntry[]>()
  for (const kind of linkNames) {
    const { to } = linkKinds[kind]
    for (const { from_id, to_id, document } of store.links.export(organization_id, kind)) {
      const target = aliases[to].get(to_id) ?? ''
      const own = JSON.parse(document) as object
      const entry = Object.keys(own).length === 0 ? target : { [to]: target, ...own }
      const key = `${kind} ${from_id}`
      const entries = links.get(key)
      if (entries) entries.push(entry)
      else links.set(key, [entry])
    }
  }

  function linksOf(noun: Noun, id: string): Record<string, LinkEntry[] | undefined> {
    return Object.fromEntries(linksFrom(noun).map((kind) => [linkKinds[kind].field, links.get(`${kind} ${id}`)]))
  }

  /** By alias if there is one, since ids can differ in another organization. */
  function writeReferences(schemas: Record<string, TSchema>, document: Record<string, unknown>) {
    const fields = Object.entries(document).map(([name, value]) => {
      const schema = schemas[name]
      const refersTo = schema && referenceOf(schema)
      const alias = refersTo && aliases[refersTo].get(String(value))
      return alias === undefined ? [name, value] : [aliasField(name), alias]
    })
    return Object.fromEntries(fields) as Record<string, unknown>
  }

  const sections = Object.fromEntries(
    recordNouns.map((noun) => {
      const entries = rows[noun].map(({ id, alias, document }) => {
        const fields = writeReferences(recordFields[noun], JSON.parse(document) as Record<string, unknown>)
        return [alias, { [recordKinds[noun].idField]: id, ...fields, ...linksOf(noun, id) }]
      })
      return [recordKinds[noun].section, entries.length > 0 ? Object.fromEntries(entries) : undefined]
    }),
  ) as Record<string, Record<string, unknown> | undefined>

  return { sections, linksOf, writeReferences }
}
