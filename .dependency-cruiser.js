// The layout of src, as CONTRIBUTING.md explains it. `npm run lint` checks it.

/** From top to bottom. Each floor imports those below it; names on the same floor do not import each other. */
const floors = [
  ['cli', 'vitest', 'ui'],
  ['verify'],
  ['index'],
  ['library'],
  ['sandbox'],
  ['http'],
  ['organization'],
  ['seed'],
  ['store'],
  ['schemas'],
  ['domain', 'globals', 'node-version', 'package'],
]

/** Folders with a file per noun. Nouns import only the shared files; an entry imports nouns. */
const nounFolders = {
  cli: {
    entries: ['index', 'main', 'commands'],
    shared: [
      ...[
        'context',
        'given-seed',
        'hints',
        'log',
        'measured',
        'options',
        'print',
        'proxy',
        'report',
        'server',
        'steps',
      ],
    ],
  },
  'http/effects': { entries: ['index', 'list'], shared: ['effect'] },
  'http/sandbox': { entries: ['index'], shared: [] },
  'http/v1': {
    entries: ['index', 'rest', 'hooks'],
    shared: [
      ...['decided', 'grant', 'links', 'paging', 'people', 'record-routes', 'records', 'target', 'user', 'write'],
    ],
  },
  store: { entries: ['index', 'references'], shared: ['writer'] },
}

/** What the command imports from where it is: index.ts and sandbox.ts load Fastify and SQLite, which takes a while. */
const cliExceptions = [
  'domain/(behaviors|clock|host-name|operations|setup-error)',
  'library/(changed|client)',
  'schemas/(closest|duration|limit)',
  'seed/(built-in|default|file|given-secrets|load|schema|seed-error|yaml)',
]

/** Where things are constructed, and who besides sandbox.ts still imports more than types from there. */
const constructors = {
  'http/app': [],
  'organization/index': [],
  'store/index': [],
}

const file = (...names) => `^src/(${names.join('|')})\\.ts$`
const unit = (...names) => `^src/(${names.join('|')})(/|\\.ts$)`
const forbid = (name, from, to) => ({ name, severity: 'error', from, to })
const anyUnit = unit(...floors.flat())

export default {
  forbidden: [
    forbid('no-cycle', {}, { circular: true }),
    forbid('resolvable', {}, { couldNotResolve: true }),
    forbid('imported', { orphan: true, path: '^src/', pathNot: '\\.d\\.ts$' }, {}),
    forbid('on-a-floor', { path: '^src/', pathNot: anyUnit }, {}),
    forbid('on-a-floor', {}, { path: '^src/', pathNot: anyUnit }),
    ...floors.map((names, level) =>
      forbid('not-up', { path: unit(...names) }, { path: unit(...floors.slice(0, level).flat()) }),
    ),
    // $1 is the name that matched on the importing side.
    ...floors.map((names) =>
      forbid('not-sideways', { path: unit(...names) }, { path: unit(...names), pathNot: unit('$1') }),
    ),
    ...Object.entries(nounFolders).map(([folder, { entries, shared }]) =>
      forbid(
        'not-among-nouns',
        { path: `^src/${folder}/`, pathNot: file(`${folder}/(${entries.join('|')})`) },
        { path: `^src/${folder}/`, ...(shared.length > 0 && { pathNot: file(`${folder}/(${shared.join('|')})`) }) },
      ),
    ),
    ...['v1', 'sandbox'].map((plane) =>
      forbid(
        'not-into-a-plane',
        { path: '^src/http/', pathNot: [`^src/http/${plane}/`, file('http/app')] },
        { path: `^src/http/${plane}/` },
      ),
    ),
    ...Object.entries(constructors).map(([name, exceptions]) =>
      forbid(
        'only-sandbox-constructs',
        { path: '^src/', pathNot: file('sandbox', ...exceptions) },
        { path: file(name), dependencyTypesNot: ['type-only'] },
      ),
    ),
    forbid(
      'ui-imports-the-client',
      { path: unit('ui') },
      { path: '^src/', pathNot: [unit('ui'), file('library/client', 'library/types')] },
    ),
    forbid('domain-imports-itself', { path: unit('domain') }, { pathNot: unit('domain') }),
    forbid(
      'store-imports-domain',
      { path: unit('store') },
      {
        pathNot: [unit('store', 'domain', 'globals'), 'node_modules/(@types/)?better-sqlite3/'],
        dependencyTypesNot: ['core'],
      },
    ),
    forbid(
      'cli-imports-front-doors',
      { path: unit('cli') },
      {
        path: '^src/',
        pathNot: [
          unit('cli', 'verify', 'index', 'sandbox', 'globals', 'node-version', 'package'),
          ...cliExceptions.map((name) => `^src/${name}\\.`),
        ],
      },
    ),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default'] },
  },
}
