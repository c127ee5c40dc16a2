import { readdirSync, readFileSync } from 'node:fs'
import { posix } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'
import { describe, expect, test } from 'vitest'

const source = fileURLToPath(new URL('../src', import.meta.url))

/** The house from top to bottom. What is not named here stands on no floor, and is refused. */
const floors = [
  ['cli', 'vitest'],
  ['index'],
  ['library'],
  ['sandbox', 'client'],
  ['app'],
  ['http'],
  ['organization', 'seed', 'journal', 'tape', 'faults'],
  ['store'],
  ['closest', 'globals', 'node-version', 'package', 'schema-check', 'schema-types', 'types'],
  ['domain'],
]

/** The floors on which neighbours may know each other, as long as that makes no cycle. */
const sharedFloors = ['organization', 'closest']

/**
 * Folders of nouns that do not know each other. The nouns are what the files at the top import; beside them stand files
 * that they share, of which the top needs some itself.
 */
const nounFolders: Record<string, { top: string[]; shared: string[] }> = {
  cli: { top: ['index', 'main'], shared: [] },
  store: { top: ['index'], shared: ['database', 'writer'] },
  'http/v1': { top: ['index'], shared: ['hooks'] },
  'http/sandbox': { top: ['index'], shared: ['guard'] },
}

/** Which modules outside of `src` a floor may import; those that are not named here may import any. */
const outsideOf: Record<string, RegExp> = {
  domain: /^(?!)/,
  store: /^(better-sqlite3$|node:)/,
}

/** The one floor that does not see all that lies below it. */
const onlySees: Record<string, string[]> = { store: ['store', 'globals', 'domain'] }

/** What each file imports, as its import lines say it. Files are named from `src`. */
type Imports = Record<string, string[]>

interface Arrow {
  from: string
  to: string
}

/** Everything in which the imports differ from the design, one line a difference. */
function findViolations(files: Imports): string[] {
  const arrows = Object.entries(files).flatMap(([file, specifiers]) =>
    specifiers.map((specifier) => ({ from: nameOf(file), ...resolve(file, specifier) })),
  )
  const inside = arrows.filter(({ isOutside }) => !isOutside)
  return [
    ...Object.keys(files)
      .map(nameOf)
      .filter((name) => floorOf(name) === -1)
      .map((name) => `${name} stands on no floor`),
    ...arrows.flatMap(({ from, to, isOutside }) => (isOutside ? foreign(from, to) : against(from, to)) ?? []),
    ...amongNouns(inside),
    ...findCycles(inside).map((cycle) => `cycle: ${cycle}`),
    ...findCycles(inside.map(({ from, to }) => ({ from: unitOf(from), to: unitOf(to) }))).map(
      (cycle) => `cycle of floors: ${cycle}`,
    ),
  ]
}

function foreign(from: string, to: string): string | undefined {
  return outsideOf[unitOf(from)]?.test(to) === false ? `${from} may not import ${to}` : undefined
}

function against(from: string, to: string): string | undefined {
  const [own, other] = [floorOf(from), floorOf(to)]
  if (other < own) return `${from} imports ${to}: upward`
  const [unit, otherUnit] = [unitOf(from), unitOf(to)]
  if (onlySees[unit]?.includes(otherUnit) === false) return `${from} may not import ${to}`
  if (own === other && unit !== otherUnit && !sharedFloors.some((name) => floors[own]?.includes(name)))
    return `${from} imports ${to}: sideways`
  return unit === otherUnit ? withinUnit(from, to) : undefined
}

/** Inside of a floor, http/v1 and http/sandbox stand on the files that they share in http. */
function withinUnit(from: string, to: string): string | undefined {
  const [folder, otherFolder] = [posix.dirname(from), posix.dirname(to)]
  if (folder === otherFolder || folder.startsWith(`${otherFolder}/`)) return undefined
  return `${from} imports ${to}: ${otherFolder.startsWith(`${folder}/`) ? 'upward' : 'sideways'}`
}

/** Nouns keep to themselves, and what they share does not know them. */
function amongNouns(arrows: Arrow[]): string[] {
  return Object.entries(nounFolders).flatMap(([folder, { top, shared }]) => {
    const isTop = (name: string) => top.some((file) => name === `${folder}/${file}`)
    const own = arrows.filter(({ from, to }) => [from, to].every((name) => posix.dirname(name) === folder))
    const nouns = own.filter(({ from }) => isTop(from)).map(({ to }) => to)
    const isNoun = (name: string) => nouns.includes(name) && !shared.includes(posix.basename(name))
    return own
      .filter(({ from, to }) => !isTop(from) && (isTop(to) || isNoun(to)))
      .map(({ from, to }) => `${from} imports ${to}: ${isNoun(from) && isNoun(to) ? 'sideways' : 'upward'}`)
  })
}

