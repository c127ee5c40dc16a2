/** better-sqlite3 needs it. Without it, loading the binary crashes the process without a message. */
const neededNodeApi = 10

/** An explanation for the user if this Node is too old, else undefined. */
export function explainOldNode(): string | undefined {
  if (Number(process.versions.napi) >= neededNodeApi) return undefined
  return `Node 22.14, 23.6 or newer is needed, this is ${process.version} (${process.execPath}).`
}
