/** Numbers requests, on both planes and over all organizations. Returns the function that makes the next id. */
export function createRequestIds(): () => string {
  let count = 0
  return () => `req-${(++count).toString(36)}`
}

/** The number of the request with this id; undefined if it is not a request id. */
export function readRequestId(id: string): number | undefined {
  const digits = /^req-([1-9a-z][0-9a-z]{0,9})$/.exec(id)?.[1]
  return digits === undefined ? undefined : parseInt(digits, 36)
}
