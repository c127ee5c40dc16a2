import { operations } from '../../domain/operations.js'
import { isRecordNoun, recordKinds, type Noun, type RecordNoun } from '../../domain/records.js'
import { Refusal, type RefusalCode } from '../../domain/refusal.js'
import type { OpenOrganization } from '../../organization/organization.js'
import type { RecordDocuments } from '../../schemas/records.js'
import { createdId } from '../../seed/ids.js'
import type { Store } from '../../store/index.js'
import type { ListedRecord } from '../../store/records.js'
import { invalidRequest, maxProblems } from '../errors.js'
import { readPage, type PageQuery } from './paging.js'

/** The codes of those that have one of their own. */
const notFound: Partial<Record<RecordNoun, RefusalCode>> = {
  app: 'APP_NOT_FOUND',
  owner: 'OWNER_NOT_FOUND',
  message_channel: 'MESSAGE_CHANNEL_NOT_FOUND',
  on_call_schedule: 'ON_CALL_SCHEDULE_NOT_FOUND',
  tag: 'TAG_NOT_FOUND',
  request: 'ACCESS_REQUEST_NOT_FOUND',
  delegation: 'DELEGATION_NOT_FOUND',
}

/** A record as the API shows it: its id and its fields. */
export type Shown<Noun extends RecordNoun> = Record<(typeof recordKinds)[Noun]['idField'], string> &
  RecordDocuments[Noun]

type Owner = Pick<OpenOrganization, 'organization_id'>

/** The records of one noun in lists. */
export function listRecords<Noun extends RecordNoun>(store: Store, noun: Noun) {
  const { idField } = recordKinds[noun]
  type Item = Shown<Noun>

  function show({ id, document }: Pick<ListedRecord, 'id' | 'document'>): Item {
    return { [idField]: id, ...(JSON.parse(document) as RecordDocuments[Noun]) } as Item
  }

  return {
    show,

    /** All of them, in order of creation. */
    list: ({ organization_id }: Owner, matches?: (item: Item) => boolean): Item[] =>
      store.records
        .list({ organization_id, noun, after: 0 }, Infinity, matches && ((row) => matches(show(row))))
        .map(show),

    page: ({ organization_id }: Owner, query: PageQuery, matches?: (item: Item) => boolean) =>
      readPage<ListedRecord, Item>(
        query,
        ({ after, limit }) =>
          store.records.list({ organization_id, noun, after }, limit, matches && ((row) => matches(show(row)))),
        show,
      ),
  }
}

/** The records of one noun, each by its id. What writes must be called inside `store.write`. */
export function createRecords<Noun extends RecordNoun>(store: Store, noun: Noun) {
  const { idField, label, section } = recordKinds[noun]
  const { show, ...lists } = listRecords(store, noun)
  type Item = Shown<Noun>

  function get({ organization_id }: Owner, id: string): Item {
    const row = store.records.find(organization_id, noun, id)
    if (!row) throw missing(id)
    return show(row)
  }

  function missing(which: string): Refusal {
    const list = `/${section.replaceAll('_', '-')}`
    const isSimulated = operations.some(({ method, path, simulated }) => method === 'GET' && path === list && simulated)
    return new Refusal(notFound[noun] ?? 'RECORD_NOT_FOUND', `There is no ${label} ${which}.`, {
      hint: isSimulated
        ? `GET /v1${list} lists the ${label}s.`
        : `The section ${section} of the seed has the ${label}s.`,
    })
  }

  return {
    ...lists,
    get,
    missing,

    create({ organization_id }: Owner, document: RecordDocuments[Noun]): Item {
      const { id, sequence } = takeId(store, organization_id, noun)
      const row = { id, document: JSON.stringify(document) }
      store.records.insert({ organization_id, noun, sequence, alias: id, ...row })
      return show(row)
    },

    /** Sets the given fields, and removes those that are undefined. */
    update(organization: Owner, id: string, changes: Partial<RecordDocuments[Noun]>): Item {
      const { [idField]: _, ...document } = { ...get(organization, id), ...changes } as Record<string, unknown>
      const text = JSON.stringify(document)
      store.records.update(organization.organization_id, noun, id, text)
      return show({ id, document: text })
    },

    /** Also removes its links. */
    remove({ organization_id }: Owner, id: string) {
      if (!store.records.remove(organization_id, noun, id)) throw missing(id)
      store.references.remove(organization_id, noun, id)
    },
  }
}

/** Skips sequence numbers whose id a seed has already given to another row. */
export function takeId(store: Store, organization_id: number, noun: Noun): { id: string; sequence: number } {
  for (;;) {
    const sequence = store.organizations.takeSequence(organization_id)
    const id = createdId(noun, sequence)
    if (!exists(store, organization_id, noun, id)) return { id, sequence }
  }
}

export function exists(store: Store, organization_id: number, noun: Noun, id: string): boolean {
  if (noun === 'user') return store.users.exists(organization_id, id)
  if (noun === 'group') return store.groups.exists(organization_id, id)
  if (noun === 'resource') return store.resources.exists(organization_id, id)
  return store.records.find(organization_id, noun, id) !== undefined
}

/** Rejects ids in a body that name nothing. `ids` has them by their path. */
export function checkIds(store: Store, { organization_id }: Owner, noun: Noun, ids: Record<string, string>) {
  const label = isRecordNoun(noun) ? recordKinds[noun].label : noun
  const problems = Object.entries(ids)
    .filter(([, id]) => !exists(store, organization_id, noun, id))
    .map(([path, id]) => ({ path, message: `expected the id of a ${label}; there is no ${label} ${id}` }))
  if (problems.length > 0) throw invalidRequest(problems.slice(0, maxProblems))
}
