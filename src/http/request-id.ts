/** Requests are counted, on both planes and over all organizations. */
export function writeRequestId(count: number): string {
  return `req-${count.toString(36)}`
}

/** The count of the request with this id; undefined where it is none. */
export function readRequestId(id: string): number | undefined {
  const digits = /^req-([1-9a-z][0-9a-z]{0,9})$/.exec(id)?.[1]
  return digits === undefined ? undefined : parseInt(digits, 36)
}
