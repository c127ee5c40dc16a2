import { linkKinds, type LinkName } from '../../domain/records.js'
import type { OpenOrganization } from '../../organization/organization.js'
import type { Store } from '../../store/index.js'
import { checkIds } from './records.js'

type Owner = Pick<OpenOrganization, 'organization_id'>

/** The links of one kind. What writes must be called inside `store.write`. */
export function createLinks(store: Store, kind: LinkName) {
  const { to } = linkKinds[kind]

  function insert(organization_id: number, from_id: string, to_id: string, document: object) {
    const sequence = store.organizations.takeSequence(organization_id)
    store.links.insert({ organization_id, kind, from_id, to_id, sequence, document: JSON.stringify(document) })
  }

  return {
    /** The ids that a link leads to, in order. */
    ids: ({ organization_id }: Owner, from_id: string): string[] =>
      store.links.from(organization_id, kind, from_id).map(({ to_id }) => to_id),

    /** With the fields of the links themselves. */
    list: ({ organization_id }: Owner, from_id: string): { to_id: string; document: Record<string, unknown> }[] =>
      store.links.from(organization_id, kind, from_id).map(({ to_id, document }) => ({
        to_id,
        document: JSON.parse(document) as Record<string, unknown>,
      })),

    has: ({ organization_id }: Owner, from_id: string, to_id: string): boolean =>
      store.links.find(organization_id, kind, from_id, to_id) !== undefined,

    /** Replaces all of them; an id that is given twice counts once. `path` is that of the list in the body. */
    set(organization: Owner, from_id: string, ids: string[], path: string): string[] {
      checkIds(store, organization, to, Object.fromEntries(ids.map((id, index) => [`${path}[${index}]`, id])))
      const { organization_id } = organization
      const distinct = [...new Set(ids)]
      store.links.removeFrom(organization_id, kind, from_id)
      for (const id of distinct) insert(organization_id, from_id, id, {})
      return distinct
    },

    /** Adds a link; one that exists gets the new fields, and comes last. */
    put({ organization_id }: Owner, from_id: string, to_id: string, document: object = {}) {
      store.links.remove(organization_id, kind, from_id, to_id)
      insert(organization_id, from_id, to_id, document)
    },

    /** Returns whether it existed. */
    remove: ({ organization_id }: Owner, from_id: string, to_id: string): boolean =>
      store.links.remove(organization_id, kind, from_id, to_id),
  }
}
