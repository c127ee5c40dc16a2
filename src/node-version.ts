/** better-sqlite3 needs it. Where it is missing, loading the binary crashes the process without a message. */
const neededNodeApi = 10

/** What to tell a user whose Node is too old; undefined where it is not. */
export function explainOldNode(): string | undefined {
  if (Number(process.versions.napi) >= neededNodeApi) return undefined
  return `Node 22.14, 23.6 or newer is needed, this is ${process.version} (${process.execPath}).`
}
