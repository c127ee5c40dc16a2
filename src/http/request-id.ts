/** Counts requests, on both planes and over all organizations. Returns what makes the next id. */
export function createRequestIds(): () => string {
  let count = 0
  return () => `req-${(++count).toString(36)}`
}

/** The count of the request with this id; undefined where it is none. */
export function readRequestId(id: string): number | undefined {
  const digits = /^req-([1-9a-z][0-9a-z]{0,9})$/.exec(id)?.[1]
  return digits === undefined ? undefined : parseInt(digits, 36)
}
