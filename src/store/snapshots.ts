import type { Database } from 'better-sqlite3'

export interface SnapshotRow {
  name: string
  created_at: string
}

/** A seed, and the hashes of its secrets by alias, as JSON. */
interface SavedState {
  seed: string
  secrets: string
}

interface SnapshotKey {
  organization_id: number
  name: string
}

export function prepareSnapshots(db: Database, shrink: () => void) {
  const list = db.prepare<{ organization_id: number }, SnapshotRow>(
    'SELECT name, created_at FROM snapshots WHERE organization_id = @organization_id ORDER BY name',
  )
  const find = db.prepare<SnapshotKey, SavedState>(
    'SELECT seed, secrets FROM snapshots WHERE organization_id = @organization_id AND name = @name',
  )
  const save = db.prepare<SnapshotKey & SavedState & { created_at: string }>(
    `INSERT INTO snapshots (organization_id, name, created_at, seed, secrets)
     VALUES (@organization_id, @name, @created_at, @seed, @secrets)
     ON CONFLICT DO UPDATE SET created_at = excluded.created_at, seed = excluded.seed, secrets = excluded.secrets`,
  )
  const remove = db.prepare<SnapshotKey>(
    'DELETE FROM snapshots WHERE organization_id = @organization_id AND name = @name',
  )

  return {
    list: (organization_id: number): SnapshotRow[] => list.all({ organization_id }),
    find: (organization_id: number, name: string): SavedState | undefined => find.get({ organization_id, name }),
    /** Replaces a snapshot of the same name. */
    save(snapshot: SnapshotKey & SavedState & { created_at: string }) {
      save.run(snapshot)
      shrink()
    },
    /** Returns whether there was one. */
    remove(organization_id: number, name: string): boolean {
      const { changes } = remove.run({ organization_id, name })
      shrink()
      return changes > 0
    },
  }
}