/** One path for each arrow that leads back to where it began, each cycle once. */
function findCycles(arrows: Arrow[]): string[] {
  const next = new Map<string, Set<string>>()
  for (const { from, to } of arrows) if (from !== to) next.set(from, (next.get(from) ?? new Set()).add(to))
  const cycles = new Set<string>()
  const done = new Set<string>()

  function walk(name: string, path: string[]) {
    const start = path.indexOf(name)
    if (start >= 0) {
      const loop = path.slice(start)
      const first = loop.indexOf([...loop].sort()[0]!)
      const turned = [...loop.slice(first), ...loop.slice(0, first)]
      cycles.add([...turned, turned[0]].join(' -> '))
    } else if (!done.has(name)) {
      for (const other of next.get(name) ?? []) walk(other, [...path, name])
      done.add(name)
    }
  }

  for (const name of next.keys()) walk(name, [])
  return [...cycles]
}

function nameOf(file: string): string {
  return file.replace(/\.[jt]s$/, '')
}

function resolve(file: string, specifier: string) {
  const isOutside = !specifier.startsWith('.')
  return { to: isOutside ? specifier : nameOf(posix.join(posix.dirname(file), specifier)), isOutside }
}

function unitOf(name: string): string {
  return name.split('/')[0]!
}

function floorOf(name: string): number {
  return floors.findIndex((units) => units.includes(unitOf(name)))
}

/** The modules that a file names in imports, exports and calls of import(). */
function readImports(text: string): string[] {
  return ts.preProcessFile(text, true, true).importedFiles.map(({ fileName }) => fileName)
}

