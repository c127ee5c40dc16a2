import { globSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const root = fileURLToPath(new URL('../../', import.meta.url))

// ESLint bans JavaScript's clock there.
test("no statement and no migration reads SQLite's clock", () => {
  const files = globSync(['src/store/*.ts', 'migrations/*.sql'], { cwd: root })
  const readings = files.filter((file) =>
    /\bCURRENT_(TIMESTAMP|DATE|TIME)\b|'now'|\bunixepoch\s*\(\s*\)/i.test(readFileSync(root + file, 'utf8')),
  )
  expect(files.length).toBeGreaterThan(5)
  expect(readings).toEqual([])
})
