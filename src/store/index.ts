import { openDatabase, type DatabaseOptions } from './database.js'
import { prepareEvents } from './events.js'
import { prepareFaults } from './faults.js'
import { prepareLinks } from './links.js'
import { prepareOrganizations } from './organizations.js'
import { prepareRecords } from './records.js'
import { prepareReferences } from './references.js'
import { prepareResourceAccess } from './resource-access.js'
import { prepareResourceTree } from './resource-tree.js'
import { createRows } from './rows.js'
import { createShrink } from './shrink.js'
import { prepareSnapshots } from './snapshots.js'
import { prepareTargetUsers } from './target-users.js'
import { prepareTargets } from './targets.js'
import { prepareTokens } from './tokens.js'
import { prepareUsers } from './users.js'
import { createCollector, createWriter } from './writer.js'

/**
 * Opens the database and prepares every statement once. `file` is a path or `:memory:`.
 * Throws a SetupError if the file cannot be used.
 */
export function openStore(file: string, migrationsFolder: string, options?: DatabaseOptions) {
  const db = openDatabase(file, migrationsFolder, options)
  const shrink = createShrink(db)
  const ping = db.prepare('SELECT 1')
  const collector = createCollector()
  const { report } = collector
  const organizations = prepareOrganizations(db, shrink, report)
  const groups = prepareTargets(db, 'group', report)
  const resources = { ...prepareTargets(db, 'resource', report), ...prepareResourceTree(db) }
  const { takeSequence } = organizations
  const records = prepareRecords(db, report)
  const links = prepareLinks(db, report)
  return {
    ...createWriter(db, collector),
    /** For what is a change but no row, such as a clock that is frozen for this run alone. */
    report,
    organizations,
    users: prepareUsers(db, report),
    tokens: prepareTokens(db, report),
    groups,
    groupUsers: prepareTargetUsers(db, 'group', { takeSequence, levels: groups.levels, report }),
    resources,
    resourceUsers: prepareTargetUsers(db, 'resource', { takeSequence, levels: resources.levels, report }),
    listResourceAccess: prepareResourceAccess(db),
    records,
    links,
    rows: createRows(db, report),
    events: prepareEvents(db),
    faults: prepareFaults(db),
    snapshots: prepareSnapshots(db, shrink),

    references: prepareReferences(db, { groups, resources, links, records }),

    isAlive(): boolean {
      try {
        return ping.get() !== undefined
      } catch {
        return false
      }
    },
    close() {
      db.close()
    },
  }
}

export type Store = ReturnType<typeof openStore>