const clockReadings = /\bDate\.now\b|\bnew Date(?!\s*\(\s*[^\s)])|(?<!new )\bDate\(|\bperformance\b|\bhrtime\b/g
const sqlClockReadings = /\bCURRENT_(?:TIMESTAMP|DATE|TIME)\b|'now'|\bunixepoch\s*\(\s*\)/gi

function findAll(pattern: RegExp, texts: Record<string, string>): string[] {
  return Object.entries(texts).flatMap(([file, text]) => [...text.matchAll(pattern)].map(([hit]) => `${file}: ${hit}`))
}

function readTexts(folder: string, ...endings: string[]): Record<string, string> {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort()
  return Object.fromEntries(
    names
      .filter((name) => endings.some((ending) => name.endsWith(ending)) && !name.endsWith('.d.ts'))
      .map((name) => [name, readFileSync(posix.join(folder, name), 'utf8')]),
  )
}

const texts = readTexts(source, '.ts')
const imports: Imports = Object.fromEntries(Object.entries(texts).map(([file, text]) => [file, readImports(text)]))

function textsOf(...units: string[]): Record<string, string> {
  return Object.fromEntries(Object.entries(texts).filter(([file]) => units.includes(unitOf(file))))
}

describe('the house', () => {
  test('has no arrow that points up or sideways, and no cycle', () => {
    expect(findViolations(imports)).toEqual([])
  })

  test('is read as it stands', () => {
    expect(imports['store/index.ts']).toContain('./database.js')
    expect(imports['cli/start.ts']).toEqual(expect.arrayContaining(['../sandbox.js', 'node:path']))
    expect(imports['cli/log.ts']).toContain('pino-pretty')
  })

  test('reads no clock in domain and store', () => {
    expect(findAll(clockReadings, textsOf('domain', 'store'))).toEqual([])
  })

  test("reads no clock of SQLite's in store and migrations", () => {
    const migrations = readTexts(posix.join(source, '../migrations'), '.sql')
    expect(findAll(sqlClockReadings, { ...textsOf('store'), ...migrations })).toEqual([])
  })
})

describe('the check of the house', () => {
  test.each<[what: string, files: Imports, violations: string[]]>([
    [
      'nothing in a house in order',
      {
        'cli/index.ts': ['./main.js', '../sandbox.js', 'commander'],
        'cli/main.ts': ['./start.js'],
        'cli/start.ts': [],
        'sandbox.ts': ['./app.js', './store/index.js', './organization.js'],
        'app.ts': ['./http/v1/index.js', 'fastify'],
        'http/errors.ts': ['../domain/refusal.js'],
        'http/v1/index.ts': ['./users.js'],
        'http/v1/users.ts': ['./hooks.js', '../errors.js', '../../closest.js'],
        'http/v1/hooks.ts': ['../../organization.js'],
        'organization.ts': ['./seed/load.js'],
        'seed/load.ts': ['./default.yaml', '../store/index.js', '../schema-check.js', 'uuid'],
        'schema-check.ts': ['./closest.js', './domain/refusal.js', '@sinclair/typebox'],
        'closest.ts': ['fastest-levenshtein'],
        'store/index.ts': ['./users.js', './database.js', 'better-sqlite3', 'node:fs'],
        'store/users.ts': ['./database.js', '../domain/clock.js'],
        'store/database.ts': [],
        'domain/clock.ts': [],
        'domain/refusal.ts': ['./clock.js'],
      },
      [],
    ],
    [
      'a rule that answers HTTP',
      { 'domain/clock.ts': ['../http/errors.js'] },
      ['domain/clock imports http/errors: upward'],
    ],
    ['a rule with a package', { 'domain/clock.ts': ['fastify'] }, ['domain/clock may not import fastify']],
    ['a rule with a module of Node', { 'domain/clock.ts': ['node:fs'] }, ['domain/clock may not import node:fs']],
    ['a table that loads a seed', { 'store/users.ts': ['../seed/load.js'] }, ['store/users imports seed/load: upward']],
    ['a table with a utility', { 'store/users.ts': ['../closest.js'] }, ['store/users may not import closest']],
    ['a table with a package', { 'store/users.ts': ['fastify'] }, ['store/users may not import fastify']],
    ['a utility that stores', { 'closest.ts': ['./store/users.js'] }, ['closest imports store/users: upward']],
    [
      'a noun beside a noun in store',
      { 'store/index.ts': ['./users.js', './groups.js'], 'store/users.ts': ['./groups.js'] },
      ['store/users imports store/groups: sideways'],
    ],
    [
      'a noun beside a noun in v1',
      { 'http/v1/index.ts': ['./a.js', './b.js'], 'http/v1/a.ts': ['./b.js', './paging.js'] },
      ['http/v1/a imports http/v1/b: sideways'],
    ],
    [
      'a shared file that knows a noun',
      { 'http/v1/index.ts': ['./a.js'], 'http/v1/paging.ts': ['./a.js'] },
      ['http/v1/paging imports http/v1/a: upward'],
    ],
    [
      'a noun that imports its corridor',
      { 'http/v1/a.ts': ['./index.js'] },
      ['http/v1/a imports http/v1/index: upward'],
    ],
    ['one plane in the other', { 'http/v1/a.ts': ['../sandbox/b.js'] }, ['http/v1/a imports http/sandbox/b: sideways']],
    ['shared files that know a plane', { 'http/errors.ts': ['./v1/a.js'] }, ['http/errors imports http/v1/a: upward']],
    ['a command in the test helper', { 'vitest.ts': ['./cli/start.js'] }, ['vitest imports cli/start: sideways']],
    ['a route that makes', { 'http/v1/a.ts': ['../../sandbox.js'] }, ['http/v1/a imports sandbox: upward']],
    ['a file of no floor', { 'helpers.ts': [] }, ['helpers stands on no floor']],
    [
      'a cycle of files',
      { 'domain/a.ts': ['./b.js'], 'domain/b.ts': ['./c.js'], 'domain/c.ts': ['./a.js'] },
      ['cycle: domain/a -> domain/b -> domain/c -> domain/a'],
    ],
    [
      'a cycle of neighbours',
      { 'organization.ts': ['./seed/load.js'], 'seed/export.ts': ['../organization.js'], 'seed/load.ts': [] },
      ['cycle of floors: organization -> seed -> organization'],
    ],
  ])('finds %s', (_what, files, violations) => {
    expect(findViolations(files)).toEqual(violations)
  })

  test('reads every way to name a module', () => {
    const text = `
      import a from './a.js'
      import type { B } from './b.js'
      import './c.js'
      export * from './d.js'
      export type { E } from './e.js'
      const f = await import('./f.js')
      // import g from './g.js'
      const text = "import h from './h.js'"`
    expect(readImports(text)).toEqual(['./a.js', './b.js', './c.js', './d.js', './e.js', './f.js'])
  })

  test('finds every way to read a clock, and leaves dates alone that are given', () => {
    const text =
      'Date.now(), Date.now, new Date(), new Date( ), new Date, Date(), performance.now(), new Date(at), Date.parse(x), Date.UTC(1)'
    expect(findAll(clockReadings, { file: text })).toEqual([
      'file: Date.now',
      'file: Date.now',
      'file: new Date',
      'file: new Date',
      'file: new Date',
      'file: Date(',
      'file: performance',
    ])
  })

  test("finds every way to read SQLite's clock", () => {
    const text = "DEFAULT CURRENT_TIMESTAMP, datetime('now'), unixepoch(), unixepoch(@now)"
    expect(findAll(sqlClockReadings, { file: text })).toEqual([
      'file: CURRENT_TIMESTAMP',
      "file: 'now'",
      'file: unixepoch()',
    ])
  })
})
