import { linkKinds, type LinkName } from '../../domain/records.js'
import type { OpenOrganization } from '../../organization/organization.js'
import type { LinkDocuments } from '../../schemas/records.js'
import type { Store } from '../../store/index.js'
import type { ListedLink } from '../../store/links.js'
import { readPage, type PageQuery } from './paging.js'
import { checkIds } from './records.js'

type Owner = Pick<OpenOrganization, 'organization_id'>
type Clocked = Pick<OpenOrganization, 'organization_id' | 'moment'>

/** The links of one kind. What writes must be called inside `store.write`. */
export function createLinks<Kind extends LinkName>(store: Store, kind: Kind) {
  type Document = LinkDocuments[Kind]
  type Fields = { [Name in keyof Document]: Document[Name] | undefined }
  const { to } = linkKinds[kind]

  /** Those that have not expired, in order, with the fields of the links themselves. */
  const list = ({ organization_id, moment }: Clocked, from_id: string) =>
    live(store.links.from(organization_id, kind, from_id), moment().text)

  function live(links: ListedLink[], now: string) {
    return links
      .map(({ document, sequence: _, ...ends }) => ({
        ...ends,
        ...(JSON.parse(document) as Document & { expiration_date?: string }),
      }))
      .filter(({ expiration_date }) => expiration_date === undefined || expiration_date > now)
  }

  function insert(organization_id: number, from_id: string, to_id: string, document: object) {
    const sequence = store.organizations.takeSequence(organization_id)
    store.links.insert({ organization_id, kind, from_id, to_id, sequence, document: JSON.stringify(document) })
  }

  return {
    /** The ids that a link leads to, in order. */
    ids: ({ organization_id }: Owner, from_id: string): string[] =>
      store.links.from(organization_id, kind, from_id).map(({ to_id }) => to_id),

    list,

    /** The same of those that end there. */
    listTo: ({ organization_id, moment }: Clocked, to_id: string) =>
      live(store.links.to(organization_id, kind, to_id), moment().text),
    page: <Item>(
      { organization_id }: Owner,
      from_id: string,
      query: PageQuery,
      toItem: (link: { to_id: string } & Document) => Item,
    ) =>
      readPage(
        query,
        ({ after, limit }) => {
          const links = store.links.from(organization_id, kind, from_id)
          return links.filter(({ sequence }) => sequence > after).slice(0, limit)
        },
        ({ to_id, document }) => toItem({ to_id, ...(JSON.parse(document) as Document) }),
      ),

    has: ({ organization_id }: Owner, from_id: string, to_id: string): boolean =>
      store.links.find(organization_id, kind, from_id, to_id) !== undefined,

    /** Undefined also if it has expired. */
    find: (organization: Clocked, from_id: string, to_id: string) =>
      list(organization, from_id).find((link) => link.to_id === to_id),

    /**
     * Sets all of them, in this order; an id that is given twice counts once. `path` is that of the list in the body. Links
     * that need not move stay as they are, so that only what is new counts as a change.
     */
    set(organization: Owner, from_id: string, ids: string[], path: string): string[] {
      checkIds(store, organization, to, Object.fromEntries(ids.map((id, index) => [`${path}[${index}]`, id])))
      const { organization_id } = organization
      const distinct = [...new Set(ids)]
      const present = store.links.from(organization_id, kind, from_id).map(({ to_id }) => to_id)
      const staying = present.filter((id) => distinct.includes(id))
      const firstMoved = distinct.findIndex((id, index) => staying[index] !== id)
      const kept = new Set(firstMoved === -1 ? distinct : distinct.slice(0, firstMoved))
      for (const id of present) if (!kept.has(id)) store.links.remove(organization_id, kind, from_id, id)
      for (const id of distinct) if (!kept.has(id)) insert(organization_id, from_id, id, {})
      return distinct
    },

    /** Adds a link; one that exists gets the new fields, and comes last. */
    put({ organization_id }: Owner, from_id: string, to_id: string, document: Fields = {} as Fields) {
      store.links.remove(organization_id, kind, from_id, to_id)
      insert(organization_id, from_id, to_id, document)
    },

    removeAll({ organization_id }: Owner, from_id: string) {
      store.links.removeFrom(organization_id, kind, from_id)
    },

    /** Returns whether it existed. */
    remove: ({ organization_id }: Owner, from_id: string, to_id: string): boolean =>
      store.links.remove(organization_id, kind, from_id, to_id),
  }
}
