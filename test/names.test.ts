import { globSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'
import { expect, test } from 'vitest'

const source = fileURLToPath(new URL('../src/', import.meta.url))

/** What hands on names of other files, on purpose. */
const frontDoors = ['index.ts', 'sandbox.ts']

/** The names that a file exports: those that it declares and, if it is no front door, those that it hands on. */
function exportedNames(file: string, text: string): string[] {
  const { statements } = ts.createSourceFile(file, text, ts.ScriptTarget.Latest)
  const names = statements.flatMap((statement): (string | undefined)[] => {
    if (ts.isExportDeclaration(statement)) {
      const { exportClause } = statement
      if (frontDoors.includes(file)) return []
      return exportClause && ts.isNamedExports(exportClause)
        ? exportClause.elements.map(({ name }) => name.text)
        : ['*']
    }
    const isExported = ts.canHaveModifiers(statement)
      ? ts.getModifiers(statement)?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword)
      : false
    if (!isExported) return []
    if (ts.isVariableStatement(statement)) {
      return statement.declarationList.declarations.map(({ name }) => (ts.isIdentifier(name) ? name.text : undefined))
    }
    return ts.isFunctionDeclaration(statement) ||
      ts.isClassDeclaration(statement) ||
      ts.isInterfaceDeclaration(statement) ||
      ts.isTypeAliasDeclaration(statement)
      ? [statement.name?.text]
      : []
  })
  // A schema and its type may share their name.
  return [...new Set(names.filter((name) => name !== undefined))]
}

/** Each name that more than one file exports, with the files. */
function repeatedNames(texts: Record<string, string>): Record<string, string[]> {
  const pairs = Object.entries(texts).flatMap(([file, text]) =>
    exportedNames(file, text).map((name) => ({ name, file })),
  )
  const byName = Map.groupBy(pairs, ({ name }) => name)
  return Object.fromEntries(
    [...byName]
      .map(([name, found]): [string, string[]] => [name, found.map(({ file }) => file).sort()])
      .filter(([, files]) => files.length > 1),
  )
}

test('no name is exported from two files', () => {
  const files = globSync('**/*.ts', { cwd: source }).filter((file) => !file.endsWith('.d.ts'))
  const texts = Object.fromEntries(files.map((file) => [file, readFileSync(source + file, 'utf8')]))
  expect(exportedNames('schemas/check.ts', texts['schemas/check.ts']!)).toContain('createSchemaCheck')
  expect(repeatedNames(texts)).toEqual({})
})

test('every way to export a name counts, except re-exports of an entry', () => {
  expect(
    repeatedNames({
      'a.ts': 'export const A = 1, B = 2\nexport type A = string\nexport async function c() {}\nexport class D {}',
      'b.ts': 'export interface A {}\nexport { B, C as c } from "./a.js"\nconst D = 1',
      'index.ts': 'export { A, type D } from "./a.js"\nexport type * from "./b.js"\nexport function e() {}',
    }),
  ).toEqual({ A: ['a.ts', 'b.ts'], B: ['a.ts', 'b.ts'], c: ['a.ts', 'b.ts'] })
})
