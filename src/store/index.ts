import { openDatabase, type DatabaseOptions } from './database.js'
import { prepareFaults } from './faults.js'
import { prepareGroupUsers } from './group-users.js'
import { prepareGroups } from './groups.js'
import { prepareOrganizations } from './organizations.js'
import { createShrink } from './shrink.js'
import { prepareSnapshots } from './snapshots.js'
import { prepareTokens } from './tokens.js'
import { prepareUsers } from './users.js'
import { createWriter } from './writer.js'

/**
 * Opens the database and prepares every statement once. `file` is a path or `:memory:`.
 * Throws a SetupError if the file cannot be used.
 */
export function openStore(file: string, migrationsFolder: string, options?: DatabaseOptions) {
  const db = openDatabase(file, migrationsFolder, options)
  const shrink = createShrink(db)
  const ping = db.prepare('SELECT 1')
  const organizations = prepareOrganizations(db, shrink)
  const groups = prepareGroups(db)
  return {
    ...createWriter(db),
    organizations,
    users: prepareUsers(db),
    tokens: prepareTokens(db),
    groups,
    groupUsers: prepareGroupUsers(db, { takeSequence: organizations.takeSequence, levels: groups.levels }),
    faults: prepareFaults(db),
    snapshots: prepareSnapshots(db, shrink),

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
