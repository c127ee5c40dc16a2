import { openDatabase } from './database.js'
import { prepareFaults } from './faults.js'
import { prepareGroupUsers } from './group-users.js'
import { prepareGroups } from './groups.js'
import { prepareOrganizations } from './organizations.js'
import { prepareSnapshots } from './snapshots.js'
import { prepareTokens } from './tokens.js'
import { prepareUsers } from './users.js'
import { createWriter } from './writer.js'

/**
 * Opens the database and prepares every statement once. `file` is a path or `:memory:`.
 * Throws a SetupError where the file cannot be used.
 */
export function openStore(file: string, migrationsFolder: string) {
  const db = openDatabase(file, migrationsFolder)
  const ping = db.prepare('SELECT 1')
  const totalChanges = db.prepare<[], number>('SELECT total_changes()').pluck()
  const groupUsers = prepareGroupUsers(db)
  return {
    ...createWriter(db, groupUsers),
    organizations: prepareOrganizations(db),
    users: prepareUsers(db),
    tokens: prepareTokens(db),
    groups: prepareGroups(db),
    groupUsers,
    faults: prepareFaults(db),
    snapshots: prepareSnapshots(db),

    /** How many rows were written since the database was opened; no other process can write to it. */
    countChanges: (): number => totalChanges.get() ?? 0,
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
