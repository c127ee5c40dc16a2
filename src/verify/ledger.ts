import { randomUUID } from 'node:crypto'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { SetupError } from '../domain/setup-error.js'
import { explainSystemError } from '../seed/file.js'
import { uuidPattern } from '../schemas/types.js'

/** What a run has made: a single group, whose name no other group has. */
export interface Ledger {
  file: string
  target: string
  /** The name of the group. */
  name: string
  /** Undefined until the group exists. */
  readonly group_id: string | undefined
  /** Stores the id of the group, once an answer has proven that it is the group of this run. */
  setGroup: (group_id: string) => void
  /** Deletes the file: nothing is left. */
  close: () => void
}

const namePattern = /^opal-sandbox-verify-[0-9a-f-]{36}$/

export const isUuid = (value: unknown): value is string =>
  typeof value === 'string' && new RegExp(uuidPattern, 'i').test(value)

/** Writes the ledger of a new run. It is on the disk before anything is created. */
export function openLedger(file: string, target: string): Ledger {
  const ledger = createLedger(file, { target, name: `opal-sandbox-verify-${randomUUID()}` })
  ledger.write('wx')
  return ledger
}

/** Reads the ledger of a run that did not end. */
export function readLedger(file: string): Ledger {
  const { target, name, group_id } = parse(file)
  const isLedger =
    typeof target === 'string' && typeof name === 'string' && (group_id === undefined || isUuid(group_id))
  if (!isLedger || !namePattern.test(name)) throw new SetupError(`${file} is not a ledger of opal-sandbox verify.`)
  return createLedger(file, { target, name, ...(group_id !== undefined && { group_id }) })
}

function parse(file: string): Record<string, unknown> {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    throw new SetupError(`Cannot read the ledger ${file}: ${explainSystemError(error)}.`)
  }
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? { ...value } : {}
  } catch {
    return {}
  }
}

function createLedger(file: string, state: { target: string; name: string; group_id?: string }) {
  return {
    file,
    target: state.target,
    name: state.name,
    get group_id() {
      return state.group_id
    },
    setGroup(group_id: string) {
      state.group_id = group_id
      this.write('w')
    },
    close: () => rmSync(file),
    write(flag: 'wx' | 'w') {
      try {
        writeFileSync(file, `${JSON.stringify({ version: 1, ...state }, null, 2)}\n`, { flag, flush: true })
      } catch (error) {
        throw new SetupError(`Cannot write the ledger ${file}: ${explainSystemError(error)}.`)
      }
    },
  }
}
