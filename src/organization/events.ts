import type { ListedAccess } from '../domain/access.js'
import type { Changes } from '../domain/change.js'
import { expirationEvent, readCall, writeCall, type Actor, type LoggedEvent } from '../domain/events.js'
import type { TargetNoun } from '../domain/target.js'
import type { Store } from '../store/index.js'
import { isUnavailable } from '../store/writer.js'

/** How many calls that changed something are kept, at least; with those of one more row at most. */
const maxCalls = 10_000

/** How much is held in memory before it is saved, in characters: about 100 calls. */
const maxUnsaved = 16 * 1024

/**
 * Holds the events of an organization until there are enough for a row, since a row for each call made a PUT on a file some
 * 6 % slower. What is not saved yet is lost if the process is killed.
 */
export function createEventLog({ store, organization_id }: { store: Store; organization_id: number }) {
  let unsaved: string[] = []
  let length = 0
  /** Of the first call that is not saved. */
  let number: number | undefined
  let isClosed = false

  function nextNumber(): number {
    const last = store.events.last(organization_id)
    return last ? last.number + last.calls.split('\n').length : 1
  }

  function save() {
    if (unsaved.length === 0) return
    const first = (number ??= nextNumber())
    try {
      store.atomic(() => {
        store.events.insert(organization_id, { number: first, calls: unsaved.join('\n') })
        store.events.removeBefore(organization_id, first - maxCalls)
      })
    } catch (error) {
      // The disk is full, for example: the next call tries again.
      if (isUnavailable(error)) return
      throw error
    }
    number = first + unsaved.length
    unsaved = []
    length = 0
  }

  return {
    /** Must be called outside of a transaction. */
    add(at: string, actor: Actor, { rows }: Changes) {
      if (isClosed) return
      const call = writeCall(at, actor, rows)
      if (call === '') return
      unsaved.push(call)
      length += call.length
      if (length > maxUnsaved) save()
    },

    save,

    /** All events up to `now`, in the order of time. Only those whose text contains `mentioned` need to be there. */
    list(now: string, mentioned = ''): LoggedEvent[] {
      const rows = store.events.list(organization_id).map((row) => ({ ...row, calls: row.calls.split('\n') }))
      if (unsaved.length > 0) rows.push({ number: (number ??= nextNumber()), calls: unsaved })
      const called = rows.flatMap(({ number: first, calls }) =>
        calls.flatMap((call, index) => (call.includes(mentioned) ? readCall(first + index, call) : [])),
      )
      const period = { organization_id, from: '', to: now, limit: -1 }
      const expired = [
        ...store.groupUsers.listExpired(period).map((row) => expirationOf('group', row)),
        ...store.resourceUsers.listExpired(period).map((row) => expirationOf('resource', row)),
      ]
      return [...called, ...expired].sort((a, b) => (a.position < b.position ? -1 : 1))
    },

    /** For a log whose organization begins again or is removed. Calls that wrote before may still add to it. */
    close() {
      isClosed = true
      unsaved = []
    },
  }
}

function expirationOf(
  target: TargetNoun,
  { target_id, user_id, sequence, expiration_date }: ListedAccess,
): LoggedEvent {
  const key = { [`${target}_id`]: target_id, user_id }
  return expirationEvent({ noun: `${target}_user`, key, sequence, expiration_date: expiration_date ?? '' })
}

export type EventLog = ReturnType<typeof createEventLog>
