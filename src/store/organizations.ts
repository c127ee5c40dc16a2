import type { Database } from 'better-sqlite3'
import type { ReportChange } from '../domain/change.js'

export interface OrganizationRow {
  organization_id: number
  name: string
  seed_digest: string
  /** The organization's own seed as JSON; null if it uses the server's. */
  seed: string | null
  /** The hashes of that seed's secrets, by alias, as JSON. */
  secrets: string
  /** A clock as JSON. */
  clock: string
  /** Settings as JSON. */
  settings: string
}

/** The columns that are set when a seed is applied. */
export interface OrganizationState {
  seed_digest: string
  seed: string | null
  secrets: string
  clock: string
  settings: string
  next_sequence: number
}

interface OrganizationKey {
  organization_id: number
}

export function prepareOrganizations(db: Database, shrink: () => void, report: ReportChange) {
  const find = db.prepare<{ name: string }, OrganizationRow>(
    `SELECT organization_id, name, seed_digest, seed, secrets, clock, settings FROM organizations WHERE name = @name`,
  )
  const listNames = db.prepare<[], string>('SELECT name FROM organizations ORDER BY organization_id').pluck()
  const insert = db.prepare<OrganizationKey & { name: string }>(
    'INSERT INTO organizations (organization_id, name) VALUES (@organization_id, @name)',
  )
  const fill = db.prepare<OrganizationKey & OrganizationState>(
    `UPDATE organizations SET seed_digest = @seed_digest, seed = @seed, secrets = @secrets, clock = @clock,
       settings = @settings, next_sequence = @next_sequence
     WHERE organization_id = @organization_id`,
  )
  const saveClock = db.prepare<OrganizationKey & { clock: string }>(
    'UPDATE organizations SET clock = @clock WHERE organization_id = @organization_id',
  )
  const saveSettings = db.prepare<OrganizationKey & { settings: string }>(
    'UPDATE organizations SET settings = @settings WHERE organization_id = @organization_id',
  )
  const remove = db.prepare<OrganizationKey>('DELETE FROM organizations WHERE organization_id = @organization_id')
  // Children first: a cascade would search for them row by row.
  const empty = [
    ...['events', 'links', 'records', 'group_users', 'access_levels', 'groups'],
    ...['resource_users', 'resource_access_levels', 'resources', 'users', 'tokens', 'faults'],
  ].map((table) => db.prepare<OrganizationKey>(`DELETE FROM ${table} WHERE organization_id = @organization_id`))
  const nextSequence = db
    .prepare<OrganizationKey, number>(
      'SELECT next_sequence FROM organizations WHERE organization_id = @organization_id',
    )
    .pluck()
  const takeSequence = db
    .prepare<OrganizationKey, number>(
      `UPDATE organizations SET next_sequence = next_sequence + 1
       WHERE organization_id = @organization_id RETURNING next_sequence - 1`,
    )
    .pluck()

  const takeFaultNumbers = db
    .prepare<OrganizationKey & { count: number }, number>(
      `UPDATE organizations SET next_fault = next_fault + @count
       WHERE organization_id = @organization_id RETURNING next_fault - @count`,
    )
    .pluck()

  // SQLite would reuse the id of a removed organization, which a request in flight may still hold.
  let lastId = db.prepare<[], number>('SELECT IFNULL(MAX(organization_id), 0) FROM organizations').pluck().get() ?? 0

  return {
    find(name: string): OrganizationRow | undefined {
      return find.get({ name })
    },
    /** Oldest first. */
    listNames: (): string[] => listNames.all(),
    /** Returns the new organization's id. */
    insert(name: string): number {
      const organization_id = ++lastId
      insert.run({ organization_id, name })
      return organization_id
    },
    fill(organization_id: number, state: OrganizationState) {
      fill.run({ organization_id, ...state })
    },
    saveClock(organization_id: number, clock: string) {
      saveClock.run({ organization_id, clock })
    },
    saveSettings(organization_id: number, settings: string) {
      saveSettings.run({ organization_id, settings })
    },
    /** Deletes everything that a seed holds; keeps the organization and its snapshots. */
    empty(organization_id: number) {
      for (const statement of empty) statement.run({ organization_id })
      shrink()
    },
    /** Also deletes everything that belongs to it. */
    remove(organization_id: number) {
      for (const statement of empty) statement.run({ organization_id })
      remove.run({ organization_id })
      shrink()
    },
    /** Returns the sequence number for the next row. No number is returned twice. */
    takeSequence: (organization_id: number): number => {
      const sequence = takeSequence.get({ organization_id })
      if (sequence === undefined) throw new Error(`There is no organization ${organization_id}`)
      report('counter', {}, { next_sequence: sequence }, { next_sequence: sequence + 1 })
      return sequence
    },
    /** Returns the next sequence number without taking it. */
    nextSequence: (organization_id: number): number => nextSequence.get({ organization_id }) ?? 1,
    /** Returns the first of `count` numbers for fault rules. No number is returned twice, not even after a reset. */
    takeFaultNumbers(organization_id: number, count: number): number {
      const first = takeFaultNumbers.get({ organization_id, count })
      if (first === undefined) throw new Error(`There is no organization ${organization_id}`)
      return first
    },
  }
}
