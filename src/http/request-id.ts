import { invalidRequest } from './errors.js'

/** The number of the request with this id; undefined if it is not a request id. */
export function readRequestId(id: string): number | undefined {
  const digits = /^req-([1-9a-z][0-9a-z]{0,9})$/.exec(id)?.[1]
  return digits === undefined ? undefined : parseInt(digits, 36)
}

/** For an id that the sandbox has made itself. */
export function countOf(request_id: string): number {
  return readRequestId(request_id) ?? 0
}

/** The number of an earlier request, whose id was given. Throws a Refusal if there was no such request before `ownId`. */
export function readEarlierId(path: string, id: string, ownId: string): number {
  const count = readRequestId(id) ?? Infinity
  if (count > countOf(ownId)) {
    throw invalidRequest([
      { path, message: `expected the id of a request, such as ${ownId}, got ${JSON.stringify(id.slice(0, 100))}` },
    ])
  }
  return count
}
