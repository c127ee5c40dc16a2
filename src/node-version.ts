/** What to say where Node is too old: better-sqlite3 would crash the process before a word could be said. */
export function explainOldNode(): string | undefined {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  if (major > 22 || (major === 22 && minor >= 12)) return undefined
  return `Node 22.12 or newer is needed, this is ${process.version} (${process.execPath}).`
}
