import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** All the bytes in a folder, by name. */
export function contents(folder: string): Record<string, string> {
  return Object.fromEntries(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), 'base64')]))
}
